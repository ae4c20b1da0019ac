//! Plans steps ahead of those who take them.

use std::{
    sync::mpsc::{Receiver, sync_channel},
    thread::Scope,
};

use rand_chacha::ChaCha8Rng;

use super::planned_step::PlannedStep;
use crate::{data::Batch, loss::Objective};

/// Steps that wait, ready to be taken; each holds some tens of kilobytes.
const AHEAD: usize = 4;

/// Plans a step for each batch, in their order, on a thread of the scope's. The thread ends with the batches, or when
/// nobody wants more.
pub(super) fn feed<'scope>(
    scope: &'scope Scope<'scope, '_>,
    batches: impl Iterator<Item = Batch> + Send + 'scope,
    objective: &'scope Objective,
    mut random: ChaCha8Rng,
    parts: usize,
) -> Receiver<PlannedStep> {
    let (planned, ready) = sync_channel(AHEAD);
    scope.spawn(move || {
        for batch in batches {
            if planned.send(PlannedStep::new(&batch, objective, &mut random, parts)).is_err() {
                break;
            }
        }
    });
    ready
}
