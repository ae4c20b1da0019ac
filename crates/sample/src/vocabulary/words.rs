//! Plain words for names of artists, albums and tracks.

/// Adjectives, capitalised.
#[rustfmt::skip] // a list of words reads as prose
pub(crate) const ADJECTIVES: &[&str] = &[
    "Amber", "Ancient", "Bitter", "Blue", "Borrowed", "Brave", "Bright", "Broken", "Careless",
    "Cobalt", "Cold", "Copper", "Crooked", "Crimson", "Dancing", "Daring", "Distant", "Double",
    "Drowsy", "Dusty", "Early", "Electric", "Empty", "Endless", "Faded", "Fallen", "Familiar",
    "Fearless", "Final", "Foolish", "Forgotten", "Foreign", "Fragile", "Frozen", "Gentle",
    "Gilded", "Golden", "Green", "Half", "Heavy", "Hidden", "Hollow", "Honest", "Hungry", "Idle",
    "Invisible", "Ivory", "Jagged", "Kind", "Last", "Late", "Lazy", "Little", "Lonesome", "Lost",
    "Loud", "Lucky", "Magnetic", "Mellow", "Misty", "Modern", "Narrow", "Northern", "Old", "Open",
    "Orange", "Other", "Pale", "Paper", "Patient", "Plastic", "Quiet", "Rare", "Reckless",
    "Restless", "Rusted", "Sacred", "Salted", "Scarlet", "Second", "Secret", "Shallow", "Silent",
    "Simple", "Sleepless", "Slow", "Southern", "Spare", "Stolen", "Strange", "Sudden", "Sunken",
    "Sweet", "Tangled", "Tender", "Thirsty", "Tiny", "Twisted", "Unspoken", "Upside-Down",
    "Violet", "Wandering", "Warm", "Weary", "Western", "Wild", "Winding", "Wooden", "Yellow",
    "Young",
];

/// Nouns, capitalised.
#[rustfmt::skip] // a list of words reads as prose
pub(crate) const NOUNS: &[&str] = &[
    "Acrobat", "Alibi", "Almanac", "Anthem", "Apple", "Arrow", "Astronaut", "Atlas", "Avalanche",
    "Backbone", "Bakery", "Balloon", "Bay", "Beacon", "Beginner", "Bell", "Birthday", "Blossom",
    "Boat", "Bonfire", "Bridge", "Butterfly", "Calendar", "Camera", "Canyon", "Cargo", "Castle",
    "Chandelier", "Circus", "City", "Clock", "Cloud", "Compass", "Constellation", "Crossing",
    "Daydream", "Daylight", "Desert", "Diary", "Door", "Dream", "Earthquake", "Echo", "Eclipse",
    "Elephant", "Envelope", "Evening", "Eyes", "Fable", "Falcon", "Fever", "Film", "Fire", "Flag",
    "Flood", "Flower", "Forecast", "Forest", "Fountain", "Fox", "Garden", "Ghost", "Giant",
    "Glass", "Goodbye", "Gravity", "Hand", "Hammock", "Heart", "Heron", "Holiday", "Home",
    "Honey", "Hour", "House", "Hurricane", "Illusion", "Island", "Jacket", "Joke", "Journey",
    "Jungle", "Kite", "Ladder", "Lake", "Language", "Laughter", "Lemon", "Letter", "Lighthouse",
    "Lion", "Love", "Machine", "Magpie", "Map", "Marble", "Memory", "Message", "Mile", "Minute",
    "Mistake", "Moment", "Moon", "Morning", "Motor", "Mountain", "Name", "Needle", "Night",
    "Number", "Ocean", "Orbit", "Owl", "Painter", "Parade", "Pearl", "Pendulum", "Piano",
    "Planet", "Pocket", "Portrait", "Promise", "Question", "Radio", "Reason", "Receiver",
    "Ribbon", "Road", "Robot", "Room", "Rumor", "Sailboat", "Salt", "Season", "Secret", "Shadow",
    "Shelter", "Shore", "Sister", "Skeleton", "Sleep", "Song", "Souvenir", "Spark", "Staircase",
    "Star", "Stone", "Storm", "Stranger", "Street", "Summer", "Sun", "Surrender", "Table",
    "Temple", "Thief", "Thread", "Tiger", "Time", "Tomorrow", "Tower", "Town", "Trouble", "Truth",
    "Valentine", "Vampire", "Village", "Visitor", "Voice", "Wall", "Water", "Weather", "Weekend",
    "Whale", "Wish", "Witness", "Wonder", "World", "Year", "Yesterday", "Zero",
];

/// Plural nouns for bands, capitalised.
#[rustfmt::skip] // a list of words reads as prose
pub(crate) const PLURALS: &[&str] = &[
    "Admirals", "Almonds", "Anvils", "Badgers", "Bakers", "Barometers", "Beekeepers", "Bellhops",
    "Cartographers", "Chimneys", "Cormorants", "Dentists", "Ditches", "Drifters", "Embers",
    "Ferrymen", "Finches", "Foremen", "Gardeners", "Glaciers", "Harvesters", "Herons", "Hounds",
    "Jackdaws", "Lanterns", "Librarians", "Magpies", "Mariners", "Millers", "Monuments", "Nomads",
    "Orchards", "Parasols", "Pelicans", "Pilgrims", "Planets", "Postmen", "Prairies", "Ravens",
    "Riddles", "Saplings", "Satchels", "Shepherds", "Sparrows", "Sundials", "Surveyors",
    "Tailors", "Teacups", "Thistles", "Trams", "Umbrellas", "Vagabonds", "Violins", "Weavers",
    "Windmills", "Yardsticks",
];

/// Verbs, capitalised, for names that ask or tell.
#[rustfmt::skip] // a list of words reads as prose
pub(crate) const VERBS: &[&str] = &[
    "Believe", "Bring", "Call", "Carry", "Catch", "Chase", "Count", "Dance", "Drive", "Fade",
    "Fall", "Find", "Follow", "Forget", "Hold", "Keep", "Leave", "Let", "Lose", "Love", "Miss",
    "Need", "Paint", "Remember", "Rescue", "Run", "Save", "Say", "Show", "Sing", "Stay", "Steal",
    "Take", "Tell", "Touch", "Trust", "Wait", "Wake", "Want", "Watch",
];
