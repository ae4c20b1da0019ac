//! Answers requests.

use super::{Answer, AnswerLine, Request};
use crate::{
    Error, Result,
    artefact::{Model, ModelId, Recommenders},
    blend::Blend,
    predict::{Source, source},
    recommender::{Query, Recommendation, rank},
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
    let recommenders = model.recommenders()?;
    Responder::try_new(id, model, &recommenders)?.answer(std::slice::from_ref(request))?.remove(0)
}

/// Answers requests, many at a time, with one model.
#[derive(Debug)]
pub struct Responder<'a> {
    id: ModelId,
    model: &'a Model,
    recommenders: &'a Recommenders<'a>,
    blend: Blend<'a>,
}

impl<'a> Responder<'a> {
    /// Makes ready what all answers need.
    ///
    /// # Errors
    /// [`Error::Torch`] if memory is short.
    pub fn try_new(id: ModelId, model: &'a Model, recommenders: &'a Recommenders<'a>) -> Result<Self> {
        Ok(Self { id, model, recommenders, blend: recommenders.blend()? })
    }

    /// Answers each request, in order. One that cannot be answered, as [`Error::NothingKnown`], does not concern the others.
    ///
    /// # Errors
    /// [`Error::Torch`] if memory is short.
    pub fn answer(&self, requests: &[Request]) -> Result<Vec<Result<Answer>>> {
        let understood: Vec<Understood> = requests.iter().map(|request| self.understand(request)).collect();
        let mut lists: Vec<Vec<Recommendation>> = vec![Vec::new(); requests.len()];
        for wanted in Source::ALL {
            let places: Vec<usize> = (0..requests.len()).filter(|&place| understood[place].source == wanted).collect();
            let queries: Vec<Query> = places.iter().map(|&place| understood[place].query.clone()).collect();
            let k = places.iter().map(|&place| requests[place].k).max().unwrap_or(0);
            let ranked = match wanted {
                Source::Blend => rank(&self.blend, &queries, k)?,
                Source::Title => rank(&self.recommenders.title, &queries, k)?,
                Source::Popularity => rank(&self.recommenders.popularity, &queries, k)?,
            };
            for (place, mut list) in places.into_iter().zip(ranked) {
                list.truncate(requests[place].k);
                lists[place] = list;
            }
        }
        Ok(understood.into_iter().zip(lists).map(|(understood, list)| self.say(understood, &list)).collect())
    }

    fn understand(&self, request: &Request) -> Understood {
        let mut query = Query { seeds: Vec::new(), title: request.title.clone() };
        let mut unknown_tracks = Vec::new();
        for track in &request.tracks {
            match self.model.vocabulary.item(track.uri()) {
                Some(item) => query.seeds.push(item),
                None => unknown_tracks.push(track.uri().to_owned()),
            }
        }
        Understood { source: source(self.model, &query), query, unknown_tracks }
    }

    fn say(&self, understood: Understood, list: &[Recommendation]) -> Result<Answer> {
        let Understood { query, unknown_tracks, source } = understood;
        if query.seeds.is_empty() && query.title.is_none() && !unknown_tracks.is_empty() {
            let examples: Vec<&str> = unknown_tracks.iter().take(EXAMPLES).map(String::as_str).collect();
            return Err(Error::NothingKnown { named: unknown_tracks.len(), examples: examples.join(", ") });
        }
        let name = |item| self.model.vocabulary.track(item).track_name.clone();
        let lines = list.iter().enumerate().map(|(place, line)| {
            let track = self.model.vocabulary.track(line.item);
            let because = self.recommenders.knn.because(&query.seeds, line.item, REASONS);
            AnswerLine {
                rank: place + 1,
                track_uri: track.track_uri.clone(),
                track_name: track.track_name.clone(),
                artist_name: track.artist_name.clone(),
                score: f64::from(line.score),
                because_of: because.into_iter().map(name).collect(),
            }
        });
        Ok(Answer { model_id: self.id, source, unknown_tracks, recommendations: lines.collect() })
    }
}

/// A request in the model's terms.
struct Understood {
    query: Query,
    unknown_tracks: Vec<String>,
    source: Source,
}
