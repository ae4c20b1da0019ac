//! The form of a scene's vocabulary.

/// The decade that a circle of artists belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Decade {
    Sixties,
    Seventies,
    Eighties,
    Nineties,
    TwoThousands,
    TwentyTens,
}

impl Decade {
    pub(crate) const ALL: [Self; 6] =
        [Self::Sixties, Self::Seventies, Self::Eighties, Self::Nineties, Self::TwoThousands, Self::TwentyTens];

    /// Returns the titles of playlists about this decade, the most common first.
    pub(crate) fn titles(self) -> &'static [&'static str] {
        match self {
            Self::Sixties => &["60s", "60's", "60s hits", "sixties"],
            Self::Seventies => &["70s", "70's", "70s hits", "seventies", "70s rock"],
            Self::Eighties => &["80s", "80's", "80s hits", "80s music", "eighties", "best of the 80s", "80s party"],
            Self::Nineties => &["90s", "90's", "90s hits", "90s music", "nineties", "90s kid", "90s throwback"],
            Self::TwoThousands => {
                &["2000s", "00s", "2000's", "2000s hits", "early 2000s", "middle school", "high school"]
            }
            Self::TwentyTens => &["2010s", "2010s hits", "new music", "top hits", "hits"],
        }
    }

    /// Returns the decade's first year.
    pub(crate) fn first_year(self) -> u32 {
        match self {
            Self::Sixties => 1960,
            Self::Seventies => 1970,
            Self::Eighties => 1980,
            Self::Nineties => 1990,
            Self::TwoThousands => 2000,
            Self::TwentyTens => 2010,
        }
    }
}

/// The writing system of a scene's artist names and part of its track names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Script {
    Latin,
    Hangul,
    Kana,
    Cyrillic,
}

/// The words and tendencies of a scene.
#[derive(Debug)]
pub(crate) struct Style {
    pub(crate) name: &'static str,
    /// Share of all listening, relative to the other scenes.
    pub(crate) weight: u32,
    /// Durations relative to the average of all scenes.
    pub(crate) duration_percent: u32,
    /// Decades of circles 0, 1, 2, 3, then again from the start.
    pub(crate) decades: [Decade; 4],
    pub(crate) script: Script,
    /// Playlist titles, the most common first.
    pub(crate) titles: &'static [&'static str],
    /// Nouns for track and album names.
    pub(crate) words: &'static [&'static str],
}
