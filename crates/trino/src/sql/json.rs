//! The forms of the SQL standard for JSON: `JSON_VALUE(x, 'lax $.a' RETURNING bigint NULL ON EMPTY)` and its kin.
//!
//! They become calls whose clauses are named arguments, `json_value(x, 'lax $.a', returning => 'bigint', on_empty =>
//! 'NULL')`, and may be written like that, too. `x FORMAT JSON` is `json_parse(x)`; what PASSING gives is `name := x`, a
//! member of an object `key : x`.

use datafusion::sql::sqlparser::{
    ast::{
        Expr, Function, FunctionArg, FunctionArgExpr, FunctionArgOperator, FunctionArgumentList, FunctionArguments,
        Ident, ObjectName, Value,
    },
    parser::{Parser, ParserError},
    tokenizer::Token,
};

type Result<T> = std::result::Result<T, ParserError>;

/// A form, if one begins here.
pub(super) fn form(parser: &mut Parser) -> Option<Result<Expr>> {
    let Token::Word(word) = &parser.peek_token_ref().token else { return None };
    let name = word.value.to_lowercase();
    let is_form = matches!(name.as_str(), "json_exists" | "json_value" | "json_query" | "json_array" | "json_object");
    if !is_form || word.quote_style.is_some() || parser.peek_nth_token_ref(1).token != Token::LParen {
        return None;
    }
    Some(call(parser, &name))
}

fn call(parser: &mut Parser, name: &str) -> Result<Expr> {
    let ident = parser.parse_identifier()?;
    parser.expect_token(&Token::LParen)?;
    let mut arguments = Vec::new();
    match name {
        "json_array" => members(parser, &mut arguments, array_member)?,
        "json_object" => members(parser, &mut arguments, object_member)?,
        _ => query(parser, &mut arguments)?,
    }
    while !parser.consume_token(&Token::RParen) {
        if parser.peek_token_ref().token == Token::Comma {
            parser.advance_token();
        }
        arguments.push(clause(parser)?);
    }
    Ok(function(ident, arguments))
}

fn function(name: Ident, args: Vec<FunctionArg>) -> Expr {
    let list = FunctionArgumentList { duplicate_treatment: None, args, clauses: Vec::new() };
    Expr::Function(Function {
        name: ObjectName::from(vec![name]),
        uses_odbc_syntax: false,
        parameters: FunctionArguments::None,
        args: FunctionArguments::List(list),
        filter: None,
        null_treatment: None,
        over: None,
        within_group: Vec::new(),
    })
}

fn unnamed(expr: Expr) -> FunctionArg {
    FunctionArg::Unnamed(FunctionArgExpr::Expr(expr))
}

fn named(name: &str, what: &str) -> FunctionArg {
    let value = Expr::Value(Value::SingleQuotedString(what.to_owned()).into());
    let arg = FunctionArgExpr::Expr(value);
    FunctionArg::Named { name: Ident::new(name), arg, operator: FunctionArgOperator::RightArrow }
}

/// Whether these words are next.
fn is_next(parser: &Parser, words: &[&str]) -> bool {
    words.iter().enumerate().all(|(at, wanted)| match &parser.peek_nth_token_ref(at).token {
        Token::Word(word) => word.quote_style.is_none() && word.value.eq_ignore_ascii_case(wanted),
        _ => false,
    })
}

fn eats(parser: &mut Parser, words: &[&str]) -> bool {
    let are_next = is_next(parser, words);
    if are_next {
        words.iter().for_each(|_| parser.advance_token());
    }
    are_next
}

/// A value, parsed if it is said to be JSON.
fn value(parser: &mut Parser) -> Result<Expr> {
    let value = parser.parse_expr()?;
    if !eats(parser, &["format", "json"]) {
        return Ok(value);
    }
    encoding(parser)?;
    Ok(function(Ident::new("json_parse"), vec![unnamed(value)]))
}

fn encoding(parser: &mut Parser) -> Result<()> {
    if eats(parser, &["encoding"]) && !eats(parser, &["utf8"]) {
        return parser.expected_ref("UTF8", parser.peek_token_ref());
    }
    Ok(())
}

fn query(parser: &mut Parser, arguments: &mut Vec<FunctionArg>) -> Result<()> {
    arguments.push(unnamed(parser.parse_expr()?));
    if eats(parser, &["format", "json"]) {
        encoding(parser)?;
    }
    parser.expect_token(&Token::Comma)?;
    arguments.push(unnamed(parser.parse_expr()?));
    if !eats(parser, &["passing"]) {
        return Ok(());
    }
    loop {
        let value = value(parser)?;
        if !eats(parser, &["as"]) {
            return parser.expected_ref("AS", parser.peek_token_ref());
        }
        let name = parser.parse_identifier()?;
        let arg = FunctionArgExpr::Expr(value);
        arguments.push(FunctionArg::Named { name, arg, operator: FunctionArgOperator::Assignment });
        if !parser.consume_token(&Token::Comma) {
            return Ok(());
        }
    }
}

/// Members of an array or object, separated by commas.
fn members(
    parser: &mut Parser,
    arguments: &mut Vec<FunctionArg>,
    member: fn(&mut Parser) -> Result<FunctionArg>,
) -> Result<()> {
    if parser.peek_token_ref().token == Token::RParen {
        return Ok(());
    }
    loop {
        arguments.push(member(parser)?);
        if !parser.consume_token(&Token::Comma) || is_clause(parser) {
            return Ok(());
        }
    }
}

