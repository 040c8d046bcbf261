//! Hours of the clock between which messages leave.

use std::fmt::{self, Display};
use std::str::FromStr;

use chrono::NaiveTime;
use serde::Deserialize;

/// From one time of the day to another, beyond midnight where it ends before it begins: `8-19`, `8:30-12`, `19-8`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct Hours {
    from: NaiveTime,
    until: NaiveTime,
}

impl Hours {
    /// Whether a time of the day is within: its first minute is, its last is not.
    #[must_use]
    pub fn hold(&self, time: NaiveTime) -> bool {
        if self.from <= self.until {
            self.from <= time && time < self.until
        } else {
            self.from <= time || time < self.until
        }
    }
}

impl FromStr for Hours {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let refused = || format!("`{text}` is no time of the day: `8-19` or `8:30-19` was wanted");
        let (from, until) = text.split_once('-').ok_or_else(refused)?;
        let time = |part: &str| {
            let (hour, minute) = part.trim().split_once(':').unwrap_or((part.trim(), "0"));
            match (hour.parse().ok()?, minute.parse().ok()?) {
                (24, 0) => NaiveTime::from_hms_opt(23, 59, 59),
                (hour, minute) => NaiveTime::from_hms_opt(hour, minute, 0),
            }
        };
        Ok(Self { from: time(from).ok_or_else(refused)?, until: time(until).ok_or_else(refused)? })
    }
}

impl TryFrom<String> for Hours {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        text.parse()
    }
}

impl Display for Hours {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}-{}", self.from.format("%H:%M"), self.until.format("%H:%M"))
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test stops where something is not as it says")]
mod tests {
    use super::*;

    #[test]
    fn hours_hold_from_their_first_minute_to_before_their_last() {
        let at = |hour, minute| NaiveTime::from_hms_opt(hour, minute, 0).unwrap();
        let day: Hours = "8:30-19".parse().unwrap();
        assert_eq!(
            [at(8, 29), at(8, 30), at(18, 59), at(19, 0)].map(|time| day.hold(time)),
            [false, true, true, false]
        );
        let night: Hours = "19-8".parse().unwrap();
        assert_eq!(
            [at(18, 59), at(19, 0), at(0, 0), at(8, 0)].map(|time| night.hold(time)),
            [false, true, true, false]
        );
        assert!("0-24".parse::<Hours>().unwrap().hold(at(23, 59)));
        for wrong in ["", "8", "8-25", "a-b", "8:70-9"] {
            assert!(wrong.parse::<Hours>().is_err(), "{wrong}");
        }
    }
}
