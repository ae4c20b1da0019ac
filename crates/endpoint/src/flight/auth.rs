//! Who asks: a key's id and secret by HTTP Basic, for which a client gets a token to send from then on.
//!
//! A token is the id, the second at which it ends, and a code over both that only the key's secret makes (RFC 2104), so
//! that nothing is kept and other endpoints with the same keys take it.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use athena::signature::{Credentials, Key, Permission};
use base64::{
    Engine as _, alphabet,
    engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig},
    prelude::BASE64_STANDARD,
};
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use tonic::{Status, metadata::MetadataMap};

/// Some clients, ADBC's among them, leave the padding away.
const BASE64_OF_CLIENTS: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);
/// How long a token is taken.
const LIFE: Duration = Duration::from_secs(12 * 3600);
/// Longest header that is looked at.
const MAX_HEADER_BYTES: usize = 4096;

/// What a caller may do.
///
/// # Errors
/// `UNAUTHENTICATED` for a key or token that is not accepted.
pub(super) fn permission(credentials: &Credentials, headers: &MetadataMap) -> Result<Permission, Status> {
    if credentials.is_anonymous() {
        return Ok(Permission::Admin);
    }
    let header = authorization(headers)?;
    if let Some(token) = header.strip_prefix("Bearer ") {
        return token_key(credentials, token, now()).map(|key| key.permission).ok_or_else(|| {
            Status::unauthenticated("the token is not valid or has ended: send the key's id and secret again")
        });
    }
    Ok(of_basic(credentials, header)?.permission)
}

/// The header by which a client is known from now on, for the id and secret of a key.
///
/// # Errors
/// `UNAUTHENTICATED` if there is no such key.
pub(super) fn handshake(credentials: &Credentials, headers: &MetadataMap) -> Result<String, Status> {
    if credentials.is_anonymous() {
        return Ok("Bearer anonymous".to_owned());
    }
    let key = of_basic(credentials, authorization(headers)?)?;
    Ok(format!("Bearer {}", token_of(key, now() + LIFE.as_secs())))
}

fn authorization(headers: &MetadataMap) -> Result<&str, Status> {
    let header = headers.get("authorization").and_then(|value| value.to_str().ok());
    let header = header.filter(|header| header.len() <= MAX_HEADER_BYTES);
    header.ok_or_else(|| Status::unauthenticated("send the id of a key as user name and its secret as password"))
}

fn of_basic<'c>(credentials: &'c Credentials, header: &str) -> Result<&'c Key, Status> {
    let refused = || Status::unauthenticated("the key's id or secret is wrong");
    let encoded = header.strip_prefix("Basic ").ok_or_else(refused)?;
    let decoded = BASE64_OF_CLIENTS.decode(encoded.trim()).map_err(|_| refused())?;
    let decoded = String::from_utf8(decoded).map_err(|_| refused())?;
    let (id, secret) = decoded.split_once(':').ok_or_else(refused)?;
    let key = credentials.key(id).ok_or_else(refused)?;
    // Codes of the same text by both secrets are compared, which takes the same time whatever is wrong.
    let code = code(secret, id).finalize().into_bytes();
    self::code(&key.secret_access_key, id).verify_slice(&code).map_err(|_| refused())?;
    Ok(key)
}

fn token_of(key: &Key, ends: u64) -> String {
    let text = format!("{}.{ends}", key.access_key_id);
    let code = code(&key.secret_access_key, &text).finalize().into_bytes();
    BASE64_STANDARD.encode(format!("{text}.{}", BASE64_STANDARD.encode(code)))
}

fn token_key<'c>(credentials: &'c Credentials, token: &str, now: u64) -> Option<&'c Key> {
    let token = String::from_utf8(BASE64_STANDARD.decode(token).ok()?).ok()?;
    let (text, code) = token.rsplit_once('.')?;
    let (id, ends) = text.rsplit_once('.')?;
    let key = credentials.key(id)?;
    self::code(&key.secret_access_key, text).verify_slice(&BASE64_STANDARD.decode(code).ok()?).ok()?;
    (now < ends.parse().ok()?).then_some(key)
}

fn code(secret: &str, text: &str) -> Hmac<Sha256> {
    // Longer keys are hashed, as the algorithm has it.
    let mut block = [0_u8; 64];
    if secret.len() > block.len() {
        use sha2::Digest;
        block[..32].copy_from_slice(&Sha256::digest(secret));
    } else {
        block[..secret.len()].copy_from_slice(secret.as_bytes());
    }
    let mut code = <Hmac<Sha256> as KeyInit>::new(&block.into());
    code.update(b"segue flight sql token ");
    code.update(text.as_bytes());
    code
}

fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs()
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEYS: &str = "
[[keys]]
access_key_id = \"READER\"
secret_access_key = \"hush:hush\"
permission = \"read\"

[[keys]]
access_key_id = \"ADMIN\"
secret_access_key = \"other\"
permission = \"admin\"
";

    fn asked(header: &str) -> Result<Permission, tonic::Code> {
        let mut headers = MetadataMap::new();
        if !header.is_empty() {
            headers.insert("authorization", header.parse().unwrap());
        }
        permission(&Credentials::from_toml(KEYS).unwrap(), &headers).map_err(|status| status.code())
    }

    fn basic(pair: &str) -> String {
        format!("Basic {}", BASE64_STANDARD.encode(pair))
    }

    #[test]
    fn keys_are_asked_for_and_compared() {
        assert_eq!(asked(&basic("READER:hush:hush")), Ok(Permission::Read));
        assert_eq!(asked(&basic("ADMIN:other")), Ok(Permission::Admin));
        assert!(basic("ADMIN:other").ends_with('='));
        assert_eq!(asked(basic("ADMIN:other").trim_end_matches('=')), Ok(Permission::Admin));
        for wrong in
            ["", "Basic", "Basic !", "Bearer anonymous", &basic("READER:other"), &basic("READER"), &basic("X:other")]
        {
            assert_eq!(asked(wrong), Err(tonic::Code::Unauthenticated), "{wrong}");
        }
        let anonymous = permission(&Credentials::anonymous(), &MetadataMap::new());
        assert_eq!(anonymous.unwrap(), Permission::Admin);
    }

    #[test]
    fn a_token_stands_for_its_key_until_it_ends() {
        let credentials = Credentials::from_toml(KEYS).unwrap();
        let token = token_of(credentials.key("READER").unwrap(), 1000);
        let key = |token: &str, now| token_key(&credentials, token, now).map(|key| key.access_key_id.clone());
        assert_eq!(key(&token, 999), Some("READER".to_owned()));
        assert_eq!(key(&token, 1000), None);
        let text = String::from_utf8(BASE64_STANDARD.decode(&token).unwrap()).unwrap();
        for forged in [text.replace("READER", "ADMIN"), text.replace("1000", "9000"), text[..text.len() - 4].to_owned()]
        {
            assert_eq!(key(&BASE64_STANDARD.encode(forged), 1), None);
        }
    }
}
