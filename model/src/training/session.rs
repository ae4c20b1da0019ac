//! A whole training run.

use std::collections::BTreeMap;

use tch::{Cuda, Device};

use super::{CheckpointFile, Dataset, Progress, Trainer, TrainingReport, fitted_rivals::FittedRivals};
use crate::{
    Result,
    artefact::Model,
    blend::{Blend, BlendChoice, choose_share, choose_weight},
    config::{DataShape, ModelConfig},
    data::draw,
    evaluation::{EvaluationSet, MetricsReport, PlaylistCounts, evaluate, mean_of},
    metrics::Bootstrap,
    network::{NetworkRecommender, NextTrackNetwork},
    recommender::Recommender,
    rivals::{ItemKnn, KnnChoice, MatrixFactorisation, Neighbours, Popularity, TitleRecommender, choose_knn},
};

/// Trains a network on a dataset, weighs the blend, judges all recommenders on the test playlists, and puts together what
/// an artefact holds. Seeds libtorch. With a checkpoint the training is kept there, and goes on from what is there.
///
/// # Errors
/// [`crate::Error::Diverged`] if the loss stops being a number, [`crate::Error::Torch`] if memory is short.
pub fn train_model(
    dataset: Dataset,
    config: &ModelConfig,
    device: Device,
    checkpoint: Option<&mut CheckpointFile>,
    progress: &mut dyn Progress,
) -> Result<Model> {
    seed(config.seed);
    let config = &config.fitted_to(&DataShape::new(dataset.train.rows().map(<[_]>::len), dataset.vocabulary.len()));
    let counts = dataset.vocabulary.train_counts();
    let metric = dataset.protocol.validation_metric();
    let validation = draw(&dataset.validation, config.training.validation_playlists, config.seed);
    let validation = EvaluationSet::new(&validation, &dataset.lookup, &dataset.tracks, &dataset.artists);
    progress.phase(&format!(
        "training on {} playlists, {} tracks known",
        dataset.train.len(),
        dataset.vocabulary.len()
    ));
    let mut network = NextTrackNetwork::try_new(&config.network, counts.len(), device)?;
    network.items().start_from_popularity(&counts)?;
    if let Some(attributes) = &dataset.attributes {
        network.add_attributes(attributes)?;
    }
    let mut trainer = Trainer::try_new(&network, &dataset.train, &counts, config)?;
    if let Some(file) = checkpoint {
        trainer = trainer.keep_in(file, &mut network)?;
    }
    let training = trainer.run(
        &mut network,
        &mut |network| {
            let folded = network.folded()?;
            mean_of(metric, &NetworkRecommender::try_new(folded.as_ref().unwrap_or(network))?, &validation)
        },
        progress,
    )?;
    let network = network.folded()?.unwrap_or(network);
    let rivals = FittedRivals::fit(&dataset, &validation, metric, config, progress)?;
    progress.phase("tuning the neighbours and the blend");
    let item_knn = choose_knn(&dataset.neighbours, &counts, &validation, metric, &config.knn)?;
    let neighbours = chosen(&dataset, &item_knn);
    let knn = ItemKnn::new(neighbours, &counts, item_knn.weights);
    let recommender = NetworkRecommender::try_new(&network)?;
    let mut blend = choose_weight(&knn, &recommender, &validation, metric, &config.blend)?;
    if let Some((_, als)) = rivals.als.as_ref().filter(|_| blend.weight < 1.0) {
        let mixture = Blend::try_new(&knn, &recommender, blend.weight)?;
        blend.factorisation = Some(choose_share(mixture, als, &validation, metric, &config.blend)?);
    }
    drop(recommender);
    progress.phase("judging on the test playlists");
    let fitted = Fitted { network, training, item_knn, rivals, blend, validation_playlists: validation.len() };
    let metrics = judge(&dataset, config, &fitted)?;
    let neighbours = chosen(&dataset, &fitted.item_knn).clone();
    let als_share = fitted.blend.share();
    let als = fitted.rivals.als.filter(|_| als_share > 0.0).map(|(_, als)| als);
    Ok(Model {
        config: config.clone(),
        train_playlists: u32::try_from(dataset.train.len()).unwrap_or(u32::MAX),
        vocabulary: dataset.vocabulary,
        neighbours,
        titles: dataset.titles,
        network: fitted.network,
        seed_weights: fitted.item_knn.weights,
        blend_weight: fitted.blend.weight,
        als,
        als_share,
        metrics,
        data_versions: dataset.data_versions,
    })
}

