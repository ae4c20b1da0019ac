//! Free ports for a server that must be told its port before it listens.

use std::net::IpAddr;
use std::ops::Range;
use std::sync::atomic::{AtomicU16, Ordering};

use tokio::net::TcpListener;

use crate::{Error, Result};

/// Below the ports that operating systems give to outgoing connections (from 32,768 on Linux, from 49,152 elsewhere):
/// between the look and the listening, nobody is given one of these by chance. Those of Kubernetes' nodes (from 30,000)
/// are left alone, too.
const PORTS: Range<u16> = 20_000..30_000;
/// Ports that are tried before it is an error.
const ATTEMPTS: usize = 100;
/// Ports that one process asks for at most, as a rule.
const PORTS_PER_PROCESS: u32 = 4;

/// How many ports this process has tried.
static TRIED: AtomicU16 = AtomicU16::new(0);

/// Returns `N` different ports on which nobody listens at `host` now. Ballista's executor registers the ports that it is told
/// before it listens on the last of them, so it cannot be told 0.
///
/// Between the look and the listening another process may look, too. So the number of the process says where it begins:
/// processes that start one after the other look at different ports.
///
/// # Errors
/// [`Error::Io`] if a hundred ports in a row are taken.
pub async fn free_ports<const N: usize>(host: IpAddr) -> Result<[u16; N]> {
    // All are held until the last is found, so that none is found twice.
    let mut held = Vec::with_capacity(N);
    let mut ports = [0; N];
    for port in &mut ports {
        let listener = listen_somewhere(host).await.map_err(Error::io("find a free port"))?;
        *port = listener.local_addr().map_err(Error::io("read a free port"))?.port();
        held.push(listener);
    }
    Ok(ports)
}

async fn listen_somewhere(host: IpAddr) -> std::io::Result<TcpListener> {
    for _ in 1..ATTEMPTS {
        if let Ok(listener) = TcpListener::bind((host, next_port(std::process::id()))).await {
            return Ok(listener);
        }
    }
    TcpListener::bind((host, next_port(std::process::id()))).await
}

/// The next port of this process, and round again after the last.
fn next_port(process: u32) -> u16 {
    let tried = u32::from(TRIED.fetch_add(1, Ordering::Relaxed));
    let offset = process.wrapping_mul(PORTS_PER_PROCESS).wrapping_add(tried) % u32::from(PORTS.end - PORTS.start);
    PORTS.start + u16::try_from(offset).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn ports_differ_and_are_not_those_of_connections() {
        let host = IpAddr::from(std::net::Ipv4Addr::LOCALHOST);
        let ports = free_ports::<8>(host).await.unwrap();
        let different: std::collections::BTreeSet<_> = ports.iter().collect();
        assert_eq!(different.len(), ports.len());
        assert!(ports.iter().all(|port| PORTS.contains(port)), "{ports:?}");
        for port in ports {
            TcpListener::bind((host, port)).await.unwrap();
        }
    }
}
