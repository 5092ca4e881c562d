//! Tables in Markdown, ready for docs/performance.md.

use crate::bench::measure::{Measured, Rounds};

/// From this share of its core on, the generator may have been the limit.
const BOUND: f64 = 0.95;

/// One table: rates with the ratio to the first peer, latency, and processor time per request.
pub(crate) fn render(measured: &[Measured]) -> String {
    let Some(first) = measured.first() else {
        return String::new();
    };
    let names = || first.peers.iter().map(|peer| peer.peer);
    let mut header = vec!["case".to_owned()];
    header.extend(names().map(|name| format!("{name} /s")));
    header.extend(names().map(|name| format!("{name} p50 / p99 µs")));
    header.extend(names().map(|name| format!("{name} CPU µs")));
    let mut lines = vec![row(&header), row(&vec!["---".to_owned(); header.len()])];
    for measured in measured {
        let mut cells = vec![measured.name.clone()];
        cells.extend(measured.peers.iter().map(|peer| rate(measured, peer)));
        cells.extend(measured.peers.iter().map(latency));
        cells.extend(measured.peers.iter().map(processor_time));
        lines.push(row(&cells));
    }
    lines.join("\n")
}

fn row(cells: &[String]) -> String {
    format!("| {} |", cells.join(" | "))
}

fn rate(measured: &Measured, peer: &Rounds) -> String {
    let mut text = if measured.case.is_bulk() {
        format!(
            "{:.2} GB",
            peer.median(|outcome| outcome.bytes_per_second) / 1e9
        )
    } else {
        grouped(peer.median(|outcome| outcome.requests_per_second))
    };
    if let Some(base) = measured.peers.first().filter(|base| base.peer != peer.peer) {
        text.push_str(&format!(" (**{:.2}**)", peer.ratio_to(base)));
    }
    if peer.median(|outcome| outcome.own_cpu_share) >= BOUND {
        text.push_str(" †");
    }
    if peer.rounds.iter().any(|outcome| outcome.errors > 0) {
        text.push_str(" with errors");
    }
    text
}

fn latency(peer: &Rounds) -> String {
    let [p50, p99] = [
        peer.median(|outcome| outcome.p50_us),
        peer.median(|outcome| outcome.p99_us),
    ];
    format!("{} / {}", grouped(p50), grouped(p99))
}

fn processor_time(peer: &Rounds) -> String {
    let micros = peer.median(|outcome| outcome.server_cpu_us.unwrap_or(f64::NAN));
    if micros < 100.0 {
        format!("{micros:.1}")
    } else {
        grouped(micros)
    }
}

/// A whole number with its digits in groups of three.
fn grouped(value: f64) -> String {
    let digits = format!("{value:.0}");
    let mut text = String::with_capacity(digits.len() * 4 / 3 + 1);
    for (index, digit) in digits.char_indices() {
        if index > 0 && (digits.len() - index) % 3 == 0 {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests;
