//! Listens for notices of new objects.

use std::{net::SocketAddr, sync::Arc};

use axum::{
    Router,
    extract::{DefaultBodyLimit, State},
    http::{HeaderMap, StatusCode, header},
    routing::post,
};
use runtime::tls::ServerTls;
use tokio::{net::TcpListener, sync::mpsc};
use tracing::{debug, info, warn};
use url::Url;

use crate::{
    Error, Result,
    events::{confirmation, decode},
};

/// Largest message that is read, in bytes; SNS and SQS send at most 256 KiB.
const MAX_MESSAGE_BYTES: usize = 1024 * 1024;

struct Receiver {
    token: Option<String>,
    news: mpsc::Sender<()>,
    input: Url,
}

/// Listens at an address, encrypted or not, and passes on that there may be something new at the input.
///
/// With a token, a message must bring it as `Authorization: Bearer …`. The queue holds one notice: more would say the
/// same.
pub(crate) async fn listen(
    address: SocketAddr,
    tls: Option<&ServerTls>,
    token: Option<String>,
    input: &Url,
) -> Result<(SocketAddr, mpsc::Receiver<()>)> {
    let failed = |source| Error::Listen { address, source };
    let listener = TcpListener::bind(address).await.map_err(failed)?;
    let (news, heard) = mpsc::channel(1);
    let receiver = Arc::new(Receiver { token, news, input: input.clone() });
    let router = Router::new()
        .route("/events", post(receive))
        .layer(DefaultBodyLimit::max(MAX_MESSAGE_BYTES))
        .with_state(receiver);
    let bound = runtime::admin::serve_router(listener, tls, router).map_err(failed)?;
    info!(address = %bound, "listening for events");
    Ok((bound, heard))
}

async fn receive(State(receiver): State<Arc<Receiver>>, headers: HeaderMap, body: String) -> (StatusCode, String) {
    if !receiver.admits(&headers) {
        return (StatusCode::UNAUTHORIZED, "expected `Authorization: Bearer TOKEN`\n".to_owned());
    }
    if let Some(url) = confirmation(&body) {
        warn!(url, "SNS sends nothing before its subscription is confirmed: open the address");
    }
    match decode(&body) {
        Ok(events) => {
            let ours = events.iter().filter(|event| is_below(&receiver.input, &event.bucket, &event.key)).count();
            debug!(events = events.len(), ours, "events received");
            if ours > 0 {
                // Full means that the notice is there already.
                let _ = receiver.news.try_send(());
            }
            (StatusCode::OK, format!("{ours} of {} events are about the input\n", events.len()))
        }
        Err(reason) => {
            warn!(reason, "event cannot be read");
            (StatusCode::BAD_REQUEST, format!("{reason}\n"))
        }
    }
}

impl Receiver {
    fn admits(&self, headers: &HeaderMap) -> bool {
        let Some(token) = &self.token else { return true };
        let given = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
        given.and_then(|value| value.strip_prefix("Bearer ")).is_some_and(|given| is_same(given, token))
    }
}

/// Compares in a time that does not tell how much is right.
fn is_same(left: &str, right: &str) -> bool {
    let difference = left.bytes().zip(right.bytes()).fold(0, |difference, (left, right)| difference | (left ^ right));
    left.len() == right.len() && difference == 0
}

/// Whether an object is part of the input. A disk has no buckets: whatever is told is about it then.
fn is_below(input: &Url, bucket: &str, key: &str) -> bool {
    let prefix = input.path().trim_start_matches('/');
    input.scheme() == "file" || (input.host_str() == Some(bucket) && key.starts_with(prefix))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_objects_of_the_input_count() {
        let input: Url = "s3://raw/mpd/".parse().unwrap();
        assert!(is_below(&input, "raw", "mpd/a.json"));
        assert!(!is_below(&input, "raw", "other/a.json"));
        assert!(!is_below(&input, "lake", "mpd/a.json"));
        assert!(is_same("token", "token") && !is_same("token", "tokem") && !is_same("token", "toke"));
    }
}
