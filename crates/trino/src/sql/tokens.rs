//! The tokens of a text, and the places that the parser does not keep.

use datafusion::sql::sqlparser::{
    ast::{Expr, Ident, Spanned},
    keywords::Keyword,
    parser::{Parser, ParserError},
    tokenizer::{Location, Span, Token, TokenWithSpan, Tokenizer},
};

use super::{TrinoDialect, error::Place};

/// The tokens of a query, without white space and comments.
#[derive(Debug, Default)]
pub(super) struct Tokens(Vec<TokenWithSpan>);

impl Tokens {
    pub(super) fn of(sql: &str) -> Result<Self, ParserError> {
        let all = Tokenizer::new(&TrinoDialect, sql).tokenize_with_location()?;
        let mut kept: Vec<_> = all.into_iter().filter(|token| !matches!(token.token, Token::Whitespace(_))).collect();
        while kept.last().is_some_and(|token| matches!(token.token, Token::SemiColon | Token::EOF)) {
            kept.pop();
        }
        Ok(Self(kept))
    }

    /// As the parser takes them: each row of VALUES in parentheses, `TABLE t` as a query that has a FROM.
    pub(super) fn for_parser(&self) -> Vec<TokenWithSpan> {
        let mut rest = self.0.clone();
        let mut place = 0;
        while place < rest.len() {
            if begins_table_query(&rest, place) {
                let span = rest[place].span;
                let select = [Token::make_keyword("SELECT"), Token::Mul, Token::make_keyword("FROM")];
                rest.splice(place..=place, select.map(|token| TokenWithSpan::new(token, span)));
            }
            place += 1;
        }
        let mut at = 0;
        while at < rest.len() {
            if is_values(&rest, at) {
                wrap_rows(&mut rest, at + 1);
                at += if follows_quantifier(&rest, at) { wrap_query(&mut rest, at) } else { 0 };
            }
            at += 1;
        }
        rest
    }

    /// Where the token before a place stands that is one of these words.
    pub(super) fn word_before(&self, place: Place, words: &[&str]) -> Option<Place> {
        let end = self.0.partition_point(|token| before(token.span.start, place));
        let found = self.0[..end].iter().rev().take(8).find(|token| match &token.token {
            Token::Word(word) => words.iter().any(|wanted| word.value.eq_ignore_ascii_case(wanted)),
            _ => false,
        });
        found.map(|token| token.span.start)
    }

    /// Where the operator after an expression stands.
    pub(super) fn after(&self, left: &Expr) -> Option<Place> {
        let end = left.span().end;
        let from = self.0.partition_point(|token| before(token.span.start, end));
        let closes = |token: &Token| matches!(token, Token::RParen | Token::RBracket);
        let found = self.0[from..].iter().find(|token| !closes(&token.token));
        found.filter(|_| end.line > 0).map(|token| token.span.start)
    }

    pub(super) fn end(&self) -> Place {
        self.0.last().map_or(Location::new(1, 1), |token| token.span.end)
    }

    /// Whether calls of words that the parser has a form of its own for stand within each other more than `most` deep.
    /// It reads what is within twice if it finds an error there, first as that form and then as any call, so that the
    /// time doubles with each level.
    pub(super) fn nests_words_deeper_than(&self, most: usize) -> bool {
        let (mut open, mut depth) = (Vec::new(), 0_usize);
        for (at, token) in self.0.iter().enumerate() {
            match &token.token {
                Token::LParen | Token::LBracket => {
                    let is_word = at.checked_sub(1).is_some_and(|before| match &self.0[before].token {
                        Token::Word(word) => word.quote_style.is_none() && has_form(word.keyword),
                        _ => false,
                    });
                    depth += usize::from(is_word);
                    open.push(is_word);
                }
                Token::RParen | Token::RBracket => depth -= usize::from(open.pop().unwrap_or_default()),
                _ => {}
            }
            if depth > most {
                return true;
            }
        }
        false
    }

