//! What a request may hold, and how a request that holds something else is refused.

use crate::ApiError;

/// Most bytes of a query.
pub const MAX_QUERY_BYTES: usize = 262_144;
/// Most rows of a page of results.
pub const MAX_RESULTS: u32 = 1000;
/// Most entries of a page of a list, and most ids of a batch.
pub const MAX_LISTED: u32 = 50;

/// A required member.
///
/// # Errors
/// If it is missing.
pub fn required<T>(member: Option<T>, name: &str) -> Result<T, ApiError> {
    member.ok_or_else(|| broken("null", name, "Member must not be null"))
}

/// A text of a limited length.
///
/// # Errors
/// If it is too short or too long.
pub fn length(text: &str, name: &str, least: usize, most: usize) -> Result<(), ApiError> {
    if text.len() < least {
        return Err(broken(&quoted(text), name, &format!("Member must have length greater than or equal to {least}")));
    }
    if text.len() > most {
        return Err(broken(&quoted(text), name, &format!("Member must have length less than or equal to {most}")));
    }
    Ok(())
}

/// Size of a page.
///
/// # Errors
/// If it is not between 1 and `most`.
pub fn page_size(asked: Option<i64>, default: u32, most: u32) -> Result<u32, ApiError> {
    let Some(asked) = asked else { return Ok(default) };
    if asked < 1 {
        let constraint = "Member must have value greater than or equal to 1";
        return Err(broken(&format!("'{asked}'"), "maxResults", constraint));
    }
    match u32::try_from(asked) {
        Ok(size) if size <= most => Ok(size),
        _ => Err(ApiError::invalid_input(format!("MaxResults is more than maximum allowed length {most}"))),
    }
}

/// The name of a workgroup.
///
/// # Errors
/// If it has characters other than letters, digits, `.`, `_` and `-`, or is not 1 to 128 of them.
pub fn work_group_name(name: &str) -> Result<(), ApiError> {
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || b"._-".contains(&byte);
    if (1..=128).contains(&name.len()) && name.bytes().all(fits) {
        return Ok(());
    }
    let constraint = "Member must satisfy regular expression pattern: [a-zA-Z0-9._-]{1,128}";
    Err(broken(&quoted(name), "workGroup", constraint))
}

/// The error of a member that breaks a constraint.
#[must_use]
pub fn broken(value: &str, name: &str, constraint: &str) -> ApiError {
    ApiError::invalid_input(format!(
        "1 validation error detected: Value {value} at '{name}' failed to satisfy constraint: {constraint}"
    ))
}

fn quoted(text: &str) -> String {
    format!("'{}'", &text[..text.floor_char_boundary(200)])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_missing_member_is_named() {
        let error = required::<String>(None, "queryExecutionId").unwrap_err();
        assert_eq!(
            error.message,
            "1 validation error detected: Value null at 'queryExecutionId' failed to satisfy constraint: \
             Member must not be null"
        );
    }

    #[test]
    fn pages_have_limits() {
        assert_eq!(page_size(None, 1000, 1000), Ok(1000));
        assert_eq!(page_size(Some(7), 1000, 1000), Ok(7));
        let error = page_size(Some(1001), 1000, 1000).unwrap_err();
        assert_eq!(error.message, "MaxResults is more than maximum allowed length 1000");
        assert!(page_size(Some(0), 1000, 1000).is_err());
    }
}
