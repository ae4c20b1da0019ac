//! Inner products of short vectors.

/// Sums that are kept side by side, so that the processor adds several products at once.
const LANES: usize = 16;

/// Inner product of two vectors of one length.
pub(super) fn dot(left: &[f32], right: &[f32]) -> f32 {
    let mut sums = [0.0f32; LANES];
    let (left, left_rest) = left.as_chunks::<LANES>();
    let (right, right_rest) = right.as_chunks::<LANES>();
    for (left, right) in left.iter().zip(right) {
        for lane in 0..LANES {
            sums[lane] += left[lane] * right[lane];
        }
    }
    let rest: f32 = left_rest.iter().zip(right_rest).map(|(left, right)| left * right).sum();
    sums.iter().sum::<f32>() + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_length_is_summed_up_whole() {
        for length in 0..50u16 {
            let left: Vec<f32> = (0..length).map(f32::from).collect();
            let right: Vec<f32> = left.iter().map(|value| value + 1.0).collect();
            // Σ i (i + 1) = (n − 1) n (n + 1) / 3, small enough to be exact.
            let n = f32::from(length);
            assert_eq!(dot(&left, &right), ((n - 1.0) * n * (n + 1.0) / 3.0).abs());
        }
    }
}
