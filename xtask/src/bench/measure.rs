//! Interleaved rounds of one case at all peers.
//!
//! Every other round goes through the peers backwards, so that none always runs first. What is shown
//! is the median of the rounds; a ratio is the median of the ratios within each round.

use std::ffi::OsString;
use std::path::Path;

use anyhow::{Result, bail};
use serde::Serialize;

use crate::bench::case::{Case, Method, Objects};
use crate::bench::options::Options;
use crate::bench::peer::Peer;
use crate::bench::programs::{Outcome, Programs, Said};
use crate::bench::report::say;
use crate::bench::running::LOAD_CORE;

/// All rounds of one case.
#[derive(Debug, Serialize)]
pub(crate) struct Measured {
    pub(crate) name: String,
    #[serde(skip)]
    pub(crate) case: Case,
    pub(crate) peers: Vec<Rounds>,
}

/// All rounds of one case at one peer.
#[derive(Debug, Serialize)]
pub(crate) struct Rounds {
    pub(crate) peer: &'static str,
    pub(crate) rounds: Vec<Outcome>,
}

/// What is needed to drive a server.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Driver<'a> {
    pub(crate) certificates: &'a Path,
    pub(crate) programs: &'a Programs,
    pub(crate) scratch: &'a Path,
}

impl Driver<'_> {
    /// Runs `case` at all `peers`, round by round.
    pub(crate) fn measure(
        &self,
        case: Case,
        peers: &[&dyn Peer],
        options: &Options,
    ) -> Result<Measured> {
        let mut measured: Vec<Rounds> = peers
            .iter()
            .map(|peer| Rounds {
                peer: peer.name(),
                rounds: Vec::new(),
            })
            .collect();
        for round in 0..options.rounds {
            let mut turns: Vec<_> = peers.iter().zip(&mut measured).collect();
            if round % 2 == 1 {
                turns.reverse();
            }
            for (peer, rounds) in turns {
                let outcome = self.round(case, *peer, options.round_seconds())?;
                if let Some(error) = &outcome.first_error {
                    say(&format!(
                        "! {case} at {}: {} errors: {error}",
                        peer.name(),
                        outcome.errors
                    ));
                }
                rounds.rounds.push(outcome);
            }
        }
        Ok(Measured {
            name: case.to_string(),
            case,
            peers: measured,
        })
    }

    /// Stores the objects that are read later.
    pub(crate) fn fill(&self, peer: &dyn Peer, objects: Objects) -> Result<()> {
        let names: Vec<String> = objects.stored().collect();
        let connections = names.len().min(4);
        self.store(peer, &names, objects.length, connections)
    }

    /// Stores one object under each name.
    pub(crate) fn store(
        &self,
        peer: &dyn Peer,
        names: &[String],
        length: u64,
        connections: usize,
    ) -> Result<()> {
        let mut args = self.args(peer, Method::Put, names, length, connections)?;
        args.extend(["--requests".into(), names.len().to_string().into()]);
        args.extend(["--seconds".into(), "600".into()]);
        let Said {
            value: outcome,
            succeeded,
        } = self.programs.ask::<Outcome>("load", &args)?;
        if !succeeded {
            bail!(
                "{} does not store objects: {:?}",
                peer.name(),
                outcome.first_error
            );
        }
        Ok(())
    }

    fn round(&self, case: Case, peer: &dyn Peer, seconds: f64) -> Result<Outcome> {
        let length = case.objects.length;
        let mut args = self.args(peer, case.method, &case.names(), length, case.connections)?;
        args.extend(["--seconds".into(), seconds.to_string().into()]);
        for pid in peer.pids()? {
            args.extend(["--watch".into(), pid.to_string().into()]);
        }
        Ok(self.programs.ask("load", &args)?.value)
    }

    /// The arguments that `load` and `memory` share.
    pub(crate) fn args(
        &self,
        peer: &dyn Peer,
        method: Method,
        names: &[String],
        length: u64,
        connections: usize,
    ) -> Result<Vec<OsString>> {
        let targets = self.scratch.join("targets");
        peer.write_urls(method, names, &targets)?;
        Ok(self.args_for(&targets, method, length, connections))
    }

    /// The same for targets that are written already.
    pub(crate) fn args_for(
        &self,
        targets: &Path,
        method: Method,
        length: u64,
        connections: usize,
    ) -> Vec<OsString> {
        vec![
            "--targets".into(),
            targets.into(),
            "--method".into(),
            method.as_str().to_ascii_lowercase().into(),
            "--length".into(),
            length.to_string().into(),
            "--connections".into(),
            connections.to_string().into(),
            "--certificate".into(),
            self.certificates.join("certificate.pem").into(),
            "--core".into(),
            LOAD_CORE.to_string().into(),
        ]
    }
}

impl Rounds {
    /// The median over the rounds of what `figure` picks.
    pub(crate) fn median(&self, figure: impl Fn(&Outcome) -> f64) -> f64 {
        median(self.rounds.iter().map(figure).collect())
    }

    /// The median of the ratios to `base`, round by round.
    pub(crate) fn ratio_to(&self, base: &Self) -> f64 {
        let pairs = self.rounds.iter().zip(&base.rounds);
        median(
            pairs
                .map(|(own, base)| own.requests_per_second / base.requests_per_second)
                .collect(),
        )
    }
}

/// The middle value, or the mean of the two in the middle.
pub(crate) fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    let middle = values.len() / 2;
    let at = |index: usize| values.get(index).copied().unwrap_or(f64::NAN);
    if values.len() % 2 == 1 {
        at(middle)
    } else {
        f64::midpoint(at(middle.wrapping_sub(1)), at(middle))
    }
}

#[cfg(test)]
mod tests;
