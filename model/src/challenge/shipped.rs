//! What is shipped, as one recommender.

use tch::Tensor;

use crate::{
    Result,
    artefact::{Model, Recommenders},
    blend::Blend,
    predict::{Source, source},
    recommender::{Query, Recommendation, Recommender, rank},
};

/// What is shipped, as one recommender: the blend where a track is known, else the title, else the charts.
#[derive(Debug)]
pub struct Shipped<'a> {
    model: &'a Model,
    recommenders: &'a Recommenders<'a>,
    blend: Blend<'a>,
}

impl<'a> Shipped<'a> {
    /// Makes ready what all lists need.
    ///
    /// # Errors
    /// [`crate::Error::Torch`] if memory is short.
    pub fn try_new(model: &'a Model, recommenders: &'a Recommenders<'a>) -> Result<Self> {
        Ok(Self { model, recommenders, blend: recommenders.blend()? })
    }

    fn part(&self, source: Source) -> &dyn Recommender {
        match source {
            Source::Blend => &self.blend,
            Source::Title => &self.recommenders.title,
            Source::Popularity => &self.recommenders.popularity,
        }
    }
}

impl Recommender for Shipped<'_> {
    fn name(&self) -> &'static str {
        "shipped"
    }

    fn items(&self) -> usize {
        self.model.vocabulary.len()
    }

    fn score(&self, queries: &[Query]) -> Result<Tensor> {
        let row = |query: &Query| self.part(source(self.model, query)).score(std::slice::from_ref(query));
        Ok(Tensor::f_cat(&queries.iter().map(row).collect::<Result<Vec<_>>>()?, 0)?)
    }

    fn rank(&self, queries: &[Query], k: usize) -> Result<Vec<Vec<Recommendation>>> {
        let mut lists: Vec<Vec<Recommendation>> = vec![Vec::new(); queries.len()];
        for wanted in Source::ALL {
            let places: Vec<usize> =
                (0..queries.len()).filter(|&place| source(self.model, &queries[place]) == wanted).collect();
            let chosen: Vec<Query> = places.iter().map(|&place| queries[place].clone()).collect();
            for (place, list) in places.into_iter().zip(rank(self.part(wanted), &chosen, k)?) {
                lists[place] = list;
            }
        }
        Ok(lists)
    }
}
