//! Reading predictions and the sets that they come in.

use crate::{Error, Recommendation, SetRecord, Store};

const RECOMMENDATIONS: &str = "SELECT rank_no, score, track_uri, track_name, artist_name, album_name, artist_uri, \
     album_uri, duration_ms FROM current_predictions WHERE playlist_id = ? ORDER BY rank_no LIMIT ?";
const SETS: &str = "SELECT prediction_sets.*, published.set_no IS NOT NULL AS is_current FROM prediction_sets \
     LEFT JOIN published ON published.set_no = prediction_sets.set_no AND published.slot = 'next_track' \
     ORDER BY prediction_sets.set_no DESC LIMIT ?";
const CURRENT_SET: &str = "SELECT prediction_sets.*, 1 AS is_current FROM prediction_sets \
     JOIN published ON published.set_no = prediction_sets.set_no AND published.slot = 'next_track'";

impl Store {
    /// Reads the `k` best predictions for a playlist from the current set, the best first. There are none for a
    /// playlist that the set does not have, and as long as no set was published.
    ///
    /// # Errors
    ///
    /// [`Error::Query`] and [`Error::Timeout`], as every call.
    pub async fn recommendations(&self, playlist_id: i64, k: u32) -> Result<Vec<Recommendation>, Error> {
        self.call("read the predictions for playlist", playlist_id)
            .read(RECOMMENDATIONS, &[playlist_id.into(), k.into()], Recommendation::from_row)
            .await
    }

    /// Reads which set is current.
    ///
    /// # Errors
    ///
    /// [`Error::Query`] and [`Error::Timeout`], as every call.
    pub async fn current_set(&self) -> Result<Option<SetRecord>, Error> {
        self.call("read", "the current prediction set").read_first(CURRENT_SET, &[], SetRecord::from_row).await
    }

    /// Reads the sets that were begun last, the newest first.
    ///
    /// # Errors
    ///
    /// [`Error::Query`] and [`Error::Timeout`], as every call.
    pub async fn list_sets(&self, limit: u32) -> Result<Vec<SetRecord>, Error> {
        self.call("list", "prediction sets").read(SETS, &[limit.into()], SetRecord::from_row).await
    }
}
