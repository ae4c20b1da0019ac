//! The command line itself.

use crate::workplace::Workplace;

#[tokio::test]
async fn wrong_usage_ends_with_2() {
    let workplace = Workplace::new();
    for line in
        ["", "nonsense", "run", "sql", "recommend", "sample --output raw --slices 1 --tracks 1", "tables --log [[["]
    {
        let output = workplace.run(line).await;
        assert_eq!((output.code(), output.stdout.as_str()), (Some(2), ""), "{line}: {output:?}");
    }
    let empty = workplace.segue.run(["sql", "-- nothing"]).await.unwrap();
    assert_eq!(empty.code(), Some(2), "{empty:?}");
}

#[tokio::test]
async fn help_has_examples_and_no_secrets() {
    let workplace = Workplace::new();
    let segue = workplace.segue.clone().env("SEGUE_DATABASE", "mysql://segue:hunter2@db/segue");
    for command in ["demo", "run", "sql", "recommend", "runs", "tables", "sample", "doctor"] {
        let help = segue.run([command, "--help"]).await.unwrap().success().unwrap().stdout;
        assert!(help.contains(&format!("Usage: segue {command}")), "{help}");
        assert!(help.contains("belongs in the variable SEGUE_DATABASE"), "{help}");
        assert!(help.contains("segue ") && help.contains("SEGUE_LAKE") && !help.contains("hunter2"), "{help}");
    }
    let version = segue.run(["--version"]).await.unwrap().success().unwrap().stdout;
    assert_eq!(version, format!("segue {}\n", env!("CARGO_PKG_VERSION")));
}

#[tokio::test]
async fn settings_come_from_the_environment_too() {
    let workplace = Workplace::with_slices().await;
    let segue = workplace.segue.clone().env("SEGUE_LAKE", "elsewhere").env("SEGUE_DATABASE", "sqlite://elsewhere.db");
    segue.run(["sql", "SELECT 1"]).await.unwrap().success().unwrap();
    assert!(!workplace.path("elsewhere").exists(), "a question leaves nothing behind");
    segue.run(["run", "--input", "raw", "--steps", "quarantine"]).await.unwrap().success().unwrap();
    assert!(workplace.path("elsewhere").is_dir() && workplace.path("elsewhere.db").is_file());
    assert!(!workplace.path("data").exists());
}

#[tokio::test]
async fn what_others_may_be_using_is_removed_only_when_that_is_said() {
    let workplace = Workplace::with_slices().await;
    workplace.success("run --input raw --steps quarantine --quiet").await;
    let parts = ["--nobody-is-at-work", "--dry-run"];
    crate::workplace::check_failure(&workplace.run("vacuum --older-than 0").await, 2, &parts);
    workplace.success("vacuum --older-than 0 --dry-run").await;
    workplace.success("vacuum --older-than 0 --nobody-is-at-work").await;
}

#[tokio::test]
async fn paths_may_lead_upwards() {
    let workplace = Workplace::with_slices().await;
    let folder = workplace.path("below");
    std::fs::create_dir(&folder).unwrap();
    let line = "run --input ../raw --lake ../lake --database sqlite://../runs.db --steps quarantine --quiet";
    let segue = workplace.segue.clone().current_dir(&folder);
    segue.run(line.split(' ')).await.unwrap().success().unwrap();
    assert!(workplace.path("lake/quarantine").is_dir() && workplace.path("runs.db").is_file());
}
