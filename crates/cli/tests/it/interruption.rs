//! Ctrl-C and SIGTERM end a run in an orderly way, and the same command goes on with it.

use nix::{
    sys::signal::{Signal, kill},
    unistd::Pid,
};

use crate::workplace::{PATIENCE, Workplace, wait_until};

#[tokio::test]
async fn an_interrupted_run_goes_on_where_it_stopped() {
    let workplace = Workplace::with_slices().await;
    workplace.success("run --input raw --steps playlists,playlist_tracks,tracks,sequences,track_cooccurrence -q").await;
    let trainer = workplace.trainer("exec sleep 300");
    let line = format!("run --input raw --steps quarantine,train --model-binary {}", trainer.display());
    for (signal, code) in [(Signal::SIGINT, 130), (Signal::SIGTERM, 143)] {
        let run = workplace.segue.start(line.split(' ')).unwrap();
        wait_until("the step train starts", || run.stderr().contains("train starts")).await;
        kill(Pid::from_raw(i32::try_from(run.id()).unwrap()), signal).unwrap();
        let status = run.wait(PATIENCE).await.unwrap();
        assert_eq!(status.code(), Some(code), "{}", run.stderr());
        assert!(run.stderr().contains(&format!("error: interrupted by {signal}")), "{}", run.stderr());
        let shown = workplace.json("runs show latest --json").await;
        assert_eq!(shown["status"], "stopped", "{shown}");
        let statuses: Vec<&str> =
            shown["steps"].as_array().unwrap().iter().map(|step| step["status"].as_str().unwrap()).collect();
        assert!(!statuses.contains(&"running") && statuses.contains(&"abandoned"), "{shown}");
    }
    assert_eq!(workplace.json("runs --json").await.as_array().unwrap().len(), 2);

    workplace.trainer("echo no luck >&2; exit 78");
    let output = workplace.run(&line).await;
    assert_eq!(output.code(), Some(78), "{output:?}");
    assert!(output.stderr.contains("resumes"), "{}", output.stderr);
    assert!(output.stderr.contains("[1/2] quarantine: was done before"), "{}", output.stderr);
    assert!(output.stderr.contains("segue-model ended with exit status: 78: no luck"), "{}", output.stderr);
}

#[tokio::test]
async fn other_commands_end_at_once() {
    let workplace = Workplace::new();
    let trainer = workplace.program("trainer", "echo $$ > started; exec sleep 300");
    let line = format!("recommend --title x --model-binary {}", trainer.display());
    let asking = workplace.segue.start(line.split(' ')).unwrap();
    wait_until("the trainer starts", || workplace.path("started").exists()).await;
    kill(Pid::from_raw(i32::try_from(asking.id()).unwrap()), Signal::SIGINT).unwrap();
    assert_eq!(asking.wait(PATIENCE).await.unwrap().code(), Some(130), "{}", asking.stderr());
}
