//! R-precision with credit for artists, as the challenge ranked by.

use super::{Judgement, Metric};

/// What a right artist is worth in hidden tracks.
const ARTIST_CREDIT: f64 = 0.25;

/// R-precision with credit for artists: `(|S_T ∩ G_T| + 0.25 · |S_A ∩ G_A|) / |G_T|`, where `S_A` are the distinct
/// artists of those among the first `|G_T|` recommendations that are no hits, and `G_A` those of the hidden tracks.
#[derive(Debug, Clone, Copy)]
pub struct RPrecisionArtists;

impl Metric for RPrecisionArtists {
    fn name(&self) -> &'static str {
        "r_precision_artists"
    }

    fn value(&self, judgement: &Judgement<'_>) -> f64 {
        let hidden = judgement.hidden_count();
        let artists = judgement.hidden_artists();
        let right_artists = judgement.missed_artists_within(hidden).intersection(&artists).count();
        (judgement.hits_within(hidden) as f64 + ARTIST_CREDIT * right_artists as f64) / hidden as f64
    }
}
