//! Tags of workgroups and data catalogs.

use std::collections::BTreeMap;

use athena::{
    ApiError, Exception,
    constraints::{MAX_LISTED, required},
    wire::{Tag, TagRequest},
};
use serde_json::{Value as Json, json};
use store::DocumentKey;

use super::{
    catalogs, encoded, internal,
    pages::{page, with_token},
    sts::ACCOUNT,
    work_group_of,
};
use crate::Service;

/// Kind of the store's documents.
const TAGS: &str = "tags";
/// Tags that a resource may have, as in Athena.
const MOST: usize = 50;
const MAX_KEY: usize = 128;
const MAX_VALUE: usize = 256;
/// Attempts against others who change the same tags.
const ATTEMPTS: usize = 5;

/// The workgroup or catalog of an address; regions and accounts are those of whoever asks, and are not looked at.
#[derive(Debug, PartialEq, Eq)]
enum Resource<'a> {
    WorkGroup(&'a str),
    DataCatalog(&'a str),
}

impl<'a> Resource<'a> {
    fn of_arn(arn: &'a str) -> Option<Self> {
        let mut parts = arn.splitn(6, ':');
        let (Some("arn"), Some(_), Some("athena")) = (parts.next(), parts.next(), parts.next()) else { return None };
        let (kind, name) = parts.nth(2)?.split_once('/')?;
        match kind {
            "workgroup" => Some(Self::WorkGroup(name)),
            "datacatalog" => Some(Self::DataCatalog(name)),
            _ => None,
        }
    }
}

fn work_group_key(name: &str) -> DocumentKey {
    DocumentKey::new(TAGS, "", format!("workgroup/{name}"))
}

/// The key of a resource's tags.
///
/// # Errors
/// `INVALID_INPUT` for an address of something else, `ResourceNotFoundException` if there is no such resource.
async fn key(service: &Service, arn: Option<String>) -> Result<DocumentKey, ApiError> {
    let arn = required(arn, "resourceARN")?;
    let not_found = || ApiError::new(Exception::ResourceNotFound, format!("Resource {arn} was not found"));
    match Resource::of_arn(&arn) {
        Some(Resource::WorkGroup(name)) => {
            work_group_of(service, name).await.map_err(|_| not_found())?;
            Ok(work_group_key(name))
        }
        Some(Resource::DataCatalog(name)) => {
            catalogs::check_catalog(Some(name)).map_err(|_| not_found())?;
            Ok(DocumentKey::new(TAGS, "", format!("datacatalog/{}", name.to_lowercase())))
        }
        None => Err(ApiError::invalid_input(format!(
            "resourceARN is not valid: it is arn:aws:athena:REGION:{ACCOUNT}:workgroup/NAME or …:datacatalog/NAME"
        ))),
    }
}

type Tags = BTreeMap<String, String>;

/// Changes the tags of a resource, unless the change refuses them.
async fn change(
    service: &Service,
    key: &DocumentKey,
    change: impl Fn(&mut Tags) -> Result<(), ApiError>,
) -> Result<(), ApiError> {
    for _ in 0..ATTEMPTS {
        let found = service.store().document(key).await.map_err(|error| internal(&error))?;
        let mut tags: Tags = match &found {
            Some(found) => serde_json::from_value(found.body.clone()).map_err(|error| internal(&error))?,
            None => Tags::new(),
        };
        change(&mut tags)?;
        let body = encoded(&tags)?;
        let changed = match found {
            Some(found) => service.store().replace_document(key, &body, found.revision).await,
            None => service.store().create_document(key, &body).await,
        };
        if changed.map_err(|error| internal(&error))? {
            return Ok(());
        }
    }
    Err(ApiError::invalid_input("the tags were changed by somebody else at the same moment: try again"))
}

fn add(tags: &mut Tags, added: &[Tag]) -> Result<(), ApiError> {
    for Tag { key, value } in added {
        let (key_length, value_length) = (key.chars().count(), value.chars().count());
        if key_length == 0 || key_length > MAX_KEY || value_length > MAX_VALUE {
            let message = format!("a tag has a key of 1 to {MAX_KEY} characters and a value of at most {MAX_VALUE}");
            return Err(ApiError::invalid_input(message));
        }
        tags.insert(key.clone(), value.clone());
    }
    if tags.len() > MOST {
        return Err(ApiError::invalid_input(format!("a resource has at most {MOST} tags")));
    }
    Ok(())
}

/// Checks the tags that a new resource is to have.
pub(super) fn check(tags: &[Tag]) -> Result<(), ApiError> {
    add(&mut Tags::new(), tags)
}

/// Gives a new workgroup its tags.
pub(super) async fn tag_work_group(service: &Service, name: &str, tags: &[Tag]) -> Result<(), ApiError> {
    if tags.is_empty() {
        return Ok(());
    }
    change(service, &work_group_key(name), |known| add(known, tags)).await
}

/// Forgets the tags of a workgroup that is gone.
pub(super) async fn forget_work_group(service: &Service, name: &str) -> Result<(), ApiError> {
    service.store().delete_document(&work_group_key(name)).await.map(drop).map_err(|error| internal(&error))
}

pub(super) async fn tag(service: &Service, request: TagRequest) -> Result<Json, ApiError> {
    let tags = required(request.tags, "tags")?;
    let key = key(service, request.resource_arn).await?;
    change(service, &key, |known| add(known, &tags)).await?;
    Ok(json!({}))
}

pub(super) async fn untag(service: &Service, request: TagRequest) -> Result<Json, ApiError> {
    let names = required(request.tag_keys, "tagKeys")?;
    let key = key(service, request.resource_arn).await?;
    let without = |known: &mut Tags| {
        known.retain(|name, _| !names.contains(name));
        Ok(())
    };
    change(service, &key, without).await?;
    Ok(json!({}))
}

pub(super) async fn list(service: &Service, request: TagRequest) -> Result<Json, ApiError> {
    let key = key(service, request.resource_arn).await?;
    let found = service.store().document(&key).await.map_err(|error| internal(&error))?;
    let tags: Tags = match found {
        Some(found) => serde_json::from_value(found.body).map_err(|error| internal(&error))?,
        None => Tags::new(),
    };
    let tags: Vec<Tag> = tags.into_iter().map(|(key, value)| Tag { key, value }).collect();
    // Athena asks for pages of 75 at least, which have all that there may be.
    let (tags, token) = page(tags, request.next_token.as_deref(), None, MAX_LISTED)?;
    Ok(with_token(json!({"Tags": encoded(&tags)?}), token))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_name_workgroups_and_catalogs() {
        let of = Resource::of_arn;
        assert_eq!(of("arn:aws:athena:us-east-1:000000000000:workgroup/a.b"), Some(Resource::WorkGroup("a.b")));
        assert_eq!(of("arn:aws-cn:athena:x:1:datacatalog/C"), Some(Resource::DataCatalog("C")));
        for other in ["workgroup/a", "arn:aws:s3:::bucket", "arn:aws:athena:x:1:capacity-reservation/a", ""] {
            assert_eq!(of(other), None, "{other}");
        }
    }

    #[test]
    fn tags_have_limits() {
        let tag = |key: String, value: String| Tag { key, value };
        assert!(check(&[tag("a".to_owned(), String::new()), tag("é".repeat(128), "x".repeat(256))]).is_ok());
        for wrong in [
            tag(String::new(), String::new()),
            tag("k".repeat(129), String::new()),
            tag("k".to_owned(), "x".repeat(257)),
        ] {
            assert!(check(&[wrong]).is_err());
        }
        let many: Vec<Tag> = (0..51).map(|number| tag(number.to_string(), String::new())).collect();
        assert!(check(&many).is_err() && check(&many[..50]).is_ok());
    }
}
