//! Processes end as they are told to, and never outlive their guard.

use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use testkit::process::{ProcessCommand, ProcessGuard, ReadyFile, Segue};

const LONG: Duration = Duration::from_secs(30);
const SHORT: Duration = Duration::from_millis(200);

#[tokio::test]
async fn a_process_ends_with_its_code_and_keeps_its_output() {
    let process = shell("echo out; echo err >&2; exit 7");
    let status = process.wait(LONG).await.unwrap();
    assert_eq!(status.code(), Some(7));
    assert_eq!((process.stdout().as_str(), process.stderr().as_str()), ("out\n", "err\n"));
    assert!(!process.is_running());
}

#[tokio::test]
async fn signals_end_a_process() {
    let process = shell("exec sleep 60");
    assert!(process.is_running());
    assert_eq!(process.sigterm_and_wait(LONG).await.unwrap().signal(), Some(15));
    let process = shell("exec sleep 60");
    assert_eq!(process.sigkill().await.unwrap().signal(), Some(9));
}

#[tokio::test]
async fn a_process_that_does_not_end_is_an_error_with_its_output() {
    let process = shell("echo still here; exec sleep 60");
    eventually(|| process.stdout().contains("still here")).await;
    let error = process.wait(SHORT).await.unwrap_err().to_string();
    assert!(error.contains("sh still runs after 200ms"), "{error}");
    assert!(error.contains("still here"), "{error}");
}

#[tokio::test]
async fn a_frozen_process_does_nothing_until_it_is_thawed() {
    let folder = tempfile::tempdir().unwrap();
    let ticks = folder.path().join("ticks");
    let script = format!("while true; do echo x >> {}; sleep 0.01; done", ticks.display());
    let process = shell(&script);
    eventually(|| size(&ticks) > 0).await;
    process.freeze().unwrap();
    eventually(|| state(process.id()) == Some('T')).await;
    let frozen = size(&ticks);
    assert!(process.wait(SHORT).await.is_err());
    assert_eq!(size(&ticks), frozen);
    process.thaw().unwrap();
    eventually(|| size(&ticks) > frozen).await;
}

#[tokio::test]
async fn a_drop_ends_even_a_stubborn_process_and_what_it_has_started() {
    let process = shell("trap '' TERM; sleep 61 & setsid sleep 62 & echo $!; wait; sleep 63");
    eventually(|| process.stdout().ends_with('\n')).await;
    let grandchild: u32 = process.stdout().trim().parse().unwrap();
    let child = process.id();
    eventually(|| state(grandchild).is_some()).await;
    let began = Instant::now();
    drop(process);
    assert!(began.elapsed() < LONG);
    assert_eq!(state(child), None);
    eventually(|| matches!(state(grandchild), None | Some('Z'))).await;
}

#[tokio::test]
async fn a_drop_ends_a_frozen_process_in_good_order() {
    let folder = tempfile::tempdir().unwrap();
    let farewell = folder.path().join("farewell");
    let script = format!("trap 'touch {}; exit' TERM; echo up; while true; do sleep 0.01; done", farewell.display());
    let process = shell(&script);
    eventually(|| process.stdout() == "up\n").await;
    process.freeze().unwrap();
    drop(process);
    assert!(farewell.exists());
}

#[tokio::test]
async fn a_command_has_the_variables_and_the_folder_that_its_test_sets() {
    let folder = tempfile::tempdir().unwrap();
    let output = Segue::from_command(ProcessCommand::new("/bin/sh"))
        .env("SEGUE_STORE_URL", "sqlite::memory:")
        .envs([("AWS_REGION", "us-east-1")])
        .current_dir(folder.path())
        .run(["-c", "echo $SEGUE_STORE_URL $AWS_REGION; pwd; ls; cat; exit 3"])
        .await
        .unwrap();
    assert_eq!(output.code(), Some(3));
    let expected = format!("sqlite::memory: us-east-1\n{}\n", folder.path().display());
    assert_eq!(output.stdout, expected);
    let error = output.success().unwrap_err().to_string();
    assert!(error.contains("sqlite::memory:"), "{error}");
}

