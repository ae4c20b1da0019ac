//! Matrix factorisation of implicit feedback.

use serde::{Deserialize, Serialize};
use tch::{Device, Kind, Tensor};

use crate::{
    Result,
    data::{Item, Sequences},
    recommender::{Query, Recommender},
};

/// Rows of padded factors that are gathered at once; with 64 dimensions they take 16 MiB.
const ROWS_AT_ONCE: usize = 1 << 16;

/// Lists that are solved for at once; with 64 dimensions their matrices take 16 MiB.
const LISTS_AT_ONCE: usize = 1 << 10;

/// Deviation of the factors at the start.
const INITIAL_DEVIATION: f64 = 0.1;

/// What the factors are fitted to.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct AlsOptions {
    /// Width of the factors.
    pub dimension: u32,
    /// Rounds of solving for lists and then for items.
    pub iterations: u32,
    /// Weight of what is there, less one: alpha in the paper.
    pub confidence: f64,
    /// Weight of the squares of the factors: lambda in the paper.
    pub regularisation: f64,
    /// Seed of the factors at the start.
    pub seed: u64,
}

/// Factors of items such that their products with those of lists come near to 1 where a list holds an item, and to 0
/// elsewhere with less weight: alternating least squares (Hu, Koren & Volinsky 2008, "Collaborative Filtering for Implicit
/// Feedback Datasets"). Each list's factors are solved for exactly, by a Cholesky factorisation.
///
/// A list that was not trained on gets its factors from its items, as the ones in training did; so the scores of any list
/// follow from the factors of items alone.
#[derive(Debug)]
pub struct MatrixFactorisation {
    /// `[items, dimension]`
    factors: Tensor,
    /// `Yᵀ·Y + λ·I` of the factors Y: `[dimension, dimension]`.
    gram: Tensor,
    options: AlsOptions,
}

impl MatrixFactorisation {
    /// Fits factors to lists of items from 0 to `items`; an item counts once in a list. Seeds libtorch.
    ///
    /// # Errors
    /// [`crate::Error::Torch`] if memory is short.
    pub fn fit(lists: &Sequences<Item>, items: usize, options: AlsOptions) -> Result<Self> {
        tch::manual_seed(i64::from_ne_bytes(options.seed.to_ne_bytes()));
        let by_list: Sequences<i64> = lists.rows().map(distinct).collect();
        let by_item = transposed(&by_list, items);
        let shape = [i64::try_from(items).unwrap_or(i64::MAX), i64::from(options.dimension)];
        let factors = Tensor::f_empty(shape, (Kind::Float, Device::Cpu))?.f_normal_(0.0, INITIAL_DEVIATION)?;
        let mut fitted = Self::from_factors(factors, options)?;
        for _ in 0..options.iterations {
            let of_lists = solve(&fitted.factors, &fitted.gram, &by_list, options)?;
            let of_items = solve(&of_lists, &gram(&of_lists, options)?, &by_item, options)?;
            fitted = Self::from_factors(of_items, options)?;
        }
        Ok(fitted)
    }

    /// Takes factors of items that were fitted before.
    ///
    /// # Errors
    /// [`crate::Error::Torch`] if memory is short or the factors are not of the options' dimension.
    pub fn from_factors(factors: Tensor, options: AlsOptions) -> Result<Self> {
        Ok(Self { gram: gram(&factors, options)?, factors, options })
    }

    /// What the factors were fitted to.
    pub fn options(&self) -> AlsOptions {
        self.options
    }

    /// Factors of the items: `[items, dimension]`.
    pub fn factors(&self) -> &Tensor {
        &self.factors
    }

    /// Factors of lists, given those of the items: `[lists, dimension]`. An empty list has zeros.
    ///
    /// # Errors
    /// [`crate::Error::Torch`] if memory is short.
    pub fn read(&self, lists: &[&[Item]]) -> Result<Tensor> {
        let lists: Sequences<i64> = lists.iter().copied().map(distinct).collect();
        solve(&self.factors, &self.gram, &lists, self.options)
    }
}

impl Recommender for MatrixFactorisation {
    fn name(&self) -> &'static str {
        "als"
    }

    fn items(&self) -> usize {
        self.factors.size().first().map_or(0, |&items| usize::try_from(items).unwrap_or(0))
    }

    fn score(&self, queries: &[Query]) -> Result<Tensor> {
        let seeds: Vec<&[Item]> = queries.iter().map(|query| query.seeds.as_slice()).collect();
        Ok(self.read(&seeds)?.f_matmul(&self.factors.f_tr()?)?)
    }
}

