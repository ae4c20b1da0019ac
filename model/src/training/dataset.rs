//! Everything that training needs from the lake.

use std::collections::BTreeMap;

use lake::Lake;

use crate::{
    Error, Result,
    config::ModelConfig,
    data::{
        ArtistIndex, Catalogue, Corpus, HeldOut, Item, ItemLookup, SEQUENCES, Sequences, TRACK_COOCCURRENCE, TRACKS,
        TrackId, Vocabulary, choose_tracks, open_table, require_made_from,
    },
    rivals::{Neighbours, TitleModel},
};

/// Everything that training needs from the lake, numbered for the model. Vocabulary, counts, neighbours and titles come
/// from training playlists alone; held-out playlists are there to be judged by.
#[derive(Debug)]
pub struct Dataset {
    /// The tracks that the model will know.
    pub vocabulary: Vocabulary,
    /// The lake's key of each item.
    pub tracks: Vec<TrackId>,
    /// Position in the vocabulary of the lake's tracks.
    pub lookup: ItemLookup,
    /// Training playlists in items.
    pub train: Sequences<Item>,
    /// Nearest neighbours of each item.
    pub neighbours: Neighbours,
    /// What playlists of the same title hold.
    pub titles: TitleModel,
    /// Validation playlists.
    pub validation: Vec<HeldOut>,
    /// Test playlists.
    pub test: Vec<HeldOut>,
    /// Held-out playlists in which nothing is hidden.
    pub nothing_hidden: usize,
    /// Artist of every track.
    pub artists: ArtistIndex,
    /// Version of each table that was read.
    pub data_versions: BTreeMap<String, u64>,
}

impl Dataset {
    /// Reads the lake's tables.
    ///
    /// # Errors
    /// [`Error::Lake`] if a table cannot be read, [`Error::Outdated`] if the tables do not belong together,
    /// [`Error::Column`] if one does not hold what it should, [`Error::Data`] if there is too little to train on or to
    /// judge by.
    pub async fn load(lake: &Lake, config: &ModelConfig) -> Result<Self> {
        let (sequences, tracks) = (open_table(lake, SEQUENCES).await?, open_table(lake, TRACKS).await?);
        let cooccurrence = open_table(lake, TRACK_COOCCURRENCE).await?;
        require_made_from((SEQUENCES, &sequences), (TRACKS, &tracks))?;
        require_made_from((TRACK_COOCCURRENCE, &cooccurrence), (SEQUENCES, &sequences))?;
        require_made_from((TRACK_COOCCURRENCE, &cooccurrence), (TRACKS, &tracks))?;
        let corpus = Corpus::load(&sequences).await?;
        require(&corpus)?;
        let catalogue = Catalogue::new(tracks);
        let chosen = choose_tracks(&corpus.train, &config.vocabulary)?;
        let vocabulary = Vocabulary::try_new(catalogue.describe(&chosen).await?)?;
        let tracks: Vec<TrackId> = chosen.into_iter().map(|(track, _)| track).collect();
        let lookup = ItemLookup::from_order(tracks.iter().copied());
        let train: Sequences<Item> = corpus.train.rows().map(|playlist| lookup.known(playlist)).collect();
        if train.rows().all(|playlist| playlist.len() < 2) {
            let problem = "has no training playlist with two tracks of the vocabulary; lower `vocabulary.min_count`";
            return Err(Error::Data { table: "sequences", problem: problem.to_owned() });
        }
        let neighbours = Neighbours::load(&cooccurrence, &lookup, vocabulary.len(), config.knn.neighbours).await?;
        let titles = TitleModel::count(&train, &corpus.train_titles, &config.title);
        let versions =
            [(SEQUENCES, corpus.version), (TRACKS, catalogue.version()), (TRACK_COOCCURRENCE, cooccurrence.version())];
        Ok(Self {
            vocabulary,
            tracks,
            lookup,
            train,
            neighbours,
            titles,
            validation: corpus.validation,
            test: corpus.test,
            nothing_hidden: corpus.nothing_hidden,
            artists: catalogue.artists().await?,
            data_versions: versions.into_iter().map(|(table, version)| (table.to_owned(), version)).collect(),
        })
    }
}

fn require(corpus: &Corpus) -> Result<()> {
    for (split, playlists) in [("validation", &corpus.validation), ("test", &corpus.test)] {
        if playlists.is_empty() {
            let problem = format!(
                "has no row with split = '{split}' and a track to find; raise the share of held-out playlists in its step"
            );
            return Err(Error::Data { table: "sequences", problem });
        }
    }
    Ok(())
}
