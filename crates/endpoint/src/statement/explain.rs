//! `EXPLAIN`, with its options.

use datafusion::sql::sqlparser::tokenizer::Token;

use super::{Statement, Tokens};
use crate::error::{QueryError, QueryResult};

/// What is shown of a query.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Explained {
    /// The optimised logical plan.
    Logical(PlanFormat),
    /// The plan of the executors' work.
    Distributed,
    /// Whether the query can be planned.
    Validate,
    /// The plan of the executors' work after it was done, with what was measured.
    Analyze,
}

/// How a plan is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum PlanFormat {
    Text,
    Graphviz,
    Json,
}

/// The rest of the statement behind `EXPLAIN`.
pub(super) fn parse(tokens: &mut Tokens<'_>) -> QueryResult<Statement> {
    if tokens.accept(&["ANALYZE"]) {
        tokens.accept(&["VERBOSE"]);
        return Ok(Statement::Explain { what: Explained::Analyze, query: super::writes::query(tokens)? });
    }
    let (mut kind, mut format) = (None, None);
    if tokens.accept_token(&Token::LParen) {
        loop {
            let (line, column) = tokens.place();
            let unknown = |option: &str, value: &str| {
                Err(QueryError::not_supported(format!("not supported: EXPLAIN ({option} {value})")).at(line, column))
            };
            if tokens.accept(&["TYPE"]) {
                let value = tokens.value()?.to_uppercase();
                kind = match value.as_str() {
                    "LOGICAL" => None,
                    "DISTRIBUTED" => Some(Explained::Distributed),
                    "VALIDATE" => Some(Explained::Validate),
                    other => return unknown("TYPE", other),
                };
            } else if tokens.accept(&["FORMAT"]) {
                let value = tokens.value()?.to_uppercase();
                format = match value.as_str() {
                    "TEXT" => Some(PlanFormat::Text),
                    "GRAPHVIZ" => Some(PlanFormat::Graphviz),
                    "JSON" => Some(PlanFormat::Json),
                    other => return unknown("FORMAT", other),
                };
            } else {
                return Err(tokens.mismatch("'FORMAT', 'TYPE'"));
            }
            if !tokens.accept_token(&Token::Comma) {
                break;
            }
        }
        tokens.expect_token(&Token::RParen)?;
    }
    let (line, column) = tokens.place();
    let query = super::writes::query(tokens)?;
    let what = match (kind, format) {
        (None, format) => Explained::Logical(format.unwrap_or(PlanFormat::Text)),
        (Some(kind), None | Some(PlanFormat::Text)) => kind,
        (Some(_), Some(_)) => {
            let message = "not supported: EXPLAIN in this format, except of TYPE LOGICAL";
            return Err(QueryError::not_supported(message).at(line, column));
        }
    };
    Ok(Statement::Explain { what, query })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::statement::parse;

    #[track_caller]
    fn check(sql: &str, expected: Result<Explained, &str>) {
        let found = match parse(sql) {
            Ok(Statement::Explain { what, query }) => {
                assert_eq!(query.trim(), "SELECT 1", "{sql}");
                Ok(what)
            }
            Ok(other) => panic!("{other:?}"),
            Err(error) => Err(error.to_string()),
        };
        assert_eq!(found, expected.map_err(str::to_owned), "{sql}");
    }

    #[test]
    fn options_say_what_is_shown() {
        check("EXPLAIN SELECT 1", Ok(Explained::Logical(PlanFormat::Text)));
        check("EXPLAIN (FORMAT JSON) SELECT 1", Ok(Explained::Logical(PlanFormat::Json)));
        check("explain (type logical, format graphviz) SELECT 1", Ok(Explained::Logical(PlanFormat::Graphviz)));
        check("EXPLAIN (TYPE DISTRIBUTED) SELECT 1", Ok(Explained::Distributed));
        check("EXPLAIN (FORMAT TEXT, TYPE VALIDATE) SELECT 1", Ok(Explained::Validate));
        check("EXPLAIN ANALYZE SELECT 1", Ok(Explained::Analyze));
        check("EXPLAIN ANALYZE VERBOSE SELECT 1", Ok(Explained::Analyze));
        check("EXPLAIN (TYPE IO) SELECT 1", Err("NOT_SUPPORTED: line 1:10: not supported: EXPLAIN (TYPE IO)"));
        check(
            "EXPLAIN (COST) SELECT 1",
            Err("MALFORMED_QUERY: line 1:10: mismatched input 'COST'. Expecting: 'FORMAT', 'TYPE'"),
        );
    }
}
