//! Lists of placeholders for statements over many rows.

/// The most parameters that one statement binds. SQLite's limit is 32 766, MySQL's 65 535.
const MAX_PARAMETERS: usize = 10_000;

/// The most bytes of values in one statement, far below the smallest `max_allowed_packet` in use (4 MiB).
pub(crate) const MAX_STATEMENT_BYTES: usize = 1 << 20;

/// How many rows of so many columns go into one statement.
pub(crate) const fn rows_per_statement(columns: usize) -> usize {
    MAX_PARAMETERS / columns
}

/// `(?, ?), (?, ?)` for two columns and two rows.
pub(crate) fn placeholders(columns: usize, rows: usize) -> String {
    let row = format!("({})", vec!["?"; columns].join(", "));
    vec![row; rows].join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_rows_of_placeholders() {
        assert_eq!(placeholders(1, 1), "(?)");
        assert_eq!(placeholders(3, 2), "(?, ?, ?), (?, ?, ?)");
    }

    #[test]
    fn keeps_within_the_parameters_of_either_database() {
        assert_eq!(rows_per_statement(5), 2000);
        assert!(rows_per_statement(1) <= 32_766);
    }
}
