//! What to call this process when others look for it.

use std::{fs, process};

/// Host and process id, such as `build-7 (process 4711)`.
pub fn this_process() -> String {
    let host = fs::read_to_string("/proc/sys/kernel/hostname").unwrap_or_default();
    let host = host.trim();
    // A host name has at most 64 bytes on Linux; elsewhere the process id has to do.
    let host = if host.is_empty() { "a host without a name" } else { host };
    format!("{host} (process {})", process::id())
}
