//! What goes on beside requests, on one thread, at its own pace.

use std::sync::Arc;
use std::time::Duration;

use crate::edge::Edge;
use crate::tls::Certificates;

/// How soon a change of the state by another process is noticed.
const FOLLOW_STATE: Duration = Duration::from_millis(200);
const CHECK_CERTIFICATES: Duration = Duration::from_secs(2);
const NOTE_USES: Duration = Duration::from_secs(30);
const SWEEP: Duration = Duration::from_secs(3_600);
const RENDER_UPKEEP: Duration = Duration::from_secs(5);

/// Runs all of it until the runtime ends.
pub(crate) async fn keep(edge: Arc<Edge>, certificates: Option<Arc<Certificates>>) {
    tokio::join!(
        follow_state(&edge),
        note_uses(&edge),
        sweep(&edge),
        keep_metrics(&edge),
        reload_certificates(certificates),
    );
}

/// Forgets what was looked up as soon as anything changed, whoever changed it.
async fn follow_state(edge: &Edge) {
    let mut last = None;
    loop {
        match edge
            .lookups
            .state()
            .pulse()
            .await
            .map(|pulse| pulse.change_token)
        {
            Ok(token) if last == Some(token) => {}
            Ok(token) => {
                last = Some(token);
                edge.lookups.invalidate();
            }
            Err(error) => {
                // Unable to tell whether a key still stands: ask for every request instead.
                tracing::error!(%error, "could not follow the state");
                last = None;
                edge.lookups.invalidate();
            }
        }
        tokio::time::sleep(FOLLOW_STATE).await;
    }
}

async fn note_uses(edge: &Edge) {
    loop {
        tokio::time::sleep(NOTE_USES).await;
        let uses = edge.lookups.take_uses();
        if !uses.is_empty()
            && let Err(error) = edge.lookups.state().record_uses(&uses).await
        {
            tracing::warn!(%error, "could not note when access keys were used");
        }
    }
}

async fn sweep(edge: &Edge) {
    loop {
        tokio::time::sleep(SWEEP).await;
        match edge.objects.sweep(edge.clock.unix_ms(), SWEEP).await {
            Ok(report) => tracing::debug!(?report, "swept"),
            Err(error) => tracing::error!(%error, "could not sweep the object store"),
        }
    }
}

async fn keep_metrics(edge: &Edge) {
    let handle = edge.metrics.handle();
    loop {
        tokio::time::sleep(RENDER_UPKEEP).await;
        handle.run_upkeep();
    }
}

async fn reload_certificates(certificates: Option<Arc<Certificates>>) {
    let Some(certificates) = certificates else {
        return;
    };
    loop {
        tokio::time::sleep(CHECK_CERTIFICATES).await;
        match certificates.reload_if_changed() {
            Ok(false) => {}
            Ok(true) => tracing::info!("new certificate in use"),
            Err(error) => tracing::error!(%error, "the old certificate stays in use"),
        }
    }
}
