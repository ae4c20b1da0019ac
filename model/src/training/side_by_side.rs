//! The gradients of a step, part by part on threads of their own.

use tch::{Device, Tensor};

use super::planned_step::{Part, PlannedStep};
use crate::{
    Result,
    loss::{Negatives, Objective},
    network::{Dropout, ItemRows, NextTrackNetwork, Reader},
    optim::Gradients,
};

/// A step's loss and gradients, and the rows of the item table that they are of.
#[derive(Debug)]
pub(super) struct Sloped {
    pub(super) loss: f64,
    pub(super) gradients: Gradients,
    pub(super) rows: ItemRows,
}

/// One part's share of the mean loss, and its gradients by embeddings, biases and the reader's weights.
type Share = Result<(f64, Vec<Tensor>)>;

/// A part, and its own handles of the tensors that all parts read.
struct Work<'a> {
    part: &'a Part,
    negatives: &'a Negatives,
    objective: &'a Objective,
    reader: Reader,
    embeddings: Tensor,
    bias: Tensor,
    weights: Vec<Tensor>,
    dropout: Dropout,
    /// Share of the batch's targets.
    weight: f64,
}

/// Computes the mean loss of a step and its gradients.
///
/// libtorch cuts each operation into pieces for its threads, and between two operations all of them wait for the slowest:
/// some hundred times a step, which takes as long as the work itself where operations are small. Here each thread takes a
/// part of the batch through all operations alone, and they meet once. Sums are made in the order of the parts, so equal
/// numbers of threads give equal bits.
///
/// # Errors
/// [`crate::Error::Torch`] if memory is short.
pub(super) fn slope(
    network: &NextTrackNetwork,
    step: &PlannedStep,
    objective: &Objective,
    seed: u64,
) -> Result<Sloped> {
    let rows = network.rows(&step.rows)?;
    let embeddings = rows.embeddings.f_detach()?.f_set_requires_grad(true)?;
    let dense = network.dense_weights();
    let (of_reader, of_attributes) = dense.split_at(network.reader_weight_count());
    if network.device() != Device::Cpu {
        tch::manual_seed(i64::from_ne_bytes(seed.to_ne_bytes()));
    }
    let works = (0..).zip(&step.parts).map(|(number, part)| Work {
        part,
        negatives: &step.negatives,
        objective,
        reader: network.reader().replica(),
        embeddings: embeddings.shallow_clone(),
        bias: rows.bias.shallow_clone(),
        weights: of_reader.iter().map(Tensor::shallow_clone).collect(),
        dropout: Dropout::new(network.config().dropout_share(), network.device(), seed.wrapping_add(number)),
        weight: part.targets.len() as f64 / step.targets.max(1) as f64,
    });
    let (loss, mut gradients) = summed(do_all(works.collect()))?;
    let mut of_dense = gradients.split_off(2);
    let of_bias = gradients.remove(1);
    let mut of_rows = gradients.remove(0);
    if !of_attributes.is_empty() {
        // From the embeddings back to what they are the sum of.
        let source = rows.embeddings.f_mul(&of_rows)?.f_sum(tch::Kind::Float)?;
        let inputs: Vec<&Tensor> = std::iter::once(&rows.weights).chain(of_attributes).collect();
        let mut found = Tensor::f_run_backward(&[source], &inputs, false, false)?;
        of_dense.extend(found.split_off(1));
        of_rows = found.remove(0);
    }
    Ok(Sloped { loss, gradients: Gradients { rows: of_rows, bias: of_bias, dense: of_dense }, rows })
}

/// Does the first part here and the others on threads of rayon's, each with one thread of libtorch's.
fn do_all(mut work: Vec<Work<'_>>) -> Vec<Share> {
    if work.len() < 2 {
        return work.into_iter().map(Work::run).collect();
    }
    let threads = tch::get_num_threads();
    let mut found: Vec<Option<Share>> = work.iter().map(|_| None).collect();
    rayon::in_place_scope(|scope| {
        let others = work.split_off(1);
        let (here, there) = found.split_at_mut(1);
        for (work, place) in others.into_iter().zip(there) {
            scope.spawn(move |_| *place = Some(alone(work)));
        }
        here.iter_mut().zip(work).for_each(|(place, work)| *place = Some(alone(work)));
    });
    tch::set_num_threads(threads);
    found.into_iter().flatten().collect()
}

fn alone(work: Work<'_>) -> Share {
    // The number is kept by each thread, and a thread that has none yet takes the last that any thread has set.
    tch::set_num_threads(1);
    work.run()
}

impl Work<'_> {
    fn run(mut self) -> Share {
        let device = self.embeddings.device();
        let on_device = |places: &[i64]| -> Result<Tensor> { Ok(Tensor::f_from_slice(places)?.f_to_device(device)?) };
        let (_, dimension) = self.embeddings.size2()?;
        let [pieces, length] = [self.part.pieces, self.part.length].map(|size| i64::try_from(size).unwrap_or(i64::MAX));
        let embedded = self
            .embeddings
            .f_index_select(0, &on_device(&self.part.tokens)?)?
            .f_reshape([pieces, length, dimension])?;
        let contexts = self
            .reader
            .contexts(&embedded, &mut self.dropout)?
            .f_reshape([pieces * length, dimension])?
            .f_index_select(0, &on_device(&self.part.positions)?)?; // [targets, dimension]
        let rows = (&self.embeddings, &self.bias);
        let loss = self.objective.value(&contexts, rows, &self.part.targets, self.negatives)?;
        let inputs: Vec<&Tensor> = [&self.embeddings, &self.bias].into_iter().chain(&self.weights).collect();
        let source = loss.gradient_source.f_mul_scalar(self.weight)?;
        let gradients = Tensor::f_run_backward(&[source], &inputs, false, false)?;
        Ok((f64::try_from(&loss.value)? * self.weight, gradients))
    }
}

/// Adds up shares in their order.
fn summed(shares: Vec<Share>) -> Share {
    let mut shares = shares.into_iter();
    let (mut loss, sums) = shares.next().unwrap_or_else(|| Ok((0.0, Vec::new())))?;
    for share in shares {
        let (more, gradients) = share?;
        loss += more;
        for (sum, gradient) in sums.iter().zip(gradients) {
            let _ = sum.shallow_clone().f_add_(&gradient)?;
        }
    }
    Ok((loss, sums))
}
