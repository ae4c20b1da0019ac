//! Text of others in HTML.

/// Replaces what HTML would take for markup.
pub(super) fn escape(text: &str) -> String {
    text.chars().fold(String::with_capacity(text.len()), |mut escaped, character| {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            other => escaped.push(other),
        }
        escaped
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markup_is_no_markup_any_more() {
        assert_eq!(escape("<a href='x'>\"R&B\"</a>"), "&lt;a href=&#39;x&#39;&gt;&quot;R&amp;B&quot;&lt;/a&gt;");
    }
}
