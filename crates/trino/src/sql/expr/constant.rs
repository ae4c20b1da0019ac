//! Comparisons with constants, as comparisons of the engine's own: scans prune by them.
//!
//! Trino compares a decimal with a double as doubles, and doubles as numbers: NaN is equal to nothing and neither less nor
//! greater, and 0 is equal to -0. The engine sorts doubles instead, with NaN at both ends and -0 before 0. With a constant
//! on one side the answers can be made the same.

use datafusion::{
    common::ScalarValue,
    logical_expr::{Expr, Operator, binary_expr, lit},
};

use crate::{TrinoType, sql::scope::Typed};

/// Decimals of up to so many digits are told apart by the doubles that they become.
const DIGITS: usize = 15;
/// Beyond this, 2⁵³, some whole numbers become the same double.
const WHOLE: f64 = 9_007_199_254_740_992.0;

/// Two sides of a comparison. A double beside whole numbers or decimals becomes one of them where nothing else would be
/// compared; otherwise they are as they were.
pub(super) fn literal_as(left: Typed, right: Typed, op: Operator) -> (Typed, Typed) {
    let is_distinct = matches!(op, Operator::IsDistinctFrom | Operator::IsNotDistinctFrom);
    if is_distinct || matches!(left.expr, Expr::Literal(..)) == matches!(right.expr, Expr::Literal(..)) {
        return (left, right);
    }
    if let Some(literal) = exact(&right, &left.of) {
        return (left, literal);
    }
    if let Some(literal) = exact(&left, &right.of) {
        return (literal, right);
    }
    (left, right)
}

/// A double literal as a value of another type, if that becomes this double and no other value of the type does.
fn exact(literal: &Typed, of: &TrinoType) -> Option<Typed> {
    let Expr::Literal(ScalarValue::Float64(Some(value)), _) = &literal.expr else { return None };
    let value = value.is_finite().then_some(*value)?;
    let (found, of) = match of {
        TrinoType::Tinyint | TrinoType::Smallint | TrinoType::Integer | TrinoType::Bigint => {
            let is_exact = value.fract() == 0.0 && value.abs() < WHOLE;
            let whole = is_exact.then(|| format!("{value:.0}").parse().ok())??;
            (ScalarValue::Int64(Some(whole)), TrinoType::Bigint)
        }
        TrinoType::Decimal { precision, scale } if usize::from(*precision) <= DIGITS && *scale >= 0 => {
            let shown = value.to_string();
            let (whole, fraction) = shown.split_once('.').unwrap_or((&shown, ""));
            let scale_needed = usize::try_from(*scale).ok()?;
            let is_exact =
                fraction.len() <= scale_needed && whole.trim_start_matches('-').len() + scale_needed <= DIGITS;
            let unscaled: i128 = is_exact.then(|| format!("{whole}{fraction:0<scale_needed$}").parse().ok())??;
            let fits = unscaled.unsigned_abs() < 10_u128.pow(u32::from(*precision));
            let precision = if fits { *precision } else { u8::try_from(DIGITS).ok()? };
            let value = ScalarValue::Decimal128(Some(unscaled), precision, *scale);
            (value, TrinoType::Decimal { precision, scale: *scale })
        }
        _ => return None,
    };
    Some(Typed { expr: Expr::Literal(found, None), of, ..literal.clone() })
}

/// A comparison of reals or doubles, if one side is a column and the other a number.
pub(super) fn with_constant(left: &Expr, op: Operator, right: &Expr) -> Option<Expr> {
    let (column, op, number) = match (left, right) {
        (column, Expr::Literal(number, _)) => (column, op, number),
        (Expr::Literal(number, _), column) => (column, op.swap()?, number),
        _ => return None,
    };
    let is_cheap = match column {
        Expr::Column(_) => true,
        Expr::Cast(cast) => matches!(cast.expr.as_ref(), Expr::Column(_)),
        _ => false,
    };
    let of = |value: f64| match number {
        #[expect(clippy::cast_possible_truncation, reason = "infinities and zeros are the same in both")]
        ScalarValue::Float32(_) => lit(value as f32),
        _ => lit(value),
    };
    let value = match number {
        ScalarValue::Float64(Some(value)) => *value,
        ScalarValue::Float32(Some(value)) => f64::from(*value),
        _ => return None,
    };
    if !is_cheap || value.is_nan() {
        return None;
    }
    let is = |op: Operator, number: Expr| binary_expr(column.clone(), op, number);
    // The zeros stand beside each other in the engine's order.
    let (low, high) = if value == 0.0 { (of(-0.0), of(0.0)) } else { (lit(number.clone()), lit(number.clone())) };
    let (least, greatest) = (of(f64::NEG_INFINITY), of(f64::INFINITY));
    Some(match op {
        Operator::Eq if value == 0.0 => is(Operator::GtEq, low).and(is(Operator::LtEq, high)),
        Operator::NotEq if value == 0.0 => is(Operator::Lt, low).or(is(Operator::Gt, high)),
        Operator::Eq | Operator::NotEq => is(op, low),
        Operator::Lt => is(op, low).and(is(Operator::GtEq, least)),
        Operator::LtEq => is(op, high).and(is(Operator::GtEq, least)),
        Operator::Gt => is(op, high).and(is(Operator::LtEq, greatest)),
        Operator::GtEq => is(op, low).and(is(Operator::LtEq, greatest)),
        _ => return None,
    })
}
