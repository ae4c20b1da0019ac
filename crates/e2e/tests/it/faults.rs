//! Processes and servers that fail at the worst moment: the work ends well or is run again, the table equals the
//! oracle's, and no reader ever sees anything but a whole old or a whole new version.

use std::{path::Path, sync::Arc, time::Duration};

use datafusion::{
    datasource::{TableProvider, provider_as_source},
    logical_expr::{LogicalPlanBuilder, dml::InsertOp},
    prelude::{DataFrame, SessionContext},
};
use lake::{Lake, ObjectStores};
use sample::SampleOptions;
use tempfile::TempDir;
use testkit::{
    process::{Cluster, ClusterBuilder, Executor, ExecutorBuilder, SmallDisk, find_program},
    services::{Fault, FaultProxy},
};
use tokio::task::JoinHandle;
use udfs::{
    lake_table::LakeTable,
    scan::{BadInput, ScanSpec, SliceTable},
};
use url::Url;

use crate::{
    places::open_lake,
    reader::{ListingReader, look},
    session::{lines, on_cluster, on_single_node},
};

const FLATTEN: &str = "SELECT pid, track['pos'] AS pos, track['track_uri'] AS track_uri, track['track_name'] AS name \
                       FROM (SELECT pid, unnest(tracks) AS track FROM raw_playlists)";
/// Two aggregations, a join and three shuffles.
const COUNTED: &str = "WITH entries AS (SELECT pid, track['pos'] AS pos, track['track_uri'] AS track_uri \
                       FROM (SELECT pid, unnest(tracks) AS track FROM raw_playlists)), \
                       counted AS (SELECT track_uri, count(*) AS n FROM entries GROUP BY track_uri) \
                       SELECT entries.pid, min(entries.pos) AS pos, entries.track_uri, CAST(max(n) AS TEXT) AS name \
                       FROM entries JOIN counted ON entries.track_uri = counted.track_uri \
                       GROUP BY entries.pid, entries.track_uri";
/// Longest wait for a job that lost what it had.
const PATIENCE: Duration = Duration::from_secs(150);
const POLL: Duration = Duration::from_millis(1);

/// Slices, a lake whose table `flat` has a first version, and what the second one must be.
struct Scene {
    place: TempDir,
    lake: Lake,
    sql: &'static str,
    expected: Vec<String>,
}

impl Scene {
    async fn new() -> Self {
        Self::of(FLATTEN).await
    }

    async fn of(sql: &'static str) -> Self {
        let place = TempDir::new().unwrap();
        let options = SampleOptions { slices: 16, playlists_per_slice: 400, tracks: 4_000, ..SampleOptions::default() };
        sample::write_slices(&place.path().join("raw"), &options, &|_| ()).unwrap();
        let lake = open_lake(&place.path().join("lake")).await;
        Self::with_lake(place, lake, sql).await
    }

    async fn with_lake(place: TempDir, lake: Lake, sql: &'static str) -> Self {
        let single = on_single_node(&lake).await;
        register(&single, place.path());
        insert(&single, &lake, "SELECT 0 AS pid, 0 AS pos, 'item:0' AS track_uri, 'old' AS name").await.unwrap();
        let expected = lines(&single.sql(sql).await.unwrap().collect().await.unwrap());
        assert!(expected.len() > 100_000);
        Self { place, lake, sql, expected }
    }

    /// A client of the cluster that writes the second version.
    async fn write(&self, cluster: &Cluster) -> JoinHandle<datafusion::error::Result<()>> {
        let context = on_cluster(cluster, &self.lake).await;
        register(&context, self.place.path());
        let (lake, sql) = (self.lake.clone(), self.sql);
        tokio::spawn(async move { insert(&context, &lake, sql).await })
    }

    /// Waits until something with this name stands in the table's staging folder, or the second version is committed:
    /// what stands there while a commit is at work is gone in a moment.
    async fn wait_for_staged(&self, name: &str) {
        let table = self.place.path().join("lake/flat");
        let deadline = tokio::time::Instant::now() + PATIENCE;
        while !stands_below(&table.join("_staging"), name)
            && !stands_below(&table.join("_commits"), "00000000000000000002")
        {
            assert!(tokio::time::Instant::now() < deadline, "no {name} in {}", table.display());
            tokio::time::sleep(POLL).await;
        }
    }

    /// The table has the rows that it must have, for readers of manifests and of folders alike.
    async fn check(&self) {
        let single = on_single_node(&self.lake).await;
        let sql = "SELECT pid, pos, track_uri, name FROM flat";
        let found = lines(&single.sql(sql).await.unwrap().collect().await.unwrap());
        assert_eq!(found.len(), self.expected.len());
        assert!(found == self.expected, "the rows differ from those of single-node DataFusion");
        assert_eq!(look(&self.lake, "flat").await.1, self.expected.len() as u64);
    }

