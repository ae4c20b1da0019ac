//! The values that partition projection allows for a key.
//!
//! Source: "Supported types for partition projection", Amazon Athena User Guide.

use chrono::{DateTime, Datelike, Days, Months, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, Utc};

/// Why a description cannot be used, beginning with the name of the property.
type Result<T> = std::result::Result<T, String>;

/// Values of one partition key.
#[derive(Debug)]
pub(super) enum AllowedValues {
    /// These.
    Enum(Vec<String>),
    /// Numbers of a range, in steps from its start, in as many digits as are said.
    Integer { first: i64, last: i64, step: i64, digits: usize },
    /// Times of a range, in steps from its start.
    Date { format: DateFormat, first: NaiveDateTime, last: NaiveDateTime, step: Step },
    /// Any.
    Injected,
}

/// The distance of two times.
#[derive(Debug, Clone, Copy)]
pub(super) enum Step {
    Months(u32),
    Fixed(TimeDelta),
}

impl AllowedValues {
    /// Reads the properties of a key.
    pub(super) fn of<'p>(property: &impl Fn(&str) -> Option<&'p str>, now: DateTime<Utc>) -> Result<Self> {
        let wanted = |name: &str| property(name).ok_or_else(|| format!("{name} is missing"));
        let kind = wanted("type")?;
        match kind.to_lowercase().as_str() {
            "enum" => Ok(Self::Enum(wanted("values")?.split(',').map(|value| value.trim().to_owned()).collect())),
            "integer" => {
                let (first, last) = ends(wanted("range")?)?;
                let number = |text: &str| text.parse().map_err(|_| format!("range has `{text}`, which is no number"));
                let (first, last) = (number(first)?, number(last)?);
                let step = property("interval").map_or(Ok(1), str::parse).ok().filter(|step| *step > 0);
                let digits = property("digits").map_or(Ok(0), str::parse);
                Ok(Self::Integer {
                    first,
                    last,
                    step: step.ok_or("interval is no positive number")?,
                    digits: digits.map_err(|_| "digits is no number")?,
                })
            }
            "date" => {
                let format = DateFormat::of(wanted("format")?)?;
                let (first, last) = ends(wanted("range")?)?;
                let step = step_of(property("interval"), property("interval.unit"), &format)?;
                Ok(Self::Date { first: format.end(first, now)?, last: format.end(last, now)?, step, format })
            }
            "injected" => Ok(Self::Injected),
            _ => Err(format!("type is `{kind}`; enum, integer, date and injected are known")),
        }
    }

    /// Whether there is a partition of this value.
    pub(super) fn contains(&self, value: &str) -> bool {
        match self {
            Self::Enum(values) => values.iter().any(|known| known == value),
            Self::Integer { first, last, step, digits } => value.parse::<i64>().is_ok_and(|number| {
                let is_step = number.checked_sub(*first).is_some_and(|distance| distance % step == 0);
                (*first..=*last).contains(&number) && is_step && value == format!("{number:0digits$}")
            }),
            Self::Date { format, first, last, step } => format.parse(value).is_some_and(|time| {
                (*first..=*last).contains(&time) && step.leads(*first, time) && format.text(time) == value
            }),
            Self::Injected => !value.is_empty(),
        }
    }

    /// How many slashes a value has.
    pub(super) fn slashes(&self) -> usize {
        match self {
            Self::Date { format, .. } => format.chrono.matches('/').count(),
            Self::Enum(values) => values.iter().map(|value| value.matches('/').count()).max().unwrap_or_default(),
            Self::Integer { .. } | Self::Injected => 0,
        }
    }
}

fn ends(range: &str) -> Result<(&str, &str)> {
    let (first, last) = range.split_once(',').ok_or("range is not two values with a comma between")?;
    Ok((first.trim(), last.trim()))
}

