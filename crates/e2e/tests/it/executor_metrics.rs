//! What executors tell of memory, spills, shuffles and requests to S3, while a job runs that has too little memory.

use std::{path::Path, sync::Arc, time::Duration};

use datafusion::{
    datasource::{TableProvider, provider_as_source},
    logical_expr::{LogicalPlanBuilder, dml::InsertOp},
    prelude::{DataFrame, SessionContext},
};
use lake::{Lake, ObjectStores};
use sample::SampleOptions;
use tempfile::TempDir;
use testkit::process::Cluster;
use udfs::{
    lake_table::LakeTable,
    scan::{BadInput, ScanSpec, SliceTable},
};
use url::Url;

use crate::{
    endpoints::value_of,
    session::{lines, on_cluster, on_single_node},
};

const MEMORY_BYTES: u32 = 24_000_000;
const TRACKS: &str = "SELECT pid, track['pos'] AS pos, track['track_uri'] AS track_uri, track['track_name'] AS name \
                      FROM (SELECT pid, unnest(tracks) AS track FROM raw_playlists)";
/// Sorts all tracks by their texts, in stages with a shuffle between.
const NUMBERED: &str = "SELECT max(n) AS most, count(*) AS tracks FROM (SELECT row_number() OVER \
                        (PARTITION BY length(name) ORDER BY name, track_uri, pid, pos) AS n FROM flat)";
const POLL: Duration = Duration::from_millis(5);

#[tokio::test(flavor = "multi_thread")]
async fn a_job_with_little_memory_shows_in_the_metrics() {
    let Some(s3) = testkit::services::s3() else { return };
    let place = TempDir::new().unwrap();
    let options = SampleOptions { slices: 8, playlists_per_slice: 800, tracks: 4_000, ..SampleOptions::default() };
    sample::write_slices(&place.path().join("raw"), &options, &|_| ()).unwrap();
    let url = Url::parse(&format!("{}/lake", s3.fresh_prefix())).unwrap();
    let stores = ObjectStores::from_env();
    stores.register(&url, s3.object_store().unwrap());
    let lake = Lake::open(url.as_str(), Arc::new(stores)).await.unwrap();
    let cluster = Cluster::builder().unwrap().executors(2).vcores(1).envs(s3.env_pairs());
    let cluster = cluster.executor_arg("--memory-bytes").executor_arg(MEMORY_BYTES.to_string()).start().await.unwrap();
    let metrics = async || {
        let [first, second] = cluster.executors() else { panic!("there are two executors") };
        [first.admin_get("/metrics").await.unwrap(), second.admin_get("/metrics").await.unwrap()]
    };
    let sum = |texts: &[String; 2], name: &str| -> f64 { texts.iter().filter_map(|text| value_of(text, name)).sum() };

    let context = on_cluster(&cluster, &lake).await;
    fill(&context, &lake, place.path()).await;
    let job = tokio::spawn(context.sql(NUMBERED).await.unwrap().collect());
    let mut most_reserved = 0.0_f64;
    while !job.is_finished() {
        let now = metrics().await;
        for executor in &now {
            let limit = value_of(executor, "segue_executor_memory_pool_limit_bytes").unwrap();
            assert!(limit == 0.0 || limit == f64::from(MEMORY_BYTES), "{limit}");
            let reserved = value_of(executor, "segue_executor_memory_pool_reserved_bytes").unwrap();
            most_reserved = most_reserved.max(reserved);
        }
        tokio::time::sleep(POLL).await;
    }
    let found = lines(&job.await.unwrap().unwrap());
    assert_eq!(found, lines(&on_single_node(&lake).await.sql(NUMBERED).await.unwrap().collect().await.unwrap()));
    assert!(most_reserved > 1e6 && most_reserved <= f64::from(MEMORY_BYTES), "{most_reserved}");

    let after = metrics().await;
    let of = |name: &str| sum(&after, name);
    let after_text = after.concat();
    assert_eq!(of("segue_executor_memory_pool_reserved_bytes"), 0.0, "no task runs any more");
    assert!(of("segue_executor_spills_total") >= 1.0 && of("segue_executor_spilled_bytes_total") > 1e6, "{after_text}");
    assert!(of("segue_executor_shuffle_written_bytes_total") > 1e6, "{after_text}");
    // Each row of the table was read once, and about half of them from the other executor.
    assert!(of("segue_executor_shuffle_read_rows_total") >= of("segue_executor_spilled_rows_total"), "{after_text}");
    assert!(of("segue_executor_shuffle_fetched_bytes_total") > 1e6, "{after_text}");
    assert!(of("segue_executor_shuffle_fetches_total") >= 1.0, "{after_text}");
    let requests = |operation: &str, outcome: &str| {
        of(&format!("segue_object_store_requests_total{{operation=\"{operation}\",outcome=\"{outcome}\"}}"))
    };
    // The commit creates the manifest, on an executor, and the query reads its files there.
    assert!(requests("put", "success") >= 1.0 && requests("get", "success") >= 1.0, "{after_text}");
    assert!(of("segue_object_store_request_duration_seconds_count{operation=\"get\"}") >= 1.0, "{after_text}");
}

/// Writes the tracks of the slices as the table `flat`.
async fn fill(context: &SessionContext, lake: &Lake, place: &Path) {
    let slices = Url::from_directory_path(place.join("raw")).unwrap();
    let playlists = SliceTable::try_new(slices, ScanSpec::playlists(BadInput::Fail)).unwrap();
    context.register_table("raw_playlists", Arc::new(playlists)).unwrap();
    let (state, plan) = context.sql(TRACKS).await.unwrap().into_parts();
    let schema = Arc::new(plan.schema().as_arrow().clone());
    let target: Arc<dyn TableProvider> = Arc::new(LakeTable::target(lake, "flat", schema));
    let insert =
        LogicalPlanBuilder::insert_into(plan, "flat", provider_as_source(target), InsertOp::Overwrite).unwrap();
    DataFrame::new(state, insert.build().unwrap()).collect().await.unwrap();
}
