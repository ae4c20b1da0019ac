//! q-digests, as in Shrivastava, Buragohain, Agrawal, Suri, "Medians and beyond: new aggregation techniques for sensor
//! networks", 2004, over all numbers of 64 bits.

/// Numbers as counts of ranges, whose ends differ in their last bits only. The rank of what is found for a share is off
/// by `error` at the most.
///
/// In bytes, all little endian: the error, the least and the greatest number, then level, range and count of each node.
#[derive(Debug, Clone)]
pub(super) struct QDigest {
    error: f64,
    min: i64,
    max: i64,
    total: f64,
    nodes: Vec<Node>,
    /// So many nodes were left by the last look at which can be put together.
    kept: usize,
}

/// How often a number of a range of 2^`level` numbers came.
#[derive(Debug, Clone, Copy)]
struct Node {
    level: u32,
    /// What the numbers have in common, the bits of the level left out.
    range: u64,
    count: f64,
}

/// So many nodes more than were kept last are looked through again.
const GROWTH: usize = 1024;
const NODE_BYTES: usize = 17;

/// Numbers in their order, the sign being the first of the bits.
fn ordered(number: i64) -> u64 {
    number.cast_unsigned() ^ (1 << 63)
}

impl Node {
    /// The greatest number of the range.
    fn upper(&self) -> u64 {
        if self.level == 64 { u64::MAX } else { self.range << self.level | ((1 << self.level) - 1) }
    }
}

impl QDigest {
    pub(super) fn new(error: f64) -> Self {
        Self { error, min: i64::MAX, max: i64::MIN, total: 0.0, nodes: Vec::new(), kept: 0 }
    }

    pub(super) fn heap(&self) -> usize {
        self.nodes.capacity() * size_of::<Node>()
    }

    pub(super) fn add(&mut self, number: i64, weight: f64) {
        (self.min, self.max) = (self.min.min(number), self.max.max(number));
        self.total += weight;
        self.nodes.push(Node { level: 0, range: ordered(number), count: weight });
        self.keep_small();
    }

    /// Takes in what another has. The larger error of the two holds.
    pub(super) fn merge(&mut self, other: &Self) {
        self.error = self.error.max(other.error);
        (self.min, self.max) = (self.min.min(other.min), self.max.max(other.max));
        self.total += other.total;
        self.nodes.extend(&other.nodes);
        self.keep_small();
    }

    fn keep_small(&mut self) {
        if self.nodes.len() > 2 * self.kept + GROWTH {
            self.compress();
            self.kept = self.nodes.len();
        }
    }

    /// Puts nodes that are few, together with what is beside and above them, one level up.
    fn compress(&mut self) {
        let height = 64 - (ordered(self.min) ^ ordered(self.max)).leading_zeros();
        let enough = self.total * self.error / f64::from(height + 1);
        let mut levels: Vec<Vec<Node>> = vec![Vec::new(); 65];
        for node in self.nodes.drain(..) {
            levels[node.level as usize].push(node);
        }
        for level in 0..=64 {
            let mut nodes = std::mem::take(&mut levels[level]);
            nodes.sort_unstable_by_key(|node| node.range);
            nodes.dedup_by(|next, node| {
                let is_same = next.range == node.range;
                node.count += if is_same { next.count } else { 0.0 };
                is_same
            });
            if level as u64 >= u64::from(height) {
                self.nodes.extend(nodes);
                continue;
            }
            levels[level + 1].sort_unstable_by_key(|node| node.range);
            let above = levels[level + 1].clone();
            for pair in nodes.chunk_by(|a, b| a.range >> 1 == b.range >> 1) {
                let range = pair[0].range >> 1;
                let count: f64 = pair.iter().map(|node| node.count).sum();
                let first = above.partition_point(|node| node.range < range);
                let there: f64 =
                    above[first..].iter().take_while(|node| node.range == range).map(|node| node.count).sum();
                if count + there < enough {
                    levels[level + 1].push(Node { level: pair[0].level + 1, range, count });
                } else {
                    self.nodes.extend(pair);
                }
            }
        }
    }

