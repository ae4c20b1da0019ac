//! An order in which every step follows those whose outputs it reads.

use super::{DagError, Node, error::Place, resolve::Declared};

/// Takes, again and again, the first step of the file that waits for nothing any more.
pub(super) fn order(declared: Vec<Declared>, name: &str) -> Result<Vec<Node>, DagError> {
    let mut waiting = declared;
    let mut ordered = Vec::with_capacity(waiting.len());
    while !waiting.is_empty() {
        let is_waited_for = |input: &String| waiting.iter().any(|other| other.node.outputs.contains(input));
        let next = waiting.iter().position(|declared| !declared.node.inputs.iter().any(is_waited_for));
        match next {
            Some(index) => ordered.push(waiting.remove(index).node),
            None => return Err(cycle(&waiting, name)),
        }
    }
    Ok(ordered)
}

/// Walks from a waiting step to what it waits for until a step comes up again.
fn cycle(waiting: &[Declared], name: &str) -> DagError {
    let mut walked: Vec<usize> = vec![0];
    loop {
        let last = &waiting[walked[walked.len() - 1]].node;
        let reads = |other: &Declared| other.node.outputs.iter().any(|output| last.inputs.contains(output));
        // Each of them waits for another of them, or it would have been taken.
        let Some(next) = waiting.iter().position(reads) else { break };
        if let Some(start) = walked.iter().position(|index| *index == next) {
            walked.drain(..start);
            break;
        }
        walked.push(next);
    }
    let first = walked[0];
    let mut names: Vec<&str> = walked.iter().map(|index| waiting[*index].node.step.name()).collect();
    names.push(waiting[first].node.step.name());
    let reason = format!("steps wait for each other: {}", names.join(" waits for "));
    Place { text: "", name }.error_at_line(waiting[first].line, reason)
}