/// Runs itself once more as a process that has such variables, which only then can be inherited.
#[tokio::test]
async fn a_command_inherits_no_settings() {
    const NAME: &str = "process::a_command_inherits_no_settings";
    let is_inner = std::env::vars().any(|(name, _)| name == "SEGUE_OF_THE_USER");
    if is_inner {
        let output = Segue::from_command(ProcessCommand::new("/usr/bin/env")).run(None::<&str>).await.unwrap();
        assert!(output.stdout.contains("PATH="), "{}", output.stdout);
        assert!(!output.stdout.contains("OF_THE_USER"), "{}", output.stdout);
    } else {
        let test = std::env::current_exe().unwrap();
        let output = Segue::from_command(ProcessCommand::new(test))
            .envs([("SEGUE_OF_THE_USER", "1"), ("AWS_OF_THE_USER", "1")])
            .run([NAME, "--exact"])
            .await
            .unwrap();
        assert!(output.success().unwrap().stdout.contains("1 passed"));
    }
}

#[tokio::test]
async fn a_command_that_hangs_is_ended() {
    let error = Segue::from_command(ProcessCommand::new("/bin/sh"))
        .timeout(SHORT)
        .run(["-c", "echo $$; exec sleep 60"])
        .await
        .unwrap_err()
        .to_string();
    let pid = error.lines().find_map(|line| line.parse().ok()).expect("its id in the tail of its output");
    assert_eq!(state(pid), None, "{error}");
}

#[tokio::test]
async fn stdout_is_read_as_json() {
    let shell = Segue::from_command(ProcessCommand::new("/bin/sh"));
    let output = shell.run(["-c", r#"echo '{"rows": 3}'"#]).await.unwrap().success().unwrap();
    assert_eq!(output.json().unwrap()["rows"], 3);
    let output = shell.run(["-c", "echo three rows"]).await.unwrap();
    assert!(output.json().unwrap_err().to_string().contains("three rows"));
}

#[tokio::test]
async fn a_ready_file_is_waited_for() {
    let ready = ReadyFile::try_new().unwrap();
    let path = ready.path();
    let script = format!(r#"echo '{{"grpc": 1}}' > {0}.new; mv {0}.new {0}; exec sleep 60"#, path.display());
    let content = ready.wait(&shell(&script), LONG).await.unwrap();
    assert_eq!(content["grpc"], 1);
}

#[tokio::test]
async fn a_program_that_never_gets_ready_is_explained() {
    check_not_ready("echo no such database >&2; exit 1", &["ended before it was ready", "no such database"]).await;
    check_not_ready("exec sleep 60", &["was not ready after 200ms"]).await;
}

async fn check_not_ready(script: &str, expected: &[&str]) {
    let ready = ReadyFile::try_new().unwrap();
    let process = shell(script);
    if script.ends_with("exit 1") {
        process.wait(LONG).await.unwrap();
    }
    let error = ready.wait(&process, SHORT).await.unwrap_err().to_string();
    for part in expected {
        assert!(error.contains(part), "{error}");
    }
}

#[test]
fn a_missing_program_is_an_error() {
    let error = ProcessCommand::new("/no/such/program").spawn().unwrap_err().to_string();
    assert!(error.contains("/no/such/program"), "{error}");
}

fn shell(script: &str) -> ProcessGuard {
    ProcessCommand::new("/bin/sh").args(["-c", script]).spawn().unwrap()
}

/// Polls until the condition holds; panics if it never does.
#[track_caller]
fn eventually(condition: impl Fn() -> bool) -> impl Future<Output = ()> {
    let location = std::panic::Location::caller();
    async move {
        let deadline = Instant::now() + LONG;
        while !condition() {
            assert!(Instant::now() < deadline, "the condition at {location} never held");
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }
}

fn size(path: &Path) -> u64 {
    path.metadata().map_or(0, |metadata| metadata.len())
}

/// The state letter of a process, as `ps` shows it; nothing if it is gone.
fn state(pid: u32) -> Option<char> {
    let stat = std::fs::read_to_string(PathBuf::from(format!("/proc/{pid}/stat"))).ok()?;
    stat.rsplit_once(')')?.1.trim_start().chars().next()
}
