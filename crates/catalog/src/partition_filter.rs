//! Expressions that choose partitions, as `GetPartitions` of Glue takes them.
//!
//! Source: "GetPartitions", AWS Glue API reference: `=`, `<`, `<=`, `>`, `>=`, `<>`, `!=`, AND, OR, NOT, IN, BETWEEN, LIKE,
//! IS NULL and parentheses, on partition keys. Values are compared as the types of the keys say: numbers as numbers, all
//! else (dates and timestamps are written with their largest part first) as text.

use std::cmp::Ordering;

use athena::glue::Column;
use datafusion::sql::sqlparser::{
    ast::{BinaryOperator, Expr, TypedString, UnaryOperator, Value},
    dialect::GenericDialect,
    parser::Parser,
    tokenizer::Token,
};

/// What stands for NULL among the values of a partition.
pub const NULL_VALUE: &str = "__HIVE_DEFAULT_PARTITION__";
/// Digits behind the point that count when decimals are compared.
const SCALE: usize = 18;

/// A condition on the values of partition keys.
#[derive(Debug)]
pub(crate) struct PartitionFilter {
    condition: Condition,
}

/// NULL among the operands makes a comparison unknown, which chooses nothing and is not turned around by NOT.
#[derive(Debug)]
enum Condition {
    Compare { key: Key, is: fn(Ordering) -> bool, value: String },
    Between { key: Key, low: String, high: String, negated: bool },
    In { key: Key, values: Vec<String>, negated: bool },
    Like { key: Key, pattern: Vec<Symbol>, negated: bool },
    IsNull { key: Key, negated: bool },
    All(Box<[Condition; 2]>),
    Any(Box<[Condition; 2]>),
    Not(Box<Condition>),
}

#[derive(Debug, Clone, Copy)]
struct Key {
    at: usize,
    is_number: bool,
}

#[derive(Debug)]
enum Symbol {
    Any,
    One,
    Exactly(char),
}

impl PartitionFilter {
    /// Reads an expression on these keys.
    ///
    /// # Errors
    /// What cannot be understood.
    pub(crate) fn parse(expression: &str, keys: &[Column]) -> Result<Self, String> {
        let mut parser = Parser::new(&GenericDialect {}).try_with_sql(expression).map_err(|error| error.to_string())?;
        let parsed = parser.parse_expr().map_err(|error| error.to_string())?;
        let next = parser.peek_token();
        if next.token != Token::EOF {
            return Err(format!("`{next}` follows the condition"));
        }
        Ok(Self { condition: condition(&parsed, keys)? })
    }

    /// Whether the condition is true of these values, which stand in the order of the keys.
    pub(crate) fn chooses(&self, values: &[String]) -> bool {
        self.condition.holds(values) == Some(true)
    }
}

impl Condition {
    fn holds(&self, values: &[String]) -> Option<bool> {
        match self {
            Self::Compare { key, is, value } => key.compare(values, value).map(is),
            Self::Between { key, low, high, negated } => {
                let above = key.compare(values, low).map(Ordering::is_ge);
                let below = key.compare(values, high).map(Ordering::is_le);
                both(above, below).map(|found| found != *negated)
            }
            Self::In { key, values: wanted, negated } => {
                let one = |value: &String| key.compare(values, value).map(Ordering::is_eq);
                wanted.iter().map(one).fold(Some(false), either).map(|found| found != *negated)
            }
            Self::Like { key, pattern, negated } => {
                key.value(values).map(|value| fits(pattern, &value.chars().collect::<Vec<_>>()) != *negated)
            }
            Self::IsNull { key, negated } => Some(key.value(values).is_none() != *negated),
            Self::All(two) => both(two[0].holds(values), two[1].holds(values)),
            Self::Any(two) => either(two[0].holds(values), two[1].holds(values)),
            Self::Not(one) => one.holds(values).map(|found| !found),
        }
    }
}

impl Key {
    fn value(self, values: &[String]) -> Option<&str> {
        values.get(self.at).map(String::as_str).filter(|value| *value != NULL_VALUE)
    }

    fn compare(self, values: &[String], with: &str) -> Option<Ordering> {
        let value = self.value(values)?;
        if self.is_number {
            // What is no number is as NULL is.
            Some(number(value)?.cmp(&number(with)?))
        } else {
            Some(value.cmp(with))
        }
    }
}

