//! Answers requests.

use super::{Answer, AnswerLine, Request};
use crate::{
    Error, Result,
    artefact::{Model, ModelId},
    predict::{Source, source},
    recommender::{Query, rank},
};

/// Tracks that are named as reasons for a recommendation.
const REASONS: usize = 2;

/// Unknown tracks that an error names.
const EXAMPLES: usize = 3;

/// Recommends tracks for a list or a title.
///
/// # Errors
/// [`Error::NothingKnown`] if tracks are named but none is known and there is no title, [`Error::Torch`] if memory is
/// short.
pub fn recommend(id: ModelId, model: &Model, request: &Request) -> Result<Answer> {
    let mut query = Query { seeds: Vec::new(), title: request.title.clone() };
    let mut unknown_tracks = Vec::new();
    for track in &request.tracks {
        match model.vocabulary.item(track.uri()) {
            Some(item) => query.seeds.push(item),
            None => unknown_tracks.push(track.uri().to_owned()),
        }
    }
    if query.seeds.is_empty() && query.title.is_none() {
        let examples: Vec<&str> = unknown_tracks.iter().take(EXAMPLES).map(String::as_str).collect();
        return Err(Error::NothingKnown { named: unknown_tracks.len(), examples: examples.join(", ") });
    }
    let recommenders = model.recommenders();
    let source = source(model, &query);
    let queries = [query];
    let list = match source {
        Source::Blend => rank(&recommenders.blend(), &queries, request.k)?,
        Source::Title => rank(&recommenders.title, &queries, request.k)?,
        Source::Popularity => rank(&recommenders.popularity, &queries, request.k)?,
    };
    let name = |item| model.vocabulary.track(item).track_name.clone();
    let lines = list.iter().flatten().enumerate().map(|(place, line)| {
        let track = model.vocabulary.track(line.item);
        AnswerLine {
            rank: place + 1,
            track_uri: track.track_uri.clone(),
            track_name: track.track_name.clone(),
            artist_name: track.artist_name.clone(),
            score: f64::from(line.score),
            because_of: recommenders.knn.because(&queries[0].seeds, line.item, REASONS).into_iter().map(name).collect(),
        }
    });
    Ok(Answer { model_id: id, source, unknown_tracks, recommendations: lines.collect() })
}