/// The step of a date; where none is given, the smallest thing that the format tells, if that is a day or month.
fn step_of(interval: Option<&str>, unit: Option<&str>, format: &DateFormat) -> Result<Step> {
    let count: u32 =
        interval.map_or(Ok(1), str::parse).ok().filter(|count| *count > 0).ok_or("interval is no number")?;
    let unit = match unit {
        Some(unit) => unit.to_uppercase(),
        None if format.has("%H") => return Err("interval.unit is missing".to_owned()),
        None if format.has("%d") => "DAYS".to_owned(),
        None if format.has("%m") => "MONTHS".to_owned(),
        None => "YEARS".to_owned(),
    };
    let count_i64 = i64::from(count);
    Ok(match unit.trim_end_matches('S') {
        "YEAR" => Step::Months(count.saturating_mul(12)),
        "MONTH" => Step::Months(count),
        "WEEK" => Step::Fixed(TimeDelta::weeks(count_i64)),
        "DAY" => Step::Fixed(TimeDelta::days(count_i64)),
        "HOUR" => Step::Fixed(TimeDelta::hours(count_i64)),
        "MINUTE" => Step::Fixed(TimeDelta::minutes(count_i64)),
        "SECOND" => Step::Fixed(TimeDelta::seconds(count_i64)),
        _ => {
            return Err(format!(
                "interval.unit is `{unit}`; YEARS, MONTHS, WEEKS, DAYS, HOURS, MINUTES, SECONDS are known"
            ));
        }
    })
}

impl Step {
    /// Whether steps lead from one time to the other.
    fn leads(self, from: NaiveDateTime, to: NaiveDateTime) -> bool {
        match self {
            Self::Fixed(step) => (to - from).num_seconds() % step.num_seconds() == 0,
            Self::Months(step) => {
                let months = |time: NaiveDateTime| i64::from(time.year()) * 12 + i64::from(time.month0());
                let distance = months(to) - months(from);
                let there =
                    u32::try_from(distance).ok().and_then(|months| from.checked_add_months(Months::new(months)));
                distance % i64::from(step) == 0 && there == Some(to)
            }
        }
    }
}

/// A format of Java's `DateTimeFormatter`, as far as partitions are named with it.
#[derive(Debug)]
pub(super) struct DateFormat {
    chrono: String,
}

impl DateFormat {
    fn of(java: &str) -> Result<Self> {
        let mut chrono = String::new();
        let mut rest = java;
        while let Some(letter) = rest.chars().next() {
            let run = rest.len() - rest.trim_start_matches(letter).len();
            let (word, after) = rest.split_at(run);
            rest = after;
            match word {
                "yyyy" | "uuuu" => chrono.push_str("%Y"),
                "MM" => chrono.push_str("%m"),
                "dd" => chrono.push_str("%d"),
                "HH" => chrono.push_str("%H"),
                "mm" => chrono.push_str("%M"),
                "ss" => chrono.push_str("%S"),
                "'" => {
                    let (text, after) = rest.split_once('\'').ok_or("format has a quote that does not end")?;
                    chrono.push_str(&text.replace('%', "%%"));
                    rest = after;
                }
                "''" => chrono.push('\''),
                _ if letter.is_ascii_alphabetic() => {
                    return Err(format!("format has `{word}`; yyyy, MM, dd, HH, mm and ss are known"));
                }
                _ => chrono.push_str(&word.replace('%', "%%")),
            }
        }
        if !chrono.contains("%Y") {
            return Err("format has no year".to_owned());
        }
        Ok(Self { chrono })
    }

    fn has(&self, part: &str) -> bool {
        self.chrono.contains(part)
    }

    fn text(&self, time: NaiveDateTime) -> String {
        time.format(&self.chrono).to_string()
    }

    /// Reads a value; what the format does not tell is the first there is.
    fn parse(&self, value: &str) -> Option<NaiveDateTime> {
        let mut parsed = chrono::format::Parsed::new();
        chrono::format::parse(&mut parsed, value, chrono::format::StrftimeItems::new(&self.chrono)).ok()?;
        let date = NaiveDate::from_ymd_opt(parsed.year()?, parsed.month().unwrap_or(1), parsed.day().unwrap_or(1))?;
        let hour = parsed.hour_div_12().unwrap_or(0) * 12 + parsed.hour_mod_12().unwrap_or(0);
        let time = NaiveTime::from_hms_opt(hour, parsed.minute().unwrap_or(0), parsed.second().unwrap_or(0))?;
        Some(date.and_time(time))
    }

