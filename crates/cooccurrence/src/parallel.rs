//! The same work on several ranges at once.

use std::{iter::once, ops::Range, panic::resume_unwind, thread};

/// Does the work on each range, the first on this thread and each other one on a thread of its own; results are in order.
pub(crate) fn on_each<R: Send>(ranges: Vec<Range<usize>>, work: impl Fn(Range<usize>) -> R + Sync) -> Vec<R> {
    let mut ranges = ranges.into_iter();
    let Some(first) = ranges.next() else { return Vec::new() };
    let work = &work;
    thread::scope(|scope| {
        let others: Vec<_> = ranges.map(|range| scope.spawn(move || work(range))).collect();
        let first = work(first);
        let others = others.into_iter().map(|other| other.join().unwrap_or_else(|panic| resume_unwind(panic)));
        once(first).chain(others).collect()
    })
}
