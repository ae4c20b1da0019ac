//! What the names of a file mean, compared with what the steps really read, write and are checked by.

use std::{collections::BTreeMap, path::Path, time::Duration};

use super::{
    DagError, Node,
    document::{Document, Name, StepEntry, hours},
    error::Place,
    own,
};
use crate::{Check, Step};

/// The one source that there is.
const SLICES: &str = "slices";
/// Longest attempt that makes sense, a week.
const LONGEST_MINUTES: f64 = 7.0 * 24.0 * 60.0;
const MOST_RETRIES: u32 = 10;

/// A step and the line of its name.
#[derive(Debug)]
pub(super) struct Declared {
    pub(super) node: Node,
    pub(super) line: usize,
}

/// The steps as declared, in the order of the file.
pub(super) fn resolve(
    document: &Document,
    text: &str,
    name: &str,
    folder: Option<&Path>,
) -> Result<Vec<Declared>, DagError> {
    let place = Place { text, name };
    for source in &document.source {
        if source.name.get_ref() != SLICES {
            return Err(unknown(place, "source", &source.name, &[SLICES]));
        }
    }
    let mut yielded: BTreeMap<&str, &str> = BTreeMap::from([(SLICES, "outside")]);
    let mut declared = Vec::new();
    for entry in &document.step {
        let step = step_of(place, entry, folder)?;
        if declared.iter().any(|(known, _): &(Step, _)| known.name() == step.name()) {
            return Err(at(place, &entry.name, format!("step `{step}` is declared twice")));
        }
        yielded.extend(entry.outputs.iter().map(|output| (output.get_ref().as_str(), step.name())));
        declared.push((step, entry));
    }
    declared.into_iter().map(|(step, entry)| node(place, step, entry, &yielded)).collect()
}

fn step_of(place: Place<'_>, entry: &StepEntry, folder: Option<&Path>) -> Result<Step, DagError> {
    if let Some(file) = &entry.file {
        return own::read(place, entry, file, folder);
    }
    let stranger = |reason: String| at(place, &entry.name, format!("{reason}; a step of one's own has a `file`"));
    let step: Step = entry.name.get_ref().parse().map_err(stranger)?;
    if entry.may_be_empty {
        return Err(at(place, &entry.name, "`may_be_empty` is for steps of one's own"));
    }
    let kind = kind(step);
    if entry.kind.get_ref() != kind {
        let found = entry.kind.get_ref();
        return Err(at(place, &entry.kind, format!("step `{step}` is of the kind `{kind}`, not `{found}`")));
    }
    Ok(step)
}

/// How a step works, as the file calls it.
fn kind(step: Step) -> &'static str {
    if step.sql().is_some() { "sql" } else { step.name() }
}

/// What a step writes, as the file calls it.
fn output(step: Step) -> &'static str {
    match step {
        Step::Train => "model",
        Step::Publish => "current_predictions",
        _ => step.table().unwrap_or_else(|| step.name()),
    }
}

fn node(place: Place<'_>, step: Step, entry: &StepEntry, yielded: &BTreeMap<&str, &str>) -> Result<Declared, DagError> {
    let inputs = texts(&entry.inputs);
    for input in &entry.inputs {
        if !yielded.contains_key(input.get_ref().as_str()) {
            let known: Vec<&str> = yielded.keys().copied().collect();
            return Err(unknown(place, "input", input, &known));
        }
    }
    let reads = step.slice_column().map(|_| SLICES);
    for read in reads.into_iter().chain(step.inputs().iter().copied()) {
        // A file without the step that writes a table takes the table as it is.
        if yielded.contains_key(read) && !inputs.iter().any(|input| input == read) {
            return Err(at(place, &entry.name, format!("step `{step}` reads `{read}`, which its inputs do not name")));
        }
    }
    if texts(&entry.outputs) != [output(step)] {
        return Err(at(place, &entry.name, format!("step `{step}` writes [\"{}\"] and nothing else", output(step))));
    }
    let minutes = *entry.timeout_minutes.get_ref();
    if !(minutes > 0.0 && minutes <= LONGEST_MINUTES) {
        let reason = format!("timeout_minutes is {minutes}: expected more than 0 and at most {LONGEST_MINUTES}");
        return Err(place.error(entry.timeout_minutes.span().start, reason));
    }
    if entry.retries > MOST_RETRIES {
        let reason = format!("step `{step}` has {} retries: expected 0 to {MOST_RETRIES}", entry.retries);
        return Err(at(place, &entry.name, reason));
    }
    let node = Node {
        step,
        inputs,
        outputs: texts(&entry.outputs),
        checks: checks(place, step, entry)?,
        retries: entry.retries,
        timeout: Duration::from_secs_f64(minutes * 60.0),
        freshness: entry.freshness_hours.map(hours),
    };
    Ok(Declared { node, line: place.line(entry.name.span().start) })
}

/// The checks of a step, all of which the file must name.
fn checks(place: Place<'_>, step: Step, entry: &StepEntry) -> Result<Vec<String>, DagError> {
    let known: Vec<&str> = Check::of(step).map(|check| check.name).collect();
    if let Some(stranger) = entry.checks.iter().find(|check| !known.contains(&check.get_ref().as_str())) {
        return Err(unknown(place, "check", stranger, &known));
    }
    let named = texts(&entry.checks);
    match known.iter().find(|check| !named.iter().any(|named| named == *check)) {
        Some(missing) => {
            let reason = format!("step `{step}` is judged by the check `{missing}`, which its checks do not name");
            Err(at(place, &entry.name, reason))
        }
        None => Ok(named),
    }
}

fn texts(names: &[Name]) -> Vec<String> {
    names.iter().map(|name| name.get_ref().clone()).collect()
}

pub(super) fn at(place: Place<'_>, name: &Name, reason: impl Into<String>) -> DagError {
    place.error(name.span().start, reason)
}

fn unknown(place: Place<'_>, what: &str, name: &Name, known: &[&str]) -> DagError {
    let known = if known.is_empty() { "none".to_owned() } else { known.join(", ") };
    at(place, name, format!("unknown {what} `{}`: expected one of {known}", name.get_ref()))
}
