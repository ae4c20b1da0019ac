//! Notifications arrive at real listeners: HTTP and mail servers on this host.

#[cfg(test)]
mod http;
#[cfg(test)]
mod mail;

use notify::{Notification, Severity};

/// A notification with everything in it.
pub(crate) fn notification() -> Notification {
    Notification {
        key: "nightly/run_failed".to_owned(),
        severity: Severity::Page,
        summary: "a run failed".to_owned(),
        pipeline: "nightly".to_owned(),
        run_id: Some("run-7".to_owned()),
        step: Some("playlist_tracks".to_owned()),
        reason: Some("no space left on device".to_owned()),
        next_action: Some("make room, then `segue run` again".to_owned()),
    }
}