    /// An end of a range: a value, or `NOW`, or `NOW-3DAYS`.
    fn end(&self, text: &str, now: DateTime<Utc>) -> Result<NaiveDateTime> {
        let wrong = || format!("range has `{text}`, which is neither a date of the format nor like NOW-3DAYS");
        let Some(shift) = text.to_uppercase().strip_prefix("NOW").map(str::to_owned) else {
            return self.parse(text).ok_or_else(wrong);
        };
        let shifted = shifted(now.naive_utc(), shift.trim()).ok_or_else(wrong)?;
        // Cut to what the format tells.
        self.parse(&self.text(shifted)).ok_or_else(wrong)
    }
}

fn shifted(now: NaiveDateTime, shift: &str) -> Option<NaiveDateTime> {
    if shift.is_empty() {
        return Some(now);
    }
    let back = shift.starts_with('-');
    let shift = shift.strip_prefix(['-', '+'])?.trim();
    let digits = shift.find(|letter: char| !letter.is_ascii_digit())?;
    let count: u32 = shift[..digits].parse().ok()?;
    let (days, fixed) = (Days::new(u64::from(count)), i64::from(count));
    let months = |count: u32| {
        if back { now.checked_sub_months(Months::new(count)) } else { now.checked_add_months(Months::new(count)) }
    };
    let delta = |delta: TimeDelta| if back { now.checked_sub_signed(delta) } else { now.checked_add_signed(delta) };
    match shift[digits..].trim().trim_end_matches('S') {
        "YEAR" => months(count.checked_mul(12)?),
        "MONTH" => months(count),
        "WEEK" => delta(TimeDelta::weeks(fixed)),
        "DAY" if back => now.checked_sub_days(days),
        "DAY" => now.checked_add_days(days),
        "HOUR" => delta(TimeDelta::hours(fixed)),
        "MINUTE" => delta(TimeDelta::minutes(fixed)),
        "SECOND" => delta(TimeDelta::seconds(fixed)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(properties: &[(&str, &str)], inside: &[&str], outside: &[&str]) {
        let property = |name: &str| properties.iter().find(|(known, _)| *known == name).map(|(_, value)| *value);
        let allowed = AllowedValues::of(&property, "2026-11-23T20:30:00Z".parse().unwrap()).unwrap();
        for value in inside {
            assert!(allowed.contains(value), "{value} is not in {allowed:?}");
        }
        for value in outside {
            assert!(!allowed.contains(value), "{value} is in {allowed:?}");
        }
    }

    #[test]
    fn numbers_have_steps_and_digits() {
        let kind = ("type", "integer");
        check(&[kind, ("range", "-2,8"), ("interval", "2")], &["-2", "0", "8"], &["1", "10", "08", "x", ""]);
        check(&[kind, ("range", "1,100"), ("digits", "3")], &["001", "100"], &["1", "0001", "101"]);
    }

    #[test]
    fn dates_have_ranges_that_move() {
        let kind = ("type", "date");
        let day = ("format", "yyyy-MM-dd");
        check(&[kind, day, ("range", "NOW-3DAYS,NOW")], &["2026-11-20", "2026-11-23"], &["2026-11-19", "2026-11-24"]);
        check(
            &[kind, day, ("range", "2026-01-01,NOW+1MONTH")],
            &["2026-12-23"],
            &["2026-12-24", "2026-02-30", "26-1-1"],
        );
        let weekly = [kind, day, ("range", "2026-11-02,NOW"), ("interval", "1"), ("interval.unit", "WEEKS")];
        check(&weekly, &["2026-11-02", "2026-11-23"], &["2026-11-03"]);
        let hour = [kind, ("format", "yyyy/MM/dd/HH"), ("range", "NOW-2HOURS,NOW"), ("interval.unit", "HOURS")];
        check(&hour, &["2026/11/23/18", "2026/11/23/20"], &["2026/11/23/17", "2026/11/23/21"]);
        let month = [kind, ("format", "yyyyMM"), ("range", "202601,NOW"), ("interval", "2")];
        check(&month, &["202601", "202611"], &["202602", "202612"]);
        check(&[kind, ("format", "'y'yyyy"), ("range", "y2025,NOW")], &["y2025", "y2026"], &["2025", "y2027"]);
    }
}
