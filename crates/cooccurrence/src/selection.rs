//! Keeps the best of many candidates without sorting them all.

/// A neighbour that may be among the best.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Candidate<T> {
    /// Measure, shared groups and tie in one number, so that two candidates are told apart by one comparison. Best is
    /// least.
    order: u128,
    /// What else is to be kept of it.
    pub(crate) more: T,
}

impl<T> Candidate<T> {
    /// Groups that it shares.
    pub(crate) fn pair(&self) -> u32 {
        !low(self.order >> 32)
    }

    /// What decides between candidates of equal measure and shared groups.
    pub(crate) fn tie(&self) -> u32 {
        low(self.order)
    }
}

/// The best `k` candidates so far: by the measure, then by the shared groups, then by a number that differs among
/// them, so that nothing depends on the order in which candidates come.
///
/// Four times as many are held before the worst are cut away; from then on a candidate below the worst that is kept is
/// refused at once.
#[derive(Debug)]
pub(crate) struct Selection<T> {
    k: usize,
    candidates: Vec<Candidate<T>>,
    /// The worst that is kept.
    last: u128,
}

impl<T: Copy> Selection<T> {
    pub(crate) fn new(k: u32) -> Self {
        Self { k: k as usize, candidates: Vec::new(), last: u128::MAX }
    }

    pub(crate) fn clear(&mut self) {
        self.candidates.clear();
        self.last = u128::MAX;
    }

    /// Takes a candidate unless it is known not to be among the best, by a measure of which more is better; whether it
    /// is now known of more of them.
    pub(crate) fn offer(&mut self, measure: f64, pair: u32, tie: impl FnOnce() -> u32, more: T) -> bool {
        let order = (u128::from(descending(measure)) << 64) | (u128::from(!pair) << 32);
        if order > self.last {
            return false;
        }
        self.candidates.push(Candidate { order: order | u128::from(tie()), more });
        let is_full = self.candidates.len() >= 4 * self.k + 64;
        if is_full {
            self.cut();
        }
        is_full
    }

    /// The measure that a candidate needs at least, once there are enough of them.
    pub(crate) fn least_measure(&self) -> f64 {
        measure(u64::try_from(self.last >> 64).unwrap_or_default())
    }

    fn cut(&mut self) {
        self.candidates.select_nth_unstable_by_key(self.k - 1, |candidate| candidate.order);
        self.candidates.truncate(self.k);
        self.last = self.candidates[self.k - 1].order;
    }

    /// The best, in order.
    pub(crate) fn best(&mut self) -> &[Candidate<T>] {
        if self.candidates.len() > self.k {
            self.cut();
        }
        self.candidates.sort_unstable_by_key(|candidate| candidate.order);
        &self.candidates
    }
}

/// The sign, by which a number's bits are turned into one that follows its order.
const SIGN: u64 = 1 << 63;

/// A number that is less where the measure is more, in the order of [`f64::total_cmp`].
fn descending(measure: f64) -> u64 {
    let bits = measure.to_bits();
    if bits & SIGN == 0 { !(bits | SIGN) } else { bits }
}

/// What [`descending`] was made from.
fn measure(descending: u64) -> f64 {
    f64::from_bits(if descending & SIGN == 0 { !descending & !SIGN } else { descending })
}

/// The lower 32 bits.
fn low(number: u128) -> u32 {
    u32::try_from(number & u128::from(u32::MAX)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn measures_are_ordered_as_numbers_and_come_back() {
        let mut measures = [0.0, -0.0, 1.0, -1.0, 1e-300, -1e300, f64::INFINITY, f64::NEG_INFINITY, 0.3, 0.1 + 0.2];
        measures.sort_by(f64::total_cmp);
        for pair in measures.windows(2) {
            assert!(descending(pair[0]) > descending(pair[1]), "{pair:?}");
        }
        for one in measures {
            assert_eq!(measure(descending(one)).to_bits(), one.to_bits());
        }
    }

    #[test]
    fn the_best_come_in_order_whatever_came_when() {
        let candidates: Vec<(f64, u32, u32)> =
            (0..2_000).map(|tie| (f64::from(tie * 7 % 13) - 6.0, tie * 11 % 5, tie)).collect();
        let mut expected = candidates.clone();
        expected.sort_by(|one, two| two.0.total_cmp(&one.0).then(two.1.cmp(&one.1)).then(one.2.cmp(&two.2)));
        for step in [1, 3, 7, 1_999] {
            let mut selection = Selection::new(50);
            for index in 0..candidates.len() {
                let (measure, pair, tie) = candidates[index * step % candidates.len()];
                selection.offer(measure, pair, || tie, measure);
            }
            let best: Vec<_> = selection.best().iter().map(|best| (best.more, best.pair(), best.tie())).collect();
            assert_eq!(best, expected[..50]);
        }
    }
}
