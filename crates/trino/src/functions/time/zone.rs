//! `at_timezone`, `with_timezone`, `timezone`.

use std::sync::Arc;

use arrow::array::{Array, StringArray};
use datafusion::{error::Result, logical_expr::ScalarUDF};

use super::moment::{Moments, array_of, instant_in, zone_of};
use crate::{
    ErrorName, TrinoType,
    functions::define::{Arguments, define},
};

pub(super) fn functions() -> Vec<Arc<ScalarUDF>> {
    vec![at_timezone(), with_timezone(), timezone()]
}

/// The zone that a literal argument names.
pub(super) fn literal_zone(arguments: &Arguments<'_>, at: usize) -> Result<String> {
    let missing = "a time zone must be a literal here, as a column of timestamps has one zone";
    let name = arguments.text(at).ok_or_else(|| ErrorName::NotSupported.error(missing))?;
    zone_of(name)?;
    Ok(if matches!(name, "Z" | "+00:00" | "-00:00") { "UTC".to_owned() } else { name.to_owned() })
}

/// `at_timezone(x, zone)` and `x AT TIME ZONE zone`: the same instant in another zone; a timestamp without zone is taken
/// as one of UTC.
fn at_timezone() -> Arc<ScalarUDF> {
    let typing = |arguments: &Arguments<'_>| {
        Ok(match arguments.types {
            [TrinoType::TimestampWithTimeZone(digits, _) | TrinoType::Timestamp(digits), _] => {
                Some(TrinoType::TimestampWithTimeZone(*digits, literal_zone(arguments, 1)?))
            }
            _ => None,
        })
    };
    define("at_timezone", typing, |call| {
        let moments = Moments::of(&call.arrays[0])?;
        array_of((0..call.rows).map(|row| moments.instant(row)), &call.return_type())
    })
}

/// `with_timezone(timestamp, zone)`: the timestamp at which the zone shows this date and time.
fn with_timezone() -> Arc<ScalarUDF> {
    let typing = |arguments: &Arguments<'_>| {
        Ok(match arguments.types {
            [TrinoType::Timestamp(digits), _] => {
                Some(TrinoType::TimestampWithTimeZone(*digits, literal_zone(arguments, 1)?))
            }
            _ => None,
        })
    };
    define("with_timezone", typing, |call| {
        let TrinoType::TimestampWithTimeZone(_, name) = call.return_type() else {
            return Ok(Arc::clone(&call.arrays[0]));
        };
        let zone = zone_of(&name)?;
        let moments = Moments::of(&call.arrays[0])?;
        let values = (0..call.rows).map(|row| moments.instant(row).map(|local| instant_in(zone, local)));
        array_of(values, &call.return_type())
    })
}

/// `timezone(x)`: the name of the zone of a timestamp.
fn timezone() -> Arc<ScalarUDF> {
    let typing = |arguments: &Arguments<'_>| {
        let has_zone = matches!(arguments.types, [TrinoType::TimestampWithTimeZone(..)]);
        Ok(has_zone.then_some(TrinoType::Varchar(None)))
    };
    define("timezone", typing, |call| {
        let TrinoType::TimestampWithTimeZone(_, name) = &call.types[0] else { return Ok(Arc::clone(&call.arrays[0])) };
        let name = if name == "+00:00" { "UTC" } else { name.as_str() };
        let of_row = |row: usize| call.arrays[0].is_valid(row).then_some(name);
        Ok(Arc::new((0..call.rows).map(of_row).collect::<StringArray>()))
    })
}
