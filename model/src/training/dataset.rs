//! Everything that training needs from the lake.

use std::collections::BTreeMap;

use lake::Lake;
use sha2::{Digest, Sha256};

use crate::{
    Error, Result,
    config::ModelConfig,
    data::{
        ArtistIndex, Attributes, Catalogue, Corpus, HeldOut, Item, ItemLookup, SEQUENCES, Sequences,
        TRACK_COOCCURRENCE, TRACKS, TrackId, Vocabulary, choose_tracks, hex, open_table, require_made_from,
    },
    evaluation::Protocol,
    rivals::{NeighbourMeasure, Neighbours, TitleModel},
};

/// Everything that training needs from the lake, numbered for the model. Vocabulary, counts, neighbours and titles come
/// from training playlists alone; held-out playlists are there to be judged by.
#[derive(Debug)]
pub struct Dataset {
    /// What is hidden.
    pub protocol: Protocol,
    /// The tracks that the model will know.
    pub vocabulary: Vocabulary,
    /// The lake's key of each item.
    pub tracks: Vec<TrackId>,
    /// Position in the vocabulary of the lake's tracks.
    pub lookup: ItemLookup,
    /// Training playlists in items.
    pub train: Sequences<Item>,
    /// What is known of the items beside their address, if anything.
    pub attributes: Option<Attributes>,
    /// Nearest neighbours of each item, by one measure or several to choose from; the cosine is always there.
    pub neighbours: Vec<(NeighbourMeasure, Neighbours)>,
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
        Self::load_for(lake, Protocol::Continuation, config).await
    }

    /// Reads the lake's tables for a protocol. For leave-one-out the neighbours are counted here, since the lake's table
    /// knows of items that this protocol hides.
    ///
    /// # Errors
    /// As [`Self::load`].
    pub async fn load_for(lake: &Lake, protocol: Protocol, config: &ModelConfig) -> Result<Self> {
        let (sequences, tracks) = (open_table(lake, SEQUENCES).await?, open_table(lake, TRACKS).await?);
        require_made_from((SEQUENCES, &sequences), (TRACKS, &tracks))?;
        let cooccurrence = match protocol {
            Protocol::LeaveOneOut => None,
            Protocol::Continuation => {
                let cooccurrence = open_table(lake, TRACK_COOCCURRENCE).await?;
                require_made_from((TRACK_COOCCURRENCE, &cooccurrence), (SEQUENCES, &sequences))?;
                require_made_from((TRACK_COOCCURRENCE, &cooccurrence), (TRACKS, &tracks))?;
                Some(cooccurrence)
            }
        };
        let corpus = Corpus::load(&sequences, protocol).await?;
        require(&corpus)?;
        let catalogue = Catalogue::new(tracks);
        let chosen = choose_tracks(&corpus.train, &config.vocabulary)?;
        let vocabulary = Vocabulary::try_new(catalogue.describe(&chosen).await?)?;
        let attributes = match config.attributes.file.is_empty() {
            true => None,
            false => Some(Attributes::load(&config.attributes, &vocabulary)?),
        };
        let tracks: Vec<TrackId> = chosen.into_iter().map(|(track, _)| track).collect();
        let lookup = ItemLookup::from_order(tracks.iter().copied());
        let train: Sequences<Item> = corpus.train.rows().map(|playlist| lookup.known(playlist)).collect();
        if train.rows().all(|playlist| playlist.len() < 2) {
            let problem = "has no training playlist with two tracks of the vocabulary; lower `vocabulary.min_count`";
            return Err(Error::Data { table: "sequences", problem: problem.to_owned() });
        }
        let (items, limit) = (vocabulary.len(), config.knn.neighbours);
        let neighbours = match &cooccurrence {
            Some(table) => {
                vec![(NeighbourMeasure::Cosine, Neighbours::load(table, &lookup, items, limit).await?)]
            }
            None => {
                NeighbourMeasure::ALL.map(|measure| (measure, Neighbours::count(&train, items, measure, limit))).into()
            }
        };
        let titles = TitleModel::count(&train, &corpus.train_titles, &config.title);
        let versions = [(SEQUENCES, corpus.version), (TRACKS, catalogue.version())]
            .into_iter()
            .chain(cooccurrence.map(|table| (TRACK_COOCCURRENCE, table.version())));
        Ok(Self {
            protocol,
            vocabulary,
            tracks,
            lookup,
            train,
            attributes,
            neighbours,
            titles,
            validation: corpus.validation,
            test: corpus.test,
            nothing_hidden: corpus.nothing_hidden,
            artists: catalogue.artists().await?,
            data_versions: versions.map(|(table, version)| (table.to_owned(), version)).collect(),
        })
    }
}

impl Dataset {
    /// Hash of all that training depends on: data, settings, seed. Two runs of one fingerprint learn the same.
    pub fn fingerprint(&self, config: &ModelConfig) -> String {
        let mut hasher = Sha256::new();
        // A longer budget goes on from what a shorter one left.
        let mut config = config.clone();
        config.training.max_seconds = 0;
        hasher.update(serde_json::to_vec(&config).unwrap_or_default());
        hasher.update(self.vocabulary.hash());
        for playlist in self.train.rows() {
            hasher.update((playlist.len() as u64).to_le_bytes());
            playlist.iter().for_each(|item| hasher.update(item.0.to_le_bytes()));
        }
        if let Some(attributes) = &self.attributes {
            attributes.numbers.iter().flatten().for_each(|number| hasher.update(number.to_le_bytes()));
            let codes = attributes.categories.iter().flat_map(|column| &column.codes);
            codes.for_each(|code| hasher.update(code.to_le_bytes()));
        }
        hex(&hasher.finalize())
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
