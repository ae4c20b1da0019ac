//! Comma-separated values as OpenCSV 2.3 reads them, which is what `OpenCSVSerde` is built on.

use crate::{CsvFormat, Error, Result, column::Column};

/// Milliseconds since 1970, or days: numbers are all that stands for times.
pub(crate) fn read(
    format: &CsvFormat,
    line: &[u8],
    names: &[String],
    wanted: &[usize],
    columns: &mut [Column],
) -> Result<()> {
    let line = std::str::from_utf8(line).map_err(|_| Error::Utf8)?;
    let fields = fields(format, line);
    for ((wanted, column), name) in wanted.iter().zip(columns).zip(names) {
        let Some(text) = fields.get(*wanted) else {
            column.null();
            continue;
        };
        let fits = match &mut *column {
            Column::Date(values) => text.parse().map(|days| values.append_value(days)).is_ok(),
            Column::Timestamp(values) => text.parse().map(|millis| values.append_value(millis)).is_ok(),
            column => column.is_text_of(text) && column.text(text),
        };
        if !fits {
            let expected = match column {
                Column::Date(_) => "days since 1970-01-01",
                Column::Timestamp(_) => "milliseconds since 1970-01-01",
                _ => "a value of the column's type",
            };
            return Err(Error::Value {
                column: name.clone(),
                value: text.chars().take(100).collect(),
                expected: expected.to_owned(),
            });
        }
    }
    Ok(())
}

/// The fields of a line. Source: `au.com.bytecode.opencsv.CSVParser.parseLine`, not strict about quotes.
fn fields(format: &CsvFormat, line: &str) -> Vec<String> {
    let (separator, quote, escape) =
        (char::from(format.separator), char::from(format.quote), char::from(format.escape));
    let characters: Vec<char> = line.chars().collect();
    let next_is = |at: usize, wanted: &[char]| characters.get(at + 1).is_some_and(|next| wanted.contains(next));
    let (mut fields, mut field) = (Vec::new(), String::new());
    let (mut in_quotes, mut in_field) = (false, false);
    let mut at = 0;
    while let Some(character) = characters.get(at) {
        if *character == escape {
            if (in_quotes || in_field) && next_is(at, &[quote, escape]) {
                field.push(characters[at + 1]);
                at += 1;
            }
        } else if *character == quote {
            if (in_quotes || in_field) && next_is(at, &[quote]) {
                field.push(quote);
                at += 1;
            } else {
                // One in the middle of a field is part of it.
                let is_inner = at > 2
                    && characters[at - 1] != separator
                    && characters.get(at + 1).is_some_and(|next| *next != separator);
                if is_inner {
                    if !field.is_empty() && field.chars().all(char::is_whitespace) {
                        field.clear();
                    } else {
                        field.push(quote);
                    }
                }
                in_quotes = !in_quotes;
            }
            in_field = !in_field;
        } else if *character == separator && !in_quotes {
            fields.push(std::mem::take(&mut field));
            in_field = false;
        } else {
            field.push(*character);
            in_field = true;
        }
        at += 1;
    }
    // What a quote opens must be closed in the same line: there is no field otherwise.
    if !in_quotes {
        fields.push(field);
    }
    fields
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(line: &str, expected: &[&str]) {
        assert_eq!(fields(&CsvFormat::default(), line), expected, "{line}");
    }

    #[test]
    fn quotes_and_escapes_are_as_opencsv_has_them() {
        check("a,b,", &["a", "b", ""]);
        check("\"a,b\",\"c\"\"d\"", &["a,b", "c\"d"]);
        check("\"a\\\"b\",\"c\\\\d\"", &["a\"b", "c\\d"]);
        check("a, \"b\" ,c", &["a", "b\" ", "c"]);
        check("\"open,b", &[]);
        check("x,\"open,b", &["x"]);
        check("", &[""]);
        check("é,\"ü,ö\"", &["é", "ü,ö"]);
    }
}
