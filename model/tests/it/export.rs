//! An exported model, computed with by a program that shares nothing with this crate.

use std::{io::Write, process::Stdio};

use model::{
    artefact::{export, load, save},
    config::EncoderKind,
    data::Item,
    recommender::{Query, Recommender},
};
use tch::Device;

use crate::{
    fixture::{add_factors, playlists, small_config, torch, write_lake},
    training::train,
};

#[tokio::test]
async fn another_program_comes_to_the_same_scores() {
    let _torch = torch().await;
    check(EncoderKind::Transformer, false).await;
    check(EncoderKind::GatedTransformer, true).await;
}

async fn check(encoder: EncoderKind, with_factors: bool) {
    let folder = tempfile::tempdir().unwrap();
    let lake = write_lake(folder.path(), &playlists(200, 61)).await;
    let mut config = small_config();
    config.network.encoder = encoder;
    config.network.blocks = 2;
    let mut trained = train(&lake, &config).await;
    if with_factors {
        add_factors(&mut trained);
    }
    let saved = save(&lake, &trained).await.unwrap();
    let (manifest, mut model) = load(&lake, saved.model_id, Device::Cpu).await.unwrap();
    // Whatever was chosen, all of the arithmetic is to be looked at.
    model.blend_weight = 0.3;
    model.seed_weights.decay = 0.8;
    model.seed_weights.damping = 0.4;
    let target = folder.path().join("export");
    let files = export(&manifest, &model, &target).unwrap();
    assert!(files.len() == 5 + usize::from(with_factors) && files.iter().all(|file| file.is_file()), "{files:?}");

    // Short, with a repetition, longer than the network reads, and empty.
    let lists: [Vec<u32>; 4] = [vec![3, 7, 11], vec![5, 9, 5, 2], (0..30).collect(), vec![]];
    let answers = python(&target, &serde_json::to_vec(&lists).unwrap());
    let seeds = |list: &Vec<u32>| list.iter().copied().map(Item).collect();
    let queries: Vec<Query> = lists.iter().map(|list| Query { seeds: seeds(list), title: None }).collect();
    let recommenders = model.recommenders().unwrap();
    for (name, recommender) in
        [("network", &recommenders.network as &dyn Recommender), ("blend", &recommenders.blend().unwrap())]
    {
        let scores = recommender.score(&queries).unwrap();
        for (row, answer) in (0..).zip(answers.as_array().unwrap()) {
            let own: Vec<f64> = Vec::try_from(scores.get(row).to_kind(tch::Kind::Double)).unwrap();
            let other: Vec<f64> =
                answer[name].as_array().unwrap().iter().map(|score| score.as_f64().unwrap()).collect();
            assert_eq!(own.len(), other.len());
            let apart = own.iter().zip(&other).map(|(own, other)| (own - other).abs()).fold(0.0, f64::max);
            assert!(apart < 1e-4, "{name}, list {row}: {apart}");
        }
    }
    let error = export(&manifest, &model, &target).unwrap_err();
    assert!(error.to_string().contains("cannot export to"), "{error}");
}

fn python(folder: &std::path::Path, input: &[u8]) -> serde_json::Value {
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it/export.py");
    let mut command = std::process::Command::new("python3");
    let mut child = command.arg(script).arg(folder).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(input).unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success());
    serde_json::from_slice(&output.stdout).unwrap()
}
