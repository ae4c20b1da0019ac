//! Reading a `.csv` file back, piece by piece.

/// Rows of a result file that arrives in pieces.
#[derive(Debug, Default)]
pub struct CsvRows {
    buffer: Vec<u8>,
    /// Bytes of the buffer that were given out as rows.
    taken: usize,
    /// Bytes of the file that were given out as rows.
    consumed: u64,
}

impl CsvRows {
    /// A reader that starts at this byte of the file, where a row starts.
    #[must_use]
    pub fn starting_at(offset: u64) -> Self {
        Self { consumed: offset, ..Self::default() }
    }

    /// Takes the next piece of the file.
    pub fn push(&mut self, piece: &[u8]) {
        self.buffer.drain(..self.taken);
        self.taken = 0;
        self.buffer.extend_from_slice(piece);
    }

    /// Where in the file the next row starts.
    #[must_use]
    pub fn offset(&self) -> u64 {
        self.consumed
    }

    /// The next row if all of it has arrived: a text, or [`None`] for NULL, per column.
    pub fn next_row(&mut self) -> Option<Vec<Option<String>>> {
        let rest = &self.buffer[self.taken..];
        let (mut in_quotes, mut end) = (false, None);
        for (at, byte) in rest.iter().enumerate() {
            match byte {
                b'"' => in_quotes = !in_quotes,
                b'\n' if !in_quotes => {
                    end = Some(at);
                    break;
                }
                _ => {}
            }
        }
        let end = end?;
        let row = split(&rest[..end]);
        self.taken += end + 1;
        self.consumed += end as u64 + 1;
        Some(row)
    }
}

/// Cuts a line, which has its doubled quotes in pairs, at the commas outside of quotes.
fn split(line: &[u8]) -> Vec<Option<String>> {
    let mut row = Vec::new();
    let (mut value, mut quoted, mut in_quotes) = (Vec::new(), false, false);
    let mut bytes = line.iter().copied().peekable();
    loop {
        match bytes.next() {
            Some(b'"') if in_quotes && bytes.peek() == Some(&b'"') => {
                bytes.next();
                value.push(b'"');
            }
            Some(b'"') => {
                quoted = true;
                in_quotes = !in_quotes;
            }
            Some(b',') if !in_quotes => {
                row.push(taken(&mut value, &mut quoted));
            }
            Some(byte) => value.push(byte),
            None => break,
        }
    }
    row.push(taken(&mut value, &mut quoted));
    row
}

fn taken(value: &mut Vec<u8>, quoted: &mut bool) -> Option<String> {
    let bytes = std::mem::take(value);
    std::mem::take(quoted).then(|| String::from_utf8_lossy(&bytes).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILE: &str = "\"t\",\"n\"\"\"\n,\"1\"\n\"\",\n\"NULL\",\"3\"\n\"a \"\"b\"\",\nc\",\"4\"\n\n";

    fn row(values: &[Option<&str>]) -> Vec<Option<String>> {
        values.iter().map(|value| value.map(str::to_owned)).collect()
    }

    #[test]
    fn reads_what_was_written_in_pieces_of_any_size() {
        for size in 1..FILE.len() {
            let mut rows = CsvRows::default();
            let mut found = Vec::new();
            for piece in FILE.as_bytes().chunks(size) {
                rows.push(piece);
                while let Some(row) = rows.next_row() {
                    found.push(row);
                }
            }
            let expected = [
                row(&[Some("t"), Some("n\"")]),
                row(&[None, Some("1")]),
                row(&[Some(""), None]),
                row(&[Some("NULL"), Some("3")]),
                row(&[Some("a \"b\",\nc"), Some("4")]),
                row(&[None]),
            ];
            assert_eq!(found, expected, "pieces of {size} bytes");
            assert_eq!(rows.offset(), FILE.len() as u64);
        }
    }
}
