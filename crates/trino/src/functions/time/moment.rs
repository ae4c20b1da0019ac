//! Points in time as the calendar and a clock on the wall show them.

use std::sync::Arc;

use arrow::{
    array::{Array, ArrayRef, AsArray, Date32Array, PrimitiveArray, timezone::Tz},
    compute::cast,
    datatypes::{
        DataType, Date32Type, Int64Type, TimeUnit, TimestampMicrosecondType, TimestampMillisecondType,
        TimestampNanosecondType,
    },
};
use chrono::{DateTime, Datelike, NaiveDate, NaiveDateTime, Offset, TimeDelta, TimeZone};
use datafusion::error::{DataFusionError, Result};

use crate::{ErrorName, TrinoType};

/// Dates, timestamps with or without zone, and times of the day, as local dates and times.
pub(in crate::functions) struct Moments {
    micros: arrow::array::Int64Array,
    nanos: Option<arrow::array::Int64Array>,
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

impl Moments {
    pub(in crate::functions) fn of(array: &ArrayRef) -> Result<Self> {
        let zone = match array.data_type() {
            DataType::Timestamp(_, Some(zone)) => Some(zone_of(zone)?),
            _ => None,
        };
        let nanos = matches!(array.data_type(), DataType::Timestamp(TimeUnit::Nanosecond, _));
        let whole = |unit| -> Result<arrow::array::Int64Array> {
            let in_unit = match array.data_type() {
                DataType::Time32(_) | DataType::Time64(_) => cast(array, &DataType::Time64(TimeUnit::Microsecond))?,
                DataType::Timestamp(_, zone) => cast(array, &DataType::Timestamp(unit, zone.clone()))?,
                _ => cast(array, &DataType::Timestamp(unit, None))?,
            };
            Ok(cast(&in_unit, &DataType::Int64)?.as_primitive::<Int64Type>().clone())
        };
        let nanos = if nanos { Some(whole(TimeUnit::Nanosecond)?) } else { None };
        Ok(Self { micros: whole(TimeUnit::Microsecond)?, nanos, zone })
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
        let offset = self.zone.zip(self.instant(row)).map(|(zone, at)| zone.offset_from_utc_datetime(&at).fix());
        offset.map_or(0, |offset| offset.local_minus_utc())
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

/// Days since 1970-01-01.
pub(in crate::functions) fn days(
    date: NaiveDate,
) -> Result<<Date32Type as arrow::datatypes::ArrowPrimitiveType>::Native> {
    Ok(date.num_days_from_ce() - NaiveDate::default().num_days_from_ce())
}
