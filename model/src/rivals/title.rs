//! Titles in a form that can be compared.

/// Characters that stand for a space in a title.
const SEPARATORS: &str = ".,/#!$%^*;:{}=_`~()@";

/// Normalises a title as the statistics of the Million Playlist Dataset do: lower case, punctuation becomes a space, runs
/// of white space become one space, ends are cut.
pub fn normalise_title(title: &str) -> String {
    let lower = title.to_lowercase();
    let words = lower.split(|character: char| character.is_whitespace() || SEPARATORS.contains(character));
    words.filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
}

/// The distinct words of a normalised title, in their order.
pub fn title_words(normalised: &str) -> Vec<&str> {
    let mut words = Vec::new();
    for word in normalised.split(' ').filter(|word| !word.is_empty()) {
        if !words.contains(&word) {
            words.push(word);
        }
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn titles_are_normalised() {
        check("Chill", "chill");
        check("  Road   TRIP!! ", "road trip");
        check("80's/90's", "80's 90's");
        check("#throwback_thursday", "throwback thursday");
        check("Café ☕ (summer)", "café ☕ summer");
        check("***", "");
    }

    #[track_caller]
    fn check(title: &str, expected: &str) {
        assert_eq!(normalise_title(title), expected);
        assert_eq!(normalise_title(expected), expected, "normalising twice changes nothing");
    }

    #[test]
    fn words_are_distinct() {
        assert_eq!(title_words("run run fast"), ["run", "fast"]);
        assert!(title_words("").is_empty());
    }
}