fn distinct(list: &[Item]) -> Vec<i64> {
    let mut places: Vec<i64> = list.iter().map(|&item| item.into()).collect();
    places.sort_unstable();
    places.dedup();
    places
}

/// For each column the rows that hold it.
fn transposed(rows: &Sequences<i64>, columns: usize) -> Sequences<i64> {
    let mut lists = vec![Vec::new(); columns];
    for (number, row) in (0..).zip(rows.rows()) {
        for &column in row {
            lists[usize::try_from(column).unwrap_or(usize::MAX)].push(number);
        }
    }
    lists.into_iter().collect()
}

/// `Yᵀ·Y + λ·I`
fn gram(factors: &Tensor, options: AlsOptions) -> Result<Tensor> {
    let eye = Tensor::f_eye(i64::from(options.dimension), (Kind::Float, Device::Cpu))?;
    Ok(factors.f_tr()?.f_matmul(factors)?.f_add(&eye.f_mul_scalar(options.regularisation)?)?)
}

/// Solves `(YᵀY + λI + α · Σ y·yᵀ) · x = (1 + α) · Σ y` for each list, with the sums over what the list holds (equation 4
/// of the paper, with a confidence of 1 + α where there is something and 1 elsewhere): `[lists, dimension]`.
fn solve(factors: &Tensor, gram: &Tensor, lists: &Sequences<i64>, options: AlsOptions) -> Result<Tensor> {
    let mut order: Vec<usize> = (0..lists.len()).filter(|&list| !lists.row(list).is_empty()).collect();
    order.sort_by_key(|&list| lists.row(list).len());
    let shape = [i64::try_from(lists.len()).unwrap_or(i64::MAX), i64::from(options.dimension)];
    let mut solved = Tensor::f_zeros(shape, (Kind::Float, Device::Cpu))?;
    // A row of zeros behind the others fills lists up and adds nothing.
    let padded = Tensor::f_cat(&[factors, &factors.f_narrow(0, 0, 1)?.f_zeros_like()?], 0)?;
    let mut first = 0;
    while first < order.len() {
        let last = end_of_chunk(&order, first, lists);
        let chunk = &order[first..last];
        let held = gather(&padded, chunk, lists)?; // [chunk, longest, dimension]
        let held_sum = held.f_sum_dim_intlist([1].as_slice(), false, Kind::Float)?;
        let outer = held.f_transpose(1, 2)?.f_bmm(&held)?; // [chunk, dimension, dimension]
        let matrix = outer.f_mul_scalar(options.confidence)?.f_add(gram)?;
        let right = held_sum.f_mul_scalar(1.0 + options.confidence)?.f_unsqueeze(2)?;
        let found = right.f_cholesky_solve(&matrix.f_linalg_cholesky(false)?, false)?.f_squeeze_dim(2)?;
        let places: Vec<i64> = chunk.iter().map(|&list| i64::try_from(list).unwrap_or(i64::MAX)).collect();
        let _ = solved.f_index_copy_(0, &Tensor::f_from_slice(&places)?, &found)?;
        first = last;
    }
    Ok(solved)
}

/// End of the lists from `first` on that fit into memory together; at least one. They are sorted by length.
fn end_of_chunk(order: &[usize], first: usize, lists: &Sequences<i64>) -> usize {
    let mut last = first + 1;
    while last < order.len()
        && last - first < LISTS_AT_ONCE
        && (last + 1 - first) * lists.row(order[last]).len() <= ROWS_AT_ONCE
    {
        last += 1;
    }
    last
}

/// The factors of what each list holds, filled up with the last row.
fn gather(padded: &Tensor, chunk: &[usize], lists: &Sequences<i64>) -> Result<Tensor> {
    let (rows, dimension) = padded.size2()?;
    let longest = chunk.iter().map(|&list| lists.row(list).len()).max().unwrap_or(0);
    let mut places = vec![rows - 1; chunk.len() * longest];
    for (&list, places) in chunk.iter().zip(places.chunks_mut(longest.max(1))) {
        let held = lists.row(list);
        places[..held.len()].copy_from_slice(held);
    }
    let shape = [chunk.len(), longest].map(|size| i64::try_from(size).unwrap_or(i64::MAX));
    Ok(padded.f_index_select(0, &Tensor::f_from_slice(&places)?)?.f_reshape([shape[0], shape[1], dimension])?)
}