fn both(one: Option<bool>, other: Option<bool>) -> Option<bool> {
    match (one, other) {
        (Some(false), _) | (_, Some(false)) => Some(false),
        (Some(true), Some(true)) => Some(true),
        _ => None,
    }
}

fn either(one: Option<bool>, other: Option<bool>) -> Option<bool> {
    both(one.map(|found| !found), other.map(|found| !found)).map(|found| !found)
}

/// A number in units of the last digit that counts.
fn number(text: &str) -> Option<i128> {
    let text = text.trim();
    let (negative, digits) = match text.strip_prefix('-') {
        Some(digits) => (true, digits),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let all_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if (whole.is_empty() && fraction.is_empty()) || !all_digits(whole) || !all_digits(fraction) {
        return None;
    }
    let fraction: String = fraction.chars().chain(std::iter::repeat('0')).take(SCALE).collect();
    let number: i128 = format!("{whole}{fraction}").parse().ok()?;
    Some(if negative { -number } else { number })
}

fn fits(pattern: &[Symbol], text: &[char]) -> bool {
    // Which beginnings of the text the pattern so far stands for.
    let mut reached = vec![false; text.len() + 1];
    reached[0] = true;
    for symbol in pattern {
        let mut next = vec![false; text.len() + 1];
        for at in 0..=text.len() {
            next[at] = match symbol {
                Symbol::Any => reached[at] || at > 0 && next[at - 1],
                Symbol::One => at > 0 && reached[at - 1],
                Symbol::Exactly(letter) => at > 0 && reached[at - 1] && text[at - 1] == *letter,
            };
        }
        reached = next;
    }
    reached[text.len()]
}

fn condition(expr: &Expr, keys: &[Column]) -> Result<Condition, String> {
    let two = |left: &Expr, right: &Expr| Ok::<_, String>(Box::new([condition(left, keys)?, condition(right, keys)?]));
    Ok(match expr {
        Expr::Nested(inner) => condition(inner, keys)?,
        Expr::UnaryOp { op: UnaryOperator::Not, expr } => Condition::Not(Box::new(condition(expr, keys)?)),
        Expr::BinaryOp { left, op: BinaryOperator::And, right } => Condition::All(two(left, right)?),
        Expr::BinaryOp { left, op: BinaryOperator::Or, right } => Condition::Any(two(left, right)?),
        Expr::BinaryOp { left, op, right } => comparison(left, op, right, keys)?,
        Expr::Between { expr, negated, low, high } => {
            let (low, high) = (literal(low)?, literal(high)?);
            Condition::Between { key: key(expr, keys)?, low, high, negated: *negated }
        }
        Expr::InList { expr, list, negated } => {
            let values = list.iter().map(literal).collect::<Result<_, _>>()?;
            Condition::In { key: key(expr, keys)?, values, negated: *negated }
        }
        Expr::Like { negated, any: false, expr, pattern, escape_char: None } => {
            let text = literal(pattern)?;
            let pattern = text.chars().map(|letter| match letter {
                '%' => Symbol::Any,
                '_' => Symbol::One,
                other => Symbol::Exactly(other),
            });
            Condition::Like { key: key(expr, keys)?, pattern: pattern.collect(), negated: *negated }
        }
        Expr::IsNull(expr) => Condition::IsNull { key: key(expr, keys)?, negated: false },
        Expr::IsNotNull(expr) => Condition::IsNull { key: key(expr, keys)?, negated: true },
        other => return Err(format!("`{other}` is no condition on a partition key")),
    })
}

fn comparison(left: &Expr, op: &BinaryOperator, right: &Expr, keys: &[Column]) -> Result<Condition, String> {
    // `5 < key` says what `key > 5` does.
    let is_turned = literal(left).is_ok();
    let (key, value) =
        if is_turned { (key(right, keys)?, literal(left)?) } else { (key(left, keys)?, literal(right)?) };
    let is = match (op, is_turned) {
        (BinaryOperator::Eq, _) => Ordering::is_eq,
        (BinaryOperator::NotEq, _) => Ordering::is_ne,
        (BinaryOperator::Lt, false) | (BinaryOperator::Gt, true) => Ordering::is_lt,
        (BinaryOperator::LtEq, false) | (BinaryOperator::GtEq, true) => Ordering::is_le,
        (BinaryOperator::Gt, false) | (BinaryOperator::Lt, true) => Ordering::is_gt,
        (BinaryOperator::GtEq, false) | (BinaryOperator::LtEq, true) => Ordering::is_ge,
        _ => return Err(format!("the operator {op} is not known")),
    };
    Ok(Condition::Compare { key, is, value })
}

fn key(expr: &Expr, keys: &[Column]) -> Result<Key, String> {
    let name = match expr {
        Expr::Nested(inner) => return key(inner, keys),
        Expr::Identifier(name) => &name.value,
        other => return Err(format!("`{other}` is no partition key")),
    };
    let at = keys.iter().position(|key| key.name.eq_ignore_ascii_case(name));
    let at = at.ok_or_else(|| format!("{name} is no partition key"))?;
    let kind = keys[at].kind.to_lowercase();
    let kind = kind.split('(').next().unwrap_or_default();
    let numbers = ["tinyint", "smallint", "int", "integer", "bigint", "long", "decimal", "float", "double"];
    Ok(Key { at, is_number: numbers.contains(&kind.trim()) })
}

fn literal(expr: &Expr) -> Result<String, String> {
    match expr {
        Expr::Nested(inner) => literal(inner),
        Expr::Value(value) | Expr::TypedString(TypedString { value, .. }) => match &value.value {
            Value::SingleQuotedString(text) | Value::DoubleQuotedString(text) => Ok(text.clone()),
            Value::Number(text, _) => Ok(text.clone()),
            Value::Boolean(word) => Ok(word.to_string()),
            other => Err(format!("`{other}` is no value of a partition key")),
        },
        Expr::UnaryOp { op: UnaryOperator::Minus, expr } => Ok(format!("-{}", literal(expr)?)),
        other => Err(format!("`{other}` is no value of a partition key")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys() -> Vec<Column> {
        let column = |(name, kind): (&str, &str)| Column { name: name.into(), kind: kind.into(), ..Column::default() };
        [("day", "date"), ("shard", "int"), ("region", "string"), ("price", "decimal(10,2)")].map(column).to_vec()
    }

    #[track_caller]
    fn check(expression: &str, expected: bool) {
        let values = ["2026-11-09", "9", "eu-west", "10.50"].map(str::to_owned);
        let filter = PartitionFilter::parse(expression, &keys()).unwrap();
        assert_eq!(filter.chooses(&values), expected, "{expression}");
    }

    #[test]
    fn values_are_compared_by_the_types_of_their_keys() {
        check("shard < 10", true);
        check("shard < '10'", true);
        check("10 > shard AND shard >= 9", true);
        check("day > '2026-10-31' and day <= DATE '2026-11-09'", true);
        check("price = 10.5", true);
        check("price <> 10.50", false);
        check("REGION = 'eu-west'", true);
        check("region > 'eu'", true);
    }

    #[test]
    fn conditions_are_put_together() {
        check("shard IN (1, 9) AND NOT (region LIKE 'us%')", true);
        check("(shard = 1 OR shard = 9) AND region LIKE '_u-%t'", true);
        check("shard NOT IN (1, 9) OR shard BETWEEN 10 AND 20", false);
        check("shard NOT BETWEEN 10 AND 20", true);
        check("region IS NULL", false);
        check("region is not null and shard != 8", true);
        check("region = 'it''s'", false);
        check("shard = -9", false);
    }

    #[test]
    fn null_is_neither_equal_nor_unequal() {
        let values = [NULL_VALUE, "9", NULL_VALUE, "1"].map(str::to_owned);
        for (expression, expected) in [
            ("region = 'x'", false),
            ("region <> 'x'", false),
            ("NOT (region = 'x')", false),
            ("region NOT IN ('x')", false),
            ("region IS NULL", true),
            ("region = 'x' OR shard = 9", true),
        ] {
            let filter = PartitionFilter::parse(expression, &keys()).unwrap();
            assert_eq!(filter.chooses(&values), expected, "{expression}");
        }
    }

    #[test]
    fn what_is_no_condition_is_named() {
        for (expression, named) in [
            ("size = 1", "size is no partition key"),
            ("shard", "`shard` is no condition"),
            ("shard + 1 = 2", "`shard + 1` is no partition key"),
            ("shard = 1 shard", "`shard` follows"),
            ("shard =", "Expected"),
        ] {
            let error = PartitionFilter::parse(expression, &keys()).unwrap_err();
            assert!(error.contains(named), "{expression}: {error}");
        }
    }
}
