//! Divides the items into pieces of work.

use std::ops::Range;

/// Rows of the result that a block has at most, unless one item alone has more: few enough that its columns are still
/// near when they are written.
const BLOCK_ROWS: usize = 8192;
/// Blocks that a part has at least, if there are enough items.
const BLOCKS_PER_PART: u64 = 64;

/// Items that are counted one after the other, given by their ids.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Block {
    /// The ids.
    pub items: Range<u32>,
    /// Increments that counting them takes.
    pub cost: u64,
}

/// All items in blocks, dealt out to parts in turn.
///
/// Ids follow frequency, so blocks become cheaper per item from first to last. A part gets every n-th of them and with
/// it its share of each kind; the most frequent items are blocks of their own.
#[derive(Debug, Clone)]
pub struct Division {
    blocks: Vec<Block>,
}

impl Division {
    /// Blocks for so many parts, of items with these costs by id.
    pub fn new(costs: &[u64], parts: usize, k: u32) -> Self {
        let total: u64 = costs.iter().sum();
        let most_cost = total / (parts as u64 * BLOCKS_PER_PART) + 1;
        let most_items = (BLOCK_ROWS / k as usize).max(1);
        let mut blocks = Vec::new();
        let mut current = Block { items: 0..0, cost: 0 };
        for (id, cost) in (0..).zip(costs) {
            let is_full = current.items.len() >= most_items || current.cost + cost > most_cost;
            if is_full && !current.items.is_empty() {
                blocks.push(std::mem::replace(&mut current, Block { items: id..id, cost: 0 }));
            }
            current.items.end = id + 1;
            current.cost += cost;
        }
        if !current.items.is_empty() {
            blocks.push(current);
        }
        Self { blocks }
    }

    /// The blocks of one of `parts` parts.
    pub fn of_part(&self, part: usize, parts: usize) -> Vec<Block> {
        self.blocks.iter().skip(part).step_by(parts.max(1)).cloned().collect()
    }

    /// All blocks.
    pub fn blocks(&self) -> &[Block] {
        &self.blocks
    }
}
