//! Dropping values while training.

use rand::{Rng, SeedableRng, rngs::SmallRng};
use tch::{Device, Tensor};

use crate::Result;

/// Drops a share of values while training, and scales the others up, so that sums keep their mean (Srivastava et al. 2014).
///
/// On the processor it draws by itself: libtorch has one generator for the whole process, which threads that train side by
/// side would use in no fixed order, and which takes several times as long.
#[derive(Debug)]
pub struct Dropout {
    share: f64,
    source: Source,
}

#[derive(Debug)]
enum Source {
    Own(SmallRng),
    Libtorch,
}

impl Dropout {
    /// Drops nothing.
    pub fn none() -> Self {
        Self { share: 0.0, source: Source::Libtorch }
    }

    /// Drops a share of the values on a device. On the processor what is dropped depends on the seed alone; elsewhere
    /// libtorch draws it.
    pub fn new(share: f64, device: Device, seed: u64) -> Self {
        let source = match device {
            Device::Cpu => Source::Own(SmallRng::seed_from_u64(seed)),
            _ => Source::Libtorch,
        };
        Self { share, source }
    }

    /// Drops values of a tensor of any shape.
    ///
    /// # Errors
    /// [`crate::Error::Torch`] if memory is short.
    pub fn apply(&mut self, xs: &Tensor) -> Result<Tensor> {
        if self.share <= 0.0 {
            return Ok(xs.shallow_clone());
        }
        match &mut self.source {
            Source::Own(random) => {
                let mask = mask(self.share, xs.numel(), random);
                Ok(xs.f_mul(&Tensor::f_from_slice(&mask)?.f_view_(xs.size())?)?)
            }
            Source::Libtorch => Ok(xs.f_dropout(self.share, true)?),
        }
    }
}

/// Zeros in place of what is dropped, and `1 / (1 − share)` elsewhere. Four values are decided by each random number, so
/// the share is kept to 1 in 65,536.
#[expect(clippy::cast_possible_truncation, reason = "a share of 65,536 fits, and 1/(1 - share) is f32")]
fn mask(share: f64, count: usize, random: &mut SmallRng) -> Vec<f32> {
    let threshold = (share * 65_536.0).round() as u16;
    let kept = (1.0 - share).recip() as f32;
    let mut mask = vec![0.0; count.next_multiple_of(4)];
    let (lanes, _) = mask.as_chunks_mut::<4>();
    for lane in lanes {
        let word = random.next_u64();
        for (number, value) in lane.iter_mut().enumerate() {
            let drawn = (word >> (16 * number)) as u16;
            *value = if drawn >= threshold { kept } else { 0.0 };
        }
    }
    mask.truncate(count);
    mask
}

#[cfg(test)]
mod tests {
    use tch::Kind;

    use super::*;

    #[test]
    fn the_share_is_dropped_and_the_mean_kept() {
        let ones = Tensor::ones([300, 333], (Kind::Float, Device::Cpu));
        for share in [0.1, 0.5, 0.9] {
            let dropped = Dropout::new(share, Device::Cpu, 7).apply(&ones).unwrap();
            let zeros = f64::try_from(dropped.eq(0.0).sum(Kind::Double)).unwrap() / 99_900.0;
            // Five standard errors.
            assert!((zeros - share).abs() < 0.008, "{zeros} of the values were dropped instead of {share}");
            let largest = f64::try_from(dropped.max()).unwrap();
            assert!((largest - 1.0 / (1.0 - share)).abs() < 1e-5, "what is kept became {largest}");
        }
    }

    #[test]
    fn a_seed_decides_what_is_dropped() {
        let ones = Tensor::ones([5, 7], (Kind::Float, Device::Cpu));
        let drop = |seed| {
            let mut dropout = Dropout::new(0.5, Device::Cpu, seed);
            (dropout.apply(&ones).unwrap(), dropout.apply(&ones).unwrap())
        };
        assert!(drop(1).0.equal(&drop(1).0) && drop(1).1.equal(&drop(1).1));
        assert!(!drop(1).0.equal(&drop(2).0) && !drop(1).0.equal(&drop(1).1));
        assert!(Dropout::none().apply(&ones).unwrap().equal(&ones));
    }
}
