//! t-digests, as in Dunning, Ertl, "Computing extremely accurate quantiles using t-digests", 2019, with the scale
//! function k₂ that Trino's have, and in the bytes of these, so that either engine reads what the other has written.

/// How fine a digest is unless its bytes say otherwise.
const COMPRESSION: f64 = 100.0;

/// Values as clusters of which those near the ends are the smallest. Up to some eighty values are kept as they are.
#[derive(Debug, Clone)]
pub(super) struct TDigest {
    compression: f64,
    min: f64,
    max: f64,
    total: f64,
    /// Once merged in the order of their means; what came since stands behind them.
    clusters: Vec<Cluster>,
    is_merged: bool,
    /// Merges go forth and back by turns, so that none of the ends is favoured.
    from_above: bool,
}

#[derive(Debug, Clone, Copy)]
struct Cluster {
    mean: f64,
    weight: f64,
}

impl Default for TDigest {
    fn default() -> Self {
        Self {
            compression: COMPRESSION,
            min: f64::INFINITY,
            max: f64::NEG_INFINITY,
            total: 0.0,
            clusters: Vec::new(),
            is_merged: true,
            from_above: false,
        }
    }
}

impl TDigest {
    pub(super) fn is_empty(&self) -> bool {
        self.clusters.is_empty()
    }

    /// Bytes on the heap.
    pub(super) fn heap(&self) -> usize {
        self.clusters.capacity() * size_of::<Cluster>()
    }

    /// Takes in a finite value.
    pub(super) fn add(&mut self, value: f64, weight: f64) {
        self.make_room(1);
        self.clusters.push(Cluster { mean: value, weight });
        self.total += weight;
        (self.min, self.max) = (self.min.min(value), self.max.max(value));
        self.is_merged = false;
    }

    /// Takes in what another has.
    pub(super) fn merge(&mut self, other: &Self) {
        self.make_room(other.clusters.len());
        self.clusters.extend(&other.clusters);
        self.total += other.total;
        (self.min, self.max) = (self.min.min(other.min), self.max.max(other.max));
        self.is_merged = false;
    }

    /// Merges if more would be there than five times what a merge leaves.
    #[expect(clippy::cast_precision_loss, reason = "a few thousand clusters at the most")]
    fn make_room(&mut self, more: usize) {
        let most = 6.0 * (2.0 * self.compression + 10.0);
        if !self.is_merged && (self.clusters.len() + more) as f64 > most {
            self.compress();
        }
    }

    /// Merges neighbours as long as no cluster becomes larger than its place allows.
    fn compress(&mut self) {
        self.clusters.sort_unstable_by(|a, b| a.mean.total_cmp(&b.mean));
        if self.from_above {
            self.clusters.reverse();
        }
        let Some(mut current) = self.clusters.first().copied() else { return };
        // Twice as fine as promised.
        let fineness = 2.0 * self.compression;
        let scale = self.total * (4.0 * (self.total / fineness).ln() + 24.0) / fineness;
        let most = |share: f64| share * (1.0 - share) * scale;
        let (mut kept, mut before, mut limit) = (0, 0.0, most(0.0));
        for at in 1..self.clusters.len() {
            let next = self.clusters[at];
            let weight = current.weight + next.weight;
            let share = ((before + weight) / self.total).min(1.0);
            if weight <= limit.min(most(share)) {
                current.mean += (next.mean - current.mean) * next.weight / weight;
                current.weight = weight;
            } else {
                self.clusters[kept] = current;
                kept += 1;
                before += current.weight;
                limit = most(before / self.total);
                current = next;
            }
        }
        self.clusters[kept] = current;
        self.clusters.truncate(kept + 1);
        if self.from_above {
            self.clusters.reverse();
        }
        (self.is_merged, self.from_above) = (true, !self.from_above);
    }

    /// The value below which a share of the weights lies; NaN if there are none.
    pub(super) fn value_at(&mut self, share: f64) -> f64 {
        if !self.is_merged {
            self.compress();
        }
        let (first, last) = match self.clusters.as_slice() {
            [] => return f64::NAN,
            [only] => return only.mean,
            [first, .., last] => (*first, *last),
        };
        let (offset, total) = (share * self.total, self.total);
        if offset < 1.0 {
            return self.min;
        }
        if offset < first.weight / 2.0 {
            return between(offset, (1.0, self.min), (first.weight / 2.0, first.mean));
        }
        if offset > total - 1.0 {
            return self.max;
        }
        if total - offset <= last.weight / 2.0 {
            // The greatest value stands alone at the end.
            if last.weight / 2.0 <= 1.0 {
                return self.max;
            }
            return between(total - offset, (1.0, self.max), (last.weight / 2.0, last.mean));
        }
        let mut middle = first.weight / 2.0;
        for pair in self.clusters.windows(2) {
            let (left, right) = (pair[0], pair[1]);
            let distance = f64::midpoint(left.weight, right.weight);
            if middle + distance <= offset {
                middle += distance;
                continue;
            }
            return of_pair(offset - middle, left, right, distance);
        }
        self.max
    }

