//! Which rows of the item table one step touches.

/// Rows of the item table that one step touches, ascending and each once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RowIndex {
    rows: Vec<i64>,
}

impl RowIndex {
    /// Takes rows in any order and more than once.
    pub fn new(mut wanted: Vec<i64>) -> Self {
        wanted.sort_unstable();
        wanted.dedup();
        Self { rows: wanted }
    }

    /// The rows.
    pub fn rows(&self) -> &[i64] {
        &self.rows
    }

    /// Translates rows of the table into places among these rows. A row that is not here yields a place where it would
    /// stand.
    pub fn places(&self, wanted: &[i64]) -> Vec<i64> {
        let place = |row: &i64| {
            let place = self.rows.binary_search(row).unwrap_or_else(|next| next);
            i64::try_from(place).unwrap_or(i64::MAX)
        };
        wanted.iter().map(place).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_is_found_where_it_stands() {
        let index = RowIndex::new(vec![9, 2, 9, 5, 2]);
        assert_eq!(index.rows(), [2, 5, 9]);
        assert_eq!(index.places(&[9, 9, 2, 5]), [2, 2, 0, 1]);
    }
}
