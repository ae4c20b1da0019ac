//! Units of dates and times by their names.

use datafusion::error::Result;

use crate::{ErrorName, TrinoType};

/// What `date_trunc`, `date_add` and `date_diff` count in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Unit {
    /// Microseconds of milliseconds, seconds, minutes and hours, which go by.
    OfClock(i64),
    /// Days of days and weeks, which the calendar counts whatever the clock does.
    Days(i64),
    /// Months of months, quarters and years.
    Months(i64),
}

impl Unit {
    /// The unit of a name in letters of either case.
    ///
    /// # Errors
    /// INVALID_FUNCTION_ARGUMENT for other names, and for what is shorter than a day where dates are counted.
    pub(super) fn of_name(name: &str, of: &TrinoType) -> Result<Self> {
        let is_date = *of == TrinoType::Date;
        let lower = name.to_lowercase();
        Ok(match lower.as_str() {
            "millisecond" if !is_date => Self::OfClock(1000),
            "second" if !is_date => Self::OfClock(1_000_000),
            "minute" if !is_date => Self::OfClock(60_000_000),
            "hour" if !is_date => Self::OfClock(3_600_000_000),
            "day" => Self::Days(1),
            "week" => Self::Days(7),
            "month" => Self::Months(1),
            "quarter" => Self::Months(3),
            "year" => Self::Months(12),
            _ => {
                let kind = if is_date { "DATE" } else { "TIMESTAMP" };
                let message = format!("'{lower}' is not a valid {kind} field");
                return Err(ErrorName::InvalidFunctionArgument.error(message));
            }
        })
    }
}