    /// The bytes of Airlift's `TDigest`.
    pub(super) fn bytes(&mut self) -> Vec<u8> {
        if !self.is_merged {
            self.compress();
        }
        let mut bytes = Vec::with_capacity(37 + 16 * self.clusters.len());
        bytes.push(FORMAT);
        [self.min, self.max, self.compression, self.total].iter().for_each(|value| bytes.extend(value.to_le_bytes()));
        bytes.extend(u32::try_from(self.clusters.len()).unwrap_or(u32::MAX).to_le_bytes());
        self.clusters.iter().for_each(|cluster| bytes.extend(cluster.mean.to_le_bytes()));
        self.clusters.iter().for_each(|cluster| bytes.extend(cluster.weight.to_le_bytes()));
        bytes
    }

    /// From such bytes; `None` for others.
    pub(super) fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let (&FORMAT, bytes) = bytes.split_first()? else { return None };
        let (head, rest) = bytes.split_at_checked(36)?;
        let (numbers, count) = head.as_chunks::<8>();
        let [min, max, compression, total] = <[_; 4]>::try_from(numbers).ok()?.map(f64::from_le_bytes);
        let count = usize::try_from(u32::from_le_bytes(count.try_into().ok()?)).ok()?;
        let (numbers, []) = rest.as_chunks::<8>() else { return None };
        if Some(numbers.len()) != count.checked_mul(2) || !(10.0..1e6).contains(&compression) {
            return None;
        }
        let (means, weights) = numbers.split_at(count);
        let cluster = |(mean, weight): (&[u8; 8], &[u8; 8])| Cluster {
            mean: f64::from_le_bytes(*mean),
            weight: f64::from_le_bytes(*weight),
        };
        let clusters: Vec<_> = means.iter().zip(weights).map(cluster).collect();
        let is_valid = clusters.iter().all(|cluster| cluster.mean.is_finite() && cluster.weight > 0.0);
        let in_order = clusters.is_sorted_by(|a, b| a.mean <= b.mean);
        (is_valid && in_order && total >= 0.0).then_some(Self {
            compression,
            min,
            max,
            total,
            clusters,
            is_merged: true,
            from_above: false,
        })
    }
}

const FORMAT: u8 = 0;

/// The height at a place of the line through two points.
fn between(at: f64, (x0, y0): (f64, f64), (x1, y1): (f64, f64)) -> f64 {
    y0 + (at - x0) / (x1 - x0) * (y1 - y0)
}

/// The value at a distance from the middle of a cluster to that of the next. A cluster of one value is just this value.
#[expect(clippy::float_cmp, reason = "weights of single values are exactly 1")]
fn of_pair(offset: f64, left: Cluster, right: Cluster, distance: f64) -> f64 {
    let (left_is_one, right_is_one) = (left.weight == 1.0, right.weight == 1.0);
    if left_is_one && offset < left.weight / 2.0 {
        return left.mean;
    }
    if right_is_one && offset >= left.weight / 2.0 {
        return right.mean;
    }
    if left_is_one {
        return between(offset - 0.5, (0.0, left.mean), (right.weight / 2.0, right.mean));
    }
    let length = if right_is_one { left.weight / 2.0 } else { distance };
    between(offset, (0.0, left.mean), (length, right.mean))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(values: impl Iterator<Item = f64>) -> TDigest {
        let mut digest = TDigest::default();
        values.for_each(|value| digest.add(value, 1.0));
        digest
    }

    /// A bijection of 0..1,000,003, which is prime.
    fn mixed(count: u32) -> impl Iterator<Item = f64> {
        (0..u64::from(count)).map(|value| f64::from(u32::try_from(value * 7919 % 1_000_003).unwrap()))
    }

    #[test]
    fn few_values_are_exact() {
        let mut digest = of((1..=50).rev().map(f64::from));
        for rank in 0..50_u32 {
            assert_eq!(digest.value_at((f64::from(rank) + 0.5) / 50.0), f64::from(rank + 1));
        }
    }

    /// A cluster holds up to a third of q(1 - q) of a million values; errors of ranks are far smaller.
    #[test]
    fn ranks_are_near_also_after_merges() {
        let mut whole = of(mixed(1_000_003));
        let mut parts = TDigest::default();
        let values: Vec<f64> = mixed(1_000_003).collect();
        for part in values.chunks(10_000) {
            parts.merge(&TDigest::from_bytes(&of(part.iter().copied()).bytes()).unwrap());
        }
        for share in [0.0, 0.001, 0.01, 0.1, 0.25, 0.5, 0.9, 0.99, 0.999, 1.0] {
            for digest in [&mut whole, &mut parts] {
                let found = digest.value_at(share) / 1_000_003.0;
                assert!((found - share).abs() < 0.05 * (share * (1.0 - share)).max(0.02), "{found} for {share}");
            }
        }
        assert!(whole.clusters.len() < 1_300 && parts.clusters.len() < 1_300);
    }

    #[test]
    fn bytes_are_read_back() {
        let mut digest = of(mixed(10_000));
        let mut read = TDigest::from_bytes(&digest.bytes()).unwrap();
        assert_eq!(read.value_at(0.3), digest.value_at(0.3));
        assert!(TDigest::from_bytes(&[]).is_none());
        assert!(TDigest::from_bytes(&digest.bytes()[..50]).is_none());
    }
}
