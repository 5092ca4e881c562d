//! Named places at which a test may let the process die.
//!
//! Outside of tests this is nothing. In a test process, `COUNTERSIGN_DIE_AT=name:n` kills it with
//! SIGKILL when it comes past `name` for the n-th time, so no destructor and no flush runs.

/// Marks a place that is worth dying at.
#[cfg(not(test))]
#[inline(always)]
pub(crate) fn reached(_name: &'static str) {}

/// Dies here if the environment says so.
#[cfg(test)]
pub(crate) fn reached(name: &'static str) {
    use std::sync::LazyLock;
    use std::sync::atomic::{AtomicU32, Ordering};

    static DEATH: LazyLock<Option<(String, AtomicU32)>> = LazyLock::new(|| {
        let variable = std::env::var("COUNTERSIGN_DIE_AT").ok()?;
        let (name, times) = variable.split_once(':')?;
        Some((name.to_owned(), AtomicU32::new(times.parse().ok()?)))
    });
    if let Some((place, times)) = &*DEATH
        && place == name
        && times.fetch_sub(1, Ordering::Relaxed) == 1
    {
        let _ =
            rustix::process::kill_process(rustix::process::getpid(), rustix::process::Signal::KILL);
    }
}
