//! What is made of files, and made again when they change.

use std::{path::PathBuf, sync::Arc, time::SystemTime};

use tracing::{info, warn};

/// Something made of files, which is made again when they change.
#[derive(Debug, Clone)]
pub struct Renewed<T> {
    files: Vec<PathBuf>,
    changed_at: Option<Vec<SystemTime>>,
    value: Arc<T>,
}

impl<T> Renewed<T> {
    /// Makes it for the first time.
    ///
    /// # Errors
    /// Those of `make`.
    pub fn try_new(files: Vec<PathBuf>, make: impl FnOnce() -> Result<T, String>) -> Result<Self, String> {
        // Before they are read: what changes meanwhile is seen at the next look.
        let changed_at = changed_at(&files);
        let value = Arc::new(make()?);
        Ok(Self { files, changed_at, value })
    }

    /// What is made of the files as they are now, or as they were when they could be used last.
    pub fn current(&mut self, make: impl FnOnce() -> Result<T, String>) -> Arc<T> {
        let changed_at = changed_at(&self.files);
        if changed_at.is_some() && changed_at != self.changed_at {
            self.changed_at = changed_at;
            match make() {
                Ok(value) => {
                    info!(files = ?self.files, "certificate read again");
                    self.value = Arc::new(value);
                }
                Err(reason) => warn!(reason, "a new certificate cannot be used, the old one stays"),
            }
        }
        Arc::clone(&self.value)
    }

    /// The same of another kind, until the files change.
    pub(super) fn map(self, change: impl FnOnce(&T) -> T) -> Self {
        let value = Arc::new(change(&self.value));
        Self { value, ..self }
    }
}

/// When files were changed last; [`None`] while one of them is missing.
fn changed_at(files: &[PathBuf]) -> Option<Vec<SystemTime>> {
    files.iter().map(|path| std::fs::metadata(path).and_then(|metadata| metadata.modified()).ok()).collect()
}
