//! Tables of the commands' own results.

use comfy_table::{CellAlignment, LineStyle, Table, TableStyle, presets::NOTHING};

/// No lines but one below the header, so that cells can be copied.
pub(crate) const STYLE: TableStyle = NOTHING.header_separator(LineStyle::none().fill('─').junction('─'));

/// A table with a header; `numbers` are the columns to align to the right.
pub(crate) fn table(header: &[&str], numbers: &[usize]) -> Table {
    let mut table = Table::new();
    table.load_style(STYLE);
    table.set_header(header.iter().copied());
    for &column in numbers {
        if let Some(column) = table.column_mut(column) {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    table
}

/// Text of others, such as a title, without the characters that would steer a terminal.
pub(crate) fn plain(text: &str) -> String {
    let is_control = |character: char| character.is_control() && character != '\n';
    if !text.contains(is_control) {
        return text.to_owned();
    }
    text.chars().map(|character| if is_control(character) { '\u{fffd}' } else { character }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn aligns_numbers_and_draws_one_line() {
        let mut table = table(&["step", "rows"], &[1]);
        table.add_row(["playlists", "1,000"]).add_row(["tracks", "7"]);
        let lines: Vec<String> = table.lines().map(|line| line.trim_end().to_owned()).collect();
        assert_eq!(lines, [" step         rows", "───────────────────", " playlists   1,000", " tracks          7"]);
    }

    #[test]
    fn takes_the_steering_characters_out() {
        assert_eq!(plain("a\u{1b}[31mb\r"), "a\u{fffd}[31mb\u{fffd}");
        assert_eq!(plain("très\nbon 夜"), "très\nbon 夜");
    }
}
