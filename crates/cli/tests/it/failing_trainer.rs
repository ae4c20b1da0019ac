//! What becomes of a run whose trainer fails, is missing, or says what nobody understands.

use std::fs;

use serde_json::json;
use testkit::process::Output;

use crate::workplace::{Workplace, check_failure};

const SQL_STEPS: &str = "playlists,playlist_tracks,tracks,sequences,track_cooccurrence";

async fn with_tables() -> Workplace {
    let workplace = Workplace::with_slices().await;
    workplace.success(&format!("run --input raw --steps {SQL_STEPS} --quiet")).await;
    workplace
}

async fn train(workplace: &Workplace, script: &str) -> Output {
    let trainer = workplace.trainer(script);
    workplace.run(&format!("run --input raw --only train --model-binary {}", trainer.display())).await
}

#[tokio::test]
async fn its_error_is_told_with_the_causes_whatever_else_it_says() {
    let workplace = with_tables().await;
    let script = "\
        printf 'epoch 1\\n\\377\\n' >&2\n\
        head -c 300000 /dev/zero | tr '\\0' x >&2\n\
        printf '\\nerror: table `sequences` is empty\\n  caused by: nobody wrote it\\n' >&2\n\
        exit 65";
    let output = train(&workplace, script).await;
    let expected = "segue-model ended with exit status: 65: table `sequences` is empty: nobody wrote it";
    check_failure(&output, 65, &[expected, "train: epoch 1", "has the details"]);
    assert!(!output.stderr.contains("the same command goes on"), "it would fail again: {}", output.stderr);
    let shown = workplace.json("runs show latest --json").await;
    assert!(shown["error"].as_str().unwrap().ends_with("table `sequences` is empty: nobody wrote it"), "{shown}");

    let output = train(&workplace, "echo 'error: no luck' >&2; exit 1").await;
    check_failure(&output, 1, &["no luck", "the same command goes on where it stopped"]);
}

#[tokio::test]
async fn what_it_reports_must_be_complete() {
    let workplace = with_tables().await;
    for (report, part) in [
        ("no report", "cannot be understood"),
        (r#"{"model_id":"m1","recommenders":{}}"#, "it has no `config`"),
        (r#"{"model_id":"m1","config":{}}"#, "it has no `recommenders`"),
        (r#"{"config":{},"recommenders":{}}"#, "it has no `model_id`"),
    ] {
        let output = train(&workplace, &format!("echo '{report}'")).await;
        check_failure(&output, 1, &[part, "are both of the same version?"]);
    }
}

#[tokio::test]
async fn what_must_fail_at_training_fails_before_the_first_step() {
    let workplace = Workplace::with_slices().await;
    let trainer = workplace.trainer("exit 0");
    let line = format!("run --input raw --model-config missing.toml --model-binary {}", trainer.display());
    check_failure(&workplace.run(&line).await, 78, &["cannot read the trainer's settings `/", "/missing.toml`"]);
    let line = "run --input raw --model-binary nowhere";
    check_failure(&workplace.run(line).await, 78, &["cannot start the trainer `nowhere`", "--model-binary"]);
    workplace.program("trainer", "echo 'error: libtorch is too old' >&2; exit 1");
    let line = format!("run --input raw --model-binary {}", trainer.display());
    check_failure(&workplace.run(&line).await, 78, &["cannot start the trainer", "libtorch is too old"]);
    assert_eq!(workplace.json("runs --json").await, json!([]));
    workplace.success("run --input raw --steps quarantine --model-binary nowhere --quiet").await;
}

#[tokio::test]
async fn training_is_done_again_when_its_settings_have_changed() {
    let workplace = with_tables().await;
    let script = r#"
        [ "$1" = predict ] && { echo 'error: no luck' >&2; exit 1; }
        mkdir -p data/lake/models/m1 && echo '{}' > data/lake/models/m1/artefact.json
        echo '{"model_id":"m1","config":{"seed":1},"recommenders":{}}'"#;
    let trainer = workplace.trainer(script);
    fs::write(workplace.path("model.toml"), "seed = 1").unwrap();
    let line =
        format!("run --input raw --steps train,predict --model-config model.toml --model-binary {}", trainer.display());
    let resumed = async || workplace.run(&line).await.stderr.contains("train: was done before");
    assert!(!resumed().await);
    assert!(resumed().await);
    fs::write(workplace.path("model.toml"), "seed = 2").unwrap();
    assert!(!resumed().await, "the settings are others");
    assert!(resumed().await);
    fs::remove_file(workplace.path("data/lake/models/m1/artefact.json")).unwrap();
    assert!(!resumed().await, "the model is gone");
    workplace.success("run --input raw --steps tracks,sequences,track_cooccurrence --full --quiet").await;
    assert!(!resumed().await, "the tables are others");
}

#[tokio::test]
async fn a_table_that_somebody_replaced_is_written_again_with_all_behind_it() {
    let workplace = Workplace::with_slices().await;
    let trainer = workplace.trainer("echo 'error: no luck' >&2; exit 1");
    let line = format!("run --input raw --steps {SQL_STEPS},train --model-binary {}", trainer.display());
    let done_before = async || {
        let stderr = workplace.run(&line).await.stderr;
        SQL_STEPS.split(',').filter(|step| stderr.contains(&format!(" {step}: was done before"))).count()
    };
    assert_eq!(done_before().await, 0);
    assert_eq!(done_before().await, 5);
    workplace.segue.run(["sql", "INSERT INTO tracks SELECT * FROM tracks LIMIT 1"]).await.unwrap().success().unwrap();
    assert_eq!(done_before().await, 2, "playlists and playlist_tracks stand before it");
    assert_eq!(done_before().await, 5);
}

#[tokio::test]
async fn it_is_told_by_arguments_and_by_nothing_else() {
    let workplace = with_tables().await;
    let trainer = workplace.trainer("env > trainer.env; echo \"$@\" > trainer.args; exit 78");
    let segue = workplace.segue.clone();
    let segue = segue.env("SEGUE_MODEL_MAX_SECONDS", "1").env("SEGUE_MODEL_CONFIG", "x.toml").env("RUST_LOG", "debug");
    let read = |name: &str| fs::read_to_string(workplace.path(name)).unwrap();
    let told = async |line: &str| {
        let line = format!("{line} --model-binary {}", trainer.display());
        assert_eq!(segue.run(line.split(' ')).await.unwrap().code(), Some(78));
        let passed: Vec<String> = read("trainer.env").lines().map(str::to_owned).collect();
        let unwanted = ["SEGUE_MODEL_MAX_SECONDS=", "RUST_LOG="];
        assert!(!passed.iter().any(|line| unwanted.iter().any(|name| line.starts_with(name))), "{passed:?}");
        read("trainer.args")
    };
    fs::write(workplace.path("x.toml"), "").unwrap();
    let arguments = told("run --input raw --only train --log info,model=debug --log-format json").await;
    assert!(arguments.contains("--log-format json --log info,model=debug"), "{arguments}");
    // By its whole path: a retry may come from another folder.
    let settings = workplace.path("x.toml").canonicalize().unwrap();
    assert!(arguments.contains(&format!("--config {}", settings.display())), "{arguments}");
    let arguments = told("run --input raw --only train").await;
    assert!(arguments.contains("--log-format text") && !arguments.contains("--log "), "{arguments}");
}
