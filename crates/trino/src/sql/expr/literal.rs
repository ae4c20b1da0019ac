//! Literals. A whole number is an integer if it fits and else a bigint, any other number a double, as Athena reads it;
//! a text knows its length.

use std::sync::Arc;

use datafusion::{
    arrow::{
        array::{RecordBatch, RecordBatchOptions},
        datatypes::Schema,
    },
    common::{DFSchema, ScalarValue},
    logical_expr::{
        Expr as Engine, execution_props::ExecutionProps, physical_planning_context::PhysicalPlanningContext,
    },
    physical_expr::create_physical_expr,
    sql::sqlparser::ast::{
        DataType, DateTimeField, ExactNumberInfo, Expr, Interval, TimezoneInfo, TypedString, Value, ValueWithSpan,
    },
};

use crate::{
    ErrorName, TrinoType,
    sql::{
        SqlResult,
        error::{At, Place, error, refuse},
        planner::Planner,
        scope::Typed,
    },
};

/// A value with its type.
pub(super) fn constant(value: ScalarValue, of: TrinoType, at: Place) -> Typed {
    Typed::new(Engine::Literal(value, None), of, at)
}

pub(super) fn text(value: &str, at: Place) -> Typed {
    let length = u32::try_from(value.chars().count()).ok();
    constant(ScalarValue::Utf8(Some(value.to_owned())), TrinoType::Varchar(length), at)
}

/// A whole number, a number with a fraction or an exponent, or an error.
pub(super) fn number(text: &str, at: Place) -> SqlResult<Typed> {
    let digits = text.replace('_', "");
    if digits.contains(['.', 'e', 'E']) {
        return match digits.parse::<f64>() {
            Ok(value) if value.is_finite() => Ok(constant(ScalarValue::Float64(Some(value)), TrinoType::Double, at)),
            _ => error(ErrorName::InvalidLiteral, at, format!("Invalid numeric literal: {text}")),
        };
    }
    if let Ok(value) = digits.parse::<i32>() {
        return Ok(constant(ScalarValue::Int32(Some(value)), TrinoType::Integer, at));
    }
    match digits.parse::<i64>() {
        Ok(value) => Ok(constant(ScalarValue::Int64(Some(value)), TrinoType::Bigint, at)),
        Err(_) => error(ErrorName::InvalidLiteral, at, format!("Invalid numeric literal: {text}")),
    }
}

impl Planner<'_> {
    pub(super) fn literal(&self, value: &ValueWithSpan, at: Place) -> SqlResult<Typed> {
        match &value.value {
            Value::Number(digits, false) => number(digits, at),
            Value::SingleQuotedString(value) | Value::UnicodeStringLiteral(value) => Ok(text(value, at)),
            Value::Boolean(value) => Ok(constant(ScalarValue::Boolean(Some(*value)), TrinoType::Boolean, at)),
            Value::Null => Ok(constant(ScalarValue::Null, TrinoType::Unknown, at)),
            Value::HexStringLiteral(digits) => match bytes(digits) {
                Some(bytes) => Ok(constant(ScalarValue::Binary(Some(bytes)), TrinoType::Varbinary, at)),
                None => {
                    error(ErrorName::SyntaxError, at, "Binary literal can only contain hexadecimal digits, in pairs")
                }
            },
            Value::Placeholder(_) => {
                error(ErrorName::InvalidArguments, at, "Incorrect number of parameters: a ? without a value")
            }
            other => refuse(at, format!("the literal {other}")),
        }
    }

    /// `DATE '2020-01-01'` and its like.
    pub(super) fn typed_string(&self, typed: &TypedString, at: Place) -> SqlResult<Typed> {
        let Value::SingleQuotedString(value) = &typed.value.value else { return refuse(at, typed) };
        let place = self
            .tokens
            .word_before(at, &["date", "time", "timestamp", "decimal", "json", "uuid", "char", "double", "real"]);
        let at = place.unwrap_or(at);
        let of = match &typed.data_type {
            DataType::Date => TrinoType::Date,
            DataType::JSON => return self.call("json_parse", vec![text(value, at)], at),
            DataType::Decimal(ExactNumberInfo::None) => decimal(value),
            DataType::Time(None, TimezoneInfo::None) => TrinoType::Time(fraction(value)),
            DataType::Timestamp(None, TimezoneInfo::None) if has_zone(value) => {
                TrinoType::TimestampWithTimeZone(digits(value), String::from("UTC"))
            }
            DataType::Timestamp(None, TimezoneInfo::None) => TrinoType::Timestamp(digits(value)),
            other => TrinoType::parse(&other.to_string()).at(at)?,
        };
        let literal = self.cast_to(text(value, at), &of.to_string(), at).and_then(|cast| self.folded(cast));
        literal.map_err(|mut error| {
            if matches!(error.name, ErrorName::InvalidCastArgument | ErrorName::InvalidFunctionArgument) {
                error.name = ErrorName::InvalidLiteral;
                error.message = format!(
                    "'{value}' is not a valid {} literal",
                    of.to_string().split('(').next().unwrap_or("").to_uppercase()
                );
            }
            error
        })
    }

    /// A constant expression as its value.
    pub(in crate::sql) fn folded(&self, value: Typed) -> SqlResult<Typed> {
        let at = value.at;
        let found = || {
            let context = PhysicalPlanningContext::default();
            let physical = create_physical_expr(&value.expr, &DFSchema::empty(), &ExecutionProps::new(), &context)?;
            let options = RecordBatchOptions::new().with_row_count(Some(1));
            let row = RecordBatch::try_new_with_options(Arc::new(Schema::empty()), vec![], &options)?;
            ScalarValue::try_from_array(&physical.evaluate(&row)?.into_array(1)?, 0)
        };
        Ok(constant(found().at(at)?, value.of.clone(), at))
    }

    /// `INTERVAL '1' DAY`.
    pub(super) fn interval(&self, interval: &Interval, at: Place) -> SqlResult<Typed> {
        let (sign, value) = match interval.value.as_ref() {
            Expr::Value(value) => (1, value),
            Expr::UnaryOp { op: datafusion::sql::sqlparser::ast::UnaryOperator::Minus, expr } => match expr.as_ref() {
                Expr::Value(value) => (-1, value),
                other => return refuse(at, other),
            },
            other => return refuse(at, other),
        };
        let (Value::SingleQuotedString(amount), Some(unit)) = (&value.value, &interval.leading_field) else {
            return refuse(at, interval);
        };
        if interval.leading_precision.is_some() || interval.fractional_seconds_precision.is_some() {
            return refuse(at, interval);
        }
        let bad = || error(ErrorName::InvalidLiteral, at, format!("Invalid INTERVAL literal: {interval}"));
        let found = match (unit, &interval.last_field) {
            (DateTimeField::Year, None) => whole(amount).and_then(|n| n.checked_mul(12)).map(|n| (true, n)),
            (DateTimeField::Month, None) => whole(amount).map(|n| (true, n)),
            (DateTimeField::Year, Some(DateTimeField::Month)) => {
                amount.split_once('-').and_then(|(y, m)| Some((true, whole(y)? * 12 + whole(m)?)))
            }
            (DateTimeField::Week(None), None) => {
                whole(amount).and_then(|n| n.checked_mul(604_800_000)).map(|n| (false, n))
            }
            (DateTimeField::Day, None) => whole(amount).and_then(|n| n.checked_mul(86_400_000)).map(|n| (false, n)),
            (DateTimeField::Hour, None) => whole(amount).and_then(|n| n.checked_mul(3_600_000)).map(|n| (false, n)),
            (DateTimeField::Minute, None) => whole(amount).and_then(|n| n.checked_mul(60_000)).map(|n| (false, n)),
            (DateTimeField::Second, None) => seconds(amount).map(|n| (false, n)),
            (DateTimeField::Day, Some(DateTimeField::Second)) => day_to_second(amount).map(|n| (false, n)),
            _ => return refuse(at, interval),
        };
        let Some((is_months, amount)) = found else { return bad() };
        let amount = amount * sign;
        if is_months {
            let Ok(months) = i32::try_from(amount) else { return bad() };
            let value = ScalarValue::IntervalYearMonth(Some(months));
            return Ok(constant(value, TrinoType::IntervalYearToMonth, at));
        }
        Ok(constant(ScalarValue::DurationMillisecond(Some(amount)), TrinoType::IntervalDayToSecond, at))
    }
}

