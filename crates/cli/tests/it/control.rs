//! Runs are cancelled, gone on with, looked at before they run, and leave out what is done.

use std::{fs, path::Path};

use serde_json::{Value, json};

use crate::{
    takeover::at_work,
    workplace::{PATIENCE, Workplace, check_failure, wait_until},
};

const SQL_STEPS: &str = "playlists,playlist_tracks,tracks,sequences,track_cooccurrence";

#[tokio::test]
async fn a_run_is_cancelled_from_elsewhere_and_gone_on_with() {
    let workplace = Workplace::with_slices().await;
    let run = at_work(&workplace).await;
    let run_id = workplace.json("runs show latest --json").await["run_id"].as_str().unwrap().to_owned();
    let cancelled = workplace.json(&format!("runs cancel {run_id} --json")).await;
    assert_eq!((&cancelled["status"], &cancelled["run_id"]), (&json!("cancelled"), &json!(run_id)));
    let status = run.wait(PATIENCE).await.unwrap();
    assert_eq!(status.code(), Some(4), "{}", run.stderr());
    assert!(run.stderr().contains(&format!("`segue runs retry {run_id}` goes on with it")), "{}", run.stderr());
    assert!(run.stderr().contains("the run was cancelled by segue runs cancel on "), "{}", run.stderr());
    let shown = workplace.json("runs show latest --json").await;
    assert_eq!(shown["steps"][0]["status"], "abandoned");
    // The trainer that it had started is gone, too.
    let trainer = fs::read_to_string(workplace.path("started")).unwrap();
    wait_until("the trainer is gone", || !Path::new("/proc").join(trainer.trim()).exists()).await;

    let output = workplace.run(&format!("runs cancel {run_id}")).await;
    check_failure(&output, 1, &["cancelled"]);
    check_failure(&workplace.run("runs cancel latest").await, 1, &["no run is running"]);
    let trainer = workplace.trainer("echo '{\"model_id\":\"m1\",\"config\":{},\"recommenders\":{}}'");
    let report = workplace.json(&format!("runs retry {run_id} --json --model-binary {}", trainer.display())).await;
    assert_eq!((&report["run_id"], &report["resumed"]), (&json!(run_id), &json!(true)));
    check_failure(&workplace.run("runs retry").await, 2, &["has succeeded: there is nothing to go on with"]);
}

#[tokio::test]
async fn a_run_whose_input_changed_is_not_gone_on_with() {
    let workplace = Workplace::with_slices().await;
    let trainer = workplace.trainer("exit 1");
    let line = format!("run --input raw --steps {SQL_STEPS},train --quiet --model-binary {}", trainer.display());
    assert_eq!(workplace.run(&line).await.code(), Some(1));
    workplace.success("sample --output raw --slices 3 --playlists-per-slice 60 --tracks 2000 --quiet").await;
    let output = workplace.run(&format!("runs retry --model-binary {}", trainer.display())).await;
    check_failure(&output, 78, &["cannot go on: its input, its tables or the program changed"]);
}

fn planned(plan: &Value) -> Vec<(&str, bool)> {
    let steps = plan.as_array().unwrap().iter();
    steps.map(|step| (step["step"].as_str().unwrap(), step["runs"].as_bool().unwrap())).collect()
}

#[tokio::test]
async fn a_dry_run_says_what_a_run_would_do_and_does_nothing() {
    let workplace = Workplace::with_slices().await;
    workplace.success("run --input raw --steps quarantine,playlists,playlist_tracks,tracks --quiet").await;
    let line = "run --input raw --steps playlists,playlist_tracks,tracks --dry-run --json";
    let idle = workplace.json(line).await;
    assert_eq!(planned(&idle), [("playlists", false), ("playlist_tracks", false), ("tracks", false)]);
    let full = workplace.json(&format!("{line} --backfill")).await;
    assert!(planned(&full).iter().all(|(_, runs)| *runs), "{full}");
    fs::remove_file(workplace.path("raw/mpd.slice.0-59.json")).unwrap();
    let changed = workplace.json(line).await;
    assert_eq!(planned(&changed), [("playlists", true), ("playlist_tracks", true), ("tracks", true)]);
    assert_eq!(changed[0]["reason"], "0 slices read, 1 removed, 1 unchanged");
    assert_eq!(changed[2]["reason"], "`playlist_tracks` changes before it");
    assert_eq!(workplace.json("runs --json").await.as_array().unwrap().len(), 1);
    assert_eq!(workplace.rows("SELECT count(*) AS n FROM playlists").await, json!([{ "n": 120 }]));
}

