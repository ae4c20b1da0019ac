//! Statements over many rows: how they are cut, and their lists of placeholders.

/// The most rows of one statement. Its parameters then stay below SQLite's limit of 32 766 for tables of our width, and
/// larger statements are not faster: on MySQL they are slower.
const MAX_BATCH_ROWS: usize = 256;

/// The most bytes of values in one statement, so that with its frame it fits one TLS record (16 KiB).
///
/// A larger statement would be written in several pieces, and because the driver leaves Nagle's algorithm on, the
/// second piece waits until the server acknowledges the first, often 40 ms. With 2000 rows in a statement a MySQL
/// server with TLS loaded 11 000 rows per second, with 256 rows 41 000.
pub(crate) const MAX_BATCH_BYTES: usize = 14 * 1024;

/// Cuts rows into batches whose lengths are powers of two.
///
/// Any number of rows is then written by few different statements, so that every one of them is found prepared.
pub(crate) fn batches<T>(mut rows: &[T]) -> impl Iterator<Item = &[T]> {
    std::iter::from_fn(move || {
        let length = 1 << rows.len().min(MAX_BATCH_ROWS).checked_ilog2()?;
        let (batch, rest) = rows.split_at(length);
        rows = rest;
        Some(batch)
    })
}

/// `(?, ?), (?, ?)` for two columns and two rows.
pub(crate) fn placeholders(columns: usize, rows: usize) -> String {
    let row = format!("({})", vec!["?"; columns].join(", "));
    vec![row; rows].join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(rows: usize, lengths: &[usize]) {
        let rows: Vec<usize> = (0..rows).collect();
        assert_eq!(batches(&rows).map(<[usize]>::len).collect::<Vec<_>>(), lengths);
        assert_eq!(batches(&rows).flatten().copied().collect::<Vec<_>>(), rows);
    }

    #[test]
    fn cuts_into_powers_of_two() {
        check(0, &[]);
        check(1, &[1]);
        check(7, &[4, 2, 1]);
        check(256, &[256]);
        check(600, &[256, 256, 64, 16, 8]);
    }

    #[test]
    fn lists_rows_of_placeholders() {
        assert_eq!(placeholders(1, 1), "(?)");
        assert_eq!(placeholders(3, 2), "(?, ?, ?), (?, ?, ?)");
    }
}
