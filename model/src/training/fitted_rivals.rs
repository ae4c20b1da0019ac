//! Rivals that are fitted here; of them the factorisation may become part of the blend.

use super::{Dataset, Progress};
use crate::{
    Result,
    config::ModelConfig,
    evaluation::{Evaluation, EvaluationSet},
    metrics::Metric,
    recommender::Recommender,
    rivals::{
        AlsChoice, MatrixFactorisation, PlaylistIndex, PlaylistKnn, PlaylistKnnChoice, choose_als, choose_playlist_knn,
    },
};

/// Interactions beyond which the factorisation is left out: it solves for every list in every round, for each of its
/// settings, and holds the lists several times.
const MOST_FACTORISED: usize = 20_000_000;

/// Rivals that are tuned on the validation playlists; what the settings leave out is missing.
#[derive(Debug)]
pub(super) struct FittedRivals {
    pub(super) als: Option<(AlsChoice, MatrixFactorisation)>,
    pub(super) playlist_knn: Option<(PlaylistKnnChoice, PlaylistIndex)>,
}

impl FittedRivals {
    /// Fits and tunes what the settings ask for.
    pub(super) fn fit(
        dataset: &Dataset,
        validation: &EvaluationSet<'_>,
        metric: &dyn Metric,
        config: &ModelConfig,
        progress: &mut dyn Progress,
    ) -> Result<Self> {
        let counts = dataset.vocabulary.train_counts();
        let mut fitted = Self { als: None, playlist_knn: None };
        if !config.playlist_knn.neighbours.is_empty() {
            progress.phase("looking for playlists that are alike");
            let index = PlaylistIndex::new(&dataset.train, counts.len());
            let choice = choose_playlist_knn(&index, &counts, validation, metric, &config.playlist_knn)?;
            fitted.playlist_knn = choice.map(|choice| (choice, index));
        }
        if config.als.iterations > 0 && dataset.train.value_count() <= MOST_FACTORISED {
            progress.phase("factorising the matrix of playlists and tracks");
            fitted.als = choose_als(&dataset.train, counts.len(), validation, metric, config)?;
        }
        Ok(fitted)
    }

    /// Judges each of them.
    pub(super) fn judge(
        &self,
        counts: &[u32],
        judge: impl Fn(&dyn Recommender) -> Result<Evaluation>,
    ) -> Result<Vec<Evaluation>> {
        let mut judged = Vec::new();
        if let Some((PlaylistKnnChoice { chosen, .. }, index)) = &self.playlist_knn {
            judged.push(judge(&PlaylistKnn::new(index, counts, chosen.weights, chosen.neighbours))?);
        }
        if let Some((_, als)) = &self.als {
            judged.push(judge(als)?);
        }
        Ok(judged)
    }
}
