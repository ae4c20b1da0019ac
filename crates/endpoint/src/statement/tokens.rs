//! Tokens of a statement, with their places.

use datafusion::sql::sqlparser::{
    dialect::GenericDialect,
    tokenizer::{Location, Token, TokenWithSpan, Tokenizer},
};

use super::TableName;
use crate::error::{QueryError, QueryResult};

/// The tokens of a statement without spaces and comments, and how far they were read.
#[derive(Debug, Clone)]
pub(crate) struct Tokens<'s> {
    sql: &'s str,
    tokens: Vec<TokenWithSpan>,
    at: usize,
}

impl<'s> Tokens<'s> {
    /// Cuts a text into tokens; semicolons at its end do not count.
    pub(crate) fn of(sql: &'s str) -> QueryResult<Self> {
        let cut = Tokenizer::new(&GenericDialect {}, sql).with_unescape(false).tokenize_with_location();
        let mut tokens = cut.map_err(|error| {
            QueryError::new("MALFORMED_QUERY", error.message).at(error.location.line, error.location.column)
        })?;
        tokens.retain(|token| !matches!(token.token, Token::Whitespace(_) | Token::EOF));
        while tokens.last().is_some_and(|last| last.token == Token::SemiColon) {
            tokens.pop();
        }
        Ok(Self { sql, tokens, at: 0 })
    }

    pub(crate) fn is_at_end(&self) -> bool {
        self.at >= self.tokens.len()
    }

    pub(crate) fn all(&self) -> &[TokenWithSpan] {
        &self.tokens
    }

    fn peek(&self) -> Option<&Token> {
        self.tokens.get(self.at).map(|token| &token.token)
    }

    /// Line and column of the next token.
    pub(crate) fn place(&self) -> (u64, u64) {
        match self.tokens.get(self.at).or(self.tokens.last()) {
            Some(token) if self.is_at_end() => (token.span.end.line, token.span.end.column),
            Some(token) => (token.span.start.line, token.span.start.column),
            None => (1, 1),
        }
    }

    /// The error of a token that cannot stand here.
    pub(crate) fn mismatch(&self, expected: &str) -> QueryError {
        let (line, column) = self.place();
        let found = self.peek().map_or("<EOF>".to_owned(), ToString::to_string);
        QueryError::new("MALFORMED_QUERY", format!("mismatched input '{found}'. Expecting: {expected}"))
            .at(line, column)
    }

    /// Whether the next tokens are these words.
    pub(crate) fn looks_like(&self, words: &[&str]) -> bool {
        words
            .iter()
            .enumerate()
            .all(|(ahead, word)| self.tokens.get(self.at + ahead).is_some_and(|token| is_word(&token.token, word)))
    }

    /// Takes these words if they are next.
    pub(crate) fn accept(&mut self, words: &[&str]) -> bool {
        let found = self.looks_like(words);
        if found {
            self.at += words.len();
        }
        found
    }

    pub(crate) fn expect(&mut self, words: &[&str]) -> QueryResult<()> {
        let quoted: Vec<String> = words.iter().map(|word| format!("'{word}'")).collect();
        if self.accept(words) { Ok(()) } else { Err(self.mismatch(&quoted.join(" "))) }
    }

    pub(crate) fn accept_token(&mut self, token: &Token) -> bool {
        let found = self.peek() == Some(token);
        if found {
            self.at += 1;
        }
        found
    }

    pub(crate) fn expect_token(&mut self, token: &Token) -> QueryResult<()> {
        if self.accept_token(token) { Ok(()) } else { Err(self.mismatch(&format!("'{token}'"))) }
    }

    pub(crate) fn expect_end(&self) -> QueryResult<()> {
        if self.is_at_end() { Ok(()) } else { Err(self.mismatch("<EOF>")) }
    }

    /// A name, in lower case as the catalog keeps it.
    pub(crate) fn name(&mut self) -> QueryResult<String> {
        let name = match self.peek() {
            Some(Token::Word(word)) => Some(word.value.to_lowercase()),
            // Hive takes names that start with a digit.
            Some(Token::Number(digits, _)) => Some(digits.clone()),
            _ => None,
        };
        let name = name.ok_or_else(|| self.mismatch("<identifier>"))?;
        self.at += 1;
        Ok(name)
    }

    /// `table`, `database.table` or `catalog.database.table`.
    pub(crate) fn table_name(&mut self) -> QueryResult<TableName> {
        let (line, column) = self.place();
        let mut parts = vec![self.name()?];
        while self.accept_token(&Token::Period) {
            parts.push(self.name()?);
        }
        if parts.len() == 3 && parts[0] == catalog::CATALOG {
            parts.remove(0);
        }
        let table = parts.pop().unwrap_or_default();
        match parts.len() {
            0 | 1 => Ok(TableName { database: parts.pop(), table }),
            _ => {
                Err(QueryError::new("MALFORMED_QUERY", format!("Catalog '{}' does not exist", parts[0]))
                    .at(line, column))
            }
        }
    }

    /// A text in quotes, without its escapes.
    pub(crate) fn text(&mut self) -> QueryResult<String> {
        let text = match self.peek() {
            Some(Token::SingleQuotedString(text) | Token::DoubleQuotedString(text)) => Some(unescaped(text)),
            Some(Token::Word(word)) if word.quote_style == Some('"') => Some(unescaped(&word.value)),
            _ => None,
        };
        let text = text.ok_or_else(|| self.mismatch("<string>"))?;
        self.at += 1;
        Ok(text)
    }

