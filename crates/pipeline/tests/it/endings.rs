//! How runs end that do not go well.

use std::{
    fs,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    sync::{Arc, Mutex},
    time::Duration,
};

use arrow::array::{ArrayRef, Int64Array, RecordBatch, StringArray};
use lake::{Lake, WriteMode};
use pipeline::{Error, Event, Liveness, Observer, RunOptions, Step, Workspace};
use store::{RunClaim, RunOwner, RunStatus, Store};
use tempfile::TempDir;

use crate::place::{make_slices, open, options};

const WITHIN: Duration = Duration::from_secs(30);

/// Does something when the trainer says something.
struct WhenHeard<F> {
    act: F,
    owner: Mutex<Option<RunOwner>>,
}

impl<F: Fn(&RunOwner) + Send + Sync> Observer for WhenHeard<F> {
    fn notify(&self, event: &Event) {
        if let (Event::StepProgress { .. }, Some(owner)) = (event, self.owner.lock().unwrap().as_ref()) {
            (self.act)(owner);
        }
    }

    fn given(&self, owner: &RunOwner) {
        *self.owner.lock().unwrap() = Some(owner.clone());
    }
}

fn when_heard<F: Fn(&RunOwner) + Send + Sync>(act: F) -> WhenHeard<F> {
    WhenHeard { act, owner: Mutex::new(None) }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_that_was_taken_over_stops_at_once_and_records_nothing() {
    let place = TempDir::new().unwrap();
    let workspace = open(place.path(), 1).await;
    let options = with_trainer(place.path(), &workspace, "echo at work >&2\nexec sleep 300").await;
    let store = workspace.store.clone();
    let claim =
        RunClaim { lake_url: workspace.lake.url().to_string(), host: "there".to_owned(), silent_for: Duration::ZERO };
    let observer = when_heard(move |owner: &RunOwner| {
        let (store, claim, run_id) = (store.clone(), claim.clone(), owner.run_id().clone());
        tokio::spawn(async move { store.resume_run(&run_id, &claim).await.unwrap() });
    });
    let run = tokio::time::timeout(WITHIN, pipeline::run(&workspace, &options, &observer)).await;
    let error = run.unwrap().unwrap_err();
    assert!(matches!(error, Error::TakenOver(_)), "{error:?}");
    let run = workspace.store.list_runs(1).await.unwrap().remove(0);
    assert_eq!((run.status, run.error), (RunStatus::Running, None), "it is another's to finish");
}

#[tokio::test(flavor = "multi_thread")]
async fn why_a_step_failed_is_told_although_it_cannot_be_recorded() {
    let place = TempDir::new().unwrap();
    let workspace = open(place.path(), 1).await;
    let script = "echo at work >&2\nwhile [ ! -e closed ]; do sleep 0.1; done\necho 'error: bad table' >&2\nexit 65";
    let script = script.replace("closed", &place.path().join("closed").display().to_string());
    let options = with_trainer(place.path(), &workspace, &script).await;
    let closed = place.path().join("closed");
    let observer = when_heard(|_: &RunOwner| {
        tokio::spawn(close(workspace.store.clone(), closed.clone()));
    });
    let run = tokio::time::timeout(WITHIN, pipeline::run(&workspace, &options, &observer)).await;
    let error = run.unwrap().unwrap_err();
    assert!(matches!(&error, Error::Model { last_words, .. } if last_words == "bad table"), "{error:?}");
}

async fn close(store: Store, closed: PathBuf) {
    store.close().await;
    fs::write(closed, "").unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn what_this_run_predicted_is_published_and_nothing_else() {
    let place = TempDir::new().unwrap();
    let workspace = open(place.path(), 1).await;
    let script = "echo at work >&2\necho '{}'";
    let mut options = with_trainer(place.path(), &workspace, script).await;
    options.steps = vec![Step::Predict, Step::Publish];
    write(&workspace.lake, "predictions").await;
    let lake = workspace.lake.clone();
    let observer = |event: &Event| {
        // Between the two steps somebody else writes the table.
        if matches!(event, Event::StepFinished { report } if report.step == Step::Predict) {
            tokio::task::block_in_place(|| tokio::runtime::Handle::current().block_on(write(&lake, "predictions")));
        }
    };
    let error = pipeline::run(&workspace, &options, &observer).await.unwrap_err();
    let expected = "step `publish` needs predictions@1, which this run wrote, but somebody has written predictions@2";
    assert!(error.to_string().starts_with(expected), "{error}");
    assert_eq!(workspace.store.current_set().await.unwrap(), None);
}

/// Options of a run whose only step is the training, by a script in place of the trainer.
async fn with_trainer(place: &Path, workspace: &Workspace, script: &str) -> RunOptions {
    let trainer = place.join("trainer");
    fs::write(&trainer, format!("#!/bin/sh\n[ \"$1\" = version ] && exit 0\n{script}\n")).unwrap();
    fs::set_permissions(&trainer, fs::Permissions::from_mode(0o755)).unwrap();
    for table in ["sequences", "tracks", "track_cooccurrence"] {
        write(&workspace.lake, table).await;
    }
    RunOptions {
        steps: vec![Step::Train],
        model_binary: trainer,
        liveness: Liveness { beat_every: Duration::from_millis(50), ..Liveness::default() },
        ..options(&make_slices(&place.join("raw")))
    }
}

/// Writes a version of a table with one row.
async fn write(lake: &Lake, table: &str) {
    let batch = RecordBatch::try_from_iter([
        ("pid", Arc::new(Int64Array::from_iter_values([1])) as ArrayRef),
        ("model_id", Arc::new(StringArray::from_iter_values(["m1"]))),
    ])
    .unwrap();
    let mut writer = lake.table(table).unwrap().writer(batch.schema(), WriteMode::Overwrite).await.unwrap();
    writer.write(batch).await.unwrap();
    writer.commit().await.unwrap();
}