    /// What a reader may have seen: the first version, and the second one.
    fn check_seen(&self, seen: &std::collections::BTreeMap<u64, u64>) {
        assert_eq!(seen[&1], 1);
        assert!(seen.iter().all(|(version, rows)| *version == 1 || *rows == self.expected.len() as u64), "{seen:?}");
    }
}

fn stands_below(folder: &Path, name: &str) -> bool {
    std::fs::read_dir(folder)
        .into_iter()
        .flatten()
        .flatten()
        .any(|entry| entry.file_name().to_string_lossy().starts_with(name) || stands_below(&entry.path(), name))
}

fn register(context: &SessionContext, place: &Path) {
    let url = Url::from_directory_path(place.join("raw")).unwrap();
    let playlists = SliceTable::try_new(url, ScanSpec::playlists(BadInput::Fail)).unwrap();
    context.register_table("raw_playlists", Arc::new(playlists)).unwrap();
}

async fn insert(context: &SessionContext, lake: &Lake, sql: &str) -> datafusion::error::Result<()> {
    let (state, plan) = context.sql(sql).await?.into_parts();
    let schema = Arc::new(plan.schema().as_arrow().clone());
    let target: Arc<dyn TableProvider> = Arc::new(LakeTable::target(lake, "flat", schema));
    let insert = LogicalPlanBuilder::insert_into(plan, "flat", provider_as_source(target), InsertOp::Overwrite)?;
    DataFrame::new(state, insert.build()?).collect().await.map(drop)
}

/// Two executors whose loss is noticed within seconds.
fn impatient() -> ClusterBuilder {
    let builder = Cluster::builder().unwrap().executors(2).vcores(1);
    builder
        .scheduler_arg("--executor-timeout-seconds")
        .scheduler_arg("6")
        .executor_arg("--heartbeat-seconds")
        .executor_arg("1")
}

