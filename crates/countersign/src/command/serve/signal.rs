//! Being asked to stop: Ctrl-C, or the signal of service managers.

use std::io;

use tokio::signal::unix::{SignalKind, signal};

/// Returns once somebody asks the program to stop.
///
/// # Errors
/// If signals cannot be listened for.
pub(in crate::command) async fn stop_requested() -> io::Result<()> {
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    tokio::select! {
        _ = interrupt.recv() => Ok(()),
        _ = terminate.recv() => Ok(()),
    }
}
