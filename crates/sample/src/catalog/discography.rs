//! How many albums an artist has, and how many tracks an album.

use crate::curve::truncate;
use crate::random::{Domain, Random};

/// Mean number of tracks an artist, before correction: sets the first guess at how many artists a
/// catalogue needs.
pub(crate) const TRACKS_PER_ARTIST: f64 = 10.0;

/// Shape of the number of albums over an artist's relative rank x in (0, 1): 1 + `ALBUMS_SCALE` /
/// (x + `ALBUMS_SHIFT`).
const ALBUMS_SCALE: f64 = 0.244;
const ALBUMS_SHIFT: f64 = 0.006;

/// Share of albums that are singles, apart from the best-known ones.
const SINGLES: f64 = 0.36;

/// Returns the numbers of tracks of each album of an artist.
///
/// `relative_rank` runs from 0 for the most popular artist of a scene to 1 for the least: stars
/// have dozens of full albums, most artists one or two short ones.
pub(crate) fn album_lengths(key: u64, artist: u32, relative_rank: f64) -> impl Iterator<Item = u32> {
    let mut random = Random::new(key, Domain::Discography, u64::from(artist));
    let spread = 0.4 + 1.2 * random.unit();
    let albums = 1 + truncate(spread * ALBUMS_SCALE / (relative_rank + ALBUMS_SHIFT));
    let obscurity = 1.0 - relative_rank;
    let longest = truncate(6.0 + 9.0 * obscurity * obscurity);
    (0..albums).map(move |album| {
        let (single, length) = (random.chance(SINGLES), 3 + random.below(longest));
        // The best-known record of somebody who made several is an album, else one single could
        // outsell everything.
        let best_known = album == 0 && albums > 1;
        if single && !best_known { 1 } else { length }
    })
}
