//! Statements around queries, told apart by their first words.

use datafusion::sql::sqlparser::{
    keywords::Keyword,
    tokenizer::{Location, Token, TokenWithSpan, Tokenizer},
};

use super::{
    SqlResult, TrinoDialect,
    error::{Place, error},
};
use crate::ErrorName;

/// A statement, as far as its first words say what it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Written<'s> {
    /// `SELECT`, `WITH`, `VALUES`, `TABLE`.
    Query(&'s str),
    /// `EXPLAIN` with its options, and a query.
    Explain {
        /// What stands before the query.
        before: &'s str,
        /// The query.
        query: &'s str,
    },
    /// `CREATE TABLE … AS` and a query.
    CreateTableAs {
        /// What stands before the query.
        before: &'s str,
        /// The query.
        query: &'s str,
    },
    /// `INSERT INTO …` and a query.
    Insert {
        /// What stands before the query.
        before: &'s str,
        /// The query.
        query: &'s str,
    },
    /// `SHOW` and `DESCRIBE`.
    Show,
    /// Anything else, by its first word.
    Other(&'s str),
}

impl<'s> Written<'s> {
    /// Looks at the first words.
    ///
    /// # Errors
    /// `SYNTAX_ERROR` if the text is not made of tokens.
    pub fn of(sql: &'s str) -> SqlResult<Self> {
        let tokens = tokens(sql)?;
        let Some(first) = tokens.first() else {
            return error(ErrorName::SyntaxError, Place::new(1, 1), "mismatched input '<EOF>'. Expecting: <statement>");
        };
        if begins_query(&first.token) {
            return Ok(Self::Query(sql));
        }
        let split = |at: usize| sql.split_at(offset(sql, tokens[at].span.start));
        Ok(match keyword(&first.token) {
            Some(Keyword::EXPLAIN) => match tokens.iter().skip(1).position(|token| begins_words_of_query(&token.token))
            {
                Some(at) => {
                    let (before, query) = split(at + 1);
                    Self::Explain { before, query }
                }
                None => Self::Other(word(sql, first)),
            },
            Some(Keyword::CREATE) => match tokens.iter().position(|token| keyword(&token.token) == Some(Keyword::AS)) {
                Some(at)
                    if keyword_at(&tokens, 1) == Some(Keyword::TABLE)
                        && tokens.get(at + 1).is_some_and(|next| begins_query(&next.token)) =>
                {
                    let (before, query) = split(at + 1);
                    Self::CreateTableAs { before, query }
                }
                _ => Self::Other(word(sql, first)),
            },
            Some(Keyword::INSERT) => match tokens.iter().position(|token| begins_words_of_query(&token.token)) {
                Some(at) => {
                    // `INSERT INTO t (SELECT …)`
                    let is_within = tokens[at - 1].token == Token::LParen;
                    let (before, query) = split(at - usize::from(is_within));
                    Self::Insert { before, query }
                }
                None => Self::Other(word(sql, first)),
            },
            Some(Keyword::SHOW | Keyword::DESCRIBE | Keyword::DESC) => Self::Show,
            _ => Self::Other(word(sql, first)),
        })
    }
}

/// A query with blanks for what stands before it, so that places in it are places in the whole.
#[must_use]
pub fn in_place(before: &str, query: &str) -> String {
    let blank = |character: char| if character == '\n' { '\n' } else { ' ' };
    before.chars().map(blank).chain(query.chars()).collect()
}

/// The statements of a text. Semicolons in strings, names and comments do not separate.
///
/// # Errors
/// `SYNTAX_ERROR` if the text is not made of tokens.
pub fn statements(text: &str) -> SqlResult<Vec<&str>> {
    let mut found = Vec::new();
    // First byte of the statement, end of its last token.
    let mut open: Option<(usize, usize)> = None;
    for token in tokens(text)? {
        if token.token == Token::SemiColon {
            found.extend(open.take().map(|(from, to)| &text[from..to]));
            continue;
        }
        let (from, to) = (offset(text, token.span.start), offset(text, token.span.end));
        open = Some((open.map_or(from, |(first, _)| first), to));
    }
    found.extend(open.map(|(from, to)| &text[from..to]));
    Ok(found)
}

fn tokens(sql: &str) -> SqlResult<Vec<TokenWithSpan>> {
    let all = Tokenizer::new(&TrinoDialect, sql).tokenize_with_location();
    let all = all.map_err(|found| super::SqlError {
        name: ErrorName::SyntaxError,
        line: found.location.line,
        column: found.location.column,
        message: found.message,
    })?;
    Ok(all.into_iter().filter(|token| !matches!(token.token, Token::Whitespace(_) | Token::EOF)).collect())
}

/// Byte of a place.
fn offset(text: &str, place: Location) -> usize {
    let before = |count: u64| usize::try_from(count.saturating_sub(1)).unwrap_or(usize::MAX);
    let line: usize = text.split_inclusive('\n').take(before(place.line)).map(str::len).sum();
    let rest = &text[line..];
    line + rest.char_indices().nth(before(place.column)).map_or(rest.len(), |(at, _)| at)
}

fn keyword(token: &Token) -> Option<Keyword> {
    match token {
        Token::Word(word) if word.quote_style.is_none() => Some(word.keyword),
        _ => None,
    }
}

fn keyword_at(tokens: &[TokenWithSpan], at: usize) -> Option<Keyword> {
    keyword(&tokens.get(at)?.token)
}

fn begins_words_of_query(token: &Token) -> bool {
    matches!(keyword(token), Some(Keyword::SELECT | Keyword::WITH | Keyword::VALUES | Keyword::TABLE))
}

fn begins_query(token: &Token) -> bool {
    *token == Token::LParen || begins_words_of_query(token)
}

fn word<'s>(sql: &'s str, token: &TokenWithSpan) -> &'s str {
    &sql[offset(sql, token.span.start)..offset(sql, token.span.end)]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(sql: &str, expected: Written<'_>) {
        assert_eq!(Written::of(sql).unwrap(), expected, "{sql}");
    }

    #[test]
    fn first_words_tell_statements_apart() {
        check("-- x\nSELECT 1", Written::Query("-- x\nSELECT 1"));
        check("(SELECT 1)", Written::Query("(SELECT 1)"));
        check("EXPLAIN SELECT 1", Written::Explain { before: "EXPLAIN ", query: "SELECT 1" });
        check(
            "explain analyze\n with é AS (VALUES 1) SELECT * FROM é",
            Written::Explain { before: "explain analyze\n ", query: "with é AS (VALUES 1) SELECT * FROM é" },
        );
        check(
            "CREATE TABLE é.\"as\" AS SELECT 1 AS x",
            Written::CreateTableAs { before: "CREATE TABLE é.\"as\" AS ", query: "SELECT 1 AS x" },
        );
        check("CREATE VIEW v AS SELECT 1 AS x", Written::Other("CREATE"));
        check("CREATE TABLE t (x int)", Written::Other("CREATE"));
        check("INSERT INTO t VALUES 1", Written::Insert { before: "INSERT INTO t ", query: "VALUES 1" });
        check("INSERT INTO t (a) (SELECT 1)", Written::Insert { before: "INSERT INTO t (a) ", query: "(SELECT 1)" });
        check("INSERT INTO t", Written::Other("INSERT"));
        check("DROP TABLE t", Written::Other("DROP"));
        check("SHOW TABLES", Written::Show);
        assert!(Written::of(" ").is_err());
    }

    #[test]
    fn places_in_a_query_are_those_in_the_statement() {
        assert_eq!(in_place("EXPLAIN\n  ", "SELECT 1"), "       \n  SELECT 1");
    }

    #[test]
    fn semicolons_separate_where_they_are_no_text() {
        let text = "SELECT ';é';\n\n  SELECT \";\" -- ; é\n FROM t; ; /* ; */";
        assert_eq!(statements(text).unwrap(), ["SELECT ';é'", "SELECT \";\" -- ; é\n FROM t"]);
        assert_eq!(statements("SELECT 'x").unwrap_err().name, ErrorName::SyntaxError);
    }
}
