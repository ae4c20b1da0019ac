//! From scores to lists.

use rayon::prelude::*;
use tch::{Device, Kind, Tensor};

use super::{Query, Recommendation, Recommender, top_k};
use crate::{Error, Result};

/// Scores that are held in memory at once: four million floats are 16 MiB. Larger blocks are given back to the system
/// after each use, and fetching them again costs more than the arithmetic.
const SCORES_AT_ONCE: usize = 4 << 20;

/// Queries that are scored at once whatever the vocabulary, so that matrix products stay worth their while.
const QUERIES_AT_LEAST: usize = 16;

/// Ranks the best `k` tracks for each query, seeds excluded.
///
/// # Errors
/// [`Error::Torch`] if memory is short, [`Error::NotANumber`] if a score is not a number.
pub fn rank(recommender: &dyn Recommender, queries: &[Query], k: usize) -> Result<Vec<Vec<Recommendation>>> {
    recommender.rank(queries, k)
}

/// Ranks by the scores of all tracks, a bounded block of them at a time. Recommenders that know a shorter way must come
/// to the same list.
///
/// # Errors
/// As [`rank`].
pub fn rank_by_scores<R: Recommender + ?Sized>(
    recommender: &R,
    queries: &[Query],
    k: usize,
) -> Result<Vec<Vec<Recommendation>>> {
    let mut lists = Vec::with_capacity(queries.len());
    for chunk in queries.chunks(queries_at_once(recommender.items())) {
        let scores = recommender.score(chunk)?;
        lists.append(&mut select(&scores, chunk, k, recommender.name())?);
    }
    Ok(lists)
}

/// Number of queries whose scores are held in memory at once.
fn queries_at_once(items: usize) -> usize {
    (SCORES_AT_ONCE / items.max(1)).clamp(QUERIES_AT_LEAST, 1024)
}

/// Selects the best of each row of `[queries, items]`.
fn select(scores: &Tensor, queries: &[Query], k: usize, recommender: &'static str) -> Result<Vec<Vec<Recommendation>>> {
    let (rows, items) = scores.size2()?;
    let shape = (usize::try_from(rows).unwrap_or(0), usize::try_from(items).unwrap_or(0));
    if shape.0 != queries.len() || shape.1 == 0 {
        return Ok(vec![Vec::new(); queries.len()]);
    }
    if bool::try_from(scores.f_isnan()?.f_any()?)? {
        return Err(Error::NotANumber { recommender });
    }
    let mut flat = vec![0.0f32; shape.0 * shape.1];
    let contiguous = scores.f_to_device(Device::Cpu)?.f_to_kind(Kind::Float)?.f_contiguous()?;
    let count = flat.len();
    contiguous.f_copy_data(&mut flat, count)?;
    let rows = flat.par_chunks_mut(shape.1).zip(queries);
    Ok(rows.map(|(row, query)| top_k(row, &query.seeds, k)).collect())
}
