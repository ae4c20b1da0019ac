//! Types as a query writes them, after the rule `type` of Trino's grammar.

use super::{
    TrinoType,
    tokens::{Token, tokens},
};
use crate::error::{ErrorName, TrinoError};

type Result<T> = std::result::Result<T, TrinoError>;

/// The longest `varchar(n)` that has a length.
const LONGEST_VARCHAR: u32 = 2_147_483_646;
const LONGEST_CHAR: u32 = 65_536;
const MOST_DECIMAL_DIGITS: u8 = 38;

impl TrinoType {
    /// The type that a text such as `array(row(a bigint, "b c" varchar(3)))` names.
    ///
    /// Names are read without regard to case; `decimal` is `decimal(38,0)`, `char` is `char(1)`, `timestamp` is
    /// `timestamp(3)`. The zone of a `timestamp with time zone` is UTC, since the text has none.
    ///
    /// # Errors
    ///
    /// `TYPE_NOT_FOUND` for a name that Trino does not know either, `INVALID_FUNCTION_ARGUMENT` for a length or
    /// precision out of range, `NOT_SUPPORTED` for what Segue cannot hold (fractions of a second finer than its columns,
    /// times with zones), `SYNTAX_ERROR` for what is no type at all.
    pub fn parse(text: &str) -> Result<Self> {
        let tokens = tokens(text)?;
        let mut parser = Parser { tokens: &tokens, at: 0, text };
        let found = parser.type_()?;
        match parser.peek() {
            None => Ok(found),
            Some(_) => Err(parser.unexpected()),
        }
    }
}

struct Parser<'a> {
    tokens: &'a [Token],
    at: usize,
    text: &'a str,
}

