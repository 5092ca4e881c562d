//! Hearing of changes before the next look: `LISTEN` on a connection of its own.
//!
//! It only makes nodes faster. Servers that cannot, and connections that were lost, are made up for by
//! looking, which never stops.

use std::future::poll_fn;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;
use tokio::time::{sleep, timeout};
use tokio_postgres::{AsyncMessage, Client, Config};
use tokio_postgres_rustls::MakeRustlsConnect;

use super::change::CHANNEL;
use super::connection::VERB_TIMEOUT;

/// How long to wait before the next attempt to connect.
const PAUSE: Duration = Duration::from_secs(1);

/// Whether this server passes on notifications.
pub(super) async fn is_possible(client: &Client) -> bool {
    let try_both =
        format!("LISTEN {CHANNEL}; SELECT pg_notify('{CHANNEL}', ''); UNLISTEN {CHANNEL}");
    client.batch_execute(&try_both).await.is_ok()
}

/// Passes on what the server says, for as long as the runtime lives.
pub(super) async fn listen(config: Config, tls: MakeRustlsConnect, news: Arc<watch::Sender<()>>) {
    loop {
        // Not being able to connect is noticed, and told, by those who ask.
        if let Ok(Ok((client, mut connection))) =
            timeout(VERB_TIMEOUT, config.connect(tls.clone())).await
        {
            let messages = async {
                while let Some(Ok(message)) = poll_fn(|cx| connection.poll_message(cx)).await {
                    if let AsyncMessage::Notification(_) = message {
                        let _ = news.send(());
                    }
                }
            };
            let register = async {
                let listen = format!("LISTEN {CHANNEL}");
                let registered = client.batch_execute(&listen).await;
                // Something may have been said while nobody listened.
                let _ = news.send(());
                // The client keeps its connection open, until the server ends it.
                registered.map(|()| client)
            };
            let _ = tokio::join!(messages, register);
        }
        sleep(PAUSE).await;
    }
}
