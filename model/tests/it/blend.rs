//! The blend against its parts.

use lake::Lake;
use model::{
    blend::{Blend, choose_share, choose_weight},
    config::{BlendConfig, ModelConfig},
    evaluation::{EvaluationSet, mean_of},
    metrics::Ndcg,
    rivals::{AlsOptions, MatrixFactorisation},
    training::Dataset,
};

use crate::{
    fixture::{playlists, small_config, torch, write_lake},
    training::train,
};

#[tokio::test]
async fn blend_is_never_worse_on_validation_than_its_better_part() {
    let _torch = torch().await;
    let folder = tempfile::tempdir().unwrap();
    let lake = write_lake(folder.path(), &playlists(400, 8)).await;
    // From a network that knows nothing to one that knows the rule.
    for learning_rate in [1e-9, 0.01] {
        let mut config: ModelConfig = small_config();
        config.optimiser.learning_rate = learning_rate;
        let model = train(&lake, &config).await;
        let dataset = Dataset::load(&lake, &config).await.unwrap();
        let playlists: Vec<_> = dataset.validation.iter().collect();
        let set = EvaluationSet::new(&playlists, &dataset.lookup, &dataset.tracks, &dataset.artists);
        let recommenders = model.recommenders().unwrap();
        let (knn, network) = (&recommenders.knn, &recommenders.network);
        let (knn_alone, network_alone) =
            (mean_of(&Ndcg::AT_500, knn, &set).unwrap(), mean_of(&Ndcg::AT_500, network, &set).unwrap());
        for steps in [1, 7] {
            let choice = choose_weight(knn, network, &set, &Ndcg::AT_500, &BlendConfig { steps }).unwrap();
            assert!(choice.validation >= knn_alone.max(network_alone), "{choice:?}, {knn_alone}, {network_alone}");
            // Sums over chunks and over all playlists round differently.
            let close = |left: f64, right: f64| (left - right).abs() < 1e-12;
            assert!(close(choice.tried[0].validation, network_alone));
            assert!(close(choice.tried[steps as usize].validation, knn_alone));
            let blend = Blend::try_new(knn, network, choice.weight).unwrap();
            assert!(close(mean_of(&Ndcg::AT_500, &blend, &set).unwrap(), choice.validation));
        }
        // What is chosen is among what was tried, and above both ends.
        let blend = &model.metrics.blend;
        let chosen = blend.tried.iter().find(|tried| tried.weight == blend.weight).unwrap();
        assert_eq!(chosen.validation, blend.validation);
        assert!(blend.validation >= blend.tried[0].validation.max(blend.tried.last().unwrap().validation));
    }
}

#[tokio::test]
async fn a_factorisation_gets_a_share_only_as_far_as_it_helps() {
    let _torch = torch().await;
    let folder = tempfile::tempdir().unwrap();
    let lake = write_lake(folder.path(), &playlists(400, 9)).await;
    // What was fitted helps a network that knows nothing.
    let (share, gain) = share_of_factors(&lake, 1e-9, 6).await;
    assert!(share > 0.2 && gain > 0.05, "{share} for {gain}");
    // Factors that nothing was fitted to help nobody who knows the rule.
    let (share, gain) = share_of_factors(&lake, 0.01, 0).await;
    assert!(share < 0.3, "{share} for {gain}");
}

/// Share that a factorisation after so many iterations gets beside a network, and the validation NDCG that it adds.
async fn share_of_factors(lake: &Lake, learning_rate: f64, iterations: u32) -> (f64, f64) {
    let mut config = small_config();
    config.optimiser.learning_rate = learning_rate;
    let model = train(lake, &config).await;
    let dataset = Dataset::load(lake, &config).await.unwrap();
    let playlists: Vec<_> = dataset.validation.iter().collect();
    let set = EvaluationSet::new(&playlists, &dataset.lookup, &dataset.tracks, &dataset.artists);
    let recommenders = model.recommenders().unwrap();
    let options = AlsOptions { dimension: 16, iterations, confidence: 5.0, regularisation: 1.0, seed: 4 };
    let als = MatrixFactorisation::fit(&dataset.train, dataset.vocabulary.len(), options).unwrap();
    let blend = || Blend::try_new(&recommenders.knn, &recommenders.network, 0.0).unwrap();
    let choice = choose_share(blend(), &als, &set, &Ndcg::AT_500, &BlendConfig { steps: 10 }).unwrap();
    let without = mean_of(&Ndcg::AT_500, &blend(), &set).unwrap();
    assert_eq!((choice.tried.len(), choice.tried[0].weight), (10, 0.0));
    assert!((choice.tried[0].validation - without).abs() < 1e-12);
    let chosen = blend().with_factorisation(&als, choice.share).unwrap();
    assert!((mean_of(&Ndcg::AT_500, &chosen, &set).unwrap() - choice.validation).abs() < 1e-12);
    (choice.share, choice.validation - without)
}
