//! Training that is killed and goes on.

use std::{
    path::Path,
    process::{Child, Command, Stdio},
    time::Duration,
};

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

use crate::fixture::{playlists, write_lake};

/// Dropout, sampled negatives and a blurred order, so that every generator of random numbers has a say.
const SETTINGS: &str = "
[network]
dimension = 16
max_length = 20
dropout = 0.2
[loss]
full_softmax_max_items = 0
negatives = 64
lookahead = 3
[training]
epochs = 4
batch_size = 8
validate_every_steps = 17
patience = 1000
[evaluation]
bootstrap = 100
";

/// Killed again and again at moments that nobody chose, training ends with the weights of a run that nobody disturbed.
#[tokio::test]
async fn killed_training_ends_with_the_same_weights() {
    let folder = tempfile::tempdir().unwrap();
    write_lake(folder.path(), &playlists(300, 31)).await;
    let settings = folder.path().join("model.toml");
    std::fs::write(&settings, SETTINGS).unwrap();
    let undisturbed = finish(start(folder.path(), &[]));
    let checkpoint = folder.path().join("state").join("checkpoint.safetensors");
    let arguments = ["--checkpoint", checkpoint.to_str().unwrap(), "--checkpoint-seconds", "0"];
    let mut random = ChaCha8Rng::seed_from_u64(std::process::id().into());
    let mut kills = 0;
    let resumed = loop {
        let mut child = start(folder.path(), &arguments);
        let killed = kills < 6 && kill_within(&mut child, &checkpoint, random.random_range(0..400)).await;
        if !killed {
            break finish(child);
        }
        kills += 1;
    };
    assert!(kills > 0, "training was over before it could be killed");
    let hash = |trained| weights_hash(folder.path(), trained);
    assert_eq!(hash(&undisturbed), hash(&resumed), "after {kills} kills");
    assert_eq!(undisturbed["training"]["history"], resumed["training"]["history"]);
    assert!(!checkpoint.exists(), "a finished run leaves no checkpoint");
}

#[tokio::test]
async fn a_checkpoint_of_another_run_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    write_lake(folder.path(), &playlists(300, 32)).await;
    std::fs::write(folder.path().join("model.toml"), SETTINGS).unwrap();
    let checkpoint = folder.path().join("checkpoint.safetensors");
    let arguments = ["--checkpoint", checkpoint.to_str().unwrap(), "--checkpoint-seconds", "0"];
    let mut child = start(folder.path(), &arguments);
    assert!(kill_within(&mut child, &checkpoint, 0).await);
    let other = start(folder.path(), &[&arguments[..], &["--seed", "7"]].concat()).wait_with_output().unwrap();
    assert_eq!(other.status.code(), Some(78));
    assert!(String::from_utf8_lossy(&other.stderr).contains("is of a run with other data, settings or seed"));
    assert!(checkpoint.exists());
}

/// Waits for a checkpoint, then for so many milliseconds, and sends SIGKILL; tells whether it met a running process.
async fn kill_within(child: &mut Child, checkpoint: &Path, milliseconds: u64) -> bool {
    while !checkpoint.exists() {
        if child.try_wait().unwrap().is_some() {
            return false;
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    tokio::time::sleep(Duration::from_millis(milliseconds)).await;
    if child.try_wait().unwrap().is_some() {
        return false;
    }
    child.kill().unwrap();
    child.wait().unwrap();
    true
}

fn start(lake: &Path, arguments: &[&str]) -> Child {
    Command::new(env!("CARGO_BIN_EXE_segue-model"))
        .args(["train", "--threads", "1", "--device", "cpu", "--json", "--lake"])
        .arg(lake)
        .arg("--config")
        .arg(lake.join("model.toml"))
        .args(arguments)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap()
}

/// What `train --json` printed.
fn finish(child: Child) -> serde_json::Value {
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

/// Hash of the weights of a model, as its `artefact.json` has it.
fn weights_hash(lake: &Path, trained: &serde_json::Value) -> String {
    let manifest = lake.join("models").join(trained["model_id"].as_str().unwrap()).join("artefact.json");
    let manifest: serde_json::Value = serde_json::from_slice(&std::fs::read(manifest).unwrap()).unwrap();
    manifest["files"]["model.safetensors"]["sha256"].as_str().unwrap().to_owned()
}
