//! Tells the scheduler of jobs that nobody waits for any more, in the background, as a drop cannot wait.

use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use datafusion::execution::SendableRecordBatchStream;
use futures::StreamExt;
use tokio::{runtime::Handle, task::JoinHandle, time::timeout};
use tracing::{Instrument, Span, info, warn};

use crate::{
    EmbeddedCluster,
    job::{Connecting, JobHandle},
};

/// Longest wait for the name of a job that is on its way to the scheduler; it gets one when it is planned.
const NAME_TIMEOUT: Duration = Duration::from_secs(10);
/// Pause between two looks at the name.
const NAME_POLL: Duration = Duration::from_millis(20);

/// Longest wait for all that are under way.
const SETTLE_TIMEOUT: Duration = Duration::from_secs(15);

/// Those of all clusters that this process is a client of.
static UNDER_WAY: Mutex<Vec<JoinHandle<()>>> = Mutex::new(Vec::new());

/// Waits until the jobs that this process does not wait for any more are cancelled, at most some seconds.
///
/// A job is cancelled when the future or stream of its rows is dropped before its end. That goes on in the background, so
/// a process waits for it before it ends, or before it does the same work again.
pub async fn settle() {
    let under_way = std::mem::take(&mut *lock());
    let all = async {
        for cancelling in under_way {
            // One that panicked is at its end, too.
            let _ended = cancelling.await;
        }
    };
    if timeout(SETTLE_TIMEOUT, all).await.is_err() {
        warn!(limit_s = SETTLE_TIMEOUT.as_secs(), "the scheduler does not take the end of a job");
    }
}

/// A panic elsewhere cannot leave the list half changed.
fn lock() -> MutexGuard<'static, Vec<JoinHandle<()>>> {
    UNDER_WAY.lock().unwrap_or_else(PoisonError::into_inner)
}

/// What it takes to cancel the jobs of a cluster.
#[derive(Debug)]
pub(crate) struct Cancellations {
    scheduler_url: String,
    connecting: Connecting,
    /// Must be there for as long as its jobs are to be cancelled.
    embedded: Option<Arc<EmbeddedCluster>>,
}

impl Cancellations {
    pub(crate) fn new(scheduler_url: &str, connecting: Connecting, embedded: Option<EmbeddedCluster>) -> Self {
        Self { scheduler_url: scheduler_url.to_owned(), connecting, embedded: embedded.map(Arc::new) }
    }

    /// Begins to end a job whose rows are read no further.
    pub(crate) fn begin(&self, rows: SendableRecordBatchStream, job: JobHandle) {
        let Ok(runtime) = Handle::try_current() else {
            warn!(job_id = job.job_id(), "a job goes on without its client, which has no runtime any more");
            return;
        };
        let (url, connecting, embedded) = (self.scheduler_url.clone(), self.connecting.clone(), self.embedded.clone());
        let cancelling = async move {
            cancel(rows, job, url, connecting).await;
            drop(embedded);
        };
        let cancelling = runtime.spawn(cancelling.instrument(Span::current()));
        let mut under_way = lock();
        under_way.retain(|cancelling| !cancelling.is_finished());
        under_way.push(cancelling);
    }
}

async fn cancel(mut rows: SendableRecordBatchStream, job: JobHandle, url: String, connecting: Connecting) {
    // A job has its name only while its rows are asked for.
    let has_name = async {
        while job.job_id().is_none() {
            if let Ok(None | Some(Err(_))) = timeout(NAME_POLL, rows.next()).await {
                return false;
            }
        }
        true
    };
    match timeout(NAME_TIMEOUT, has_name).await {
        Ok(true) => {}
        Ok(false) => return,
        Err(_) => {
            warn!(limit_s = NAME_TIMEOUT.as_secs(), "a job goes on without its client, as it has no name yet");
            return;
        }
    }
    let job_id = job.job_id();
    match job.cancel_at(&url, &connecting).await {
        Ok(()) => info!(job_id, "job is cancelled, nobody waits for it"),
        Err(error) => warn!(job_id, error = %error, "a job goes on without its client"),
    }
}