/// As many digits as the text has.
fn decimal(text: &str) -> TrinoType {
    let scale = text.split_once('.').map_or(0, |(_, fraction)| fraction.len());
    let whole = text.split('.').next().unwrap_or("").trim_start_matches(['-', '+']).trim_start_matches('0').len();
    let precision = (whole + scale).max(1);
    TrinoType::Decimal {
        precision: u8::try_from(precision).unwrap_or(u8::MAX),
        scale: i8::try_from(scale).unwrap_or(i8::MAX),
    }
}

/// Whether something follows the time of a timestamp.
fn has_zone(text: &str) -> bool {
    let Some((_, time)) = text.trim().split_once([' ', 'T']) else { return false };
    time.contains(|character: char| character.is_alphabetic() || matches!(character, '+' | '-' | '/'))
}

/// Digits of a fraction of a second: those that Athena shows, or more if they are written.
fn digits(text: &str) -> u8 {
    match fraction(text) {
        0..=3 => 3,
        4..=6 => 6,
        _ => 9,
    }
}

fn fraction(text: &str) -> u8 {
    let fraction = text.split_once('.').map_or("", |(_, rest)| rest);
    u8::try_from(fraction.chars().take_while(char::is_ascii_digit).count()).unwrap_or(u8::MAX)
}

fn bytes(digits: &str) -> Option<Vec<u8>> {
    let digits: String = digits.chars().filter(|character| !character.is_whitespace()).collect();
    if !digits.len().is_multiple_of(2) || !digits.is_ascii() {
        return None;
    }
    (0..digits.len()).step_by(2).map(|at| u8::from_str_radix(&digits[at..at + 2], 16).ok()).collect()
}

fn whole(text: &str) -> Option<i64> {
    text.trim().parse().ok()
}

/// Milliseconds of seconds with up to three digits of a fraction.
fn seconds(text: &str) -> Option<i64> {
    let (whole_part, fraction) = text.trim().split_once('.').unwrap_or((text.trim(), ""));
    let negative = whole_part.starts_with('-');
    let millis: i64 = match fraction.len() {
        0 => 0,
        1..=3 => format!("{fraction:0<3}").parse().ok()?,
        _ => return None,
    };
    let whole_millis = whole(whole_part)?.checked_mul(1000)?;
    Some(if negative { whole_millis - millis } else { whole_millis + millis })
}

/// `2 03:04:05.678`.
fn day_to_second(text: &str) -> Option<i64> {
    let (days, time) = text.trim().split_once(' ')?;
    let mut parts = time.splitn(3, ':');
    let (hours, minutes, rest) = (parts.next()?, parts.next()?, parts.next()?);
    let time = whole(hours)? * 3_600_000 + whole(minutes)? * 60_000 + seconds(rest)?;
    let days = whole(days)? * 86_400_000;
    Some(if days < 0 { days - time } else { days + time })
}
