//! What a count finds, as columns.

/// Neighbours of some items: those of one item stand together, best first. Items are given by their ids.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Neighbours {
    /// The item of each row.
    pub items: Vec<u32>,
    /// Its neighbour.
    pub neighbours: Vec<u32>,
    /// The neighbour's place, from 1.
    pub ranks: Vec<u32>,
    /// Groups that hold both.
    pub pair_counts: Vec<u32>,
    /// Sum of the weights of these groups.
    pub weights: Vec<f64>,
    /// Sum over groups of 1/distance from the item to where the neighbour comes next; empty without positions.
    pub follows: Vec<f64>,
}

impl Neighbours {
    /// Number of rows.
    pub fn len(&self) -> usize {
        self.items.len()
    }

    /// Whether there is no row.
    pub fn is_empty(&self) -> bool {
        self.items.is_empty()
    }

    /// Forgets all rows and keeps the room.
    pub fn clear(&mut self) {
        self.items.clear();
        self.neighbours.clear();
        self.ranks.clear();
        self.pair_counts.clear();
        self.weights.clear();
        self.follows.clear();
    }
}
