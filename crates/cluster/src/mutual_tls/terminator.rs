//! The end of a connection that has the service behind it.

use std::{io, net::SocketAddr};

use axum::serve::Listener;
use runtime::tls::ServerTls;
use tokio::{
    io::copy_bidirectional,
    net::{TcpListener, TcpStream},
};
use tracing::{debug, warn};

/// Passes connections on to a service, whose clients have shown a certificate of the cluster by then.
pub(super) fn start(tls: &ServerTls, listener: TcpListener, service: SocketAddr) -> io::Result<()> {
    let mut encrypted = tls.listen(listener)?;
    tokio::spawn(async move {
        loop {
            let (mut outer, peer) = encrypted.accept().await;
            tokio::spawn(async move {
                match TcpStream::connect(service).await {
                    Ok(mut inner) => {
                        let _small_messages_may_wait = inner.set_nodelay(true);
                        if let Err(error) = copy_bidirectional(&mut outer, &mut inner).await {
                            debug!(%peer, error = %error, "an encrypted connection broke off");
                        }
                    }
                    Err(error) => warn!(%peer, error = %error, "the service behind an encrypted port does not answer"),
                }
            });
        }
    });
    Ok(())
}
