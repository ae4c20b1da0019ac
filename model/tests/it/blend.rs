//! The blend against its parts.

use model::{
    blend::{Blend, choose_weight},
    config::{BlendConfig, ModelConfig},
    evaluation::{EvaluationSet, mean_of},
    metrics::Ndcg,
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
