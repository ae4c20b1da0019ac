//! The graph of steps, as `sql/pipeline/pipeline.toml` declares it.
//!
//! ```text
//! pipeline.toml ─► document (what is written) ─► resolve (names, against what the steps really read) ─► order ─► Dag
//! ```
//!
//! A file is refused with the number of the line at fault.

mod document;
mod error;
mod order;
mod own;
mod resolve;

use std::{path::Path, time::Duration};

pub use error::DagError;

use crate::Step;

/// The file that is part of the program.
const BUILTIN: &str = include_str!("../../../../sql/pipeline/pipeline.toml");
const BUILTIN_NAME: &str = "sql/pipeline/pipeline.toml";

/// The steps in an order in which each follows those whose outputs it reads.
#[derive(Debug, Clone, PartialEq)]
pub struct Dag {
    nodes: Vec<Node>,
    slices_freshness: Option<Duration>,
}

/// A step as the file declares it.
#[derive(Debug, Clone, PartialEq)]
pub struct Node {
    /// The step.
    pub step: Step,
    /// What it waits for: names of sources, tables and the model.
    pub inputs: Vec<String>,
    /// What it writes.
    pub outputs: Vec<String>,
    /// Checks of what it wrote.
    pub checks: Vec<String>,
    /// Attempts after a failure that may pass.
    pub retries: u32,
    /// Longest time for one attempt.
    pub timeout: Duration,
    /// Longest time between two runs after which its output is up to date.
    pub freshness: Option<Duration>,
}

impl Dag {
    /// The graph that the program was built with.
    ///
    /// # Errors
    /// None in a program whose tests pass.
    pub fn builtin() -> Result<Self, DagError> {
        Self::parse(BUILTIN, BUILTIN_NAME, None)
    }

    /// Reads a graph from a file.
    ///
    /// # Errors
    /// [`DagError::Unreadable`], and as [`Self::parse`].
    pub fn read(path: &Path) -> Result<Self, DagError> {
        let name = path.display().to_string();
        let text =
            std::fs::read_to_string(path).map_err(|source| DagError::Unreadable { path: name.clone(), source })?;
        Self::parse(&text, &name, path.parent())
    }

    /// Reads a graph from a text; `name` is what errors call it, and `folder` where the files of own steps are.
    ///
    /// # Errors
    /// [`DagError::Invalid`] for what is no TOML, unknown names, inputs that nothing yields or that the step does not
    /// declare although it reads them, steps that wait for each other, and files of own steps that cannot be used.
    pub fn parse(text: &str, name: &str, folder: Option<&Path>) -> Result<Self, DagError> {
        let document = document::parse(text, name)?;
        let slices_freshness = document.slices_freshness();
        let declared = resolve::resolve(&document, text, name, folder)?;
        Ok(Self { nodes: order::order(declared, name)?, slices_freshness })
    }

    /// The steps in the order in which they run.
    pub fn steps(&self) -> Vec<Step> {
        self.nodes.iter().map(|node| node.step).collect()
    }

    /// A step as it is declared, if it is.
    pub fn node(&self, step: Step) -> Option<&Node> {
        self.nodes.iter().find(|node| node.step == step)
    }

    /// The step of this name, if it is part of the graph.
    pub fn step(&self, name: &str) -> Option<Step> {
        self.nodes.iter().map(|node| node.step).find(|step| step.name() == name)
    }

    /// Age of the newest slice at which people are told.
    pub fn slices_freshness(&self) -> Option<Duration> {
        self.slices_freshness
    }
}

#[cfg(test)]
mod tests;
