//! Who runs next: workgroups with waiting queries take turns, each in the order in which its queries came.

use std::{
    collections::{HashMap, VecDeque},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use tokio::sync::oneshot;

/// How many queries may be where.
#[derive(Debug, Clone, Copy)]
pub(crate) struct QueueLimits {
    /// Queries that run.
    pub(crate) running: usize,
    /// Queries of one workgroup that run.
    pub(crate) running_of_group: usize,
    /// Queries that wait.
    pub(crate) queued: usize,
    /// Queries of one workgroup that wait.
    pub(crate) queued_of_group: usize,
}

#[derive(Debug)]
pub(crate) struct FairQueue {
    limits: QueueLimits,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    running: usize,
    waiting: usize,
    groups: HashMap<String, Group>,
    /// Workgroups with waiting queries; the first one is next.
    turns: VecDeque<String>,
}

#[derive(Debug, Default)]
struct Group {
    running: usize,
    waiting: VecDeque<oneshot::Sender<Slot>>,
}

/// A query's place in the queue; given up when it is dropped.
#[derive(Debug)]
pub(crate) struct Ticket {
    queue: Arc<FairQueue>,
    group: String,
    turn: oneshot::Receiver<Slot>,
}

/// Leave to run, until it is dropped.
#[derive(Debug)]
pub(crate) struct Slot {
    queue: Arc<FairQueue>,
    group: String,
}

impl FairQueue {
    pub(crate) fn new(limits: QueueLimits) -> Arc<Self> {
        Arc::new(Self { limits, state: Mutex::default() })
    }

    /// Takes a place behind the other queries of a workgroup; [`None`] if there is no room.
    pub(crate) fn enter(self: &Arc<Self>, group: &str) -> Option<Ticket> {
        let (sender, turn) = oneshot::channel();
        {
            let mut state = self.locked();
            // Those that can run at once do not wait.
            let room = self.limits.queued + self.limits.running.saturating_sub(state.running);
            let of_group = state.groups.get(group).map_or(0, |group| group.waiting.len());
            let running_of_group = state.groups.get(group).map_or(0, |group| group.running);
            let room_of_group =
                self.limits.queued_of_group + self.limits.running_of_group.saturating_sub(running_of_group);
            if state.waiting >= room || of_group >= room_of_group {
                return None;
            }
            state.waiting += 1;
            let known = state.groups.entry(group.to_owned()).or_default();
            known.waiting.push_back(sender);
            if known.waiting.len() == 1 {
                state.turns.push_back(group.to_owned());
            }
        }
        self.hand_out();
        Some(Ticket { queue: Arc::clone(self), group: group.to_owned(), turn })
    }

    /// Each workgroup with queries, how many of them wait, and how many run.
    pub(crate) fn lengths(&self) -> Vec<(String, usize, usize)> {
        let state = self.locked();
        state.groups.iter().map(|(name, group)| (name.clone(), group.waiting.len(), group.running)).collect()
    }

    fn locked(&self) -> MutexGuard<'_, State> {
        // Every change below is whole before anything could fail.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Gives leave to those whose turn it is.
    fn hand_out(self: &Arc<Self>) {
        loop {
            // The lock is given back before the sender is used, as a slot that nobody takes wants it.
            let next = self.locked().next(self.limits);
            let Some((group, sender)) = next else { return };
            drop(sender.send(Slot { queue: Arc::clone(self), group }));
        }
    }
}

impl State {
    fn next(&mut self, limits: QueueLimits) -> Option<(String, oneshot::Sender<Slot>)> {
        if self.running >= limits.running {
            return None;
        }
        for _ in 0..self.turns.len() {
            let name = self.turns.pop_front()?;
            let Some(group) = self.groups.get_mut(&name) else { continue };
            let taken = if group.running < limits.running_of_group { group.waiting.pop_front() } else { None };
            if !group.waiting.is_empty() {
                self.turns.push_back(name.clone());
            }
            if let Some(sender) = taken {
                group.running += 1;
                self.running += 1;
                self.waiting -= 1;
                return Some((name, sender));
            }
        }
        None
    }

    fn forget_if_idle(&mut self, name: &str) {
        if self.groups.get(name).is_some_and(|group| group.running == 0 && group.waiting.is_empty()) {
            self.groups.remove(name);
        }
    }
}

impl Ticket {
    /// Waits for the query's turn.
    pub(crate) async fn turn(&mut self) -> Option<Slot> {
        (&mut self.turn).await.ok()
    }
}

impl Drop for Ticket {
    fn drop(&mut self) {
        self.turn.close();
        let mut state = self.queue.locked();
        let Some(group) = state.groups.get_mut(&self.group) else { return };
        let before = group.waiting.len();
        group.waiting.retain(|sender| !sender.is_closed());
        let (left, is_empty) = (before - group.waiting.len(), group.waiting.is_empty());
        state.waiting -= left;
        if left > 0 && is_empty {
            state.turns.retain(|name| *name != self.group);
        }
        state.forget_if_idle(&self.group);
    }
}

impl Drop for Slot {
    fn drop(&mut self) {
        {
            let mut state = self.queue.locked();
            state.running -= 1;
            if let Some(group) = state.groups.get_mut(&self.group) {
                group.running -= 1;
            }
            state.forget_if_idle(&self.group);
        }
        self.queue.hand_out();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn queue(running: usize, running_of_group: usize) -> Arc<FairQueue> {
        FairQueue::new(QueueLimits { running, running_of_group, queued: 6, queued_of_group: 4 })
    }

    /// The tickets whose turn has come, by their numbers.
    fn ready(tickets: &mut [Option<Ticket>]) -> Vec<(usize, Slot)> {
        let ready =
            |(number, ticket): (usize, &mut Option<Ticket>)| Some((number, ticket.as_mut()?.turn.try_recv().ok()?));
        tickets.iter_mut().enumerate().filter_map(ready).collect()
    }

    #[test]
    fn workgroups_take_turns() {
        let queue = queue(1, 1);
        // Five of one before two of another.
        let groups = ["a", "a", "a", "a", "a", "b", "b"];
        let mut tickets: Vec<Option<Ticket>> = groups.iter().map(|group| queue.enter(group)).collect();
        let mut order = Vec::new();
        loop {
            let ready = ready(&mut tickets);
            assert!(ready.len() <= 1, "one runs at a time");
            let Some((number, slot)) = ready.into_iter().next() else { break };
            order.push(number);
            drop(slot);
        }
        assert_eq!(order, [0, 1, 5, 2, 6, 3, 4]);
        let (waiting, running) = {
            let state = queue.locked();
            (state.waiting, state.running)
        };
        assert_eq!((waiting, running), (0, 0));
        drop(tickets);
        assert!(queue.locked().groups.is_empty());
    }

    #[test]
    fn a_workgroup_runs_no_more_than_it_may() {
        let queue = queue(3, 2);
        let mut tickets: Vec<Option<Ticket>> = ["a", "a", "a", "b"].iter().map(|group| queue.enter(group)).collect();
        let slots = ready(&mut tickets);
        assert_eq!(slots.iter().map(|(number, _)| *number).collect::<Vec<_>>(), [0, 1, 3]);
        drop(slots);
        assert_eq!(ready(&mut tickets).len(), 1);
    }

    #[test]
    fn the_queue_is_bounded_as_a_whole_and_by_workgroup() {
        let queue = queue(1, 1);
        let enter = |group: &str, times: usize| (0..times).filter_map(|_| queue.enter(group)).collect::<Vec<_>>();
        // One runs and four wait.
        let first = enter("a", 9);
        assert_eq!(first.len(), 5);
        let second = enter("b", 9);
        assert_eq!(second.len(), 2);
        drop(first);
        assert_eq!(enter("c", 1).len(), 1);
    }

    #[test]
    fn a_slot_that_nobody_takes_goes_to_the_next() {
        let queue = queue(1, 1);
        let mut tickets: Vec<Option<Ticket>> = ["a", "a", "b"].iter().map(|group| queue.enter(group)).collect();
        let running = ready(&mut tickets);
        // Has left, but is still in the queue, as in the moment before it is taken out.
        if let Some(ticket) = &mut tickets[1] {
            ticket.turn.close();
        }
        drop(running);
        assert_eq!(ready(&mut tickets).iter().map(|(number, _)| *number).collect::<Vec<_>>(), [2]);
    }

    #[test]
    fn those_who_leave_make_room() {
        let queue = queue(1, 1);
        let mut tickets: Vec<Option<Ticket>> = ["a", "a", "b"].iter().map(|group| queue.enter(group)).collect();
        let running = ready(&mut tickets);
        tickets[1] = None;
        drop(running);
        assert_eq!(ready(&mut tickets).iter().map(|(number, _)| *number).collect::<Vec<_>>(), [2]);
        // Nobody asked for the slot that the first had in its hands.
        let ticket = queue.enter("a");
        drop(ticket);
        drop(tickets);
        assert_eq!(queue.locked().running, 0);
    }
}