/// Whether a clause is next as it is printed.
fn is_clause(parser: &Parser) -> bool {
    matches!(parser.peek_nth_token_ref(1).token, Token::RArrow)
}

fn array_member(parser: &mut Parser) -> Result<FunctionArg> {
    value(parser).map(unnamed)
}

fn object_member(parser: &mut Parser) -> Result<FunctionArg> {
    let has_word = is_next(parser, &["key"]) && !matches!(parser.peek_nth_token_ref(1).token, Token::Colon);
    if has_word {
        parser.advance_token();
    }
    // A colon behind an expression is another operator to the parser.
    let name = parser.parse_prefix()?;
    let is_colon = !has_word && parser.consume_token(&Token::Colon);
    if !is_colon && !eats(parser, &["value"]) {
        return parser.expected_ref("VALUE", parser.peek_token_ref());
    }
    let arg = FunctionArgExpr::Expr(value(parser)?);
    Ok(FunctionArg::ExprNamed { name, arg, operator: FunctionArgOperator::Colon })
}

/// What ON EMPTY, ON ERROR and ON NULL may have before them.
const BEHAVIOURS: [&[&str]; 9] = [
    &["error"],
    &["null"],
    &["absent"],
    &["true"],
    &["false"],
    &["unknown"],
    &["empty", "array"],
    &["empty", "object"],
    &["default"],
];

fn clause(parser: &mut Parser) -> Result<FunctionArg> {
    if is_clause(parser) {
        let name = parser.parse_identifier()?;
        parser.expect_token(&Token::RArrow)?;
        let arg = FunctionArgExpr::Expr(parser.parse_expr()?);
        return Ok(FunctionArg::Named { name, arg, operator: FunctionArgOperator::RightArrow });
    }
    if eats(parser, &["returning"]) {
        return returning(parser);
    }
    for (words, wrapper) in [
        (&["without", "array", "wrapper"][..], "WITHOUT"),
        (&["without", "wrapper"][..], "WITHOUT"),
        (&["with", "conditional", "array", "wrapper"][..], "CONDITIONAL"),
        (&["with", "conditional", "wrapper"][..], "CONDITIONAL"),
        (&["with", "unconditional", "array", "wrapper"][..], "UNCONDITIONAL"),
        (&["with", "unconditional", "wrapper"][..], "UNCONDITIONAL"),
        (&["with", "array", "wrapper"][..], "UNCONDITIONAL"),
        (&["with", "wrapper"][..], "UNCONDITIONAL"),
    ] {
        if eats(parser, words) {
            return Ok(named("wrapper", wrapper));
        }
    }
    for (word, is_unique) in [("with", true), ("without", false)] {
        if eats(parser, &[word, "unique"]) {
            eats(parser, &["keys"]);
            return Ok(named("unique_keys", if is_unique { "UNIQUE" } else { "" }));
        }
    }
    for (word, quotes) in [("keep", "KEEP"), ("omit", "OMIT")] {
        if eats(parser, &[word, "quotes"]) {
            eats(parser, &["on", "scalar", "string"]);
            return Ok(named("quotes", quotes));
        }
    }
    let Some(words) = BEHAVIOURS.iter().find(|words| eats(parser, words)) else {
        return parser.expected_ref("a clause of JSON, or ')'", parser.peek_token_ref());
    };
    let default = if **words == ["default"] { Some(parser.parse_expr()?) } else { None };
    let on = ["null", "empty", "error"].into_iter().find(|what| eats(parser, &["on", what]));
    let Some(on) = on else { return parser.expected_ref("ON", parser.peek_token_ref()) };
    Ok(match default {
        Some(default) => {
            let (name, arg) = (Ident::new(format!("default_on_{on}")), FunctionArgExpr::Expr(default));
            FunctionArg::Named { name, arg, operator: FunctionArgOperator::RightArrow }
        }
        None => named(&format!("on_{on}"), &words.join(" ").to_uppercase()),
    })
}

/// The type as it is written, up to the next clause.
fn returning(parser: &mut Parser) -> Result<FunctionArg> {
    let (mut words, mut depth) = (Vec::new(), 0_usize);
    loop {
        let next = parser.peek_token_ref();
        match &next.token {
            Token::RParen if depth == 0 => break,
            Token::EOF | Token::SemiColon => return parser.expected_ref("a type", next),
            Token::LParen => depth += 1,
            Token::RParen => depth -= 1,
            Token::Comma if depth == 0 => break,
            _ => {}
        }
        let begins = |word: &&str| is_next(parser, &[*word]);
        let is_zone = ["with", "without"].into_iter().any(|word| is_next(parser, &[word, "time"]));
        let ends = ["format", "with", "without", "keep", "omit", "error", "null", "empty", "default", "absent"];
        if depth == 0 && !words.is_empty() && !is_zone && ends.iter().any(begins) {
            break;
        }
        words.push(parser.next_token().token.to_string());
    }
    if eats(parser, &["format", "json"]) {
        encoding(parser)?;
    }
    Ok(named("returning", &words.join(" ")))
}
