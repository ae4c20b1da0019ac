//! The manifests under `deploy/kubernetes` say nothing that the programs do not know: a flag or variable that is renamed
//! must be renamed there, too.

use std::{collections::BTreeSet, fs, path::Path};

use testkit::process::ProcessCommand;

use crate::pods::Manifests;

/// Each file that starts programs, or gives them variables: the file, and each program with its sub-command.
const STARTED: [(&str, &[&[&str]]); 10] = [
    ("base/scheduler/deployment.yaml", &[&["segue-scheduler"]]),
    ("base/executor/deployment.yaml", &[&["segue-executor"]]),
    ("base/nightly/cronjob.yaml", &[&["segue", "run"]]),
    ("base/watch/deployment.yaml", &[&["segue", "watch"]]),
    ("base/endpoint/deployment.yaml", &[&["segue", "serve"]]),
    ("base/inference/deployment.yaml", &[&["segue-model", "serve"]]),
    ("base/migrations/job.yaml", &[&["segue", "migrate"]]),
    ("base/kustomization.yaml", &[&["segue", "run"]]),
    ("components/cluster-tls/kustomization.yaml", &[&["segue-executor"]]),
    ("components/endpoint-tls/kustomization.yaml", &[&["segue", "serve"], &["segue-model", "serve"]]),
];
/// Files that give nothing.
const SILENT: [&str; 1] = ["base/migrations/job.yaml"];

/// Flags and variables of Segue in a text.
fn words(text: &str) -> BTreeSet<&str> {
    let words = text.lines().filter(|line| !line.trim_start().starts_with('#')).flat_map(|line| {
        line.split(|character: char| !(character.is_ascii_alphanumeric() || character == '-' || character == '_'))
    });
    words.filter(|word| (word.starts_with("--") && word.len() > 3) || word.starts_with("SEGUE_")).collect()
}

/// What the help of a command says.
async fn help_of(command: &[&str]) -> String {
    let help = ProcessCommand::of_workspace(command[0]).unwrap().args(&command[1..]).arg("--help").spawn().unwrap();
    assert!(help.wait(std::time::Duration::from_secs(60)).await.unwrap().success(), "{command:?}");
    help.stdout()
}

/// Components give variables to many containers at once: each must know its own.
#[tokio::test]
async fn containers_know_what_they_are_started_with() {
    for overlay in ["dev", "production"] {
        let started = Manifests::render(overlay).await.started();
        assert!(started.len() >= 7, "{overlay}: {started:?}");
        for (name, line, variables) in started {
            let is_command = |word: &&String| word.chars().all(|character| character.is_ascii_lowercase());
            let program = [line[0].as_str()].into_iter().chain(line.get(1).filter(is_command).map(String::as_str));
            let help = help_of(&program.collect::<Vec<_>>()).await;
            let used = line.join("\n") + "\n" + &variables.join("\n");
            let (known, used) = (words(&help), words(&used));
            let unknown: Vec<_> = used.difference(&known).collect();
            assert!(unknown.is_empty(), "{overlay}: {name} does not know {unknown:?}");
        }
    }
}

#[tokio::test]
async fn flags_and_variables_of_the_manifests_exist() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../deploy/kubernetes");
    for (file, programs) in STARTED {
        let text = fs::read_to_string(folder.join(file)).unwrap();
        let mut known = String::new();
        for command in programs {
            known.push_str(&help_of(command).await);
        }
        let (known, used) = (words(&known), words(&text));
        assert!(!used.is_empty() || SILENT.contains(&file), "{file} names no flag and no variable");
        let unknown: Vec<_> = used.difference(&known).collect();
        assert!(unknown.is_empty(), "{programs:?} do not know {unknown:?} of {file}");
    }
}

#[test]
fn every_file_that_starts_a_program_is_looked_at() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../deploy/kubernetes");
    let mut folders = vec![folder.clone()];
    while let Some(next) = folders.pop() {
        for entry in fs::read_dir(next).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if fs::read_to_string(&path).unwrap().contains("image: segue-") {
                let name = path.strip_prefix(&folder).unwrap().display().to_string();
                assert!(STARTED.iter().any(|(file, ..)| *file == name), "{name} is not in the list");
            }
        }
    }
}
