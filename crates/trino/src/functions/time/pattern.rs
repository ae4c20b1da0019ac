//! Patterns of dates and times, whichever way they are written.

use std::fmt;

use chrono::{Datelike, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, Timelike};

/// A field of a pattern. Numbers say the least digits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Item {
    Literal(String),
    Year(usize),
    TwoDigitYear,
    WeekYear(usize),
    Month(usize),
    MonthName {
        short: bool,
    },
    Week(usize),
    Day(usize),
    DayOfYear(usize),
    Weekday(usize),
    WeekdayName {
        short: bool,
    },
    /// From 0 to 23.
    Hour(usize),
    /// From 1 to 24.
    HourFrom1(usize),
    /// From 1 to 12.
    HalfHour(usize),
    /// From 0 to 11.
    HalfHourFrom0(usize),
    Minute(usize),
    Second(usize),
    Fraction(usize),
    HalfOfDay,
    Offset {
        colon: bool,
    },
    ZoneName,
}

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];
const WEEKDAYS: [&str; 7] = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];

/// The name of an offset in seconds.
pub(super) fn offset_name(seconds: i32, colon: bool) -> String {
    let sign = if seconds < 0 { '-' } else { '+' };
    let minutes = seconds.abs() / 60;
    let separator = if colon { ":" } else { "" };
    format!("{sign}{:02}{separator}{:02}", minutes / 60, minutes % 60)
}

/// Writes what a calendar and a clock show, in a zone of this offset and name.
///
/// # Errors
/// None but those of what is written to.
pub(super) fn write(
    items: &[Item],
    local: NaiveDateTime,
    offset: i32,
    zone: &str,
    into: &mut impl fmt::Write,
) -> fmt::Result {
    let half = |hour: u32| if hour.is_multiple_of(12) { 12 } else { hour % 12 };
    for item in items {
        match item {
            Item::Literal(literal) => into.write_str(literal)?,
            Item::Year(width) => write_year(local.year(), *width, into)?,
            Item::TwoDigitYear => write_number(local.year().rem_euclid(100).unsigned_abs(), 2, into)?,
            Item::WeekYear(width) => write_year(local.iso_week().year(), *width, into)?,
            Item::Month(width) => write_number(local.month(), *width, into)?,
            Item::MonthName { short } => into.write_str(named(MONTHS[local.month0() as usize], *short))?,
            Item::Week(width) => write_number(local.iso_week().week(), *width, into)?,
            Item::Day(width) => write_number(local.day(), *width, into)?,
            Item::DayOfYear(width) => write_number(local.ordinal(), *width, into)?,
            Item::Weekday(width) => write_number(local.weekday().number_from_monday(), *width, into)?,
            Item::WeekdayName { short } => {
                into.write_str(named(WEEKDAYS[local.weekday().num_days_from_monday() as usize], *short))?;
            }
            Item::Hour(width) => write_number(local.hour(), *width, into)?,
            Item::HourFrom1(width) => write_number(if local.hour() == 0 { 24 } else { local.hour() }, *width, into)?,
            Item::HalfHour(width) => write_number(half(local.hour()), *width, into)?,
            Item::HalfHourFrom0(width) => write_number(local.hour() % 12, *width, into)?,
            Item::Minute(width) => write_number(local.minute(), *width, into)?,
            Item::Second(width) => write_number(local.second(), *width, into)?,
            Item::Fraction(digits) => {
                // Milliseconds are all that a timestamp(3) has.
                let millis = format!("{:03}", local.nanosecond() / 1_000_000);
                into.write_str(&millis[..(*digits).min(3)])?;
                (3..*digits).try_for_each(|_| into.write_char('0'))?;
            }
            Item::HalfOfDay => into.write_str(if local.hour() < 12 { "AM" } else { "PM" })?,
            Item::Offset { colon } => into.write_str(&offset_name(offset, *colon))?,
            Item::ZoneName => into.write_str(zone)?,
        }
    }
    Ok(())
}

