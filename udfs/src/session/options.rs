//! What a session may be told.

/// Settings of a session on the engine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EngineOptions {
    /// Partitions into which stages are divided; default 16. About 2 to 4 per core of the whole cluster is right: fewer
    /// leave cores idle at the end of a stage, many more cost a task start and a shuffle file each.
    pub target_partitions: usize,
    /// Whether stages are planned again from what the stages before them measured; default false. Off, a job survives
    /// the loss of an executor by re-running what it held.
    pub adaptive: bool,
}

impl Default for EngineOptions {
    fn default() -> Self {
        Self { target_partitions: 16, adaptive: false }
    }
}
