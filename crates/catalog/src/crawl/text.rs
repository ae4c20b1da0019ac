//! Delimiters, headers and types of text files.

use std::collections::HashSet;

use athena::glue::Column;

/// Lines that are looked at of each file.
const LINES: usize = 1000;
const DELIMITERS: [char; 5] = [',', '\t', ';', '|', '\u{1}'];

/// What a text file is like.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct TextShape {
    pub(super) delimiter: char,
    pub(super) is_quoted: bool,
    pub(super) has_header: bool,
}

/// What values of a column have been seen; each may be read as those behind it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Nothing,
    Boolean,
    Integer,
    Double,
    Date,
    Timestamp,
    Text,
}

impl Kind {
    fn of(value: &str) -> Self {
        let value = value.trim();
        if value.is_empty() || value == "\\N" {
            return Self::Nothing;
        }
        let digits =
            |from: usize, to: usize| value.get(from..to).is_some_and(|part| part.bytes().all(|b| b.is_ascii_digit()));
        let is_date = digits(0, 4)
            && digits(5, 7)
            && digits(8, 10)
            && value.get(4..5) == Some("-")
            && value.get(7..8) == Some("-");
        let is_number = value.parse::<f64>().is_ok() && value.bytes().any(|byte| byte.is_ascii_digit());
        // A number with zeros before it is a name, as in postcodes.
        let is_name = value.len() > 1 && value.starts_with('0') && !value.starts_with("0.");
        match value {
            "true" | "false" | "TRUE" | "FALSE" | "True" | "False" => Self::Boolean,
            _ if value.parse::<i64>().is_ok() && !is_name => Self::Integer,
            _ if is_number && !is_name => Self::Double,
            _ if is_date && value.len() == 10 => Self::Date,
            _ if is_date && value.as_bytes().get(10) == Some(&b' ') && digits(11, 13) => Self::Timestamp,
            _ => Self::Text,
        }
    }

    /// The kind that holds both.
    fn with(self, other: Self) -> Self {
        match (self, other) {
            (Self::Nothing, kind) | (kind, Self::Nothing) => kind,
            (one, other) if one == other => one,
            (Self::Integer, Self::Double) | (Self::Double, Self::Integer) => Self::Double,
            (Self::Date, Self::Timestamp) | (Self::Timestamp, Self::Date) => Self::Timestamp,
            _ => Self::Text,
        }
    }

    fn hive(self) -> &'static str {
        match self {
            Self::Boolean => "boolean",
            Self::Integer => "bigint",
            Self::Double => "double",
            Self::Date => "date",
            Self::Timestamp => "timestamp",
            Self::Nothing | Self::Text => "string",
        }
    }
}

/// Finds the shape of a file from its lines; [`None`] if it has a single column of any delimiter, or no line.
pub(super) fn shape(lines: &[&str]) -> Option<TextShape> {
    let lines = &lines[..lines.len().min(LINES)];
    let is_quoted = lines.iter().any(|line| line.starts_with('"') || line.contains(",\"") || line.contains("\t\""));
    let fields = |delimiter: char| {
        let first = split(lines.first()?, delimiter, is_quoted).len();
        let alike = lines.iter().filter(|line| split(line, delimiter, is_quoted).len() == first).count();
        (first > 1 && alike * 10 >= lines.len() * 9).then_some((first, delimiter))
    };
    // The one that makes the most fields of every line.
    let (_, delimiter) = DELIMITERS.into_iter().filter_map(fields).max_by_key(|(count, _)| *count)?;
    let rows: Vec<Vec<String>> = lines.iter().map(|line| split(line, delimiter, is_quoted)).collect();
    Some(TextShape { delimiter, is_quoted, has_header: has_header(&rows) })
}

/// A first line is a header if its fields are names, all different, and differ from what stands below: in kind where
/// there are numbers, or in that no value below is the same.
fn has_header(rows: &[Vec<String>]) -> bool {
    let Some((first, rest)) = rows.split_first() else { return false };
    let is_name = |field: &String| {
        let begins = field.chars().next().is_some_and(|letter| letter.is_alphabetic() || letter == '_');
        begins && Kind::of(field) == Kind::Text && field.len() <= 64
    };
    let distinct: HashSet<&String> = first.iter().collect();
    if !first.iter().all(is_name) || distinct.len() != first.len() || rest.is_empty() {
        return false;
    }
    let kinds = kinds(rest, first.len());
    if kinds.iter().any(|kind| !matches!(kind, Kind::Text | Kind::Nothing)) {
        return true;
    }
    // Text only: names are words without spaces, and no column repeats its own.
    let is_word = |field: &String| field.chars().all(|letter| letter.is_alphanumeric() || "_-.".contains(letter));
    let repeats = |(at, name): (usize, &String)| rest.iter().any(|row| row.get(at) == Some(name));
    first.iter().all(is_word) && !first.iter().enumerate().any(repeats)
}

