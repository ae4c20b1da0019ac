//! Exact search for the highest logits.

use rayon::prelude::*;
use tch::{Device, Kind, Tensor};

use super::{ItemTable, dot::dot};
use crate::{
    Error, Result,
    data::Item,
    recommender::{Best, Recommendation},
};

/// Rows of the item table that are scored at once; a block of them fits into a processor's cache.
const BLOCK: usize = 4096;

/// Contexts that are worked on at once: 4 MiB of logits, and enough that a block is read from memory for many.
const CONTEXTS: usize = 256;

/// Bounds are raised by this share of themselves, as sums of floats round.
const SLACK: f32 = 1e-4;

/// What is asked of the index, beside the context.
#[derive(Debug, Clone, Default)]
pub(crate) struct Search<'a> {
    /// Items, ascending, to whose logits something is added.
    pub boosts: Vec<(Item, f32)>,
    /// Items that are not wanted.
    pub excluded: &'a [Item],
}

/// Finds the items of the highest logits, exactly, without scoring what cannot be among them.
///
/// By the inequality of Cauchy and Schwarz, `c · e + b ≤ |c| |e| + b`. Rows are sorted by that bound and cut into blocks;
/// a block whose highest bound is below the k-th best that a list has so far cannot change it. The blocks at the front
/// hold the popular tracks, so most lists are done after a few; what is skipped is never among the best, whatever the
/// weights are (compare LEMP: Teflioudi et al. 2015).
///
/// It holds the item table twice, as blocks on the device and by rows: 8 bytes · tracks · dimension.
#[derive(Debug)]
pub(crate) struct ItemIndex {
    device: Device,
    rows: SortedRows,
    blocks: Vec<(Tensor, Tensor)>,
}

/// The item table in this process's own memory, sorted by bound.
#[derive(Debug)]
struct SortedRows {
    dimension: usize,
    /// Items in the order of the rows.
    items: Vec<Item>,
    /// Row of each item.
    places: Vec<u32>,
    weights: Vec<f32>,
    norms: Vec<f32>,
    bias: Vec<f32>,
}

impl ItemIndex {
    /// Reads the table as it is now. Later changes are not seen.
    ///
    /// # Errors
    /// [`Error::Torch`] if memory is short, [`Error::NotANumber`] if a weight is not a number.
    pub(crate) fn try_new(table: &ItemTable) -> Result<Self> {
        let (count, dimension) = (table.items(), table.dimension());
        let weights = host(&table.weights().f_narrow(0, 0, to_i64(count))?)?;
        let bias = host(&table.bias().f_narrow(0, 0, to_i64(count))?)?;
        if weights.iter().chain(&bias).any(|weight| !weight.is_finite()) {
            return Err(Error::NotANumber { recommender: "network" });
        }
        let device = table.weights().device();
        let rows = SortedRows::new(dimension, &weights, &bias);
        let blocks = rows.cut(device)?;
        Ok(Self { device, rows, blocks })
    }

