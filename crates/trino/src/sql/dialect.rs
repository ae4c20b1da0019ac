//! Trino's grammar (`SqlBase.g4`) as a dialect of sqlparser.

use std::any::TypeId;

use datafusion::sql::sqlparser::{
    ast::{CastKind, DataType, Expr, Ident, ObjectName},
    dialect::{Dialect, GenericDialect, Precedence},
    keywords::Keyword,
    parser::{Parser, ParserError},
    tokenizer::Token,
};

/// What the parser may read in a query for Trino.
///
/// sqlparser asks for the type of a dialect where it has forms that only some know, among them UNNEST with ordinality,
/// so this one calls itself the generic one. What it reads too much is refused by the planner.
#[derive(Debug)]
pub struct TrinoDialect;

impl Dialect for TrinoDialect {
    fn dialect(&self) -> TypeId {
        TypeId::of::<GenericDialect>()
    }

    fn is_delimited_identifier_start(&self, character: char) -> bool {
        character == '"'
    }

    fn is_identifier_start(&self, character: char) -> bool {
        character.is_alphabetic() || character == '_'
    }

    fn is_identifier_part(&self, character: char) -> bool {
        character.is_alphanumeric() || character == '_' || character == '@'
    }

    fn supports_unicode_string_literal(&self) -> bool {
        true
    }

    fn supports_filter_during_aggregation(&self) -> bool {
        true
    }

    fn supports_group_by_expr(&self) -> bool {
        true
    }

    fn supports_window_clause_named_window_reference(&self) -> bool {
        true
    }

    fn supports_window_function_null_treatment_arg(&self) -> bool {
        true
    }

    fn supports_match_recognize(&self) -> bool {
        true
    }

    fn supports_named_fn_args_with_rarrow_operator(&self) -> bool {
        true
    }

    fn supports_lambda_functions(&self) -> bool {
        true
    }

    fn supports_numeric_literal_underscores(&self) -> bool {
        true
    }

    fn supports_left_associative_joins_without_parens(&self) -> bool {
        true
    }

    fn supports_parens_around_table_factor(&self) -> bool {
        true
    }

    fn supports_subquery_as_function_arg(&self) -> bool {
        true
    }

    fn supports_table_sample_before_alias(&self) -> bool {
        false
    }

    fn require_interval_qualifier(&self) -> bool {
        true
    }

    fn parse_infix(&self, parser: &mut Parser, left: &Expr, _: u8) -> Option<Result<Expr, ParserError>> {
        distinct_from(parser, left)
    }

    fn parse_prefix(&self, parser: &mut Parser) -> Option<Result<Expr, ParserError>> {
        let kind = match &parser.peek_token_ref().token {
            Token::Word(word) if word.quote_style.is_none() => match word.keyword {
                Keyword::CAST => CastKind::Cast,
                Keyword::TRY_CAST => CastKind::TryCast,
                _ => return super::json::form(parser),
            },
            _ => return None,
        };
        if parser.peek_nth_token_ref(1).token != Token::LParen {
            return None;
        }
        Some(parse_cast(parser, kind))
    }
}

/// `left IS [NOT] DISTINCT FROM right`, where sqlparser takes all conditions behind for a part of what is compared.
fn distinct_from(parser: &mut Parser, left: &Expr) -> Option<Result<Expr, ParserError>> {
    let is_word = |at: usize, keyword: Keyword| match &parser.peek_nth_token_ref(at).token {
        Token::Word(word) => word.quote_style.is_none() && word.keyword == keyword,
        _ => false,
    };
    let is_negated = is_word(1, Keyword::NOT);
    let words = if is_negated { 4 } else { 3 };
    let is_form = is_word(0, Keyword::IS) && is_word(words - 2, Keyword::DISTINCT) && is_word(words - 1, Keyword::FROM);
    if !is_form {
        return None;
    }
    (0..words).for_each(|_| parser.advance_token());
    let right = parser.parse_subexpr(TrinoDialect.prec_value(Precedence::Eq));
    let left = Box::new(left.clone());
    Some(right.map(|right| match is_negated {
        true => Expr::IsNotDistinctFrom(left, Box::new(right)),
        false => Expr::IsDistinctFrom(left, Box::new(right)),
    }))
}

/// A cast whose type is kept as it is written: sqlparser has no rows with named fields of any type.
fn parse_cast(parser: &mut Parser, kind: CastKind) -> Result<Expr, ParserError> {
    parser.next_token();
    parser.expect_token(&Token::LParen)?;
    let expr = parser.parse_expr()?;
    parser.expect_keyword_is(Keyword::AS)?;
    let mut words = Vec::new();
    let mut depth = 0_usize;
    loop {
        let next = parser.peek_token_ref();
        match &next.token {
            Token::RParen if depth == 0 => break,
            Token::EOF | Token::SemiColon => return parser.expected_ref("a type", next),
            Token::LParen => depth += 1,
            Token::RParen => depth -= 1,
            _ => {}
        }
        words.push(parser.next_token().token.to_string());
    }
    parser.expect_token(&Token::RParen)?;
    let name = ObjectName::from(vec![Ident::new(words.join(" "))]);
    let data_type = DataType::Custom(name, Vec::new());
    Ok(Expr::Cast { kind, expr: Box::new(expr), data_type, array: false, format: None })
}