#[tokio::test]
async fn a_file_decides_about_steps_timeouts_and_retries() {
    let workplace = Workplace::with_slices().await;
    let builtin = fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../../sql/pipeline/pipeline.toml")).unwrap();
    let write = |text: String| fs::write(workplace.path("p.toml"), text).unwrap();
    write(builtin.replace("inputs = [\"playlist_tracks\"]", "inputs = [\"playlist_tracsk\"]"));
    let line = "run --input raw --pipeline p.toml";
    check_failure(&workplace.run(line).await, 78, &["p.toml:47: unknown input `playlist_tracsk`"]);

    write(builtin.split("[[step]]\nname = \"tracks\"").next().unwrap().to_owned());
    let report = workplace.json(&format!("{line} --json")).await;
    assert_eq!(report["steps"].as_array().unwrap().len(), 3);
    check_failure(&workplace.run(&format!("{line} --only train")).await, 2, &["step `train` is not part of"]);

    workplace.success("run --input raw --steps tracks,sequences,track_cooccurrence --quiet").await;
    write(builtin.replace("timeout_minutes = 720", "timeout_minutes = 0.2"));
    // The first attempt takes too long, the second does not.
    let report = r#"{"model_id":"m1","config":{},"recommenders":{}}"#;
    let trainer =
        workplace.trainer(&format!("[ -e once ] && {{ echo '{report}'; exit 0; }}\n: > once\nexec sleep 300"));
    workplace.success(&format!("{line} --only train --quiet --model-binary {}", trainer.display())).await;
    let shown = workplace.json("runs show latest --json").await;
    let attempts: Vec<&Value> = shown["steps"].as_array().unwrap().iter().map(|step| &step["status"]).collect();
    assert_eq!(attempts, ["failed", "succeeded"]);
    assert!(shown["steps"][0]["error"].as_str().unwrap().contains("was given up after 12s"), "{shown}");
}

#[tokio::test]
async fn what_was_trained_and_predicted_of_the_same_is_left_out() {
    let workplace = Workplace::with_slices().await;
    workplace.success(&format!("run --input raw --steps {SQL_STEPS} --quiet")).await;
    crate::publishing::predict(&workplace, "m1", &[1, 2, 3]).await;
    let script = r#"
        echo $1 >> calls
        [ "$1" = predict ] && { echo '{}'; exit 0; }
        mkdir -p data/lake/models/m1 && echo '{}' > data/lake/models/m1/artefact.json
        echo '{"model_id":"m1","config":{},"recommenders":{}}'"#;
    let trainer = workplace.trainer(script);
    let line = format!("run --input raw --steps train,predict,publish --json --model-binary {}", trainer.display());
    let unchanged = async |more: &str| {
        let report = workplace.json(&format!("{line}{more}")).await;
        report["steps"].as_array().unwrap().iter().map(|step| step["unchanged"] == true).collect::<Vec<_>>()
    };
    assert_eq!(unchanged("").await, [false, false, false]);
    assert_eq!(unchanged("").await, [true, true, true]);
    assert_eq!(fs::read_to_string(workplace.path("calls")).unwrap(), "train\npredict\n");
    let shown = workplace.json("runs show latest --json").await;
    assert!(shown["steps"].as_array().unwrap().iter().all(|step| step["status"] == "skipped"), "{shown}");
    // Another seed trains another time; this trainer yields the same model, so that it need not predict again.
    assert_eq!(unchanged(" --seed 7").await, [false, true, true]);
    assert_eq!(unchanged(" --seed 7 --k 9").await, [true, false, true]);
    assert_eq!(unchanged(" --full").await, [false, false, false]);
    // By itself a prediction takes the newest model, which only the trainer knows.
    let predict = line.replace("train,predict,publish", "predict");
    for _ in 0..2 {
        assert!(workplace.json(&predict).await["steps"][0]["unchanged"] != true, "there may be a newer model");
    }
    fs::remove_dir_all(workplace.path("data/lake/models/m1")).unwrap();
    assert!(!unchanged("").await[0], "the model is gone");
}
