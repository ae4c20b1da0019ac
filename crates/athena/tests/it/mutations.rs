//! Requests, signatures and files with parts of them changed, doubled or left out: each is read or refused, and nothing
//! ends the process.

use std::time::{Duration, SystemTime};

use athena::{
    constraints::unreadable,
    files::{CsvRows, Metadata, decode_metadata, encode_metadata},
    glue, signature,
    signature::Credentials,
    target::Target,
    wire,
};
use http::{HeaderMap, HeaderName, HeaderValue, Method};
use rand::{RngExt, SeedableRng, rngs::StdRng};

const SEED: u64 = 20_261_130;
const ROUNDS: usize = 4_000;
const BODIES: [&str; 7] = [
    r#"{"QueryString":"SELECT 1","ClientRequestToken":"0123456789abcdef0123456789abcdef","QueryExecutionContext":{"Database":"d","Catalog":"C"},"ResultConfiguration":{"OutputLocation":"s3://b/x/"},"WorkGroup":"w","ExecutionParameters":["1","'a'"],"ResultReuseConfiguration":{"ResultReuseByAgeConfiguration":{"Enabled":true,"MaxAgeInMinutes":5}}}"#,
    r#"{"QueryExecutionIds":["a","b"],"NextToken":"n","MaxResults":7}"#,
    r#"{"Name":"w","Configuration":{"ResultConfiguration":{"OutputLocation":"s3://b/"},"EnforceWorkGroupConfiguration":true,"BytesScannedCutoffPerQuery":10000000},"Tags":[{"Key":"k","Value":"v"}]}"#,
    r#"{"WorkGroup":"w","ConfigurationUpdates":{"ResultConfigurationUpdates":{"RemoveOutputLocation":true},"RemoveBytesScannedCutoffPerQuery":true},"State":"DISABLED"}"#,
    r#"{"ResourceARN":"arn:aws:athena:x:1:workgroup/w","Tags":[{"Key":"k","Value":"v"}],"TagKeys":["a"]}"#,
    r#"{"Name":"t","TableType":"EXTERNAL_TABLE","StorageDescriptor":{"Columns":[{"Name":"a","Type":"int"}],"SerdeInfo":{"Parameters":{"field.delim":","}}},"PartitionKeys":[{"Name":"d","Type":"string"}],"Parameters":{"k":"v"}}"#,
    r#"{"Values":["2024","é"],"StorageDescriptor":{"Location":"s3://b/t/"}}"#,
];
const AUTHORIZATION: &str = "AWS4-HMAC-SHA256 Credential=AKIA/20261130/us-east-1/athena/aws4_request, \
                             SignedHeaders=host;x-amz-date, Signature=00ff00ff00ff00ff00ff00ff00ff00ff";
const KEYS: &str = "[[keys]]\naccess_key_id = \"AKIA\"\nsecret_access_key = \"hush\"\npermission = \"read\"\n";

/// A few bytes changed, moved or gone.
fn mutated(bytes: &[u8], random: &mut StdRng) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    for _ in 0..random.random_range(1..6) {
        let at = random.random_range(0..=bytes.len().saturating_sub(1));
        let to = (at + random.random_range(0..20)).min(bytes.len());
        match random.random_range(0..6) {
            0 if at < bytes.len() => bytes[at] = random.random(),
            1 => drop(bytes.drain(at..to)),
            2 => bytes.splice(at..at, bytes[at..to].to_vec()).for_each(drop),
            3 => bytes.truncate(at),
            4 => bytes.splice(at..at, br#"{"a":[null,-1,1e999,"\ud800"]}"#.to_vec()).for_each(drop),
            _ => bytes.splice(at..at, "é\"\\\n\0,".bytes()).for_each(drop),
        }
    }
    bytes
}

fn read<T: serde::de::DeserializeOwned>(body: &[u8]) {
    if let Err(error) = serde_json::from_slice::<T>(body) {
        assert!(!unreadable(&error).message.is_empty());
    }
}

#[test]
fn bodies_are_read_or_refused() {
    let mut random = StdRng::seed_from_u64(SEED);
    for round in 0..ROUNDS {
        let body = mutated(BODIES[round % BODIES.len()].as_bytes(), &mut random);
        read::<wire::StartQueryExecutionRequest>(&body);
        read::<wire::BatchGetQueryExecutionRequest>(&body);
        read::<wire::ListRequest>(&body);
        read::<wire::GetQueryResultsRequest>(&body);
        read::<wire::CreateWorkGroupRequest>(&body);
        read::<wire::UpdateWorkGroupRequest>(&body);
        read::<wire::MetadataRequest>(&body);
        read::<wire::PreparedStatementRequest>(&body);
        read::<wire::TagRequest>(&body);
        read::<glue::TableInput>(&body);
        read::<glue::PartitionInput>(&body);
    }
}

#[test]
fn signatures_are_refused() {
    let credentials = Credentials::from_toml(KEYS).unwrap();
    let now = SystemTime::UNIX_EPOCH + Duration::from_secs(1_796_000_000);
    let mut random = StdRng::seed_from_u64(SEED);
    for _ in 0..ROUNDS {
        let mut headers = HeaderMap::new();
        for (name, value) in [
            ("authorization", AUTHORIZATION),
            ("x-amz-date", "20261130T120000Z"),
            ("host", "localhost"),
            ("x-amz-target", "AmazonAthena.GetWorkGroup"),
        ] {
            if let Ok(value) = HeaderValue::from_bytes(&mutated(value.as_bytes(), &mut random)) {
                headers.insert(HeaderName::from_static(name), value);
            }
        }
        let target = Target::of(&Method::POST, "/", &headers);
        let query = String::from_utf8_lossy(&mutated(b"a=b&c=%20&d", &mut random)).into_owned();
        let request = signature::Request { method: "POST", path: "/", query: &query, headers: &headers, body: b"{}" };
        assert!(signature::verify(&request, target.signing_name(), &credentials, now).is_err());
    }
}

#[test]
fn result_files_are_read_as_far_as_they_go() {
    let column = wire::ColumnInfo::of_utility("a", "string");
    let metadata =
        Metadata { query_id: "q".to_owned(), update_type: None, update_count: Some(3), columns: vec![column] };
    let (metadata, csv) = (encode_metadata(&metadata), b"\"a\",\"b\"\n\"1\",\n\"x\"\"y\",\"line\nbreak\"\n".to_vec());
    let mut random = StdRng::seed_from_u64(SEED);
    for _ in 0..ROUNDS {
        let _decoded = decode_metadata(&mutated(&metadata, &mut random));
        let file = mutated(&csv, &mut random);
        let mut rows = CsvRows::starting_at(0);
        for piece in file.chunks(5) {
            rows.push(piece);
            while rows.next_row().is_some() {}
        }
        assert!(rows.offset() <= file.len() as u64);
    }
}
