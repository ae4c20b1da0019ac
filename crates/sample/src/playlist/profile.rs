//! Numbers of a playlist that do not depend on its tracks, distributed as in the MPD.

use crate::curve::{Curve, truncate};
use crate::random::Random;

/// Number of tracks: mean 66.3, median 49, 5 to 250.
static LENGTH: Curve = Curve::new(&[
    (0.0, 5.0),
    (0.03, 8.0),
    (0.10, 14.5),
    (0.25, 25.0),
    (0.5, 49.5),
    (0.75, 90.0),
    (0.9, 142.0),
    (0.97, 200.0),
    (1.0, 251.0),
]);

/// Lengths that people stop at, with the share of their neighbours that are moved there.
const ROUND_LENGTHS: [u32; 2] = [15, 20];
const ROUNDING: f64 = 0.06;

/// Number of edits: two most often, a tenth of it at 200.
static EDITS: Curve = Curve::new(&[
    (0.0, 1.0),
    (0.065, 2.0),
    (0.157, 3.0),
    (0.24, 4.0),
    (0.5, 10.0),
    (0.75, 22.0),
    (0.9, 42.0),
    (0.98, 90.0),
    (1.0, 202.0),
]);

const SECONDS_PER_DAY: u32 = 86_400;
/// Days since 1970 of 31 October 2017, the last day of the MPD, and the days from 1 January 2010 up
/// to it.
const LAST_DAY: u32 = 17_470;
const DAYS: u32 = 2_861;

const ONE_FOLLOWER: f64 = 0.754;
const MAX_FOLLOWERS: u32 = 70_000;

pub(super) fn length(random: &mut Random) -> u32 {
    let length = LENGTH.at(random.unit());
    let round = ROUND_LENGTHS.into_iter().find(|round| round.abs_diff(length) == 1);
    round.filter(|_| random.chance(ROUNDING)).unwrap_or(length)
}

pub(super) fn collaborative(random: &mut Random) -> bool {
    random.chance(0.022)
}

/// Draws a midnight; recent days are more likely, and half of all playlists changed in the last
/// year.
pub(super) fn modified_at(random: &mut Random) -> u32 {
    let unit = random.unit();
    (LAST_DAY - truncate(f64::from(DAYS) * unit * unit * unit)) * SECONDS_PER_DAY
}

/// Draws a number of followers: one for three quarters of playlists, a Pareto tail for the rest.
pub(super) fn followers(random: &mut Random) -> u32 {
    if random.chance(ONE_FOLLOWER) {
        return 1;
    }
    truncate(2.0 / (1.0 - random.unit()).sqrt()).min(MAX_FOLLOWERS)
}

/// Draws a number of edits; adding a track is one at most.
pub(super) fn edits(length: u32, random: &mut Random) -> u32 {
    EDITS.at(random.unit()).min(length)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::Domain;

    #[test]
    fn dates_are_midnights_within_the_years_of_the_mpd() {
        let mut random = Random::new(1, Domain::Playlist, 0);
        for _ in 0..100_000 {
            let modified_at = modified_at(&mut random);
            assert_eq!(modified_at % SECONDS_PER_DAY, 0);
            // 2010-01-01 and 2017-10-31, both included.
            assert!((1_262_304_000..=1_509_408_000).contains(&modified_at), "{modified_at}");
        }
    }

    #[test]
    fn numbers_stay_within_their_limits() {
        let mut random = Random::new(2, Domain::Playlist, 0);
        for _ in 0..100_000 {
            let length = length(&mut random);
            assert!((5..=250).contains(&length));
            assert!((1..=length).contains(&edits(length, &mut random)));
            assert!((1..=MAX_FOLLOWERS).contains(&followers(&mut random)));
        }
    }
}
