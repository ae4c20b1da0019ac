//! The themes that playlists are drawn from.

use super::theme::{Taste, Theme};
use super::title;
use crate::alias::AliasTable;
use crate::catalog::{Catalog, SceneId};
use crate::naming::push_artist_name;
use crate::random::Random;
use crate::vocabulary::{ADJECTIVES, Decade, MONTHS, MOODS, Mood, NOUNS, OCCASIONS, PLURALS, SEASONS};

/// Tries to find a scene with artists of a decade before one of another decade is taken.
const DECADE_TRIES: u32 = 12;

/// Artists of a scene that are famous enough to have playlists named after them.
const STARS: u32 = 40;

/// Share of scene playlists that also take in a neighbouring scene.
const NEIGHBOUR: f64 = 0.35;

/// Themes whose scenes were looked up in one catalogue.
#[derive(Debug)]
pub(crate) struct ThemeTable {
    moods: AliasTable,
    /// Scenes of each mood, without repetition.
    mood_scenes: Vec<Vec<SceneId>>,
}

impl ThemeTable {
    pub(crate) fn new(catalog: &Catalog) -> Self {
        let scenes = |mood: &Mood| {
            let mut scenes = Vec::new();
            for scene in mood.scenes.iter().map(|name| catalog.scene_named(name)) {
                if !scenes.contains(&scene) {
                    scenes.push(scene);
                }
            }
            scenes
        };
        let weights: Vec<f64> = MOODS.iter().map(|mood| f64::from(mood.weight)).collect();
        Self { moods: AliasTable::new(&weights), mood_scenes: MOODS.iter().map(scenes).collect() }
    }

    /// Draws the theme of a playlist.
    pub(super) fn draw(&self, catalog: &Catalog, random: &mut Random) -> Theme {
        match random.below(100) {
            0..40 => scene_theme(catalog, random),
            40..70 => self.mood_theme(catalog, random),
            70..75 => decade_theme(catalog, random),
            75..83 => artist_theme(catalog, random),
            _ => personal_theme(catalog, random),
        }
    }

    fn mood_theme(&self, catalog: &Catalog, random: &mut Random) -> Theme {
        let mood = self.moods.draw(random) as usize;
        let scenes = &self.mood_scenes[mood];
        let count = 2 + random.below(2);
        let tastes = (0..count).map(|_| taste(catalog, *random.pick_skewed(scenes), random)).collect();
        Theme { words: title_of(MOODS[mood].titles, random), tastes, favourite: None }
    }
}

fn scene_theme(catalog: &Catalog, random: &mut Random) -> Theme {
    let scene = catalog.draw_scene(random);
    let count = 2 + random.below(2);
    let mut tastes: Vec<Taste> = (0..count).map(|_| taste(catalog, scene, random)).collect();
    if random.chance(NEIGHBOUR) {
        tastes.push(neighbour_taste(catalog, scene, random));
    }
    Theme { words: title_of(catalog.scene(scene).style.titles, random), tastes, favourite: None }
}

fn decade_theme(catalog: &Catalog, random: &mut Random) -> Theme {
    let decade = *random.pick(&Decade::ALL);
    let count = 2 + random.below(3);
    let tastes = (0..count).map(|_| taste_of_decade(catalog, decade, random)).collect();
    Theme { words: title_of(decade.titles(), random), tastes, favourite: None }
}

fn artist_theme(catalog: &Catalog, random: &mut Random) -> Theme {
    let id = catalog.draw_scene(random);
    let scene = catalog.scene(id);
    let artist = scene.artist_at(random.skewed_below(STARS));
    let own = Taste { scene: id, circle: scene.circle_of(artist) };
    let mut words = String::new();
    push_artist_name(catalog, artist, id, &mut words);
    Theme { words: words.to_lowercase(), tastes: vec![own, taste(catalog, id, random)], favourite: Some((artist, id)) }
}

fn personal_theme(catalog: &Catalog, random: &mut Random) -> Theme {
    let words = match random.below(100) {
        0..25 => format!("{} {}", random.word(MONTHS), year(random)),
        25..37 => format!("{} {}", random.word_skewed(SEASONS), year(random)),
        37..83 => random.word_skewed(OCCASIONS).to_owned(),
        83..93 => title::emoji(random),
        93..96 => format!("{} {}", random.word_skewed(ADJECTIVES), random.word_skewed(NOUNS)).to_lowercase(),
        _ => random.word_skewed(PLURALS).to_lowercase(),
    };
    let count = 1 + random.below(4);
    let tastes = (0..count).map(|_| {
        let scene = catalog.draw_scene(random);
        taste(catalog, scene, random)
    });
    Theme { words, tastes: tastes.collect(), favourite: None }
}

fn taste(catalog: &Catalog, scene: SceneId, random: &mut Random) -> Taste {
    Taste { scene, circle: catalog.scene(scene).draw_circle(random) }
}

/// Returns the circle that a scene shares with the one after or before it on the ring.
fn neighbour_taste(catalog: &Catalog, scene: SceneId, random: &mut Random) -> Taste {
    let (count, after) = (catalog.scene_count(), random.chance(0.5));
    let neighbour = SceneId((scene.0 + if after { 1 } else { count - 1 }) % count);
    Taste { scene: neighbour, circle: catalog.scene(neighbour).shared_circle(!after) }
}

fn taste_of_decade(catalog: &Catalog, decade: Decade, random: &mut Random) -> Taste {
    let mut found = None;
    for _ in 0..DECADE_TRIES {
        let scene = catalog.draw_scene(random);
        let drawn = taste(catalog, scene, random);
        if catalog.scene(scene).decade(drawn.circle) == decade {
            return drawn;
        }
        found.get_or_insert(drawn);
    }
    found.unwrap_or_else(|| taste(catalog, SceneId(0), random))
}

/// Picks a title: the first of the list nearly half of the time, then ever less often.
fn title_of(titles: &[&'static str], random: &mut Random) -> String {
    if random.chance(0.3) { titles[0].to_owned() } else { random.word_skewed(titles).to_owned() }
}

/// Draws a year of the MPD as titles have it, recent ones more often, sometimes in short form.
fn year(random: &mut Random) -> String {
    let year = 2017 - random.skewed_below(8);
    if random.chance(0.2) { format!("'{}", year - 2000) } else { year.to_string() }
}
