//! Checks what names are made of; that they are consistent is checked on whole slices.

use std::collections::HashSet;

use super::*;
use crate::catalog::{ArtistId, Catalog, SceneId, Track, TrackId};

const TRACKS: u32 = 20_000;

#[test]
fn names_are_trimmed_and_not_empty() {
    let catalog = Catalog::new(5, TRACKS);
    for track in tracks(&catalog) {
        for name in [track_name(&catalog, track), album_name(&catalog, track), artist_name(&catalog, track)] {
            assert!(!name.is_empty() && name.trim() == name, "{name:?}");
        }
    }
}

#[test]
fn tracks_of_an_album_share_its_name() {
    let catalog = Catalog::new(5, TRACKS);
    let mut compared = 0;
    for track in tracks(&catalog) {
        if let Some(next) = catalog.next_on_album(track) {
            assert_eq!(album_name(&catalog, track), album_name(&catalog, next));
            compared += 1;
        }
    }
    assert!(compared > TRACKS / 2);
}

#[test]
fn artists_rarely_share_a_name() {
    #[track_caller]
    fn check(tracks: u32, least_percent: usize) {
        let catalog = Catalog::new(5, tracks);
        let (mut names, mut artists) = (HashSet::new(), 0);
        for (index, scene) in (0..).zip(&catalog.scenes) {
            for artist in scene.artists().map(ArtistId) {
                names.insert(named(|out| push_artist_name(&catalog, artist, SceneId(index), out)));
                artists += 1;
            }
        }
        assert!(names.len() * 100 > artists * least_percent, "{} names for {artists} artists", names.len());
    }
    check(TRACKS, 93);
    check(1_000_000, 80);
}

#[test]
fn names_use_several_scripts_and_characters_that_json_escapes() {
    let catalog = Catalog::new(5, TRACKS);
    let all: String =
        tracks(&catalog).flat_map(|track| [track_name(&catalog, track), artist_name(&catalog, track)]).collect();
    #[track_caller]
    fn check(names: &str, sort: &str, belongs: impl Fn(char) -> bool) {
        assert!(names.chars().any(belongs), "no {sort} in any name");
    }
    check(&all, "quotation mark", |character| character == '"');
    check(&all, "backslash", |character| character == '\\');
    check(&all, "accented letter", |character| character == 'é');
    check(&all, "Hangul", |character| ('\u{ac00}'..='\u{d7a3}').contains(&character));
    check(&all, "Katakana", |character| ('\u{30a0}'..='\u{30ff}').contains(&character));
    check(&all, "Cyrillic", |character| ('\u{0400}'..='\u{04ff}').contains(&character));
}

fn tracks(catalog: &Catalog) -> impl Iterator<Item = Track> {
    (0..catalog.track_count()).map(|id| catalog.track(TrackId(id)))
}

fn named(push: impl FnOnce(&mut String)) -> String {
    let mut name = String::new();
    push(&mut name);
    name
}

fn track_name(catalog: &Catalog, track: Track) -> String {
    named(|out| push_track_name(catalog, track, out))
}

fn album_name(catalog: &Catalog, track: Track) -> String {
    named(|out| push_album_name(catalog, track, out))
}

fn artist_name(catalog: &Catalog, track: Track) -> String {
    named(|out| push_artist_name(catalog, track.artist, track.scene, out))
}
