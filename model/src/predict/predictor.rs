//! Predicts for all playlists.

use std::{collections::BTreeMap, time::Instant};

use arrow::datatypes::SchemaRef;
use futures::TryStreamExt;
use lake::{Lake, WriteMode};

use super::{
    PredictionReport, Source,
    prediction_batch::{PredictionBatch, schema},
};
use crate::{
    Error, Result,
    artefact::{Model, ModelId, Recommenders},
    blend::Blend,
    data::{Catalogue, ItemLookup, PLAYLIST_COLUMNS, Playlist, SEQUENCES, TRACKS, open_table, require_made_from},
    recommender::{Query, Recommendation, rank},
};

const PREDICTIONS: &str = "predictions";

/// How to predict.
#[derive(Debug, Clone, Copy)]
pub struct PredictOptions {
    /// Tracks for each playlist.
    pub k: usize,
    /// Playlists that are worked on at once.
    pub batch: usize,
}

/// Predicts the next tracks of every playlist of the `sequences` table, all of its tracks being seeds, and puts them in
/// place of the `predictions` table. The same model and the same data give the same table.
///
/// # Errors
/// [`Error::Lake`] if a table cannot be read or written, [`Error::Outdated`] if `sequences` was made from other tracks than
/// the current ones, [`Error::Column`] if it does not hold what it should,
/// [`Error::Torch`] if memory is short.
pub async fn predict(lake: &Lake, id: ModelId, model: &Model, options: PredictOptions) -> Result<PredictionReport> {
    let started = Instant::now();
    let (sequences, tracks) = (open_table(lake, SEQUENCES).await?, open_table(lake, TRACKS).await?);
    require_made_from((SEQUENCES, &sequences), (TRACKS, &tracks))?;
    let lookup = Catalogue::new(tracks).lookup(&model.vocabulary).await?;
    let mut batches = sequences.read(&PLAYLIST_COLUMNS).map_err(Error::lake("read table", SEQUENCES))?;
    let schema = schema();
    let predictions = lake.table(PREDICTIONS).map_err(Error::lake("open table", PREDICTIONS))?;
    let mut writer = predictions
        .writer(SchemaRef::clone(&schema), WriteMode::Overwrite)
        .await
        .map_err(Error::lake("write table", PREDICTIONS))?;
    let recommenders = model.recommenders()?;
    let mut predictor = Predictor::try_new(id, model, &recommenders, &lookup, options.k)?;
    let mut waiting: Vec<Playlist> = Vec::new();
    loop {
        let next = batches.try_next().await.map_err(Error::lake("read table", SEQUENCES))?;
        let is_last = next.is_none();
        if let Some(batch) = next {
            waiting.append(&mut Playlist::from_batch(&batch)?);
        }
        while waiting.len() >= options.batch || (is_last && !waiting.is_empty()) {
            let playlists: Vec<Playlist> = waiting.drain(..options.batch.min(waiting.len())).collect();
            let rows = predictor.predict(playlists)?;
            if rows.rows() > 0 {
                let batch = rows.finish(&schema).map_err(Error::format("built", PREDICTIONS))?;
                writer.write(batch).await.map_err(Error::lake("write table", PREDICTIONS))?;
            }
        }
        if is_last {
            break;
        }
    }
    let committed = writer.commit().await.map_err(Error::lake("commit table", PREDICTIONS))?;
    Ok(PredictionReport {
        model_id: id,
        rows: committed.rows(),
        playlists: predictor.playlists.values().sum(),
        playlists_by_source: predictor.playlists,
        version: committed.version(),
        seconds: started.elapsed().as_secs_f64(),
    })
}

/// Predicts for some playlists at a time and counts them.
struct Predictor<'a> {
    id: String,
    model: &'a Model,
    recommenders: &'a Recommenders<'a>,
    blend: Blend<'a>,
    lookup: &'a ItemLookup,
    k: usize,
    /// The list for playlists of which nothing is known, made once.
    charts: Option<Vec<Recommendation>>,
    playlists: BTreeMap<Source, u64>,
}

impl<'a> Predictor<'a> {
    fn try_new(
        id: ModelId,
        model: &'a Model,
        recommenders: &'a Recommenders<'a>,
        lookup: &'a ItemLookup,
        k: usize,
    ) -> Result<Self> {
        Ok(Self {
            id: id.to_string(),
            model,
            recommenders,
            blend: recommenders.blend()?,
            lookup,
            k,
            charts: None,
            playlists: Source::ALL.into_iter().map(|source| (source, 0)).collect(),
        })
    }

    fn predict(&mut self, playlists: Vec<Playlist>) -> Result<PredictionBatch> {
        let mut pids = Vec::with_capacity(playlists.len());
        let mut queries = Vec::with_capacity(playlists.len());
        for playlist in playlists {
            let mut seeds = self.lookup.known(&playlist.seeds);
            seeds.extend(self.lookup.known(&playlist.holdouts));
            pids.push(playlist.pid);
            queries.push(Query { seeds, title: playlist.title });
        }
        let sources: Vec<Source> = queries.iter().map(|query| source(self.model, query)).collect();
        let mut lists: Vec<Vec<Recommendation>> = vec![Vec::new(); queries.len()];
        for wanted in Source::ALL {
            let places: Vec<usize> = (0..queries.len()).filter(|&place| sources[place] == wanted).collect();
            let queries: Vec<Query> = places.iter().map(|&place| std::mem::take(&mut queries[place])).collect();
            *self.playlists.entry(wanted).or_default() += places.len() as u64;
            for (place, list) in places.into_iter().zip(self.lists(wanted, &queries)?) {
                lists[place] = list;
            }
        }
        let mut rows = PredictionBatch::default();
        for ((pid, list), source) in pids.into_iter().zip(&lists).zip(sources) {
            rows.append(pid, list, source, &self.model.vocabulary, &self.id);
        }
        Ok(rows)
    }

    fn lists(&mut self, source: Source, queries: &[Query]) -> Result<Vec<Vec<Recommendation>>> {
        match source {
            Source::Blend => rank(&self.blend, queries, self.k),
            Source::Title => rank(&self.recommenders.title, queries, self.k),
            Source::Popularity if queries.is_empty() => Ok(Vec::new()),
            Source::Popularity => {
                // Without known tracks there is nothing to exclude, so that one list serves all.
                let charts = match self.charts.take() {
                    Some(charts) => charts,
                    None => rank(&self.recommenders.popularity, &[Query::default()], self.k)?.remove(0),
                };
                Ok(vec![self.charts.insert(charts).clone(); queries.len()])
            }
        }
    }
}

/// What a list for a playlist is to be made from.
pub(crate) fn source(model: &Model, query: &Query) -> Source {
    if !query.seeds.is_empty() {
        Source::Blend
    } else if query.title.as_deref().is_some_and(|title| model.titles.knows(title)) {
        Source::Title
    } else {
        Source::Popularity
    }
}
