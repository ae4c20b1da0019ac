//! What a model recommends for some test playlists.

use futures::TryStreamExt;
use lake::Lake;

use crate::{
    Error, Result,
    artefact::{Model, ModelId},
    data::{Catalogue, Item, PLAYLIST_COLUMNS, Playlist, SEQUENCES, Split, TRACKS, open_table, require_made_from},
    recommend::{Answer, Request, Responder},
};

/// Tracks that are shown of each list.
const SHOWN: usize = 8;

/// A test playlist and what was recommended for its visible part.
#[derive(Debug)]
pub struct Example {
    /// Title, where it has one.
    pub title: Option<String>,
    /// Names of its last visible tracks.
    pub seeds: Vec<String>,
    /// What was recommended.
    pub answer: Answer,
    /// Whether each recommendation is among the hidden tracks.
    pub hits: Vec<bool>,
}

/// Takes the first test playlists of the lake, as many as wanted, of which the model knows a track.
///
/// # Errors
/// [`Error::Lake`] if a table cannot be read, [`Error::Outdated`] if the tables do not belong together,
/// [`Error::Torch`] if memory is short.
pub async fn examples(lake: &Lake, id: ModelId, model: &Model, wanted: usize) -> Result<Vec<Example>> {
    let (sequences, tracks) = (open_table(lake, SEQUENCES).await?, open_table(lake, TRACKS).await?);
    require_made_from((SEQUENCES, &sequences), (TRACKS, &tracks))?;
    let lookup = Catalogue::new(tracks).lookup(&model.vocabulary).await?;
    let mut batches = sequences.read(&PLAYLIST_COLUMNS).map_err(Error::lake("read table", SEQUENCES))?;
    let mut chosen: Vec<Playlist> = Vec::new();
    while let Some(batch) = batches.try_next().await.map_err(Error::lake("read table", SEQUENCES))? {
        let playlists = Playlist::from_batch(&batch)?.into_iter();
        chosen.extend(playlists.filter(|list| list.split == Split::Test && !lookup.known(&list.seeds).is_empty()));
        if chosen.len() >= wanted {
            break;
        }
    }
    chosen.truncate(wanted);
    let recommenders = model.recommenders()?;
    let responder = Responder::try_new(id, model, &recommenders)?;
    let track = |item: &Item| model.vocabulary.track(*item);
    let mut examples = Vec::new();
    for playlist in chosen {
        let seeds = lookup.known(&playlist.seeds);
        let tracks = seeds.iter().map(|item| track(item).track_uri.parse()).collect::<Result<_>>()?;
        let request = Request { tracks, title: playlist.title.clone(), k: SHOWN };
        let answer = responder.answer(&[request])?.remove(0)?;
        let hidden: Vec<&str> =
            lookup.known(&playlist.holdouts).iter().map(|item| track(item).track_uri.as_str()).collect();
        let hits = answer.recommendations.iter().map(|line| hidden.contains(&line.track_uri.as_str())).collect();
        let last = &seeds[seeds.len().saturating_sub(SHOWN)..];
        let seeds = last.iter().map(|item| track(item).track_name.clone()).collect();
        examples.push(Example { title: playlist.title, seeds, answer, hits });
    }
    Ok(examples)
}
