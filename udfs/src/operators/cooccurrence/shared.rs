//! What tasks of one query share within a process.

use std::{
    collections::HashMap,
    sync::{Arc, LazyLock, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use datafusion::{error::Result, execution::memory_pool::MemoryReservation};
use tokio::{runtime::Handle, sync::OnceCell};

use super::Collected;

/// How long collected groups wait for the next task of their query.
const LINGER: Duration = Duration::from_secs(3);

/// Collected groups, and the memory that is reserved for them.
#[derive(Debug)]
pub(super) struct Build {
    pub(super) collected: Collected,
    pub(super) _memory: MemoryReservation,
}

/// Builds by query. A stage's tasks come to an executor in several waves, and each would have to collect all groups
/// again otherwise.
static BUILDS: LazyLock<Mutex<HashMap<String, Entry>>> = LazyLock::new(Mutex::default);

#[derive(Debug, Default)]
struct Entry {
    cell: Arc<OnceCell<Arc<Build>>>,
    users: usize,
    /// Counts the times that the users changed, so that a timer knows whether it is still meant.
    changes: u64,
}

/// A share in the build of one query; the build goes some time after the last share.
#[derive(Debug)]
pub(super) struct Share {
    key: String,
    cell: Arc<OnceCell<Arc<Build>>>,
}

impl Share {
    /// A share in the build under a key.
    pub(super) fn of(key: String) -> Self {
        let mut builds = builds();
        let entry = builds.entry(key.clone()).or_default();
        entry.users += 1;
        entry.changes += 1;
        Self { key, cell: Arc::clone(&entry.cell) }
    }

    /// The build, made by the first that asks; others wait for it.
    pub(super) async fn get_or_try_init(&self, make: impl Future<Output = Result<Build>>) -> Result<Arc<Build>> {
        let made = async { make.await.map(Arc::new) };
        Ok(Arc::clone(self.cell.get_or_try_init(|| made).await?))
    }
}

impl Drop for Share {
    fn drop(&mut self) {
        let mut builds = builds();
        let Some(entry) = builds.get_mut(&self.key) else { return };
        entry.users -= 1;
        entry.changes += 1;
        if entry.users > 0 {
            return;
        }
        let (key, changes) = (self.key.clone(), entry.changes);
        match Handle::try_current() {
            Ok(runtime) => drop(runtime.spawn(async move {
                tokio::time::sleep(LINGER).await;
                forget(&key, changes);
            })),
            Err(_) => drop(builds.remove(&key)),
        }
    }
}

/// Drops a build that nobody has used since.
fn forget(key: &str, changes: u64) {
    let mut builds = builds();
    if builds.get(key).is_some_and(|entry| entry.changes == changes) {
        builds.remove(key);
    }
}

fn builds() -> MutexGuard<'static, HashMap<String, Entry>> {
    BUILDS.lock().unwrap_or_else(PoisonError::into_inner)
}
