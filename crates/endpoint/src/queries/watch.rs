//! Signs of life, and the ends of queries whose process is gone.

use std::{sync::Arc, time::Duration};

use tracing::{info, warn};

use super::{
    history::{now_us, to_execution},
    life::lost,
};
use crate::Service;

/// Pause between two looks for queries that another process was told to stop.
const LOOK: Duration = Duration::from_secs(1);
/// Looks between two signs of life.
const LOOKS_PER_BEAT: u32 = 5;
/// Silence after which a process is taken for gone.
const SILENT_FOR: Duration = Duration::from_secs(30);
/// Signs of life between two clearings of old history.
const BEATS_PER_CLEARING: u32 = 720;

/// Watches queries for as long as the process lives.
pub(crate) fn watch(service: Arc<Service>) {
    tokio::spawn(async move {
        let mut looks = 0_u32;
        loop {
            if let Err(error) = look(&service, looks).await {
                warn!(error = %error, "cannot watch queries");
            }
            looks = looks.wrapping_add(1);
            tokio::time::sleep(LOOK).await;
        }
    });
}

async fn look(service: &Service, looks: u32) -> Result<(), store::Error> {
    let store = service.store();
    if !service.open.is_empty() {
        let since = now_us().saturating_sub(60_000_000);
        for id in store.ended_queries(&service.owner, since).await? {
            if let Some(switch) = service.open.get(&id) {
                // One that ends at this very moment does not listen any more.
                let _ = switch.send(true);
            }
        }
    }
    if looks.is_multiple_of(LOOKS_PER_BEAT) {
        if !service.open.is_empty() {
            store.beat_queries(&service.owner).await?;
        }
        for silent in store.silent_queries(SILENT_FOR).await? {
            let id = silent.query_execution_id.clone();
            let Ok(execution) = to_execution(silent) else { continue };
            let (execution, now) = lost(execution);
            let Ok(body) = serde_json::to_value(&execution) else { continue };
            if store.update_query(&id, &execution.status.state, &body, Some(now)).await? {
                info!(query_execution_id = %id, "query failed, as its process is gone");
            }
        }
    }
    if looks.is_multiple_of(LOOKS_PER_BEAT * BEATS_PER_CLEARING) {
        let history = i64::try_from(service.options.history.as_micros()).unwrap_or(i64::MAX);
        store.forget_queries(now_us().saturating_sub(history).max(0)).await?;
    }
    Ok(())
}
