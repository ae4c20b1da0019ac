//! A TCP proxy that cuts its connections on command.

use std::net::SocketAddr;

use tokio::io::copy_bidirectional;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::broadcast;

/// Forwards connections to a server until it is told to cut them.
pub(crate) struct ChaosProxy {
    pub(crate) address: SocketAddr,
    cuts: broadcast::Sender<()>,
}

impl ChaosProxy {
    pub(crate) async fn start(server: (String, u16)) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (cuts, _) = broadcast::channel(1);
        tokio::spawn(accept(listener, server, cuts.clone()));
        Self { address, cuts }
    }

    /// Cuts the connections of this moment; new ones work. Tells how many there were.
    pub(crate) fn cut(&self) -> usize {
        self.cuts.send(()).unwrap_or(0)
    }
}

async fn accept(listener: TcpListener, server: (String, u16), cuts: broadcast::Sender<()>) {
    while let Ok((mut client, _)) = listener.accept().await {
        let (server, mut cut) = (server.clone(), cuts.subscribe());
        tokio::spawn(async move {
            let Ok(mut upstream) = TcpStream::connect(server).await else {
                return;
            };
            // A proxy that held back small pieces would slow every statement down to the server's delayed answers.
            client.set_nodelay(true).unwrap();
            upstream.set_nodelay(true).unwrap();
            tokio::select! {
                _ = cut.recv() => {}
                _ = copy_bidirectional(&mut client, &mut upstream) => {}
            }
        });
    }
}