fn write_number(value: u32, width: usize, into: &mut impl fmt::Write) -> fmt::Result {
    match (width, u8::try_from(value)) {
        (..=2, Ok(value @ ..100)) => {
            if width == 2 || value > 9 {
                into.write_char(char::from(b'0' + value / 10))?;
            }
            into.write_char(char::from(b'0' + value % 10))
        }
        _ => write!(into, "{value:0width$}"),
    }
}

fn write_year(value: i32, width: usize, into: &mut impl fmt::Write) -> fmt::Result {
    match u32::try_from(value) {
        Ok(value @ 1000..10_000) if width == 4 => {
            write_number(value / 100, 2, into)?;
            write_number(value % 100, 2, into)
        }
        _ => write!(into, "{value:0width$}"),
    }
}

fn named(name: &str, short: bool) -> &str {
    if short { name.get(..3).unwrap_or(name) } else { name }
}

/// What a text says.
#[derive(Debug, Default)]
pub(super) struct Parsed {
    year: Option<i32>,
    month: Option<u32>,
    day: Option<u32>,
    ordinal: Option<u32>,
    week: Option<(Option<i32>, Option<u32>, Option<u32>)>,
    hour: u32,
    half: Option<bool>,
    is_half: bool,
    minute: u32,
    second: u32,
    nanos: u32,
    /// The name of the zone, if there is one.
    pub(super) zone: Option<String>,
}

/// Reads a text by a pattern, or `None` if it does not follow it.
pub(super) fn read(items: &[Item], mut text: &str) -> Option<Parsed> {
    let mut parsed = Parsed::default();
    for (at, item) in items.iter().enumerate() {
        // Digits of a number end where the next number begins, if that follows at once.
        let next_is_number = items.get(at + 1).is_some_and(|item| !matches!(item, Item::Literal(_) | Item::HalfOfDay));
        text = parsed.take(item, text, next_is_number)?;
    }
    text.is_empty().then_some(parsed)
}

/// The digits at the beginning of a text and the rest.
fn digits(text: &str, most: usize) -> Option<(u32, &str)> {
    let end = text.bytes().take(most).take_while(u8::is_ascii_digit).count();
    Some((text.get(..end)?.parse().ok()?, &text[end..]))
}

fn name<'a>(text: &'a str, names: &[&str]) -> Option<(u32, &'a str)> {
    let lower = text.to_ascii_lowercase();
    let found = |short: bool| {
        names.iter().position(|name| lower.starts_with(&named(name, short).to_ascii_lowercase())).map(|at| (at, short))
    };
    let (at, short) = found(false).or_else(|| found(true))?;
    Some((u32::try_from(at).ok()?, text.get(named(names[at], short).len()..)?))
}