    /// The `k` best items for each context (`[searches, dimension]`) by logit plus boost.
    ///
    /// # Errors
    /// [`Error::Torch`] if memory is short, [`Error::NotANumber`] if a context is not a number.
    pub(crate) fn search(
        &self,
        contexts: &Tensor,
        searches: &[Search<'_>],
        k: usize,
    ) -> Result<Vec<Vec<Recommendation>>> {
        let mut lists = Vec::with_capacity(searches.len());
        for (number, searches) in searches.chunks(CONTEXTS).enumerate() {
            let contexts = contexts.f_narrow(0, to_i64(number * CONTEXTS), to_i64(searches.len()))?;
            lists.append(&mut self.search_together(&contexts, searches, k)?);
        }
        Ok(lists)
    }

    fn search_together(
        &self,
        contexts: &Tensor,
        searches: &[Search<'_>],
        k: usize,
    ) -> Result<Vec<Vec<Recommendation>>> {
        let flat = host(contexts)?;
        if flat.iter().any(|value| !value.is_finite()) {
            return Err(Error::NotANumber { recommender: "network" });
        }
        let rows = &self.rows;
        let norm = flat.chunks(rows.dimension).map(|context| dot(context, context).sqrt()).fold(0.0, f32::max);
        let mut best: Vec<Best> = flat
            .par_chunks(rows.dimension)
            .zip(searches)
            .map(|(context, search)| rows.start(context, search, k))
            .collect();
        let scan = tch::no_grad(|| self.scan(contexts, searches, norm, &mut best));
        scan.map(|()| best.into_iter().map(Best::into_list).collect())
    }

    /// Looks at the blocks, each for those contexts only whose lists it may still change. `norm` is that of the longest
    /// context.
    fn scan(&self, contexts: &Tensor, searches: &[Search<'_>], norm: f32, best: &mut [Best]) -> Result<()> {
        for (number, (weights, bias)) in self.blocks.iter().enumerate() {
            let rows = number * BLOCK..self.rows.items.len().min((number + 1) * BLOCK);
            let bound = rows.clone().map(|row| self.rows.bound(norm, row)).fold(f32::MIN, f32::max);
            let (open, places): (Vec<(usize, &mut Best)>, Vec<i64>) = best
                .iter_mut()
                .enumerate()
                .filter(|(_, best)| raised(bound) >= best.threshold())
                .map(|(place, best)| ((place, best), to_i64(place)))
                .unzip();
            if open.is_empty() {
                continue;
            }
            let places = Tensor::f_from_slice(&places)?.f_to_device(self.device)?;
            let logits = contexts.f_index_select(0, &places)?.f_linear(weights, Some(bias))?; // [open, rows]
            let logits = host(&logits)?;
            let items = &self.rows.items[rows];
            open.into_par_iter().zip(logits.par_chunks(items.len())).for_each(|((place, best), logits)| {
                offer_all(best, &searches[place], items, logits);
            });
        }
        Ok(())
    }
}

impl SortedRows {
    fn new(dimension: usize, weights: &[f32], bias: &[f32]) -> Self {
        let norms: Vec<f32> = weights.chunks(dimension).map(|row| dot(row, row).sqrt()).collect();
        // The network's contexts come out of a layer norm, so their norms are near the root of the dimension. Where others
        // stand behind them this orders the blocks less well, and what is skipped is decided by the norms as they are.
        let typical = (dimension as f32).sqrt();
        let bound = |item: &Item| typical * norms[item.index()] + bias[item.index()];
        let mut items: Vec<Item> = (0..u32::try_from(bias.len()).unwrap_or(u32::MAX)).map(Item).collect();
        items.sort_by(|left, right| bound(right).total_cmp(&bound(left)));
        let mut places = vec![0; items.len()];
        for (row, item) in (0..).zip(&items) {
            places[item.index()] = row;
        }
        let row_of = |item: &Item| &weights[item.index() * dimension..][..dimension];
        Self {
            dimension,
            places,
            weights: items.iter().flat_map(row_of).copied().collect(),
            norms: items.iter().map(|item| norms[item.index()]).collect(),
            bias: items.iter().map(|item| bias[item.index()]).collect(),
            items,
        }
    }

    fn cut(&self, device: Device) -> Result<Vec<(Tensor, Tensor)>> {
        let blocks = self.weights.chunks(BLOCK * self.dimension).zip(self.bias.chunks(BLOCK));
        let block = |(weights, bias): (&[f32], &[f32])| -> Result<_> {
            let shape = [to_i64(bias.len()), to_i64(self.dimension)];
            let weights = Tensor::f_from_slice(weights)?.f_reshape(shape)?.f_to_device(device)?;
            Ok((weights, Tensor::f_from_slice(bias)?.f_to_device(device)?))
        };
        blocks.map(block).collect()
    }

    /// The highest logit that a row can have for a context of this norm.
    fn bound(&self, norm: f32, row: usize) -> f32 {
        norm * self.norms[row] + self.bias[row]
    }

    /// Scores the boosted items alone, so that what they reach is known before any block is looked at.
    fn start(&self, context: &[f32], search: &Search<'_>, k: usize) -> Best {
        let mut best = Best::new(k);
        let norm = dot(context, context).sqrt();
        for &(item, boost) in &search.boosts {
            let row = self.places[item.index()] as usize;
            let bound = self.bound(norm, row) + boost;
            if raised(bound) >= best.threshold() && !search.excluded.contains(&item) {
                let weights = &self.weights[row * self.dimension..][..self.dimension];
                best.offer(item, dot(context, weights) + self.bias[row] + boost);
            }
        }
        best.thin_out();
        best
    }
}

/// Offers those of a block that are neither excluded nor boosted, which are in the list already.
fn offer_all(best: &mut Best, search: &Search<'_>, items: &[Item], logits: &[f32]) {
    for (items, logits) in items.chunks(16).zip(logits.chunks(16)) {
        let threshold = best.threshold();
        // Without a branch in it, this is done for all sixteen at once.
        if !logits.iter().fold(false, |any, &logit| any | (logit >= threshold)) {
            continue;
        }
        for (&item, &logit) in items.iter().zip(logits) {
            let may_enter = logit >= best.threshold() && !search.excluded.contains(&item);
            if may_enter && search.boosts.binary_search_by_key(&item, |&(item, _)| item).is_err() {
                best.offer(item, logit);
            }
        }
    }
    best.thin_out();
}

fn raised(bound: f32) -> f32 {
    bound + SLACK * (1.0 + bound.abs())
}

/// All values, row by row.
pub(super) fn host(tensor: &Tensor) -> Result<Vec<f32>> {
    let mut values = vec![0.0; tensor.numel()];
    let count = values.len();
    tensor.f_to_device(Device::Cpu)?.f_to_kind(Kind::Float)?.f_contiguous()?.f_copy_data(&mut values, count)?;
    Ok(values)
}

fn to_i64(size: usize) -> i64 {
    i64::try_from(size).unwrap_or(i64::MAX)
}
