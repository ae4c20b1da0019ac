//! STS: who the caller is.

use athena::{ApiError, Exception};

/// The one account.
pub(super) const ACCOUNT: &str = "000000000000";
const NAMESPACE: &str = "https://sts.amazonaws.com/doc/2011-06-15/";

/// Answers a form.
///
/// # Errors
/// [`Exception::UnknownOperation`] for anything but `GetCallerIdentity`.
pub(crate) fn sts(body: &[u8]) -> Result<String, ApiError> {
    let action = url::form_urlencoded::parse(body).find(|(name, _)| name == "Action").map(|(_, value)| value);
    if action.as_deref() != Some("GetCallerIdentity") {
        return Err(ApiError::new(Exception::UnknownOperation, action.unwrap_or_default()));
    }
    Ok(format!(
        "<GetCallerIdentityResponse xmlns=\"{NAMESPACE}\"><GetCallerIdentityResult>\
         <Arn>arn:aws:iam::{ACCOUNT}:user/segue</Arn><UserId>SEGUE</UserId><Account>{ACCOUNT}</Account>\
         </GetCallerIdentityResult><ResponseMetadata><RequestId>segue</RequestId></ResponseMetadata>\
         </GetCallerIdentityResponse>"
    ))
}

/// The body of an error; its words are ours and need no escapes.
pub(crate) fn sts_error(error: &ApiError) -> String {
    format!(
        "<ErrorResponse xmlns=\"{NAMESPACE}\"><Error><Type>Sender</Type><Code>{}</Code><Message>this action is not \
         available</Message></Error></ErrorResponse>",
        error.exception.name()
    )
}