impl Parser<'_> {
    fn peek(&self) -> Option<&Token> {
        self.tokens.get(self.at)
    }

    fn unexpected(&self) -> TrinoError {
        let found = self.peek().map_or_else(|| "<EOF>".to_owned(), ToString::to_string);
        ErrorName::SyntaxError.named(format!("mismatched input '{found}' in the type '{}'", self.text))
    }

    fn eats(&mut self, symbol: char) -> bool {
        let is_next = self.peek() == Some(&Token::Symbol(symbol));
        self.at += usize::from(is_next);
        is_next
    }

    fn expect(&mut self, symbol: char) -> Result<()> {
        if self.eats(symbol) { Ok(()) } else { Err(self.unexpected()) }
    }

    /// Passes over words in a row, all or none.
    fn eats_words(&mut self, words: &[&str]) -> bool {
        let follow = self.tokens.get(self.at..self.at + words.len());
        let are_next = follow.is_some_and(|tokens| {
            tokens.iter().zip(words).all(|(token, word)| matches!(token, Token::Word(found) if found == word))
        });
        self.at += if are_next { words.len() } else { 0 };
        are_next
    }

    fn type_(&mut self) -> Result<TrinoType> {
        let mut found = self.base()?;
        while self.eats_words(&["array"]) {
            if self.eats('[') {
                self.number()?;
                self.expect(']')?;
            }
            found = TrinoType::Array(Box::new(found));
        }
        Ok(found)
    }

    fn base(&mut self) -> Result<TrinoType> {
        let name = match self.peek() {
            Some(Token::Word(name) | Token::Quoted(name)) => name.clone(),
            _ => return Err(self.unexpected()),
        };
        self.at += 1;
        Ok(match name.as_str() {
            "unknown" => TrinoType::Unknown,
            "boolean" => TrinoType::Boolean,
            "tinyint" => TrinoType::Tinyint,
            "smallint" => TrinoType::Smallint,
            "integer" | "int" => TrinoType::Integer,
            "bigint" => TrinoType::Bigint,
            "real" => TrinoType::Real,
            "double" => {
                self.eats_words(&["precision"]);
                TrinoType::Double
            }
            "decimal" => self.decimal()?,
            "varchar" => self.varchar()?,
            "char" => self.char()?,
            "varbinary" => TrinoType::Varbinary,
            "date" => TrinoType::Date,
            "time" => self.time()?,
            "timestamp" => self.timestamp()?,
            "interval" => self.interval()?,
            "json" => TrinoType::Json,
            "uuid" => TrinoType::Uuid,
            "hyperloglog" => TrinoType::HyperLogLog,
            "tdigest" => TrinoType::TDigest,
            "qdigest" => TrinoType::QDigest(Box::new(self.one_type()?)),
            "array" => TrinoType::Array(Box::new(self.one_type()?)),
            "map" => self.map()?,
            "row" => self.row()?,
            _ => return Err(ErrorName::TypeNotFound.named(format!("Unknown type: {name}"))),
        })
    }

    /// What stands in `(…)` or, for arrays and maps of old, in `<…>`.
    fn closing(&mut self) -> Result<char> {
        if self.eats('<') {
            return Ok('>');
        }
        self.expect('(').map(|()| ')')
    }

    fn one_type(&mut self) -> Result<TrinoType> {
        let close = self.closing()?;
        let found = self.type_()?;
        self.expect(close).map(|()| found)
    }

    fn map(&mut self) -> Result<TrinoType> {
        let close = self.closing()?;
        let keys = self.type_()?;
        self.expect(',')?;
        let values = self.type_()?;
        self.expect(close)?;
        Ok(TrinoType::Map(Box::new(keys), Box::new(values)))
    }

    fn row(&mut self) -> Result<TrinoType> {
        self.expect('(')?;
        let mut fields = Vec::new();
        loop {
            fields.push(self.row_field()?);
            if !self.eats(',') {
                break;
            }
        }
        self.expect(')')?;
        Ok(TrinoType::Row(fields))
    }

    /// `type` or `name type`: the first if it goes up to the next comma or parenthesis.
    fn row_field(&mut self) -> Result<(Option<String>, TrinoType)> {
        let start = self.at;
        let alone = self.type_();
        let is_whole = matches!(self.peek(), Some(Token::Symbol(',' | ')')));
        if is_whole && alone.is_ok() {
            return alone.map(|of| (None, of));
        }
        self.at = start;
        match (self.tokens.get(start), self.tokens.get(start + 1)) {
            (Some(Token::Word(name) | Token::Quoted(name)), Some(Token::Word(_) | Token::Quoted(_))) => {
                self.at += 1;
                Ok((Some(name.clone()), self.type_()?))
            }
            _ => Err(alone.err().unwrap_or_else(|| self.unexpected())),
        }
    }

    fn number(&mut self) -> Result<u32> {
        let Some(Token::Number(number)) = self.peek() else { return Err(self.unexpected()) };
        let number = *number;
        self.at += 1;
        Ok(number)
    }

    fn parameter(&mut self) -> Result<Option<u32>> {
        if !self.eats('(') {
            return Ok(None);
        }
        let number = self.number()?;
        self.expect(')').map(|()| Some(number))
    }

    fn varchar(&mut self) -> Result<TrinoType> {
        let length = self.parameter()?;
        match length {
            Some(length) if length > LONGEST_VARCHAR => Err(ErrorName::InvalidFunctionArgument
                .named(format!("VARCHAR length must be in range [0, {LONGEST_VARCHAR}], got {length}"))),
            _ => Ok(TrinoType::Varchar(length)),
        }
    }

    fn char(&mut self) -> Result<TrinoType> {
        let length = self.parameter()?.unwrap_or(1);
        if length > LONGEST_CHAR {
            return Err(ErrorName::InvalidFunctionArgument
                .named(format!("CHAR length must be in range [0, {LONGEST_CHAR}], got {length}")));
        }
        Ok(TrinoType::Char(length))
    }

    fn decimal(&mut self) -> Result<TrinoType> {
        if !self.eats('(') {
            return Ok(TrinoType::Decimal { precision: MOST_DECIMAL_DIGITS, scale: 0 });
        }
        let precision = self.number()?;
        let scale = if self.eats(',') { self.number()? } else { 0 };
        self.expect(')')?;
        let out_of_range = |what: &str, low: u32, high: u32, found: u32| {
            ErrorName::InvalidFunctionArgument
                .named(format!("DECIMAL {what} must be in range [{low}, {high}]: {found}"))
        };
        match (u8::try_from(precision), i8::try_from(scale)) {
            (Ok(digits @ 1..=MOST_DECIMAL_DIGITS), Ok(fraction)) if scale <= precision => {
                Ok(TrinoType::Decimal { precision: digits, scale: fraction })
            }
            (Ok(1..=MOST_DECIMAL_DIGITS), _) => Err(out_of_range("scale", 0, precision, scale)),
            _ => Err(out_of_range("precision", 1, u32::from(MOST_DECIMAL_DIGITS), precision)),
        }
    }

    fn fraction_digits(&mut self, of: &str, most: u8) -> Result<u8> {
        let Some(digits) = self.parameter()? else { return Ok(3) };
        match u8::try_from(digits) {
            Ok(digits) if digits <= most => Ok(digits),
            Ok(0..=12) => Err(ErrorName::NotSupported
                .named(format!("{of}({digits}) is finer than columns are here: use {of}({most})"))),
            _ => Err(ErrorName::InvalidFunctionArgument
                .named(format!("{} precision must be in range [0, 12]: {digits}", of.to_uppercase()))),
        }
    }

    fn time(&mut self) -> Result<TrinoType> {
        let digits = self.fraction_digits("time", 6)?;
        if self.eats_words(&["with", "time", "zone"]) {
            return Err(ErrorName::NotSupported.named("time with time zone: use time, or timestamp with time zone"));
        }
        self.eats_words(&["without", "time", "zone"]);
        Ok(TrinoType::Time(digits))
    }

    fn timestamp(&mut self) -> Result<TrinoType> {
        let digits = self.fraction_digits("timestamp", 9)?;
        if self.eats_words(&["with", "time", "zone"]) {
            return Ok(TrinoType::TimestampWithTimeZone(digits, "UTC".to_owned()));
        }
        self.eats_words(&["without", "time", "zone"]);
        Ok(TrinoType::Timestamp(digits))
    }

    fn interval(&mut self) -> Result<TrinoType> {
        if self.eats_words(&["year", "to", "month"]) {
            Ok(TrinoType::IntervalYearToMonth)
        } else if self.eats_words(&["day", "to", "second"]) {
            Ok(TrinoType::IntervalDayToSecond)
        } else {
            Err(self.unexpected())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, name: &str) {
        assert_eq!(TrinoType::parse(text).map(|of| of.to_string()), Ok(name.to_owned()), "{text}");
    }

    #[track_caller]
    fn fails(text: &str, name: ErrorName) {
        assert_eq!(TrinoType::parse(text).map_err(|error| error.name), Err(name), "{text}");
    }

    #[test]
    fn names_of_types_are_read() {
        check("INT", "integer");
        check("double precision", "double");
        check("decimal", "decimal(38,0)");
        check("DECIMAL ( 10 )", "decimal(10,0)");
        check("decimal(10, 2)", "decimal(10,2)");
        check("char", "char(1)");
        check("varchar(3)", "varchar(3)");
        check("timestamp", "timestamp(3)");
        check("timestamp(6) with time zone", "timestamp(6) with time zone");
        check("time (6) without time zone", "time(6)");
        check("interval day to second", "interval day to second");
        check("array<int>", "array(integer)");
        check("map<varchar, array<double>>", "map(varchar, array(double))");
        check("bigint array[3] ARRAY", "array(array(bigint))");
        check("HyperLogLog", "HyperLogLog");
        check("qdigest(bigint)", "qdigest(bigint)");
        check("array(array(\"varchar\"))", "array(array(varchar))");
    }

    #[test]
    fn rows_have_names_or_none() {
        check("row(bigint, varchar(2))", "row(bigint, varchar(2))");
        check("ROW(A bigint, \"B c\" varchar)", "row(a bigint, B c varchar)");
        check("row(double precision)", "row(double)");
        check("row(date date, row row(x interval year to month))", "row(date date, row row(x interval year to month))");
        check("row(timestamp timestamp(3) with time zone)", "row(timestamp timestamp(3) with time zone)");
    }

    #[test]
    fn what_is_no_type_is_refused() {
        fails("string", ErrorName::TypeNotFound);
        fails("float", ErrorName::TypeNotFound);
        fails("decimal(39,0)", ErrorName::InvalidFunctionArgument);
        fails("decimal(3,4)", ErrorName::InvalidFunctionArgument);
        fails("timestamp(10)", ErrorName::NotSupported);
        fails("timestamp(13)", ErrorName::InvalidFunctionArgument);
        fails("time with time zone", ErrorName::NotSupported);
        fails("row()", ErrorName::SyntaxError);
        fails("bigint)", ErrorName::SyntaxError);
        fails("array(string)", ErrorName::TypeNotFound);
        fails("", ErrorName::SyntaxError);
    }
}
