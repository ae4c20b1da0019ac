//! Pages of lists.

use athena::{ApiError, constraints::page_size};

/// A page of a list that is there as a whole, and the token of the next one. A token is the number of the entry behind
/// the page.
pub(super) fn page<T>(
    all: Vec<T>,
    token: Option<&str>,
    asked: Option<i64>,
    most: u32,
) -> Result<(Vec<T>, Option<String>), ApiError> {
    let size = page_size(asked, most, most)? as usize;
    let from = match token {
        None => 0,
        Some(token) => {
            token.parse::<usize>().map_err(|_| ApiError::invalid_input(format!("Malformed nextPageToken {token}")))?
        }
    };
    let rest = all.len().saturating_sub(from);
    let next = (rest > size).then(|| (from + size).to_string());
    Ok((all.into_iter().skip(from).take(size).collect(), next))
}

/// Adds a token to an answer: one that is absent is an absent key, as clients ask again for an empty one.
pub(super) fn with_token(mut answer: serde_json::Value, token: Option<String>) -> serde_json::Value {
    if let (Some(object), Some(token)) = (answer.as_object_mut(), token) {
        object.insert("NextToken".to_owned(), token.into());
    }
    answer
}
