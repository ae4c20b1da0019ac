//! A proxy in front of a real server that misbehaves on command.

use std::net::SocketAddr;

use anyhow::Result;
use tokio::io::{AsyncReadExt, AsyncWriteExt, copy_bidirectional};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinHandle;

/// What a request through the proxy meets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// Nothing: it reaches the server.
    None,
    /// The answer that S3 gives when it has too much to do.
    SlowDown,
    /// The connection is cut once so many bytes have gone to the client or come from it.
    Cut(u64),
    /// The connection stays open, and nobody answers.
    Silence,
}

/// Forwards connections to a server, or does what [`Fault`] says. Every change cuts the connections of that moment.
#[derive(Debug)]
pub struct FaultProxy {
    address: SocketAddr,
    fault: watch::Sender<Fault>,
    accepting: JoinHandle<()>,
}

impl FaultProxy {
    /// Starts a proxy of the server at `host:port` that does nothing wrong yet.
    ///
    /// # Errors
    /// If there is no free port.
    pub async fn start(server: String) -> Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?;
        let (fault, watched) = watch::channel(Fault::None);
        let accepting = tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                tokio::spawn(serve(client, server.clone(), watched.clone()));
            }
        });
        Ok(Self { address, fault, accepting })
    }

    /// Returns the proxy's own address.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Sets what requests meet from now on.
    pub fn set(&self, fault: Fault) {
        self.fault.send_replace(fault);
    }
}

impl Drop for FaultProxy {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

async fn serve(mut client: TcpStream, server: String, mut watched: watch::Receiver<Fault>) {
    let fault = *watched.borrow_and_update();
    let serving = async {
        match fault {
            Fault::None => pass(&mut client, &server, u64::MAX).await,
            Fault::Cut(bytes) => pass(&mut client, &server, bytes).await,
            Fault::Silence => std::future::pending().await,
            Fault::SlowDown => {
                // Read first: a server that answers before the request is there looks like a broken one.
                let _ = client.read(&mut [0; 64 * 1024]).await;
                let answer = b"HTTP/1.1 503 Slow Down\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
                let _ = client.write_all(answer).await;
            }
        }
    };
    tokio::select! {
        () = serving => {}
        _ = watched.changed() => {}
    }
}

/// Forwards until one side ends, or so many bytes have passed in either direction.
async fn pass(client: &mut TcpStream, server: &str, most: u64) {
    let Ok(mut upstream) = TcpStream::connect(server).await else { return };
    if most == u64::MAX {
        let _ = copy_bidirectional(client, &mut upstream).await;
        return;
    }
    let (mut from_client, mut to_client) = client.split();
    let (mut from_server, mut to_server) = upstream.split();
    let mut upwards = (&mut from_client).take(most);
    let mut downwards = (&mut from_server).take(most);
    tokio::select! {
        _ = tokio::io::copy(&mut upwards, &mut to_server) => {}
        _ = tokio::io::copy(&mut downwards, &mut to_client) => {}
    }
}
