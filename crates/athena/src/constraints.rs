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
    let mut violations = Violations::default();
    violations.add(value, name, constraint);
    violations.error()
}

/// Constraints that a request breaks, which are told together.
#[derive(Debug, Default)]
pub struct Violations(Vec<String>);

impl Violations {
    /// Notes a member that breaks a constraint.
    pub fn add(&mut self, value: &str, name: &str, constraint: &str) {
        self.0.push(format!("Value {value} at '{name}' failed to satisfy constraint: {constraint}"));
    }

    /// Notes a member that is missing.
    pub fn required<T>(&mut self, member: Option<&T>, name: &str) {
        if member.is_none() {
            self.add("null", name, "Member must not be null");
        }
    }

    /// Notes a text that is too short or too long.
    pub fn length(&mut self, text: Option<&str>, name: &str, least: usize, most: usize) {
        let Some(text) = text else { return };
        if text.len() < least {
            self.add(&quoted(text), name, &format!("Member must have length greater than or equal to {least}"));
        }
        if text.len() > most {
            self.add(&quoted(text), name, &format!("Member must have length less than or equal to {most}"));
        }
    }

    /// Notes a number that is too small.
    pub fn least(&mut self, number: Option<i64>, name: &str, least: i64) {
        if let Some(number) = number.filter(|number| *number < least) {
            let constraint = format!("Member must have value greater than or equal to {least}");
            self.add(&format!("'{number}'"), name, &constraint);
        }
    }

    /// # Errors
    /// If anything was noted: all of it.
    pub fn check(self) -> Result<(), ApiError> {
        if self.0.is_empty() { Ok(()) } else { Err(self.error()) }
    }

    fn error(&self) -> ApiError {
        let count = self.0.len();
        let errors = if count == 1 { "error" } else { "errors" };
        ApiError::invalid_input(format!("{count} validation {errors} detected: {}", self.0.join("; ")))
    }
}

/// The error of a body that cannot be understood, in the words of AWS's own readers.
#[must_use]
pub fn unreadable(error: &serde_json::Error) -> ApiError {
    ApiError::new(crate::Exception::Serialization, mistyped(&error.to_string()).unwrap_or_else(|| error.to_string()))
}

/// What is said of a value of another type, from the parser's words for it.
fn mistyped(said: &str) -> Option<String> {
    let (found, expected) = said.strip_prefix("invalid type: ")?.split_once(", expected ")?;
    let expected = expected.split(" at line ").next().unwrap_or(expected);
    let wanted = match expected {
        "a string" => "a String",
        "a boolean" => "a Boolean",
        "f64" | "f32" => "a Double",
        "a sequence" => return Some("Expected list or null".to_owned()),
        number if ["i64", "u64", "i32", "u32"].contains(&number) => "an Integer",
        _ => return Some("Unexpected value type in payload".to_owned()),
    };
    let value = match found.split([' ', ',']).next()? {
        "string" => "STRING_VALUE",
        "integer" => "NUMBER_VALUE",
        "floating" => "DECIMAL_VALUE",
        "boolean" if found.contains("true") => "TRUE_VALUE",
        "boolean" => "FALSE_VALUE",
        "map" => return Some("Start of structure or map found where not expected.".to_owned()),
        "sequence" => return Some("Start of list found where not expected".to_owned()),
        _ => return None,
    };
    Some(format!("{value} can not be converted to {wanted}"))
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
    fn all_that_is_wrong_is_told_at_once() {
        let mut violations = Violations::default();
        violations.required::<String>(None, "queryString");
        violations.length(Some("short"), "clientRequestToken", 32, 128);
        violations.least(Some(0), "maxResults", 1);
        assert_eq!(
            violations.check().unwrap_err().message,
            "3 validation errors detected: Value null at 'queryString' failed to satisfy constraint: Member must not be \
             null; Value 'short' at 'clientRequestToken' failed to satisfy constraint: Member must have length greater \
             than or equal to 32; Value '0' at 'maxResults' failed to satisfy constraint: Member must have value greater \
             than or equal to 1"
        );
        assert!(Violations::default().check().is_ok());
    }

    #[test]
    fn values_of_other_types_are_told_as_aws_tells_them() {
        use crate::wire::{BatchGetQueryExecutionRequest, ListRequest};
        let list = |body: &str| unreadable(&serde_json::from_str::<ListRequest>(body).unwrap_err()).message;
        assert_eq!(list("{\"MaxResults\": \"x\"}"), "STRING_VALUE can not be converted to an Integer");
        assert_eq!(list("{\"MaxResults\": true}"), "TRUE_VALUE can not be converted to an Integer");
        assert_eq!(list("{\"WorkGroup\": 7}"), "NUMBER_VALUE can not be converted to a String");
        assert_eq!(list("{\"WorkGroup\": {}}"), "Start of structure or map found where not expected.");
        assert_eq!(list("{\"WorkGroup\": []}"), "Start of list found where not expected");
        let batch = serde_json::from_str::<BatchGetQueryExecutionRequest>("{\"QueryExecutionIds\": \"x\"}");
        assert_eq!(unreadable(&batch.unwrap_err()).message, "Expected list or null");
        assert!(list("{").starts_with("EOF while parsing"));
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
