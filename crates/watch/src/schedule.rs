//! Times at which the pipeline runs.

use std::{
    fmt,
    str::FromStr,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use cronexpr::{Crontab, FallbackTimezoneOption, MakeTimestamp, ParseOptions, parse_crontab_with};

use crate::Error;

/// A schedule in the five fields of cron, with a time zone behind them if it is not UTC.
#[derive(Debug, Clone)]
pub struct Schedule {
    text: String,
    crontab: Crontab,
}

impl Schedule {
    /// The first time after `now` at which a run is due; [`None`] if there is none.
    pub fn after(&self, now: SystemTime) -> Option<SystemTime> {
        let seconds = now.duration_since(UNIX_EPOCH).ok()?.as_secs();
        let now = MakeTimestamp::from_second(i64::try_from(seconds).ok()?).ok()?;
        let next = self.crontab.find_next(now).ok()?.timestamp().as_second();
        UNIX_EPOCH.checked_add(Duration::from_secs(u64::try_from(next).ok()?))
    }
}

impl FromStr for Schedule {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let invalid = |reason: String| Error::InvalidSchedule { text: text.to_owned(), reason };
        let mut options = ParseOptions::default();
        options.fallback_timezone_option = FallbackTimezoneOption::UTC;
        let crontab = parse_crontab_with(text, options);
        // The library shows the place on a line of its own; the first line says what is wrong.
        let crontab = crontab.map_err(|error| invalid(error.to_string().lines().last().unwrap_or_default().to_owned()));
        let schedule = Self { text: text.to_owned(), crontab: crontab? };
        if schedule.after(SystemTime::now()).is_none() {
            return Err(invalid("it names no time to come".to_owned()));
        }
        Ok(schedule)
    }
}

impl fmt::Display for Schedule {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Seconds from 2024-02-28T00:00:00Z.
    fn at(seconds: u64) -> SystemTime {
        UNIX_EPOCH + Duration::from_secs(1_709_078_400 + seconds)
    }

    #[test]
    fn the_next_time_is_found() {
        const DAY: u64 = 24 * 3600;
        let half_past_two = 2 * 3600 + 1800;
        let schedule: Schedule = "30 2 * * *".parse().unwrap();
        assert_eq!(schedule.after(at(half_past_two - 1)), Some(at(half_past_two)));
        assert_eq!(schedule.after(at(half_past_two)), Some(at(DAY + half_past_two)));
        // 28 February 2024 was a Wednesday; Berlin is an hour ahead of UTC then.
        let sundays: Schedule = "30 3 * * 0 Europe/Berlin".parse().unwrap();
        assert_eq!(sundays.after(at(0)), Some(at(4 * DAY + half_past_two)));
        let error = "2 o'clock".parse::<Schedule>().unwrap_err().to_string();
        assert!(error.starts_with("`2 o'clock` is no schedule: "), "{error}");
    }
}
