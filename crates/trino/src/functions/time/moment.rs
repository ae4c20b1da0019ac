//! Points in time as the calendar and a clock on the wall show them.

use std::sync::Arc;

use arrow::{
    array::{Array, ArrayRef, AsArray, Date32Array, Int64Array, PrimitiveArray, timezone::Tz},
    buffer::NullBuffer,
    compute::cast,
    datatypes::{
        DataType, Date32Type, Int64Type, TimeUnit, TimestampMicrosecondType, TimestampMillisecondType,
        TimestampNanosecondType,
    },
};
use chrono::{DateTime, Datelike, NaiveDate, NaiveDateTime, Offset, TimeDelta, TimeZone};
use datafusion::error::{DataFusionError, Result};

use crate::{ErrorName, TrinoType};

pub(super) const MICROS_OF_DAY: i64 = 86_400_000_000;

/// Dates, timestamps with or without zone, and times of the day, as local dates and times.
pub(in crate::functions) struct Moments {
    micros: Int64Array,
    nanos: Option<Int64Array>,
    /// `None` as well for UTC.
    zone: Option<Tz>,
}

/// Whether a type is a date or a timestamp.
pub(in crate::functions) fn is_moment(of: &TrinoType) -> bool {
    matches!(of, TrinoType::Date | TrinoType::Timestamp(_) | TrinoType::TimestampWithTimeZone(..) | TrinoType::Unknown)
}

/// The zone of this name. Trino knows the names of the IANA database, UTC and offsets such as `+02:00`.
pub(in crate::functions) fn zone_of(name: &str) -> Result<Tz> {
    let name = if matches!(name, "Z" | "UT" | "UCT" | "GMT" | "Zulu") { "UTC" } else { name };
    name.parse().map_err(|_| ErrorName::InvalidFunctionArgument.error(format!("'{name}' is not a valid time zone")))
}

pub(in crate::functions) fn out_of_range() -> DataFusionError {
    ErrorName::NumericValueOutOfRange.error("date or timestamp is out of range")
}

/// The date of days since 1970-01-01, unless it is out of range.
pub(super) fn date_of(days: i64) -> Option<NaiveDate> {
    NaiveDate::from_epoch_days(i32::try_from(days).ok()?)
}

/// A whole number for each value, whatever stands where values are NULL.
///
/// # Errors
/// NUMERIC_VALUE_OUT_OF_RANGE where there is none for a value.
pub(super) fn numbers<T: Copy>(
    values: &[T],
    nulls: Option<&NullBuffer>,
    of: impl Fn(T) -> Option<i64>,
) -> Result<Int64Array> {
    let mut found = Vec::with_capacity(values.len());
    for (row, value) in values.iter().enumerate() {
        found.push(match of(*value) {
            Some(number) => number,
            None if nulls.is_some_and(|nulls| nulls.is_null(row)) => 0,
            None => return Err(out_of_range()),
        });
    }
    Ok(Int64Array::new(found.into(), nulls.cloned()))
}

impl Moments {
    pub(in crate::functions) fn of(array: &ArrayRef) -> Result<Self> {
        let zone = match array.data_type() {
            DataType::Timestamp(_, Some(zone)) if matches!(zone.as_ref(), "UTC" | "Z" | "+00:00") => None,
            DataType::Timestamp(_, Some(zone)) => Some(zone_of(zone)?),
            _ => None,
        };
        let whole = |of: &DataType| -> Result<Int64Array> {
            Ok(cast(&cast(array, of)?, &DataType::Int64)?.as_primitive::<Int64Type>().clone())
        };
        let nanos = match array.data_type() {
            of @ DataType::Timestamp(TimeUnit::Nanosecond, _) => Some(whole(of)?),
            _ => None,
        };
        let micros = match (array.data_type(), &nanos) {
            (_, Some(nanos)) => nanos.unary(|nanos: i64| nanos.div_euclid(1000)),
            (DataType::Time32(_) | DataType::Time64(_), None) => whole(&DataType::Time64(TimeUnit::Microsecond))?,
            (DataType::Timestamp(_, zone), None) => whole(&DataType::Timestamp(TimeUnit::Microsecond, zone.clone()))?,
            _ => whole(&DataType::Timestamp(TimeUnit::Microsecond, None))?,
        };
        Ok(Self { micros, nanos, zone })
    }

    /// The same instants, as the clock of others shows them.
    pub(super) fn shown_as(self, others: &Self) -> Self {
        Self { zone: others.zone, ..self }
    }

    /// Whether they have a zone whose clock may differ from that of UTC.
    pub(super) fn has_zone(&self) -> bool {
        self.zone.is_some()
    }

    /// The instants in whole microseconds since 1970, unless parts of these are lost.
    pub(super) fn in_micros(&self) -> Option<&Int64Array> {
        self.nanos.is_none().then_some(&self.micros)
    }

    /// What a calendar and a clock show, in whole microseconds since 1970-01-01 00:00.
    pub(super) fn local_micros(&self) -> Int64Array {
        if self.zone.is_none() {
            return self.micros.clone();
        }
        let local = |row| if self.micros.is_valid(row) { self.local_micros_of(row) } else { 0 };
        let values: Vec<_> = (0..self.micros.len()).map(local).collect();
        Int64Array::new(values.into(), self.micros.nulls().cloned())
    }

    fn local_micros_of(&self, row: usize) -> i64 {
        self.micros.value(row) + i64::from(self.offset(row)) * 1_000_000
    }

    /// The instant in UTC, or the date and time of one without a zone.
    pub(in crate::functions) fn instant(&self, row: usize) -> Option<NaiveDateTime> {
        if self.micros.is_null(row) {
            return None;
        }
        match &self.nanos {
            Some(nanos) => Some(DateTime::from_timestamp_nanos(nanos.value(row)).naive_utc()),
            None => Some(DateTime::from_timestamp_micros(self.micros.value(row))?.naive_utc()),
        }
    }