impl Parsed {
    fn take<'a>(&mut self, item: &Item, text: &'a str, next_is_number: bool) -> Option<&'a str> {
        let most = |width: &usize, usual: usize| if next_is_number { *width } else { usual.max(*width) };
        let (value, rest) = match item {
            Item::Literal(literal) => return text.strip_prefix(literal.as_str()),
            Item::Year(width) | Item::WeekYear(width) => {
                let (negative, unsigned) = text.strip_prefix('-').map_or((false, text), |rest| (true, rest));
                let (value, rest) = digits(unsigned, most(width, 9))?;
                let year = i32::try_from(value).ok()?;
                let year = if negative { -year } else { year };
                if matches!(item, Item::Year(_)) {
                    self.year = Some(year);
                } else {
                    self.week.get_or_insert_default().0 = Some(year);
                }
                return Some(rest);
            }
            Item::MonthName { .. } => name(text, &MONTHS)?,
            Item::WeekdayName { .. } => name(text, &WEEKDAYS)?,
            Item::Fraction(width) => {
                let end = text.bytes().take(most(width, 9)).take_while(u8::is_ascii_digit).count();
                let fraction = text.get(..end).filter(|digits| !digits.is_empty())?;
                self.nanos = format!("{fraction:0<9}").parse().ok()?;
                return Some(&text[end..]);
            }
            Item::HalfOfDay => {
                let half = text.get(..2)?.to_ascii_uppercase();
                self.half = Some(match half.as_str() {
                    "AM" => false,
                    "PM" => true,
                    _ => return None,
                });
                return Some(&text[2..]);
            }
            Item::Offset { .. } | Item::ZoneName => return self.take_zone(text),
            Item::DayOfYear(width) => digits(text, most(width, 3))?,
            Item::Weekday(_) => digits(text, 1)?,
            _ => digits(text, 2)?,
        };
        self.set(item, value)?;
        Some(rest)
    }

    fn set(&mut self, item: &Item, value: u32) -> Option<()> {
        let within = |value: u32, least: u32, most: u32| (least..=most).contains(&value).then_some(value);
        match item {
            // As Joda takes them with a pivot of 2020.
            Item::TwoDigitYear => self.year = i32::try_from(if value < 70 { 2000 + value } else { 1900 + value }).ok(),
            Item::Month(_) => self.month = Some(within(value, 1, 12)?),
            Item::MonthName { .. } => self.month = Some(value + 1),
            Item::Week(_) => self.week.get_or_insert_default().1 = Some(within(value, 1, 53)?),
            Item::Weekday(_) => self.week.get_or_insert_default().2 = Some(within(value, 1, 7)?),
            Item::Day(_) => self.day = Some(within(value, 1, 31)?),
            Item::DayOfYear(_) => self.ordinal = Some(within(value, 1, 366)?),
            Item::Hour(_) => self.hour = within(value, 0, 23)?,
            Item::HourFrom1(_) => self.hour = within(value, 1, 24)? % 24,
            Item::HalfHour(_) => (self.hour, self.is_half) = (within(value, 1, 12)? % 12, true),
            Item::HalfHourFrom0(_) => (self.hour, self.is_half) = (within(value, 0, 11)?, true),
            Item::Minute(_) => self.minute = within(value, 0, 59)?,
            Item::Second(_) => self.second = within(value, 0, 59)?,
            _ => (),
        }
        Some(())
    }

    fn take_zone<'a>(&mut self, text: &'a str) -> Option<&'a str> {
        if let Some(rest) = text.strip_prefix('Z') {
            self.zone = Some("UTC".to_owned());
            return Some(rest);
        }
        if let Some(sign) = text.chars().next().filter(|sign| matches!(sign, '+' | '-')) {
            let (hours, rest) = digits(&text[1..], 2)?;
            let (minutes, rest) = digits(rest.strip_prefix(':').unwrap_or(rest), 2).unwrap_or((0, rest));
            let is_utc = hours == 0 && minutes == 0;
            self.zone = Some(if is_utc { "UTC".to_owned() } else { format!("{sign}{hours:02}:{minutes:02}") });
            return Some(rest);
        }
        let end = text.find(|c: char| !(c.is_ascii_alphanumeric() || "/_+-".contains(c))).unwrap_or(text.len());
        super::moment::zone_of(text.get(..end)?).ok()?;
        self.zone = Some(text[..end].to_owned());
        Some(&text[end..])
    }

    /// The date and time; what the text does not say is that of 1970-01-01 00:00:00.
    pub(super) fn local(&self) -> Option<NaiveDateTime> {
        let year = self.year.unwrap_or(1970);
        let date = match (self.ordinal, self.week) {
            (Some(ordinal), _) => NaiveDate::from_yo_opt(year, ordinal)?,
            (None, Some((week_year, Some(week), weekday))) if self.month.is_none() => {
                let fourth = NaiveDate::from_ymd_opt(week_year.or(self.year).unwrap_or(1970), 1, 4)?;
                let first = fourth - TimeDelta::days(fourth.weekday().num_days_from_monday().into());
                first + TimeDelta::days((i64::from(week) - 1) * 7 + i64::from(weekday.unwrap_or(1)) - 1)
            }
            _ => NaiveDate::from_ymd_opt(year, self.month.unwrap_or(1), self.day.unwrap_or(1))?,
        };
        let afternoon = if self.is_half && self.half == Some(true) { 12 } else { 0 };
        let time = NaiveTime::from_hms_nano_opt(self.hour + afternoon, self.minute, self.second, self.nanos)?;
        Some(date.and_time(time))
    }
}
