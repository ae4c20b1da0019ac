//! Hands out connections after their handshake.

use std::{io, net::SocketAddr, sync::Arc, time::Duration};

use axum::serve::Listener;
use tokio::{
    net::{TcpListener, TcpStream},
    sync::{Semaphore, mpsc},
    time::{sleep, timeout},
};
use tokio_rustls::{TlsAcceptor, server::TlsStream};
use tracing::{debug, warn};

use super::ServerTls;

/// Longest time for a client to agree on encryption.
const HANDSHAKE_TIMEOUT: Duration = Duration::from_secs(10);
/// Clients that agree on it at the same time; more wait in the system's queue.
const HANDSHAKES: usize = 256;
/// Pause after the machine could not take a connection, for want of file descriptors for example.
const PAUSE: Duration = Duration::from_secs(1);

type Accepted = (TlsStream<TcpStream>, SocketAddr);

/// Connections that are encrypted.
#[derive(Debug)]
pub struct TlsListener {
    address: SocketAddr,
    ready: mpsc::Receiver<Accepted>,
}

impl Listener for TlsListener {
    type Io = TlsStream<TcpStream>;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> Accepted {
        match self.ready.recv().await {
            Some(accepted) => accepted,
            // The other end lives as long as this one.
            None => std::future::pending().await,
        }
    }

    fn local_addr(&self) -> io::Result<SocketAddr> {
        Ok(self.address)
    }
}

/// Begins to take connections, for as long as somebody wants them.
pub(super) fn start(listener: TcpListener, tls: ServerTls) -> io::Result<TlsListener> {
    let address = listener.local_addr()?;
    let (agreed, ready) = mpsc::channel(HANDSHAKES);
    tokio::spawn(accept(listener, tls, agreed));
    Ok(TlsListener { address, ready })
}

async fn accept(listener: TcpListener, mut tls: ServerTls, agreed: mpsc::Sender<Accepted>) {
    let places = Arc::new(Semaphore::new(HANDSHAKES));
    loop {
        let Ok(place) = Arc::clone(&places).acquire_owned().await else { return };
        let connected = tokio::select! {
            connected = listener.accept() => connected,
            () = agreed.closed() => return,
        };
        let (stream, peer) = match connected {
            Ok(connected) => connected,
            Err(error) => {
                warn!(error = %error, "cannot take a connection");
                sleep(PAUSE).await;
                continue;
            }
        };
        let (acceptor, agreed) = (TlsAcceptor::from(tls.current()), agreed.clone());
        tokio::spawn(async move {
            match timeout(HANDSHAKE_TIMEOUT, acceptor.accept(stream)).await {
                // Nobody takes it only when the listener is gone.
                Ok(Ok(stream)) => drop(agreed.send((stream, peer)).await),
                Ok(Err(error)) => debug!(%peer, error = %error, "a client did not agree on encryption"),
                Err(_) => debug!(%peer, "a client was too slow to agree on encryption"),
            }
            drop(place);
        });
    }
}
