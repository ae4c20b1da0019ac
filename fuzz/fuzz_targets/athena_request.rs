//! Bodies of requests to Athena and Glue: read or refused with a reason, and what is written of them is read again.
#![no_main]

use std::fmt::Debug;

use athena::{constraints::unreadable, glue, wire};
use libfuzzer_sys::fuzz_target;
use serde::{Serialize, de::DeserializeOwned};

fn read<T: DeserializeOwned>(body: &[u8]) -> Option<T> {
    match serde_json::from_slice(body) {
        Ok(read) => Some(read),
        Err(error) => {
            assert!(!unreadable(&error).message.is_empty());
            None
        }
    }
}

/// What is kept as it came.
fn kept<T: DeserializeOwned + Serialize + PartialEq + Debug>(body: &[u8]) {
    let Some(read) = read::<T>(body) else { return };
    let written = serde_json::to_vec(&read).expect("what was read can be written");
    assert_eq!(serde_json::from_slice::<T>(&written).ok(), Some(read));
}

fuzz_target!(|body: &[u8]| {
    read::<wire::StartQueryExecutionRequest>(body);
    read::<wire::BatchGetQueryExecutionRequest>(body);
    read::<wire::ListRequest>(body);
    read::<wire::GetQueryResultsRequest>(body);
    read::<wire::CreateWorkGroupRequest>(body);
    read::<wire::UpdateWorkGroupRequest>(body);
    read::<wire::MetadataRequest>(body);
    read::<wire::PreparedStatementRequest>(body);
    read::<wire::NamedQueryRequest>(body);
    read::<wire::TagRequest>(body);
    read::<glue::DatabaseRequest>(body);
    read::<glue::TableRequest>(body);
    read::<glue::PartitionRequest>(body);
    kept::<wire::WorkGroup>(body);
    kept::<wire::QueryExecution>(body);
    kept::<glue::TableInput>(body);
    kept::<glue::PartitionInput>(body);
});
