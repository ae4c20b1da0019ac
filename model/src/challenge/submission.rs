//! A submission to the challenge.

use std::{
    collections::HashSet,
    fs::File,
    io::{self, Write},
    path::Path,
};

use flate2::{Compression, write::GzEncoder};

use super::{ChallengePlaylist, ChallengeSet, Shipped};
use crate::{
    Error, Result,
    artefact::Model,
    data::Item,
    recommender::{Query, Recommender},
};

/// Tracks that a submission names for each playlist.
pub const LIST_LENGTH: usize = 500;

/// Playlists that are ranked at once.
const AT_ONCE: usize = 1_000;

/// Who submits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Team {
    /// Name.
    pub name: String,
    /// Where to write to.
    pub email: String,
}

/// Writes the gzipped CSV that the challenge wants: a line for the team, then for each playlist its pid and `length`
/// tracks, none of them twice and none that the playlist shows.
///
/// # Errors
/// [`Error::Data`] if the model knows too few tracks, [`Error::OutputFile`] or [`Error::Output`] if the file cannot be written, [`Error::Torch`] if
/// memory is short.
pub fn write_submission(path: &Path, set: &ChallengeSet, model: &Model, team: &Team, length: usize) -> Result<()> {
    let failed = |source| Error::Output { stream: "the submission", source };
    let created = |source| Error::OutputFile { path: path.display().to_string(), source };
    let recommenders = model.recommenders()?;
    let shipped = Shipped::try_new(model, &recommenders)?;
    let mut file = GzEncoder::new(File::create(path).map_err(created)?, Compression::default());
    let plain = |text: &str| text.replace([',', '\n', '\r'], " ");
    writeln!(file, "team_info,main,{},{}", plain(&team.name), plain(&team.email)).map_err(failed)?;
    for playlists in set.playlists.chunks(AT_ONCE) {
        let queries: Vec<Query> = playlists.iter().map(|playlist| query(model, playlist)).collect();
        for (playlist, list) in playlists.iter().zip(shipped.rank(&queries, length)?) {
            if list.len() < length {
                let problem =
                    format!("make a model that has {} tracks to name, a submission needs {length}", list.len());
                return Err(Error::Data { table: "sequences", problem });
            }
            let items: Vec<Item> = list.iter().map(|line| line.item).collect();
            write_line(&mut file, playlist, model, &items).map_err(failed)?;
        }
    }
    file.finish().and_then(|file| file.sync_all()).map_err(failed)
}

fn query(model: &Model, playlist: &ChallengePlaylist) -> Query {
    let mut seen = HashSet::new();
    let uris = playlist.tracks.iter().map(|track| track.track_uri.as_str()).filter(|uri| seen.insert(*uri));
    Query { seeds: uris.filter_map(|uri| model.vocabulary.item(uri)).collect(), title: playlist.name.clone() }
}

fn write_line(file: &mut impl Write, playlist: &ChallengePlaylist, model: &Model, items: &[Item]) -> io::Result<()> {
    write!(file, "{}", playlist.pid)?;
    for &item in items {
        write!(file, ", {}", model.vocabulary.track(item).track_uri)?;
    }
    writeln!(file)
}
