//! What the kernel knows of a process: memory, from `/proc` (proc(5)), and processor time.
//!
//! Processor time comes from the clocks that the kernel keeps for each process
//! (clock_getcpuclockid(3)), in nanoseconds; the ticks of 10 ms in `/proc` would be too coarse for
//! rounds of 1 s.

use std::fs;
use std::time::Duration;

use anyhow::{Context, Result};
use nix::time::clock_getcpuclockid;
use nix::unistd::Pid;
use rustix::thread::{CpuSet, sched_setaffinity};
use rustix::time::{ClockId, clock_gettime};
use serde::Serialize;

/// Resident memory of a process.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize)]
pub struct Memory {
    /// Resident now, in KiB (`VmRSS`).
    pub resident_kib: u64,
    /// The most that was ever resident, in KiB (`VmHWM`).
    pub peak_kib: u64,
}

/// Reads the resident memory of process `pid`.
pub fn memory(pid: u32) -> Result<Memory> {
    let path = format!("/proc/{pid}/status");
    let status = fs::read_to_string(&path).with_context(|| format!("cannot read {path}"))?;
    let field = |name: &str| -> Result<u64> {
        status
            .lines()
            .find_map(|line| {
                line.strip_prefix(name)?
                    .strip_suffix("kB")?
                    .trim()
                    .parse()
                    .ok()
            })
            .with_context(|| format!("{path} has no `{name}`"))
    };
    Ok(Memory {
        resident_kib: field("VmRSS:")?,
        peak_kib: field("VmHWM:")?,
    })
}

/// Starts the peak of process `pid` anew from what is resident now.
pub fn forget_peak(pid: u32) -> Result<()> {
    let path = format!("/proc/{pid}/clear_refs");
    fs::write(&path, "5").with_context(|| format!("cannot write {path}"))
}

/// Processor time used so far by the processes, threads that have ended included.
pub fn processor_time(pids: &[u32]) -> Result<Duration> {
    let mut total = Duration::ZERO;
    for pid in pids {
        let clock = clock_getcpuclockid(Pid::from_raw(i32::try_from(*pid)?))
            .with_context(|| format!("process {pid} has no clock"))?;
        total += Duration::from(clock.now()?);
    }
    Ok(total)
}

/// Processor time used so far by the calling thread.
pub fn own_thread_time() -> Duration {
    let time = clock_gettime(ClockId::ThreadCPUTime);
    Duration::new(
        u64::try_from(time.tv_sec).unwrap_or_default(),
        u32::try_from(time.tv_nsec).unwrap_or_default(),
    )
}

/// Keeps the calling thread on one core.
pub fn pin_to_core(core: usize) -> Result<()> {
    let mut set = CpuSet::new();
    set.set(core);
    sched_setaffinity(None, &set).with_context(|| format!("cannot pin to core {core}"))
}
