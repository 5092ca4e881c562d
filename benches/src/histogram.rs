//! A latency histogram of fixed size.
//!
//! Buckets grow with the value: 64 to each power of two, so a quantile is right to 1.6 %. Recording
//! is a shift and an addition, cheap enough for a generator that must not be the bottleneck.

use std::time::Duration;

const STEPS_BITS: u32 = 6;
const STEPS: u64 = 1 << STEPS_BITS;
const BUCKETS: usize = (64 - STEPS_BITS as usize + 1) << STEPS_BITS;

/// Counts of durations, in nanoseconds, by logarithmic bucket.
#[derive(Clone, Debug)]
pub struct Histogram {
    counts: Vec<u64>,
    total: u64,
}

impl Default for Histogram {
    fn default() -> Self {
        Self {
            counts: vec![0; BUCKETS],
            total: 0,
        }
    }
}

impl Histogram {
    /// Counts one duration.
    pub fn record(&mut self, duration: Duration) {
        let nanos = u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX);
        if let Some(count) = self.counts.get_mut(bucket(nanos)) {
            *count += 1;
            self.total += 1;
        }
    }

    /// Counts all that another one counted.
    pub fn add(&mut self, other: &Self) {
        for (count, more) in self.counts.iter_mut().zip(&other.counts) {
            *count += more;
        }
        self.total += other.total;
    }

    /// How many durations were counted.
    pub fn total(&self) -> u64 {
        self.total
    }

    /// The duration below which the `share` (0 to 1) of all recorded ones lie, or `None` when empty.
    pub fn quantile(&self, share: f64) -> Option<Duration> {
        let wanted = (self.total as f64 * share).ceil().max(1.0);
        let mut seen = 0_u64;
        for (index, count) in self.counts.iter().enumerate() {
            seen += count;
            if *count > 0 && seen as f64 >= wanted {
                return Some(Duration::from_nanos(lower_bound(index)));
            }
        }
        None
    }
}

fn bucket(nanos: u64) -> usize {
    let step = if nanos < STEPS {
        nanos
    } else {
        let shift = u64::from(nanos.ilog2() - STEPS_BITS);
        (shift << STEPS_BITS) + (nanos >> shift)
    };
    usize::try_from(step).unwrap_or(usize::MAX)
}

fn lower_bound(bucket: usize) -> u64 {
    let bucket = bucket as u64;
    if bucket < 2 * STEPS {
        return bucket;
    }
    let shift = (bucket >> STEPS_BITS) - 1;
    (bucket - (shift << STEPS_BITS)) << shift
}

#[cfg(test)]
mod tests;
