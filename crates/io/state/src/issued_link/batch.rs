//! Group commit of records: what many callers ask to be recorded, carried out in one transaction.
//!
//! An engine gathers jobs, locks the [`principals`] of all of them, reads the [`Rows`] that they need, lets
//! [`evaluate`] go through them in the order in which they came, writes the [`Changes`], commits, and only then
//! answers.
//!
//! INVARIANT: nobody is answered before the commit. INVARIANT: a refused job leaves nothing behind.

use std::collections::{BTreeMap, BTreeSet};

use countersign_gate::LinkId;
use tokio::sync::oneshot;

use super::{LinkRecord, Quota, Recorded, RememberedAnswer, first_hour};
use crate::{StateError, UnixMillis};

/// What one caller asks for.
#[derive(Clone, Debug)]
pub(crate) struct Ask {
    pub(crate) links: Vec<LinkRecord>,
    pub(crate) quota: Quota,
    pub(crate) answer: Option<RememberedAnswer>,
    pub(crate) now: UnixMillis,
}

/// What one caller asks for, and who waits for it.
pub(crate) struct Job {
    pub(crate) ask: Box<Ask>,
    pub(crate) answer: oneshot::Sender<Result<Recorded, StateError>>,
}

/// The key of a remembered answer.
pub(crate) type AnswerKey = (String, [u8; 32]);

/// What is in the state of what a batch needs.
#[derive(Debug, Default)]
pub(crate) struct Rows {
    /// How many links of each principal live.
    pub(crate) live: BTreeMap<String, u64>,
    /// Which links are recorded already.
    pub(crate) known: BTreeSet<LinkId>,
    /// The answers that are remembered, also those whose time is over.
    pub(crate) answers: BTreeMap<AnswerKey, RememberedAnswer>,
}

/// What a batch changes.
#[derive(Debug, Default)]
pub(crate) struct Changes<'a> {
    /// New records.
    pub(crate) links: Vec<&'a LinkRecord>,
    /// How many more links of a principal end in an hour.
    pub(crate) counts: BTreeMap<(&'a str, i64), u32>,
    /// New answers, some of them in place of ones whose time is over.
    pub(crate) answers: BTreeMap<AnswerKey, &'a RememberedAnswer>,
}

impl Job {
    /// Whether nobody waits for it any more.
    pub(crate) fn is_abandoned(&self) -> bool {
        self.answer.is_closed()
    }
}

/// Whose counters a batch moves and whose answers it looks at, in the one order in which everybody locks them.
pub(crate) fn principals(jobs: &[Job]) -> BTreeSet<&str> {
    let asks = jobs.iter().map(|job| &job.ask);
    asks.flat_map(|ask| {
        let makers = ask.links.iter().map(|link| link.principal_id.as_str());
        makers.chain(ask.answer.iter().map(|answer| answer.principal_id.as_str()))
    })
    .collect()
}

/// The links that a batch wants to record.
pub(crate) fn links(jobs: &[Job]) -> BTreeSet<LinkId> {
    let links = jobs.iter().flat_map(|job| &job.ask.links);
    links.map(|link| link.link).collect()
}

/// The keys of answers that a batch asks for.
pub(crate) fn answer_keys(jobs: &[Job]) -> BTreeSet<AnswerKey> {
    let answers = jobs.iter().filter_map(|job| job.ask.answer.as_ref());
    answers.map(key_of).collect()
}

/// The earliest moment at which a job of a batch is: from its hour on, links are counted.
pub(crate) fn first_hour_of(jobs: &[Job]) -> i64 {
    let hours = jobs.iter().map(|job| first_hour(job.ask.now));
    hours.min().unwrap_or_default()
}

/// Goes through the jobs one after the other, and says what each is answered after the commit.
pub(crate) fn evaluate<'a>(
    jobs: &'a [Job],
    mut rows: Rows,
) -> (Changes<'a>, Vec<Result<Recorded, StateError>>) {
    let mut changes = Changes::default();
    let outcomes = jobs
        .iter()
        .map(|job| carry_out(&job.ask, &mut rows, &mut changes))
        .collect();
    (changes, outcomes)
}

fn carry_out<'a>(
    ask: &'a Ask,
    rows: &mut Rows,
    changes: &mut Changes<'a>,
) -> Result<Recorded, StateError> {
    let remembered = ask.answer.as_ref().and_then(|wanted| {
        let found = rows.answers.get(&key_of(wanted))?;
        (ask.now < found.expires_at).then_some(found)
    });
    if let Some(found) = remembered {
        return Ok(Recorded::Repeated {
            request_digest: found.request_digest,
            sealed_answer: found.sealed_answer.clone(),
        });
    }
    let mut more: BTreeMap<&str, (BTreeSet<LinkId>, u64)> = BTreeMap::new();
    for link in ask
        .links
        .iter()
        .filter(|link| !rows.known.contains(&link.link))
    {
        let (ids, count) = more.entry(&link.principal_id).or_default();
        *count += u64::from(ids.insert(link.link));
    }
    for (principal, (_, count)) in &more {
        let live = rows.live.get(*principal).copied().unwrap_or_default();
        if live.saturating_add(*count) > u64::from(ask.quota.live_links) {
            let limit = ask.quota.live_links;
            return Err(StateError::QuotaExceeded { limit });
        }
    }
    for (principal, (_, count)) in more {
        *rows.live.entry(principal.to_owned()).or_default() += count;
    }
    for link in &ask.links {
        if rows.known.insert(link.link) {
            let place = (link.principal_id.as_str(), link.hour());
            *changes.counts.entry(place).or_default() += 1;
            changes.links.push(link);
        }
    }
    if let Some(answer) = &ask.answer {
        rows.answers.insert(key_of(answer), answer.clone());
        changes.answers.insert(key_of(answer), answer);
    }
    Ok(Recorded::New)
}

/// Answers every job.
pub(crate) fn answer(
    jobs: Vec<Job>,
    result: Result<Vec<Result<Recorded, StateError>>, StateError>,
) {
    let outcomes: Vec<_> = match result {
        Ok(outcomes) => outcomes,
        Err(error) => jobs.iter().map(|_| Err(error.clone())).collect(),
    };
    for (job, outcome) in jobs.into_iter().zip(outcomes) {
        // Whoever asked may have gone away; the record stands all the same.
        let _ = job.answer.send(outcome);
    }
}

fn key_of(answer: &RememberedAnswer) -> AnswerKey {
    (answer.principal_id.clone(), answer.key_digest)
}

#[cfg(test)]
mod tests;