    /// A text, number or word, as it stands for a value.
    pub(crate) fn value(&mut self) -> QueryResult<String> {
        if let Ok(text) = self.text() {
            return Ok(text);
        }
        let sign = if self.accept_token(&Token::Minus) { "-" } else { "" };
        let value = match self.peek() {
            Some(Token::Number(digits, _)) => Some(format!("{sign}{digits}")),
            Some(Token::Word(word)) if sign.is_empty() => Some(word.value.clone()),
            _ => None,
        };
        let value = value.ok_or_else(|| self.mismatch("<value>"))?;
        self.at += 1;
        Ok(value)
    }

    /// The text from here to the end, which is taken; it starts at the same line and column.
    pub(crate) fn rest(&mut self) -> String {
        let Some(first) = self.tokens.get(self.at) else { return String::new() };
        let start = offset_of(self.sql, first.span.start);
        let end = self.tokens.last().map_or(self.sql.len(), |last| offset_of(self.sql, last.span.end));
        self.at = self.tokens.len();
        in_place(self.sql, start, end)
    }

    /// The text within parentheses, which are next; nested ones are part of it.
    pub(crate) fn parenthesised(&mut self) -> QueryResult<String> {
        self.expect_token(&Token::LParen)?;
        let start = self.tokens.get(self.at).map(|token| token.span.start);
        let mut depth = 1;
        while let Some(token) = self.tokens.get(self.at) {
            match token.token {
                Token::LParen => depth += 1,
                Token::RParen => depth -= 1,
                _ => {}
            }
            if depth == 0 {
                let end = offset_of(self.sql, token.span.start);
                self.at += 1;
                let start = start.map_or(end, |start| offset_of(self.sql, start));
                return Ok(in_place(self.sql, start, end));
            }
            self.at += 1;
        }
        Err(self.mismatch("')'"))
    }

    /// The text of a type, up to a comma or parenthesis outside of it, or a word that cannot be of it.
    pub(crate) fn type_name(&mut self) -> QueryResult<String> {
        let mut text = String::new();
        let mut depth = 0_i32;
        while let Some(token) = self.peek() {
            let part = token.to_string();
            match token {
                Token::Lt | Token::LParen => depth += 1,
                Token::Gt | Token::RParen if depth > 0 => depth -= 1,
                Token::ShiftRight if depth > 1 => depth -= 2,
                Token::Comma | Token::RParen if depth == 0 => break,
                Token::Word(_) if depth == 0 && !text.is_empty() => break,
                _ => {}
            }
            text.push_str(&part);
            self.at += 1;
        }
        if text.is_empty() { Err(self.mismatch("<type>")) } else { Ok(text.to_lowercase()) }
    }
}

pub(crate) fn is_word(token: &Token, word: &str) -> bool {
    matches!(token, Token::Word(found) if found.quote_style.is_none() && found.value.eq_ignore_ascii_case(word))
}

/// The part of a text from one byte to another, with blanks for what is before, so that lines and columns stay.
fn in_place(sql: &str, start: usize, end: usize) -> String {
    let blank = |character: char| if character == '\n' { '\n' } else { ' ' };
    let mut text: String = sql[..start].chars().map(blank).collect();
    text.push_str(&sql[start..end]);
    text
}

/// The byte at a line and column, which count characters from 1.
pub(crate) fn offset_of(sql: &str, location: Location) -> usize {
    let (mut line, mut column) = (1, 1);
    for (offset, character) in sql.char_indices() {
        if (line, column) == (location.line, location.column) {
            return offset;
        }
        if character == '\n' {
            line += 1;
            column = 1;
        } else {
            column += 1;
        }
    }
    sql.len()
}

/// The bytes at places that come in order, found in one walk through the text.
pub(crate) fn offsets_of(sql: &str, places: impl IntoIterator<Item = Location>) -> Vec<usize> {
    let mut characters = sql.char_indices();
    let (mut line, mut column, mut at) = (1, 1, 0);
    let mut offsets = Vec::new();
    for place in places {
        while (line, column) < (place.line, place.column) {
            let Some((offset, character)) = characters.next() else {
                at = sql.len();
                break;
            };
            at = offset + character.len_utf8();
            (line, column) = if character == '\n' { (line + 1, 1) } else { (line, column + 1) };
        }
        offsets.push(at);
    }
    offsets
}

/// Hive's escapes of strings: `\t`, `\n`, `\001`, `\'` and so on, and quotes that are doubled.
fn unescaped(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let text = text.replace("''", "'");
    let mut characters = text.chars().peekable();
    while let Some(character) = characters.next() {
        if character != '\\' {
            plain.push(character);
            continue;
        }
        match characters.next() {
            Some('t') => plain.push('\t'),
            Some('n') => plain.push('\n'),
            Some('r') => plain.push('\r'),
            Some(digit @ '0'..='7') => {
                let mut code = digit.to_digit(8).unwrap_or_default();
                for _ in 0..2 {
                    if let Some(next) = characters.peek().and_then(|next| next.to_digit(8)) {
                        code = code * 8 + next;
                        characters.next();
                    }
                }
                plain.push(char::from_u32(code).unwrap_or_default());
            }
            // `\N` stands for NULL and keeps its backslash; so does what is not known.
            Some(other @ ('\'' | '"' | '\\')) => plain.push(other),
            Some(other) => {
                plain.push('\\');
                plain.push(other);
            }
            None => plain.push('\\'),
        }
    }
    plain
}
