//! What goes on beside requests, on one thread, at its own pace.

use std::sync::Arc;
use std::time::Duration;

use countersign_state::UnixMillis;

use crate::edge::Edge;
use crate::tls::Certificates;

/// How soon a change of the state by another process is noticed.
const FOLLOW_STATE: Duration = Duration::from_millis(200);
const CHECK_CERTIFICATES: Duration = Duration::from_secs(2);
const FORGET_IN_MEMORY: Duration = Duration::from_secs(1);
/// Clocks differ, and what is over does no harm for a while.
const FORGET_LATER_MS: i64 = 60 * 60 * 1_000;
const FORGET_IN_STATE: Duration = Duration::from_secs(600);
const CHECK_COUNTRIES: Duration = Duration::from_secs(2);
const NOTE_USES: Duration = Duration::from_secs(30);
const NOTE_CALLERS: Duration = Duration::from_secs(2);
/// How often it is looked whether a new sealing key is due.
const ROTATE_RING: Duration = Duration::from_secs(10);
const SWEEP: Duration = Duration::from_secs(3_600);
const RENDER_UPKEEP: Duration = Duration::from_secs(5);

/// Runs all of it until the runtime ends.
pub(crate) async fn keep(edge: Arc<Edge>, certificates: Option<Arc<Certificates>>) {
    tokio::join!(
        follow_state(&edge),
        forget_expired(&edge),
        rotate_ring(&edge),
        note_uses(&edge),
        note_callers(&edge),
        sweep(&edge),
        keep_metrics(&edge),
        reload_certificates(certificates),
        reload_countries(&edge),
    );
}

/// Learns what was revoked, and forgets what was looked up as soon as anything changed, whoever changed it.
async fn follow_state(edge: &Edge) {
    let mut last = None;
    loop {
        match edge
            .revocations
            .catch_up(edge.directory.state().as_ref())
            .await
        {
            Ok(pulse) if last == Some(pulse.change_token) => {}
            Ok(pulse) => match edge.directory.follow_change().await {
                Ok(()) => last = Some(pulse.change_token),
                Err(error) => tracing::error!(%error, "could not read the sealing keys"),
            },
            Err(error) => {
                // Unable to tell whether a key still stands: ask for every request instead.
                tracing::error!(%error, "could not follow the state");
                last = None;
                edge.directory.invalidate();
            }
        }
        // The state may say by itself that something is new; it is asked at this pace all the same.
        let news = edge.directory.state().news();
        if let Ok(Err(_)) = tokio::time::timeout(FOLLOW_STATE, news).await {
            tokio::time::sleep(FOLLOW_STATE).await;
        }
    }
}

/// Forgets uses and revocations whose time is over: those in memory little by little, those in the state
/// now and then.
async fn forget_expired(edge: &Edge) {
    let mut next = tokio::time::Instant::now();
    loop {
        let now_ms = edge.clock.unix_ms();
        edge.revocations.forget_expired(now_ms);
        if tokio::time::Instant::now() >= next {
            next += FORGET_IN_STATE;
            let long_over = UnixMillis(now_ms.saturating_sub(FORGET_LATER_MS));
            match edge.directory.state().forget_expired(long_over).await {
                Ok(forgotten) => tracing::debug!(?forgotten, "forgot what is over"),
                Err(error) => tracing::warn!(%error, "could not forget what is over"),
            }
        }
        tokio::time::sleep(FORGET_IN_MEMORY).await;
    }
}

/// Makes a new key to seal sessions with when it is time.
async fn rotate_ring(edge: &Edge) {
    loop {
        tokio::time::sleep(ROTATE_RING).await;
        if let Err(error) = edge.directory.rotate_ring_if_due().await {
            tracing::error!(%error, "could not make a new sealing key");
        }
    }
}

async fn note_uses(edge: &Edge) {
    loop {
        tokio::time::sleep(NOTE_USES).await;
        let uses = edge.directory.take_uses();
        if !uses.is_empty()
            && let Err(error) = edge.directory.state().record_uses(&uses).await
        {
            tracing::warn!(%error, "could not note when access keys were used");
        }
    }
}

/// Writes down who uses keys that are to go: soon, because somebody waits to see it.
async fn note_callers(edge: &Edge) {
    loop {
        tokio::time::sleep(NOTE_CALLERS).await;
        let callers = edge.directory.take_callers();
        if !callers.is_empty()
            && let Err(error) = edge.directory.state().note_key_callers(&callers).await
        {
            tracing::warn!(%error, "could not note who uses a retiring access key");
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
        edge.metrics.tell_revocations(&edge.revocations);
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

/// Follows the file of the country table, whose reading takes longer than a request may wait.
async fn reload_countries(edge: &Arc<Edge>) {
    loop {
        edge.metrics.tell_country_table(edge.countries.built_s());
        tokio::time::sleep(CHECK_COUNTRIES).await;
        let edge = Arc::clone(edge);
        let reloading = tokio::task::spawn_blocking(move || edge.countries.reload_if_changed());
        if let Err(error) = reloading.await {
            tracing::error!(%error, "could not read the country table");
        }
    }
}
