//! Free ports for a server that must be told its port before it listens.

use std::{net::IpAddr, ops::Range};

use rand::RngExt;
use tokio::net::TcpListener;

use crate::{Error, Result};

/// Below the ports that operating systems give to outgoing connections (from 32,768 on Linux, from 49,152 elsewhere):
/// between the look and the listening, nobody is given one of these by chance. Those of Kubernetes' nodes (from 30,000)
/// are left alone, too.
const PORTS: Range<u16> = 20_000..30_000;
/// Ports that may be taken before it is an error.
const ATTEMPTS: usize = 100;

/// Returns `N` different ports on which nobody listens at `host` now. Ballista's executor registers the ports that it is told
/// before it listens on the last of them, so it cannot be told 0.
///
/// # Errors
/// [`Error::Io`] if a hundred ports in a row are taken.
pub async fn free_ports<const N: usize>(host: IpAddr) -> Result<[u16; N]> {
    // All are held until the last is found, so that none is found twice.
    let mut held = Vec::with_capacity(N);
    let mut ports = [0; N];
    for port in &mut ports {
        let listener = listen_anywhere(host).await.map_err(Error::io("find a free port"))?;
        *port = listener.local_addr().map_err(Error::io("read a free port"))?.port();
        held.push(listener);
    }
    Ok(ports)
}

async fn listen_anywhere(host: IpAddr) -> std::io::Result<TcpListener> {
    for _ in 1..ATTEMPTS {
        if let Ok(listener) = listen_somewhere(host).await {
            return Ok(listener);
        }
    }
    listen_somewhere(host).await
}

async fn listen_somewhere(host: IpAddr) -> std::io::Result<TcpListener> {
    let port = rand::rng().random_range(PORTS);
    TcpListener::bind((host, port)).await
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