async fn end_of(job: JoinHandle<datafusion::error::Result<()>>) -> datafusion::error::Result<()> {
    tokio::time::timeout(PATIENCE, job).await.unwrap().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_executor_is_killed_while_it_writes() {
    let scene = Scene::new().await;
    let mut cluster = impatient().start().await.unwrap();
    let reader = ListingReader::start(&scene.lake, "flat");
    let job = scene.write(&cluster).await;
    scene.wait_for_staged("part-").await;
    cluster.remove_executor(0).unwrap().process().sigkill().await.unwrap();
    end_of(job).await.unwrap();
    scene.check().await;
    scene.check_seen(&reader.stop().await);
}

#[tokio::test(flavor = "multi_thread")]
async fn all_executors_are_killed_while_one_commits() {
    let scene = Scene::new().await;
    let mut cluster = impatient().start().await.unwrap();
    let reader = ListingReader::start(&scene.lake, "flat");
    let job = scene.write(&cluster).await;
    scene.wait_for_staged("_files.json").await;
    for _ in 0..2 {
        cluster.remove_executor(0).unwrap().process().sigkill().await.unwrap();
    }
    cluster.add_executor().await.unwrap();
    if end_of(job).await.is_err() {
        let again = scene.write(&cluster).await;
        end_of(again).await.unwrap();
    }
    scene.check().await;
    scene.check_seen(&reader.stop().await);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_executor_falls_silent_and_comes_back() {
    let scene = Scene::new().await;
    let cluster = impatient().start().await.unwrap();
    let reader = ListingReader::start(&scene.lake, "flat");
    let job = scene.write(&cluster).await;
    scene.wait_for_staged("part-").await;
    cluster.executors()[0].process().freeze().unwrap();
    end_of(job).await.unwrap();
    scene.check().await;
    // What it does when it wakes changes nothing any more.
    cluster.executors()[0].process().thaw().unwrap();
    tokio::time::sleep(Duration::from_secs(2)).await;
    scene.check().await;
    scene.check_seen(&reader.stop().await);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_scheduler_is_killed_and_the_work_run_again() {
    let scene = Scene::new().await;
    let reader = ListingReader::start(&scene.lake, "flat");
    let cluster = impatient().start().await.unwrap();
    let job = scene.write(&cluster).await;
    scene.wait_for_staged("part-").await;
    cluster.scheduler().process().sigkill().await.unwrap();
    end_of(job).await.unwrap_err();
    drop(cluster);
    assert_eq!(look(&scene.lake, "flat").await, (1, 1));
    let cluster = impatient().start().await.unwrap();
    let again = scene.write(&cluster).await;
    end_of(again).await.unwrap();
    scene.check().await;
    scene.check_seen(&reader.stop().await);
}

#[tokio::test(flavor = "multi_thread")]
async fn processes_that_are_asked_to_stop_finish_first() {
    let scene = Scene::new().await;
    let mut cluster = impatient().start().await.unwrap();
    let job = scene.write(&cluster).await;
    scene.wait_for_staged("part-").await;
    let leaving = cluster.remove_executor(0).unwrap();
    let (executor, scheduler) = (leaving.process(), cluster.scheduler());
    let readiness = async {
        // Asked while it still has the job to finish.
        tokio::time::sleep(Duration::from_millis(50)).await;
        scheduler.admin_get("/readyz").await
    };
    let (gone, stopped, ready, ended) = tokio::join!(
        executor.sigterm_and_wait(PATIENCE),
        scheduler.process().sigterm_and_wait(PATIENCE),
        readiness,
        end_of(job),
    );
    ended.unwrap();
    assert!(gone.unwrap().success() && stopped.unwrap().success());
    let refused = format!("{:#}", ready.unwrap_err());
    assert!(refused.contains("503"), "a scheduler that drains says so: {refused}");
    scene.check().await;
}

/// A job of several stages loses an executor, and with it what earlier stages left on its disk. Stock Ballista 55.0.0
/// waits for ever here, or reads some rows twice.
#[tokio::test(flavor = "multi_thread")]
async fn what_a_lost_executor_held_is_made_again() {
    let scene = Scene::of(COUNTED).await;
    let mut cluster = impatient().start().await.unwrap();
    let job = scene.write(&cluster).await;
    scene.wait_for_staged("part-").await;
    cluster.remove_executor(0).unwrap().process().sigkill().await.unwrap();
    end_of(job).await.unwrap();
    scene.check().await;
}

/// What earlier stages leave on an executor does not fit its disk. The job fails and says so, and the same statement
/// succeeds where there is room.
#[tokio::test(flavor = "multi_thread")]
async fn the_work_disk_of_an_executor_is_full() {
    let scene = Scene::of(COUNTED).await;
    let work = scene.place.path().join("work");
    std::fs::create_dir(&work).unwrap();
    let Some(disk) = SmallDisk::at(&work, "1m") else { return };
    let cluster = impatient().executors(0).start().await.unwrap();
    let program = find_program("segue-executor").unwrap();
    let command = disk.script("exec \"$EXECUTOR\" \"$@\"").env("EXECUTOR", program.display().to_string()).arg("sh");
    let small = ExecutorBuilder::new(command, cluster.scheduler().grpc()).vcores(2).work_dir(&work);
    let small = small.start().await.unwrap();
    let reader = ListingReader::start(&scene.lake, "flat");
    let job = scene.write(&cluster).await;
    let failed = end_of(job).await.unwrap_err().to_string();
    assert!(failed.contains("No space left on device"), "{failed}");
    drop(small);
    let _room = Executor::builder(cluster.scheduler().grpc()).unwrap().vcores(2).start().await.unwrap();
    let again = scene.write(&cluster).await;
    end_of(again).await.unwrap();
    scene.check().await;
    scene.check_seen(&reader.stop().await);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_object_store_has_a_bad_while() {
    let Some(s3) = testkit::services::s3() else { return };
    let proxy = FaultProxy::start(s3.authority()).await.unwrap();
    let prefix = s3.fresh_prefix();
    let place = TempDir::new().unwrap();
    let options = SampleOptions { slices: 16, playlists_per_slice: 400, tracks: 4_000, ..SampleOptions::default() };
    sample::write_slices(&place.path().join("raw"), &options, &|_| ()).unwrap();
    let stores = ObjectStores::from_env();
    let url = Url::parse(&format!("{prefix}/lake")).unwrap();
    stores.register(&url, s3.object_store().unwrap());
    let lake = Lake::open(url.as_str(), Arc::new(stores)).await.unwrap();
    let scene = Scene::with_lake(place, lake, FLATTEN).await;
    let cluster = impatient().envs(s3.clone().through(&proxy).env_pairs()).start().await.unwrap();
    let reader = ListingReader::start(&scene.lake, "flat");
    for fault in [Fault::SlowDown, Fault::Cut(20_000), Fault::Silence] {
        let job = scene.write(&cluster).await;
        tokio::time::sleep(Duration::from_millis(150)).await;
        proxy.set(fault);
        tokio::time::sleep(Duration::from_secs(3)).await;
        proxy.set(Fault::None);
        end_of(job).await.unwrap_or_else(|error| panic!("{fault:?}: {error}"));
        scene.check().await;
    }
    scene.check_seen(&reader.stop().await);
}
