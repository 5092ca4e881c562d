//! Adding up what the runners counted.
//!
//! Each runner ends with a summary in its own words; [`Tally::read`] understands those of cargo,
//! nextest, pytest and Node. Other lines count for nothing.

use std::fmt;
use std::io::Write as _;

use anyhow::Result;

/// How many tests passed, failed, and were skipped because a client is missing.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(super) struct Tally {
    pub(super) passed: u64,
    pub(super) failed: u64,
    pub(super) skipped: u64,
}

impl Tally {
    /// Adds another runner's count.
    pub(super) fn add(&mut self, other: Self) {
        self.passed += other.passed;
        self.failed += other.failed;
        self.skipped += other.skipped;
    }

    /// Counts a check that is no test: failing it is one failure, passing it is nothing.
    pub(super) fn add_check(&mut self, name: &str, outcome: Result<()>) {
        if let Err(error) = outcome {
            self.failed += 1;
            // If standard error is gone, the count still tells.
            let _ = writeln!(std::io::stderr(), "error: {name}: {error:#}");
        }
    }

    /// What one line of output says, if it is a summary.
    pub(super) fn read(line: &str) -> Option<Self> {
        // nextest repeats, indented, what a failed test printed, cargo's summary of it included;
        // its own summary counts that test already.
        if line.starts_with(' ') && line.trim_start().starts_with("test result:") {
            return None;
        }
        let line = line.trim().trim_matches('=').trim();
        let words: Vec<&str> = line.split_whitespace().collect();
        match words.as_slice() {
            ["test", "result:", ..] => Some(Self::of(&words, &["passed"], &["failed"], &[])),
            ["Summary", ..] => Some(Self::of(&words, &["passed"], &["failed", "timed"], &[])),
            // QUIRK: Node prints a mark before each line, `#` or `ℹ` by version and terminal.
            [_, word, count] => Self::of_node(word, count.parse().ok()?),
            [.., "in", _] | [.., "in", _, _] if words.iter().any(|word| is_outcome(word)) => {
                Some(Self::of(
                    &words,
                    &["passed", "xfailed"],
                    &["failed", "error", "errors"],
                    &["skipped"],
                ))
            }
            _ => None,
        }
    }

    /// What a line of Node's summary counts.
    fn of_node(word: &str, count: u64) -> Option<Self> {
        let mut tally = Self::default();
        match word {
            "pass" => tally.passed = count,
            "fail" => tally.failed = count,
            "skipped" => tally.skipped = count,
            _ => return None,
        }
        Some(tally)
    }

    /// Sums the numbers that stand before these words.
    fn of(words: &[&str], passed: &[&str], failed: &[&str], skipped: &[&str]) -> Self {
        let sum = |wanted: &[&str]| {
            words
                .windows(2)
                .filter_map(|pair| match pair {
                    [number, word] if wanted.contains(&word.trim_end_matches([',', ';', '.'])) => {
                        number.parse::<u64>().ok()
                    }
                    _ => None,
                })
                .sum()
        };
        Self {
            passed: sum(passed),
            failed: sum(failed),
            skipped: sum(skipped),
        }
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} passed, {} failed", self.passed, self.failed)?;
        match self.skipped {
            0 => Ok(()),
            skipped => write!(f, ", {skipped} skipped"),
        }
    }
}

fn is_outcome(word: &str) -> bool {
    let word = word.trim_end_matches(',');
    ["passed", "failed", "error", "errors", "skipped"].contains(&word)
}

#[cfg(test)]
mod tests;
