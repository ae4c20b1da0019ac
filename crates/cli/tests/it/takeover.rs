//! One run works on a lake at a time, and a run that was taken over ends without a trace.

use std::{fs, time::Duration};

use store::{RunClaim, RunId, RunStatus, Store, StoreOptions};
use testkit::process::ProcessGuard;

use crate::workplace::{PATIENCE, Workplace, check_failure, wait_until};

/// Begins a run that does not end by itself, and waits until its trainer is at work.
pub(crate) async fn at_work(workplace: &Workplace) -> ProcessGuard {
    let trainer = workplace.trainer("echo $$ > started; exec sleep 300");
    workplace.success("run --input raw --steps playlists,playlist_tracks,tracks,sequences,track_cooccurrence -q").await;
    let line = format!("run --input raw --only train --model-binary {}", trainer.display());
    let run = workplace.segue.start(line.split(' ')).unwrap();
    wait_until("the trainer is at work", || workplace.path("started").exists()).await;
    run
}

async fn latest_run(workplace: &Workplace) -> String {
    workplace.json("runs show latest --json").await["run_id"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_second_run_on_the_lake_is_refused_and_told_where_the_first_is() {
    let workplace = Workplace::with_slices().await;
    let first = at_work(&workplace).await;
    let run_id = latest_run(&workplace).await;
    let parts = [
        format!("run `{run_id}` is at work on this lake, on "),
        format!("(process {})", first.id()),
        "wait for it to end, or stop it there".to_owned(),
    ];
    let parts: Vec<&str> = parts.iter().map(String::as_str).collect();
    for line in ["run --input raw --steps quarantine", "run --input raw --steps quarantine --fresh"] {
        check_failure(&workplace.run(line).await, 75, &parts);
    }
    // However the lake is called.
    let lake = workplace.path("data/lake").display().to_string();
    for lake in
        [format!("{lake}/"), format!("file://{lake}"), format!("file://{lake}/../lake/"), "data/raw/../lake".to_owned()]
    {
        let line = format!("run --input raw --steps quarantine --fresh --lake {lake}");
        check_failure(&workplace.run(&line).await, 75, &parts);
    }
    workplace.success("run --input raw --steps quarantine --quiet --lake data/other").await;
    assert_eq!(workplace.json("runs show latest --json").await["status"], "succeeded");
    assert!(first.is_running());
}

#[tokio::test]
async fn a_run_that_was_taken_over_stops_its_work_and_records_nothing() {
    let workplace = Workplace::with_slices().await;
    let former = at_work(&workplace).await;
    let run_id = RunId::try_new(latest_run(&workplace).await).unwrap();
    former.freeze().unwrap();

    let database = format!("sqlite://{}", workplace.path("data/segue.db").display());
    let store = Store::connect(&database.parse().unwrap(), &StoreOptions::default()).await.unwrap();
    let lake = fs::canonicalize(workplace.path("data/lake")).unwrap();
    let claim = RunClaim {
        lake_url: format!("file://{}/", lake.display()),
        host: "there".to_owned(),
        silent_for: Duration::ZERO,
    };
    let owner = store.resume_run(&run_id, &claim).await.unwrap();
    former.thaw().unwrap();

    let status = former.wait(PATIENCE).await.unwrap();
    let explained = former.stderr();
    assert_eq!(status.code(), Some(75), "{explained}");
    assert!(explained.contains(&format!("error: run `{run_id}` was taken over by another process")), "{explained}");
    assert!(!explained.contains("the same command goes on"), "{explained}");
    let trainer = fs::read_to_string(workplace.path("started")).unwrap();
    wait_until("its trainer is gone", || !is_alive(trainer.trim())).await;
    let run = store.run(&run_id).await.unwrap().unwrap();
    assert_eq!((run.status, run.error), (RunStatus::Running, None));
    store.finish_run(&owner, RunStatus::Succeeded, None).await.unwrap();
}

/// Whether a process is there and not merely waiting to be reaped.
fn is_alive(process: &str) -> bool {
    let stat = fs::read_to_string(format!("/proc/{process}/stat")).unwrap_or_default();
    stat.rsplit_once(") ").is_some_and(|(_, rest)| !rest.starts_with('Z'))
}
