//! Workgroups.

use athena::{
    ApiError,
    constraints::{MAX_LISTED, broken, required, work_group_name},
    wire::{
        CreateWorkGroupRequest, EngineVersion, ListRequest, UpdateWorkGroupRequest, WorkGroup, WorkGroupRequest,
        WorkGroupSummary,
    },
};
use serde_json::{Value as Json, json};
use store::{Document, DocumentKey};

use super::{
    encoded, internal,
    pages::{page, with_token},
    tags,
};
use crate::{
    Service,
    queries::{ResultLocation, now_us, seconds},
};

const WORK_GROUP: &str = "work_group";
const PRIMARY: &str = "primary";
/// Least bytes that a query may be limited to, as in Athena.
const LEAST_CUTOFF: i64 = 10_000_000;
/// Workgroups that there may be.
const MOST: u32 = 1000;

fn key(name: &str) -> Result<DocumentKey, ApiError> {
    work_group_name(name)?;
    Ok(DocumentKey::new(WORK_GROUP, "", name))
}

fn primary() -> WorkGroup {
    WorkGroup { name: PRIMARY.to_owned(), state: "ENABLED".to_owned(), ..WorkGroup::default() }
}

fn of_document(document: &Document) -> Result<WorkGroup, ApiError> {
    serde_json::from_value(document.body.clone()).map_err(|error| internal(&error))
}

/// The workgroup of a name.
///
/// # Errors
/// `INVALID_INPUT` if there is none.
pub(crate) async fn work_group_of(service: &Service, name: &str) -> Result<WorkGroup, ApiError> {
    match service.store().document(&key(name)?).await.map_err(|error| internal(&error))? {
        Some(document) => of_document(&document),
        None if name == PRIMARY => Ok(primary()),
        None => Err(ApiError::invalid_input("WorkGroup is not found.")),
    }
}

pub(super) async fn get(service: &Service, request: WorkGroupRequest) -> Result<Json, ApiError> {
    let name = required(request.work_group, "workGroup")?;
    Ok(json!({"WorkGroup": encoded(&work_group_of(service, &name).await?)?}))
}

pub(super) async fn list(service: &Service, request: ListRequest) -> Result<Json, ApiError> {
    let documents = service.store().documents(WORK_GROUP, "", "", MOST).await.map_err(|error| internal(&error))?;
    let mut groups: Vec<WorkGroup> = documents.iter().map(of_document).collect::<Result<_, _>>()?;
    if groups.iter().all(|group| group.name != PRIMARY) {
        groups.push(primary());
    }
    groups.sort_by(|one, other| one.name.cmp(&other.name));
    let (groups, token) = page(groups, request.next_token.as_deref(), request.max_results, MAX_LISTED)?;
    let summaries: Vec<WorkGroupSummary> = groups
        .into_iter()
        .map(|group| WorkGroupSummary {
            name: group.name,
            state: group.state,
            description: group.description,
            creation_time: group.creation_time,
            engine_version: EngineVersion::default(),
        })
        .collect();
    Ok(with_token(json!({"WorkGroups": encoded(&summaries)?}), token))
}

pub(super) async fn create(service: &Service, request: CreateWorkGroupRequest) -> Result<Json, ApiError> {
    let name = required(request.name, "name")?;
    let exists = || ApiError::invalid_input("WorkGroup is already created");
    if name == PRIMARY {
        return Err(exists());
    }
    let mut configuration = request.configuration.unwrap_or_default();
    configuration.engine_version = EngineVersion::default();
    if let Some(location) = configuration.result_configuration.output_location.as_deref() {
        ResultLocation::parse(location)?;
    }
    check_cutoff(configuration.bytes_scanned_cutoff_per_query)?;
    let given = request.tags.unwrap_or_default();
    tags::check(&given)?;
    let group = WorkGroup {
        name: name.clone(),
        state: "ENABLED".to_owned(),
        configuration,
        description: request.description,
        creation_time: seconds(now_us()),
    };
    let created = service.store().create_document(&key(&name)?, &encoded(&group)?).await;
    if !created.map_err(|error| internal(&error))? {
        return Err(exists());
    }
    // A workgroup that was there before under this name may have left some behind.
    tags::forget_work_group(service, &name).await?;
    tags::tag_work_group(service, &name, &given).await?;
    Ok(json!({}))
}

fn check_cutoff(cutoff: Option<i64>) -> Result<(), ApiError> {
    match cutoff {
        Some(bytes) if bytes < LEAST_CUTOFF => {
            let constraint = format!("Member must have value greater than or equal to {LEAST_CUTOFF}");
            Err(broken(&format!("'{bytes}'"), "configuration.bytesScannedCutoffPerQuery", &constraint))
        }
        _ => Ok(()),
    }
}

pub(super) async fn update(service: &Service, request: UpdateWorkGroupRequest) -> Result<Json, ApiError> {
    let name = required(request.work_group, "workGroup")?;
    let key = key(&name)?;
    let found = service.store().document(&key).await.map_err(|error| internal(&error))?;
    let mut group = work_group_of(service, &name).await?;
    if let Some(state) = request.state {
        if !["ENABLED", "DISABLED"].contains(&state.as_str()) {
            return Err(ApiError::invalid_input("state is ENABLED or DISABLED"));
        }
        group.state = state;
    }
    group.description = request.description.or(group.description);
    if let Some(updates) = request.configuration_updates {
        let configuration = &mut group.configuration;
        check_cutoff(updates.bytes_scanned_cutoff_per_query)?;
        if updates.remove_bytes_scanned_cutoff_per_query == Some(true) {
            configuration.bytes_scanned_cutoff_per_query = None;
        }
        configuration.bytes_scanned_cutoff_per_query =
            updates.bytes_scanned_cutoff_per_query.or(configuration.bytes_scanned_cutoff_per_query);
        if let Some(enforce) = updates.enforce_work_group_configuration {
            configuration.enforce_work_group_configuration = enforce;
        }
        if let Some(publish) = updates.publish_cloud_watch_metrics_enabled {
            configuration.publish_cloud_watch_metrics_enabled = publish;
        }
        if let Some(result) = updates.result_configuration_updates {
            if result.remove_output_location == Some(true) {
                configuration.result_configuration.output_location = None;
            }
            if let Some(location) = result.output_location {
                ResultLocation::parse(&location)?;
                configuration.result_configuration.output_location = Some(location);
            }
        }
    }
    let body = encoded(&group)?;
    let changed = match found {
        Some(found) => service.store().replace_document(&key, &body, found.revision).await,
        None => service.store().create_document(&key, &body).await,
    };
    if changed.map_err(|error| internal(&error))? {
        return Ok(json!({}));
    }
    Err(ApiError::invalid_input("WorkGroup was changed by somebody else at the same moment: try again"))
}

pub(super) async fn delete(service: &Service, request: WorkGroupRequest) -> Result<Json, ApiError> {
    let name = required(request.work_group, "workGroup")?;
    if name == PRIMARY {
        return Err(ApiError::invalid_input("primary workGroup could not be deleted"));
    }
    let deleted = service.store().delete_document(&key(&name)?).await.map_err(|error| internal(&error))?;
    tags::forget_work_group(service, &name).await?;
    if deleted { Ok(json!({})) } else { Err(ApiError::invalid_input("WorkGroup is not found.")) }
}
