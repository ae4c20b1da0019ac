//! From the text of a path to its tree.

use datafusion::error::Result;
use serde_json::Value;

use super::{
    lexer::{Token, malformed, tokens},
    path::{Comparison, Method, Operator, Path, Predicate, Step},
};

/// How deep parentheses, filters and subscripts may stand within each other.
const DEPTH: usize = 64;

impl Path {
    /// # Errors
    /// INVALID_PATH for a text that is no path, NOT_SUPPORTED for `like_regex` and `datetime()`.
    pub(super) fn parse(text: &str) -> Result<Self> {
        let tokens = tokens(text)?;
        let mut parser = Parser { tokens: &tokens, at: 0, text, depth: 0 };
        let is_lax = match parser.word() {
            Some("lax") => true,
            Some("strict") => false,
            _ => return Err(malformed(text, "it begins with neither lax nor strict")),
        };
        parser.at += 1;
        let root = parser.sum()?;
        if parser.at < tokens.len() {
            return Err(parser.unexpected());
        }
        Ok(Self { is_lax, root })
    }
}

struct Parser<'t> {
    tokens: &'t [Token],
    at: usize,
    text: &'t str,
    depth: usize,
}

impl<'t> Parser<'t> {
    fn peek(&self) -> Option<&'t Token> {
        self.tokens.get(self.at)
    }

    fn word(&self) -> Option<&'t str> {
        match self.peek() {
            Some(Token::Word(word)) => Some(word),
            _ => None,
        }
    }

    fn eats(&mut self, symbol: &str) -> bool {
        let is_next = matches!(self.peek(), Some(Token::Symbol(found)) if *found == symbol);
        self.at += usize::from(is_next);
        is_next
    }

    fn eats_word(&mut self, word: &str) -> bool {
        let is_next = self.word() == Some(word);
        self.at += usize::from(is_next);
        is_next
    }

    fn expect(&mut self, symbol: &str) -> Result<()> {
        if self.eats(symbol) { Ok(()) } else { Err(self.unexpected()) }
    }

    fn unexpected(&self) -> datafusion::error::DataFusionError {
        let found = self.peek().map_or_else(|| "its end".to_owned(), |token| format!("'{token}'"));
        malformed(self.text, format!("unexpected {found}"))
    }

    fn deeper<T>(&mut self, parse: fn(&mut Self) -> Result<T>) -> Result<T> {
        if self.depth == DEPTH {
            return Err(malformed(self.text, "it is nested too deeply"));
        }
        self.depth += 1;
        let found = parse(self);
        self.depth -= 1;
        found
    }

    fn sum(&mut self) -> Result<Step> {
        let mut left = self.product()?;
        loop {
            let operator = match self.peek() {
                Some(Token::Symbol("+")) => Operator::Add,
                Some(Token::Symbol("-")) => Operator::Subtract,
                _ => return Ok(left),
            };
            self.at += 1;
            left = Step::Arithmetic(Box::new(left), operator, Box::new(self.product()?));
        }
    }

    fn product(&mut self) -> Result<Step> {
        let mut left = self.signed()?;
        loop {
            let operator = match self.peek() {
                Some(Token::Symbol("*")) => Operator::Multiply,
                Some(Token::Symbol("/")) => Operator::Divide,
                Some(Token::Symbol("%")) => Operator::Remainder,
                _ => return Ok(left),
            };
            self.at += 1;
            left = Step::Arithmetic(Box::new(left), operator, Box::new(self.signed()?));
        }
    }

    fn signed(&mut self) -> Result<Step> {
        if self.eats("+") {
            return Ok(Step::Signed(Box::new(self.deeper(Self::signed)?), false));
        }
        if self.eats("-") {
            return Ok(Step::Signed(Box::new(self.deeper(Self::signed)?), true));
        }
        let primary = self.primary()?;
        self.accessors(primary)
    }

    fn primary(&mut self) -> Result<Step> {
        if self.eats("(") {
            let inner = self.deeper(Self::sum)?;
            return self.expect(")").map(|()| inner);
        }
        let step = match self.peek() {
            Some(Token::Variable(name)) if name.is_empty() => Step::Context,
            Some(Token::Variable(name)) => Step::Variable(name.clone()),
            Some(Token::Symbol("@")) => Step::Current,
            Some(Token::Text(text)) => Step::Literal(Value::from(text.as_str())),
            Some(Token::Number(number)) => Step::Literal(serde_json::from_str(number).map_err(|_| self.unexpected())?),
            Some(Token::Word(word)) => match word.as_str() {
                "last" => Step::Last,
                "true" => Step::Literal(Value::Bool(true)),
                "false" => Step::Literal(Value::Bool(false)),
                "null" => Step::Literal(Value::Null),
                _ => return Err(self.unexpected()),
            },
            _ => return Err(self.unexpected()),
        };
        self.at += 1;
        Ok(step)
    }

    fn accessors(&mut self, mut step: Step) -> Result<Step> {
        loop {
            let of = Box::new(step);
            step = if self.eats("..") {
                Step::Descendants(of, self.name()?)
            } else if self.eats(".") {
                self.member(of)?
            } else if self.eats("[") {
                self.elements(of)?
            } else if self.eats("?") {
                self.expect("(")?;
                let predicate = self.deeper(Self::either)?;
                self.expect(")")?;
                Step::Filter(of, Box::new(predicate))
            } else {
                return Ok(*of);
            };
        }
    }

    fn name(&mut self) -> Result<String> {
        let name = match self.peek() {
            Some(Token::Word(name) | Token::Text(name)) => name.clone(),
            _ => return Err(self.unexpected()),
        };
        self.at += 1;
        Ok(name)
    }

    fn member(&mut self, of: Box<Step>) -> Result<Step> {
        if self.eats("*") {
            return Ok(Step::Member(of, None));
        }
        let is_word = self.word().is_some();
        let name = self.name()?;
        if !is_word || !self.eats("(") {
            return Ok(Step::Member(of, Some(name)));
        }
        self.expect(")")?;
        Ok(Step::Method(
            of,
            match name.as_str() {
                "type" => Method::Type,
                "size" => Method::Size,
                "double" => Method::Double,
                "ceiling" => Method::Ceiling,
                "floor" => Method::Floor,
                "abs" => Method::Abs,
                "keyvalue" => Method::KeyValue,
                "datetime" => return Err(crate::ErrorName::NotSupported.error("datetime() of JSON paths")),
                _ => return Err(malformed(self.text, format!("there is no method {name}()"))),
            },
        ))
    }

    fn elements(&mut self, of: Box<Step>) -> Result<Step> {
        let mut ranges = Vec::new();
        if !self.eats("*") {
            loop {
                let from = self.deeper(Self::sum)?;
                let to = if self.eats_word("to") { Some(self.deeper(Self::sum)?) } else { None };
                ranges.push((from, to));
                if !self.eats(",") {
                    break;
                }
            }
        }
        self.expect("]").map(|()| Step::Elements(of, ranges))
    }

    fn either(&mut self) -> Result<Predicate> {
        let mut left = self.both()?;
        while self.eats("||") {
            left = Predicate::Or(Box::new(left), Box::new(self.both()?));
        }
        Ok(left)
    }

    fn both(&mut self) -> Result<Predicate> {
        let mut left = self.negated()?;
        while self.eats("&&") {
            left = Predicate::And(Box::new(left), Box::new(self.negated()?));
        }
        Ok(left)
    }

    fn negated(&mut self) -> Result<Predicate> {
        if self.eats("!") {
            return Ok(Predicate::Not(Box::new(self.deeper(Self::negated)?)));
        }
        if self.eats_word("exists") {
            self.expect("(")?;
            let step = self.deeper(Self::sum)?;
            return self.expect(")").map(|()| Predicate::Exists(step));
        }
        // A parenthesis may hold a predicate or a part of a path.
        let start = self.at;
        if self.eats("(") {
            if let Ok(inner) = self.deeper(Self::either)
                && self.eats(")")
            {
                let is_compared = matches!(self.peek(), Some(Token::Symbol("." | "[" | "?" | "+" | "-" | "*" | "/")));
                if !is_compared {
                    return Ok(self.maybe_unknown(inner));
                }
            }
            self.at = start;
        }
        self.comparison()
    }

    fn maybe_unknown(&mut self, inner: Predicate) -> Predicate {
        if self.word() == Some("is") && self.tokens.get(self.at + 1) == Some(&Token::Word("unknown".to_owned())) {
            self.at += 2;
            return Predicate::IsUnknown(Box::new(inner));
        }
        inner
    }

    fn comparison(&mut self) -> Result<Predicate> {
        let left = self.deeper(Self::sum)?;
        if self.eats_word("starts") {
            if !self.eats_word("with") {
                return Err(self.unexpected());
            }
            return Ok(Predicate::StartsWith(left, self.deeper(Self::sum)?));
        }
        if self.word() == Some("like_regex") {
            return Err(crate::ErrorName::NotSupported.error("like_regex of JSON paths"));
        }
        let comparison = match self.peek() {
            Some(Token::Symbol("==")) => Comparison::Equal,
            Some(Token::Symbol("<>" | "!=")) => Comparison::NotEqual,
            Some(Token::Symbol("<")) => Comparison::Less,
            Some(Token::Symbol("<=")) => Comparison::LessOrEqual,
            Some(Token::Symbol(">")) => Comparison::Greater,
            Some(Token::Symbol(">=")) => Comparison::GreaterOrEqual,
            _ => return Err(self.unexpected()),
        };
        self.at += 1;
        Ok(Predicate::Compare(left, comparison, self.deeper(Self::sum)?))
    }
}
