//! Judges a model by the ten categories, on the lake's test playlists.

use std::collections::BTreeMap;

use futures::TryStreamExt;
use lake::Lake;
use rand::{SeedableRng, seq::SliceRandom};
use rand_chacha::ChaCha8Rng;
use serde::Serialize;

use super::{CATEGORIES, Category, Shipped};
use crate::{
    Error, Result,
    artefact::Model,
    data::{
        Catalogue, HeldOut, Item, ItemLookup, PLAYLIST_COLUMNS, Playlist, SEQUENCES, Split, TRACKS, TrackId,
        open_table, require_made_from,
    },
    evaluation::{EvaluationSet, evaluate},
    metrics::{Bootstrap, Interval, continuation},
    recommender::Recommender,
};

/// How a model did in one category.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct CategoryMetrics {
    /// What was shown.
    #[serde(flatten)]
    pub category: Category,
    /// Playlists that were judged.
    pub playlists: usize,
    /// Means with 95 % confidence intervals, by name of the recommender and of the metric. `shipped` is what is shipped,
    /// the others are its parts, each alone.
    pub recommenders: BTreeMap<String, BTreeMap<String, Interval>>,
}

/// Deals the test playlists of the lake out to the categories, none to two of them and to the most demanding first, hides
/// what each category hides, and judges what is shipped, and its parts, by the challenge's metrics. Always the same for a
/// seed.
///
/// The model must not have been trained on another split than the one that stands in the lake.
///
/// # Errors
/// [`Error::Lake`] if a table cannot be read, [`Error::Outdated`] if the tables do not belong together, [`Error::Torch`]
/// if memory is short.
pub async fn evaluate_categories(lake: &Lake, model: &Model, seed: u64) -> Result<Vec<CategoryMetrics>> {
    let (sequences, tracks) = (open_table(lake, SEQUENCES).await?, open_table(lake, TRACKS).await?);
    require_made_from((SEQUENCES, &sequences), (TRACKS, &tracks))?;
    let mut batches = sequences.read(&PLAYLIST_COLUMNS).map_err(Error::lake("read table", SEQUENCES))?;
    let mut playlists: Vec<Playlist> = Vec::new();
    while let Some(batch) = batches.try_next().await.map_err(Error::lake("read table", SEQUENCES))? {
        playlists.extend(Playlist::from_batch(&batch)?.into_iter().filter(|list| list.split == Split::Test));
    }
    let catalogue = Catalogue::new(tracks);
    let (lookup, artists) = (catalogue.lookup(&model.vocabulary).await?, catalogue.artists().await?);
    let tracks = keys(&lookup, &playlists, model.vocabulary.len());
    let recommenders = model.recommenders()?;
    let shipped = Shipped::try_new(model, &recommenders)?;
    let bootstrap = Bootstrap::new(model.config.evaluation.bootstrap, seed);
    let counts = model.vocabulary.train_counts();
    let judge = |(category, held_out): (Category, Vec<HeldOut>)| {
        let references: Vec<&HeldOut> = held_out.iter().collect();
        let set = EvaluationSet::new(&references, &lookup, &tracks, &artists);
        let judged: [&dyn Recommender; 5] =
            [&recommenders.popularity, &recommenders.title, &recommenders.knn, &recommenders.network, &shipped];
        let judged = judged.into_iter().map(|recommender| {
            let evaluation = evaluate(recommender, &set, &continuation(), &counts)?;
            Ok((evaluation.recommender().to_owned(), evaluation.summary(bootstrap).metrics))
        });
        Ok(CategoryMetrics { category, playlists: set.len(), recommenders: judged.collect::<Result<_>>()? })
    };
    deal(playlists, seed).into_iter().map(judge).collect()
}

/// The lake's key of each item: those that the playlists hold, and for all others one that they do not.
fn keys(lookup: &ItemLookup, playlists: &[Playlist], items: usize) -> Vec<TrackId> {
    let mut keys = vec![TrackId(u32::MAX); items];
    for &track in playlists.iter().flat_map(|playlist| playlist.seeds.iter().chain(&playlist.holdouts)) {
        if let Some(Item(item)) = lookup.item(track) {
            keys[item as usize] = track;
        }
    }
    keys
}

fn deal(mut playlists: Vec<Playlist>, seed: u64) -> Vec<(Category, Vec<HeldOut>)> {
    playlists.sort_by_key(|playlist| playlist.pid);
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    playlists.shuffle(&mut random);
    let share = playlists.len() / CATEGORIES.len();
    let mut dealt = Vec::new();
    for category in CATEGORIES.into_iter().rev() {
        let mut cut = Vec::new();
        playlists.retain(|playlist| {
            let held_out = if cut.len() < share { category.cut(playlist, &mut random) } else { None };
            let is_left = held_out.is_none();
            cut.extend(held_out);
            is_left
        });
        dealt.push((category, cut));
    }
    dealt.reverse();
    dealt
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_category_gets_its_share_and_no_playlist_comes_twice() {
        let playlist = |pid: i64| Playlist {
            pid,
            title: Some("t".to_owned()),
            split: Split::Test,
            seeds: (0..if pid % 3 == 0 { 120 } else { 30 }).map(TrackId).collect(),
            holdouts: Vec::new(),
        };
        let dealt = deal((0..100).map(playlist).collect(), 3);
        assert_eq!(dealt.iter().map(|(category, _)| category.number).collect::<Vec<_>>(), (1..=10).collect::<Vec<_>>());
        assert!(dealt.iter().all(|(_, playlists)| playlists.len() == 10));
        let mut pids: Vec<i64> = dealt.iter().flat_map(|(_, playlists)| playlists).map(|list| list.pid).collect();
        pids.sort_unstable();
        assert_eq!(pids, (0..100).collect::<Vec<_>>());
    }
}