    /// The least number that more than a share of all are not above of, about.
    pub(super) fn value_at(&self, share: f64) -> i64 {
        let mut nodes: Vec<_> = self.nodes.iter().map(|node| (node.upper(), node.level, node.count)).collect();
        nodes.sort_unstable_by(|a, b| a.0.cmp(&b.0).then(a.1.cmp(&b.1)));
        let mut sum = 0.0;
        let found = nodes.into_iter().find(|(_, _, count)| {
            sum += count;
            sum > share * self.total
        });
        found.map_or(self.max, |(upper, ..)| (upper ^ (1 << 63)).cast_signed().min(self.max))
    }

    pub(super) fn bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(24 + NODE_BYTES * self.nodes.len());
        bytes.extend(self.error.to_le_bytes());
        bytes.extend(self.min.to_le_bytes());
        bytes.extend(self.max.to_le_bytes());
        for node in &self.nodes {
            bytes.push(node.level.to_le_bytes()[0]);
            bytes.extend(node.range.to_le_bytes());
            bytes.extend(node.count.to_le_bytes());
        }
        bytes
    }

    /// From such bytes; `None` for others.
    pub(super) fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let (head, rest) = bytes.split_at_checked(24)?;
        let (head, []) = head.as_chunks::<8>() else { return None };
        let [error, min, max] = *head else { return None };
        let (nodes, []) = rest.as_chunks::<NODE_BYTES>() else { return None };
        let node = |bytes: &[u8; NODE_BYTES]| {
            let level = u32::from(bytes[0]);
            let range = u64::from_le_bytes(*bytes[1..].first_chunk()?);
            let count = f64::from_le_bytes(*bytes[9..].first_chunk()?);
            let fits = level == 0 || range.leading_zeros() >= level.min(64);
            (level <= 64 && fits && count > 0.0).then_some(Node { level, range, count })
        };
        let nodes = nodes.iter().map(node).collect::<Option<Vec<_>>>()?;
        let (error, total) = (f64::from_le_bytes(error), nodes.iter().map(|node| node.count).sum());
        let (min, max, kept) = (i64::from_le_bytes(min), i64::from_le_bytes(max), nodes.len());
        (error > 0.0 && error <= 1.0).then_some(Self { error, min, max, total, nodes, kept })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(numbers: impl Iterator<Item = i64>) -> QDigest {
        let mut digest = QDigest::new(0.01);
        numbers.for_each(|number| digest.add(number, 1.0));
        digest
    }

    fn mixed(count: i64) -> impl Iterator<Item = i64> {
        (0..count).map(|number| number * 7919 % 1_000_003 - 500_000)
    }

    #[test]
    fn few_numbers_are_exact() {
        let digest = of([3, -1, 2].into_iter());
        for (share, number) in [(0.0, -1), (0.4, 2), (0.7, 3), (1.0, 3)] {
            assert_eq!(digest.value_at(share), number, "{share}");
        }
    }

    #[test]
    fn ranks_are_off_by_the_error_at_the_most() {
        let whole = of(mixed(1_000_003));
        let mut parts = QDigest::new(0.01);
        let numbers: Vec<i64> = mixed(1_000_003).collect();
        for part in numbers.chunks(10_000) {
            parts.merge(&QDigest::from_bytes(&of(part.iter().copied()).bytes()).unwrap());
        }
        for share in [0.0, 0.01, 0.25, 0.5, 0.75, 0.99, 1.0] {
            for digest in [&whole, &parts] {
                let found = f64::from(i32::try_from(digest.value_at(share) + 500_000).unwrap()) / 1_000_003.0;
                assert!((found - share).abs() <= 0.011, "{found} for {share}");
            }
        }
        assert!(whole.nodes.len() < 30_000, "{}", whole.nodes.len());
    }

    #[test]
    fn bytes_are_read_back() {
        let digest = of(mixed(100_000));
        let read = QDigest::from_bytes(&digest.bytes()).unwrap();
        assert_eq!(read.value_at(0.3), digest.value_at(0.3));
        assert!(QDigest::from_bytes(&[]).is_none());
        assert!(QDigest::from_bytes(&digest.bytes()[..50]).is_none());
    }
}
