//! Words of titles that say little about the music.

/// Months, as they are written in titles.
#[rustfmt::skip] // a list of words reads as prose
pub(crate) const MONTHS: &[&str] = &[
    "january", "february", "march", "april", "may", "june", "july", "august", "september",
    "october", "november", "december",
];

/// Seasons and terms that go with a year.
#[rustfmt::skip] // a list of words reads as prose
pub(crate) const SEASONS: &[&str] = &[
    "summer", "spring", "fall", "winter", "best of", "new", "spring break", "songs of",
];

/// Whole titles, the most common first.
#[rustfmt::skip] // a list of words reads as prose
pub(crate) const OCCASIONS: &[&str] = &[
    "music", "jams", "my songs", "favorites", "mix", "my playlist", "random", "good stuff",
    "vibes", "stuff", "songs", "everything", "current", "faves", "new", "playlist", "me", "mine",
    "good music", "my music", "the best", "jam", "current faves", "mood", "tunes", "gold", "yes",
    "bops", "ok", "whatever", "life", "mixtape", "daily", "my jams", "discover", "repeat",
    "on repeat", "misc", "all", "starred", "liked", "car mix", "dope", "fresh", "weekend",
    "friday", "monday", "home", "school", "college", "senior year", "freshman year", "birthday",
    "graduation", "vacation", "camp", "family", "mom", "dad", "friends", "squad", "roomies",
    "trip", "plane", "flight", "bus", "train", "walk", "hike", "garden", "garage", "studio",
    "piano practice", "guitar practice", "setlist", "band", "choir", "theme songs", "wishlist",
    "to learn", "to sort", "archive", "untitled", "test", "other", "soon", "later", "again",
    "hmm", "idk", "lol", "wow", "meh", "xoxo", "aesthetic", "feels", "feelings", "deep", "soft",
    "loud", "slow", "fast", "up", "down", "café", "été", "música", "canções", "любимое", "お気に入り",
    "좋아하는 노래", "fête", "niños", "über",
];

/// Emoji and signs that decorate titles, the most common first; most lie outside the basic plane.
#[rustfmt::skip] // a list of words reads as prose
pub(crate) const EMOJI: &[&str] = &[
    "❤️", "🔥", "😍", "🎶", "☀️", "💯", "😎", "🎵", "💕", "🌊", "😴", "🎄", "🌴", "✨", "💔", "🎉", "👌🏽", "🌙",
    "💪", "🤘", "😭", "☕", "🚗", "🌈", "🇺🇸", "🇲🇽", "🎸", "👯", "👨‍👩‍👧", "♥",
];