/// What was learnt, and how it was chosen.
struct Fitted {
    network: NextTrackNetwork,
    training: TrainingReport,
    item_knn: KnnChoice,
    rivals: FittedRivals,
    blend: BlendChoice,
    validation_playlists: usize,
}

impl Fitted {
    /// The factorisation, if the blend has a share of it.
    fn shipped_als(&self) -> Option<&MatrixFactorisation> {
        self.rivals.als.as_ref().filter(|_| self.blend.share() > 0.0).map(|(_, als)| als)
    }
}

/// The neighbours by the measure that was chosen.
fn chosen<'a>(dataset: &'a Dataset, choice: &KnnChoice) -> &'a Neighbours {
    static NONE: Neighbours = Neighbours::none();
    dataset.neighbours.iter().find(|(measure, _)| *measure == choice.measure).map_or(&NONE, |(_, found)| found)
}

fn seed(seed: u64) {
    // libtorch takes the bits, whatever their sign.
    tch::manual_seed(i64::from_ne_bytes(seed.to_ne_bytes()));
    if Cuda::is_available() {
        Cuda::manual_seed_all(seed);
    }
}

fn judge(dataset: &Dataset, config: &ModelConfig, fitted: &Fitted) -> Result<MetricsReport> {
    let counts = dataset.vocabulary.train_counts();
    let playlists = draw(&dataset.test, config.evaluation.test_playlists, config.seed);
    let set = EvaluationSet::new(&playlists, &dataset.lookup, &dataset.tracks, &dataset.artists);
    let train_playlists = u32::try_from(dataset.train.len()).unwrap_or(u32::MAX);
    let popularity = Popularity::new(&counts);
    let title = TitleRecommender::new(&dataset.titles, &counts, train_playlists, &config.title);
    let knn = ItemKnn::new(chosen(dataset, &fitted.item_knn), &counts, fitted.item_knn.weights);
    let network = NetworkRecommender::try_new(&fitted.network)?;
    let mut mixture = Blend::try_new(&knn, &network, fitted.blend.weight)?;
    if let Some(als) = fitted.shipped_als() {
        mixture = mixture.with_factorisation(als, fitted.blend.share())?;
    }
    let metrics = dataset.protocol.metrics();
    let judge = |recommender: &dyn Recommender| evaluate(recommender, &set, &metrics, &counts);
    let (knn, mixture) = (judge(&knn)?, judge(&mixture)?);
    let alone = judge(&network)?;
    let shuffled = evaluate(&network, &set.with_shuffled_seeds(config.seed), &metrics, &counts)?;
    let shuffled = shuffled.named("network_shuffled");
    let bootstrap = Bootstrap::new(config.evaluation.bootstrap, config.seed);
    let rivals = fitted.rivals.judge(&counts, judge)?;
    let recommenders: BTreeMap<_, _> = [&judge(&popularity)?, &judge(&title)?, &knn, &alone, &mixture]
        .into_iter()
        .chain(&rivals)
        .map(|evaluation| (evaluation.recommender().to_owned(), evaluation.summary(bootstrap)))
        .collect();
    Ok(MetricsReport {
        protocol: dataset.protocol,
        playlists: PlaylistCounts {
            train: dataset.train.len(),
            validation: fitted.validation_playlists,
            test: set.len(),
            nothing_hidden: dataset.nothing_hidden,
        },
        vocabulary: dataset.vocabulary.len(),
        attributes: dataset.attributes.as_ref().map(|attributes| attributes.names.clone()).unwrap_or_default(),
        hidden_unknown_share: set.hidden_unknown_share(),
        training: fitted.training.clone(),
        item_knn: fitted.item_knn.clone(),
        playlist_knn: fitted.rivals.playlist_knn.as_ref().map(|(choice, _)| choice.clone()),
        als: fitted.rivals.als.as_ref().map(|(choice, _)| choice.clone()),
        blend: fitted.blend.clone(),
        recommenders,
        comparisons: [
            alone.compare(&knn, bootstrap),
            mixture.compare(&knn, bootstrap),
            mixture.compare(&alone, bootstrap),
            shuffled.compare(&alone, bootstrap),
        ]
        .into_iter()
        .chain(rivals.iter().map(|rival| mixture.compare(rival, bootstrap)))
        .collect(),
    })
}