    /// Seconds that the zone is before UTC.
    pub(in crate::functions) fn offset(&self, row: usize) -> i32 {
        let Some(zone) = self.zone else { return 0 };
        self.instant(row).map_or(0, |at| zone.offset_from_utc_datetime(&at).fix().local_minus_utc())
    }

    /// What a calendar and a clock show.
    pub(in crate::functions) fn local(&self, row: usize) -> Option<NaiveDateTime> {
        Some(self.instant(row)? + TimeDelta::seconds(self.offset(row).into()))
    }

    /// The instant at which the zone shows a date and time: the earlier of two, and after a gap the later one.
    pub(in crate::functions) fn instant_of(&self, local: NaiveDateTime) -> NaiveDateTime {
        match self.zone {
            Some(zone) => instant_in(zone, local),
            None => local,
        }
    }
}

/// Units of a timestamp in a second.
pub(in crate::functions) fn per_second(unit: TimeUnit) -> i64 {
    match unit {
        TimeUnit::Second => 1,
        TimeUnit::Millisecond => 1000,
        TimeUnit::Microsecond => 1_000_000,
        TimeUnit::Nanosecond => 1_000_000_000,
    }
}

/// Timestamps of a zone as the clocks there show them; those without one as they are.
pub(in crate::functions) fn local(array: &ArrayRef) -> Result<ArrayRef> {
    let DataType::Timestamp(unit, Some(zone)) = array.data_type() else { return Ok(Arc::clone(array)) };
    let instants = cast(array, &DataType::Int64)?;
    let instants = instants.as_primitive::<Int64Type>();
    let zone = zone_of(zone)?;
    let per_second = per_second(*unit);
    let shown = |instant: i64| {
        let at = DateTime::from_timestamp(instant.div_euclid(per_second), 0)?.naive_utc();
        let offset = i64::from(zone.offset_from_utc_datetime(&at).fix().local_minus_utc());
        instant.checked_add(offset * per_second)
    };
    let local = numbers(instants.values(), instants.nulls(), shown)?;
    Ok(cast(&local, &DataType::Timestamp(*unit, None))?)
}

/// The instant at which a zone shows a date and time: the earlier of two; one in a gap is moved on by it.
pub(in crate::functions) fn instant_in(zone: Tz, local: NaiveDateTime) -> NaiveDateTime {
    match zone.from_local_datetime(&local) {
        chrono::LocalResult::Single(found) | chrono::LocalResult::Ambiguous(found, _) => found.naive_utc(),
        chrono::LocalResult::None => {
            let before = zone.offset_from_utc_datetime(&(local - TimeDelta::days(1))).fix();
            local - TimeDelta::seconds(before.local_minus_utc().into())
        }
    }
}

/// Values of a date or timestamp type, given as dates and times of UTC.
pub(in crate::functions) fn array_of(
    values: impl Iterator<Item = Option<NaiveDateTime>>,
    of: &TrinoType,
) -> Result<ArrayRef> {
    let kind = of.data_type();
    Ok(match &kind {
        DataType::Date32 => {
            let days = values.map(|value| value.map(|value| days(value.date())).transpose());
            Arc::new(days.collect::<Result<Date32Array>>()?)
        }
        DataType::Timestamp(TimeUnit::Millisecond, _) => {
            let values = values.map(|value| value.map(|value| value.and_utc().timestamp_millis()));
            Arc::new(values.collect::<PrimitiveArray<TimestampMillisecondType>>().with_data_type(kind))
        }
        DataType::Timestamp(TimeUnit::Nanosecond, _) => {
            let nanos = |value: NaiveDateTime| value.and_utc().timestamp_nanos_opt().ok_or_else(out_of_range);
            let values = values.map(|value| value.map(nanos).transpose());
            Arc::new(values.collect::<Result<PrimitiveArray<TimestampNanosecondType>>>()?.with_data_type(kind))
        }
        _ => {
            let values = values.map(|value| value.map(|value| value.and_utc().timestamp_micros()));
            Arc::new(values.collect::<PrimitiveArray<TimestampMicrosecondType>>().with_data_type(kind))
        }
    })
}

/// Values of a date or timestamp type, given as microseconds since 1970-01-01 00:00 UTC.
pub(super) fn array_of_micros(micros: &Int64Array, of: &TrinoType) -> Result<ArrayRef> {
    let kind = of.data_type();
    Ok(match &kind {
        DataType::Date32 => {
            let days = micros.unary::<_, Int64Type>(|micros| micros.div_euclid(MICROS_OF_DAY));
            cast(&days, &DataType::Int32).and_then(|days| cast(&days, &kind))?
        }
        DataType::Timestamp(TimeUnit::Millisecond, _) => {
            let millis = micros.unary::<_, TimestampMillisecondType>(|micros| micros.div_euclid(1000));
            Arc::new(millis.with_data_type(kind))
        }
        DataType::Timestamp(TimeUnit::Nanosecond, _) => {
            let nanos = numbers(micros.values(), micros.nulls(), |micros| micros.checked_mul(1000))?;
            Arc::new(nanos.reinterpret_cast::<TimestampNanosecondType>().with_data_type(kind))
        }
        _ => Arc::new(micros.reinterpret_cast::<TimestampMicrosecondType>().with_data_type(kind)),
    })
}

/// Days since 1970-01-01.
pub(in crate::functions) fn days(
    date: NaiveDate,
) -> Result<<Date32Type as arrow::datatypes::ArrowPrimitiveType>::Native> {
    Ok(date.num_days_from_ce() - NaiveDate::default().num_days_from_ce())
}