fn kinds(rows: &[Vec<String>], columns: usize) -> Vec<Kind> {
    let mut kinds = vec![Kind::Nothing; columns];
    for row in rows {
        for (kind, value) in kinds.iter_mut().zip(row) {
            *kind = kind.with(Kind::of(value));
        }
    }
    kinds
}

/// The columns that lines of a shape have.
pub(super) fn columns(shape: &TextShape, lines: &[&str]) -> Vec<Column> {
    let lines = &lines[..lines.len().min(LINES)];
    let mut rows: Vec<Vec<String>> = lines.iter().map(|line| split(line, shape.delimiter, shape.is_quoted)).collect();
    let names = if shape.has_header && !rows.is_empty() { Some(rows.remove(0)) } else { None };
    let count = names.as_ref().map_or_else(|| rows.iter().map(Vec::len).max().unwrap_or_default(), Vec::len);
    let name = |at: usize| {
        let given = names.as_ref().and_then(|names| names.get(at)).map(|name| name.trim().to_lowercase());
        given.filter(|name| !name.is_empty()).unwrap_or_else(|| format!("col{at}"))
    };
    let kinds = kinds(&rows, count);
    let column =
        |(at, kind): (usize, Kind)| Column { name: name(at), kind: kind.hive().to_owned(), ..Column::default() };
    kinds.into_iter().enumerate().map(column).collect()
}

/// The fields of a line.
fn split(line: &str, delimiter: char, is_quoted: bool) -> Vec<String> {
    if !is_quoted {
        return line.split(delimiter).map(str::to_owned).collect();
    }
    let (mut fields, mut field, mut inside) = (Vec::new(), String::new(), false);
    let mut letters = line.chars().peekable();
    while let Some(letter) = letters.next() {
        match letter {
            '"' if inside && letters.peek() == Some(&'"') => {
                field.push('"');
                letters.next();
            }
            '"' => inside = !inside,
            _ if letter == delimiter && !inside => fields.push(std::mem::take(&mut field)),
            _ => field.push(letter),
        }
    }
    fields.push(field);
    fields
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, delimiter: char, has_header: bool, expected: &[(&str, &str)]) {
        let lines: Vec<&str> = text.lines().collect();
        let shape = shape(&lines).unwrap();
        assert_eq!((shape.delimiter, shape.has_header), (delimiter, has_header), "{text}");
        let columns = columns(&shape, &lines);
        let found: Vec<(&str, &str)> =
            columns.iter().map(|column| (column.name.as_str(), column.kind.as_str())).collect();
        assert_eq!(found, expected, "{text}");
    }

    #[test]
    fn shapes_and_types_are_found() {
        check("id,name\n1,a\n2,b\n", ',', true, &[("id", "bigint"), ("name", "string")]);
        check(
            "1\t2.5\ttrue\n2\t3\tfalse\n",
            '\t',
            false,
            &[("col0", "bigint"), ("col1", "double"), ("col2", "boolean")],
        );
        check("artist;title\nMuse;Uprising\nBlur;Song 2\n", ';', true, &[("artist", "string"), ("title", "string")]);
        check("Muse;Uprising\nBlur;Song 2\nMuse;Starlight\n", ';', false, &[("col0", "string"), ("col1", "string")]);
        check(
            "day|at|zip\n2026-01-02|2026-01-02 10:00:00|01234\n\\N||99999\n",
            '|',
            true,
            &[("day", "date"), ("at", "timestamp"), ("zip", "string")],
        );
        check("a,b\n\"x, y\",1\n\"z \"\"q\"\"\",2\n", ',', true, &[("a", "string"), ("b", "bigint")]);
    }

    #[test]
    fn a_single_column_has_no_shape() {
        assert_eq!(shape(&["just text", "more"]), None);
        assert_eq!(shape(&[]), None);
    }
}
