//! What `segue doctor` finds.

use serde_json::Value;

use crate::workplace::Workplace;

fn outcome<'a>(checks: &'a Value, name: &str) -> &'a str {
    let check = checks.as_array().unwrap().iter().find(|check| check["name"] == name);
    check.and_then(|check| check["outcome"].as_str()).unwrap_or("missing")
}

#[tokio::test]
async fn a_good_place_passes() {
    let workplace = Workplace::new();
    let trainer = workplace.program("trainer", "echo segue 0; echo libtorch 0");
    let line = format!("doctor --json --model-binary {}", trainer.display());
    let checks = workplace.json(&line).await;
    for name in ["segue-model", "lake", "conditional writes", "database"] {
        assert_eq!(outcome(&checks, name), "OK", "{checks}");
    }
    assert_eq!(outcome(&checks, "scheduler"), "missing", "{checks}");
    let left = std::fs::read_dir(workplace.path("data/lake/_doctor"))
        .map_or(0, |folders| folders.map(|folder| std::fs::read_dir(folder.unwrap().path()).unwrap().count()).sum());
    assert_eq!(left, 0);
}

#[tokio::test]
async fn every_failure_comes_with_its_fix() {
    let workplace = Workplace::new();
    let line = "doctor --json --model-binary nowhere --lake gopher://x --database mysql://u:hunter2@127.0.0.1:1/x \
                --scheduler df://127.0.0.1:1";
    let output = workplace.run(line).await;
    assert_eq!(output.code(), Some(1), "{output:?}");
    assert!(!output.stdout.contains("hunter2") && !output.stderr.contains("hunter2"), "{output:?}");
    let checks = output.json().unwrap();
    for name in ["segue-model", "lake", "database", "scheduler"] {
        assert_eq!(outcome(&checks, name), "FAIL", "{checks}");
    }
    let failed = checks.as_array().unwrap().iter().filter(|check| check["outcome"] != "OK");
    assert!(failed.into_iter().all(|check| check["fix"].as_str().is_some_and(|fix| !fix.is_empty())), "{checks}");
    let text = workplace.run("doctor --model-binary nowhere").await;
    assert_eq!(text.code(), Some(1), "{text:?}");
    assert!(text.stdout.contains("FAIL  segue-model") && text.stdout.contains("fix: build it with"), "{}", text.stdout);
}