    /// Whether types in angle brackets, such as `array<array<…`, stand within each other more than `most` deep. The
    /// parser counts no levels there, so that a long text of them would end the process for want of stack.
    pub(super) fn nests_types_deeper_than(&self, most: usize) -> bool {
        let is_type = |token: &Token| match token {
            Token::Word(word) => {
                word.quote_style.is_none() && matches!(word.keyword, Keyword::ARRAY | Keyword::MAP | Keyword::STRUCT)
            }
            _ => false,
        };
        let mut depth = 0_usize;
        for (at, token) in self.0.iter().enumerate() {
            match &token.token {
                Token::Lt if at > 0 && is_type(&self.0[at - 1].token) => depth += 1,
                Token::Gt => depth = depth.saturating_sub(1),
                Token::ShiftRight => depth = depth.saturating_sub(2),
                _ => {}
            }
            if depth > most {
                return true;
            }
        }
        false
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

fn before(one: Location, other: Location) -> bool {
    (one.line, one.column) < (other.line, other.column)
}

/// Whether the parser has a form of its own for a word before a parenthesis.
fn has_form(keyword: Keyword) -> bool {
    use Keyword as K;
    matches!(
        keyword,
        K::ARRAY | K::CAST | K::TRY_CAST | K::SAFE_CAST | K::CONVERT | K::TRY_CONVERT | K::EXTRACT | K::TRIM | K::MAP
    ) || matches!(
        keyword,
        K::CEIL | K::FLOOR | K::POSITION | K::SUBSTR | K::SUBSTRING | K::OVERLAY | K::STRUCT | K::MATCH
    )
}

/// Whether `TABLE t` stands here as a query.
fn begins_table_query(tokens: &[TokenWithSpan], at: usize) -> bool {
    let keyword = |at: usize| match &tokens.get(at)?.token {
        Token::Word(word) if word.quote_style.is_none() => Some(word.keyword),
        _ => None,
    };
    let has_name = matches!(tokens.get(at + 1).map(|next| &next.token), Some(Token::Word(_)));
    let begins = match at.checked_sub(1) {
        None => true,
        Some(before) => {
            tokens[before].token == Token::LParen
                || matches!(
                    keyword(before),
                    Some(Keyword::UNION | Keyword::ALL | Keyword::DISTINCT | Keyword::EXCEPT | Keyword::INTERSECT)
                )
        }
    };
    keyword(at) == Some(Keyword::TABLE) && has_name && begins
}

fn is_values(tokens: &[TokenWithSpan], at: usize) -> bool {
    let is_values =
        matches!(&tokens[at].token, Token::Word(word) if word.keyword == Keyword::VALUES && word.quote_style.is_none());
    // `values` may be a name, as in `t.values` and `values(x)`.
    let follows_dot = at > 0 && matches!(tokens[at - 1].token, Token::Period);
    let begins_query = at == 0
        || matches!(&tokens[at - 1].token, Token::LParen | Token::RParen)
        || matches!(&tokens[at - 1].token, Token::Word(word)
            if matches!(word.keyword, Keyword::UNION | Keyword::ALL | Keyword::DISTINCT | Keyword::EXCEPT
                | Keyword::INTERSECT | Keyword::FROM));
    let has_row =
        tokens.get(at + 1).is_some_and(|next| !matches!(next.token, Token::RParen | Token::Comma | Token::Period));
    is_values && !follows_dot && begins_query && has_row
}

fn follows_quantifier(tokens: &[TokenWithSpan], at: usize) -> bool {
    let Some([quantifier, open]) = at.checked_sub(2).and_then(|from| tokens.get(from..at)) else { return false };
    let is_quantifier = matches!(&quantifier.token, Token::Word(word)
        if matches!(word.keyword, Keyword::ANY | Keyword::ALL | Keyword::SOME));
    is_quantifier && open.token == Token::LParen
}

/// Makes `VALUES …` in parentheses `SELECT * FROM (VALUES …)`, and says how many tokens stand before it now.
fn wrap_query(tokens: &mut Vec<TokenWithSpan>, at: usize) -> usize {
    let mut depth = 0_usize;
    let is_end = |token: &TokenWithSpan| match token.token {
        Token::LParen => {
            depth += 1;
            false
        }
        Token::RParen if depth == 0 => true,
        Token::RParen => {
            depth -= 1;
            false
        }
        _ => false,
    };
    let Some(end) = tokens.iter().skip(at).position(is_end) else { return 0 };
    let span = tokens[at].span;
    tokens.insert(at + end, TokenWithSpan::new(Token::RParen, span));
    let before = [Token::make_keyword("SELECT"), Token::Mul, Token::make_keyword("FROM"), Token::LParen];
    let count = before.len();
    tokens.splice(at..at, before.map(|token| TokenWithSpan::new(token, span)));
    count
}

/// Puts parentheses around rows that are bare expressions, and takes the word ROW away.
fn wrap_rows(tokens: &mut Vec<TokenWithSpan>, mut at: usize) {
    loop {
        let is_row = matches!(&tokens.get(at).map(|token| &token.token),
            Some(Token::Word(word)) if word.keyword == Keyword::ROW);
        if is_row && matches!(tokens.get(at + 1).map(|token| &token.token), Some(Token::LParen)) {
            tokens.remove(at);
        }
        if let Some(end) = parenthesised(tokens, at) {
            if !matches!(tokens.get(end).map(|token| &token.token), Some(Token::Comma)) {
                return;
            }
            at = end + 1;
            continue;
        }
        let mut parser = Parser::new(&TrinoDialect).with_tokens_with_locations(tokens[at..].to_vec());
        let Ok(expr) = parser.parse_expr() else { return };
        let mut end = at + parser.index();
        if !matches!(expr, Expr::Tuple(_) | Expr::Nested(_)) {
            tokens.insert(end, TokenWithSpan::new(Token::RParen, Span::empty()));
            let start = tokens[at].span.start;
            tokens.insert(at, TokenWithSpan::new(Token::LParen, Span::new(start, start)));
            end += 2;
        }
        if !matches!(tokens.get(end).map(|token| &token.token), Some(Token::Comma)) {
            return;
        }
        at = end + 1;
    }
}

/// Where a row that is all in parentheses ends.
fn parenthesised(tokens: &[TokenWithSpan], at: usize) -> Option<usize> {
    let mut depth = 0_usize;
    for (index, token) in tokens.iter().enumerate().skip(at) {
        match token.token {
            Token::LParen => depth += 1,
            Token::RParen => depth = depth.checked_sub(1)?,
            _ => {}
        }
        if depth == 0 {
            let next = tokens.get(index + 1).map(|next| &next.token);
            let is_end = matches!(next, None | Some(Token::Comma | Token::RParen));
            return (index > at && is_end).then_some(index + 1);
        }
    }
    None
}

/// A name without regard to case.
pub(super) fn name(ident: &Ident) -> String {
    ident.value.to_lowercase()
}
