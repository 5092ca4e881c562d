//! The keys of providers, kept, and when they are fetched anew.
//!
//! Providers change their keys and name them in tokens. So keys are kept for ten minutes; a name that is not among
//! them makes them be fetched at once, but only once a minute, however many tokens name however many keys. While a
//! provider does not answer, its keys are used for an hour after they were fetched.
//!
//! INVARIANT: for one issuer, one fetch is under way at a time; whoever else needs its outcome waits for it.
//! INVARIANT: what is kept grows with the providers that are registered, not with the tokens that are sent.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::Mutex as Flight;

use crate::discovery::{Discovered, IssuerKeys, discover};
use crate::fetch::Fetcher;
use crate::{FetchError, Options, OptionsError};

/// Seconds between two fetches because of unknown names of keys.
const UNKNOWN_KEY_S: i64 = 60;
/// Seconds after a failed fetch in which there is no other.
const RETRY_S: i64 = 10;
/// The least seconds that keys are kept, whatever `Cache-Control` says.
const LEAST_KEPT_S: i64 = 60;
/// So many issuers are kept. More are only met where they come and go; then all are forgotten once.
const MOST_ISSUERS: usize = 1000;

/// The keys of all issuers that were asked for.
#[derive(Debug)]
pub(crate) struct KeyCache {
    fetcher: Arc<Fetcher>,
    allow_private_networks: bool,
    keeping: Keeping,
    issuers: Mutex<HashMap<String, Arc<Issuer>>>,
}

/// For how long keys are kept, in seconds.
#[derive(Clone, Copy, Debug)]
struct Keeping {
    fresh_s: i64,
    stale_s: i64,
}

/// What is kept of one issuer.
#[derive(Debug, Default)]
struct Issuer {
    kept: Mutex<Kept>,
    flight: Arc<Flight<()>>,
}

#[derive(Clone, Debug, Default)]
struct Kept {
    keys: Option<Arc<IssuerKeys>>,
    /// Until when they are used without asking, and until when while the provider does not answer.
    fresh_until: i64,
    stale_until: i64,
    /// When the last fetch failed, and why, unless one succeeded since.
    failure: Option<(i64, FetchError)>,
    /// When keys were last fetched because of an unknown name.
    searched_at: Option<i64>,
}

/// What is to be done for one token.
#[derive(Debug)]
enum Step {
    /// These keys are as good as can be had.
    Use(Arc<IssuerKeys>),
    /// There are none.
    Fail(FetchError),
    /// Keys must be fetched; because their name is unknown, or because they are old or there are none.
    Fetch { because_unknown: bool },
}

impl KeyCache {
    /// A cache with nothing in it.
    pub(crate) fn new(options: &Options) -> Result<Self, OptionsError> {
        let seconds = |time: std::time::Duration| i64::try_from(time.as_secs()).unwrap_or(i64::MAX);
        Ok(Self {
            fetcher: Arc::new(Fetcher::new(options)?),
            allow_private_networks: options.allow_private_networks,
            keeping: Keeping {
                fresh_s: seconds(options.keep_keys),
                stale_s: seconds(options.keep_stale_keys),
            },
            issuers: Mutex::new(HashMap::new()),
        })
    }

    /// The keys of an issuer, as they are needed for a token that names `kid`.
    pub(crate) async fn of_issuer(
        &self,
        issuer: &str,
        kid: Option<&str>,
        now_s: i64,
    ) -> Result<Arc<IssuerKeys>, FetchError> {
        let entry = self.entry(issuer);
        match entry.step(kid, now_s) {
            Step::Use(keys) => return Ok(keys),
            Step::Fail(error) => return Err(error),
            Step::Fetch { .. } => {}
        }
        let in_flight = Arc::clone(&entry.flight).lock_owned().await;
        // Somebody else may have fetched them while we waited.
        let because_unknown = match entry.step(kid, now_s) {
            Step::Use(keys) => return Ok(keys),
            Step::Fail(error) => return Err(error),
            Step::Fetch { because_unknown } => because_unknown,
        };
        // A task of its own: a caller who goes away does not undo it, or one could ask without end.
        let fetching = {
            let entry = Arc::clone(&entry);
            let fetcher = Arc::clone(&self.fetcher);
            let (issuer, keeping) = (issuer.to_owned(), self.keeping);
            let allow_private_networks = self.allow_private_networks;
            tokio::spawn(async move {
                let outcome = discover(&fetcher, &issuer, allow_private_networks).await;
                if let Err(reason) = &outcome {
                    tracing::warn!(issuer, %reason, "the keys of an identity provider cannot be had");
                }
                entry.take(outcome, because_unknown, now_s, keeping);
                drop(in_flight);
            })
        };
        let ended = fetching.await;
        match entry.step(kid, now_s) {
            Step::Use(keys) => Ok(keys),
            Step::Fail(error) => Err(error),
            Step::Fetch { .. } => Err(FetchError::Connection {
                host: issuer.to_owned(),
                reason: ended.map_or_else(|error| error.to_string(), |()| "no outcome".to_owned()),
            }),
        }
    }

    fn entry(&self, issuer: &str) -> Arc<Issuer> {
        let mut issuers = self.issuers.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(entry) = issuers.get(issuer) {
            return Arc::clone(entry);
        }
        if issuers.len() >= MOST_ISSUERS {
            issuers.clear();
        }
        let entry = Arc::new(Issuer::default());
        issuers.insert(issuer.to_owned(), Arc::clone(&entry));
        entry
    }
}

impl Issuer {
    fn step(&self, kid: Option<&str>, now_s: i64) -> Step {
        let kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.step(kid, now_s)
    }

    fn take(
        &self,
        outcome: Result<Discovered, FetchError>,
        because_unknown: bool,
        now_s: i64,
        keeping: Keeping,
    ) {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        if because_unknown {
            kept.searched_at = Some(now_s);
        }
        match outcome {
            Ok(discovered) => kept.keep(discovered, now_s, keeping),
            Err(error) => kept.failure = Some((now_s, error)),
        }
    }
}

impl Kept {
    /// What to do for a token that names `kid`.
    fn step(&self, kid: Option<&str>, now_s: i64) -> Step {
        let is_known = |keys: &IssuerKeys| kid.is_none_or(|kid| keys.set.knows(kid));
        let fetch = |because_unknown| Step::Fetch { because_unknown };
        let recently = |then: i64, span_s| now_s.saturating_sub(then) < span_s;
        let failure = self.failure.as_ref();
        let failure = failure.filter(|(failed_at, _)| recently(*failed_at, RETRY_S));
        match &self.keys {
            Some(keys) if now_s < self.fresh_until => {
                let searched = self
                    .searched_at
                    .is_some_and(|at| recently(at, UNKNOWN_KEY_S));
                if is_known(keys) || searched || failure.is_some() {
                    Step::Use(Arc::clone(keys))
                } else {
                    fetch(true)
                }
            }
            kept => match (failure, kept) {
                (None, _) => fetch(false),
                (Some(_), Some(keys)) if now_s < self.stale_until && is_known(keys) => {
                    Step::Use(Arc::clone(keys))
                }
                (Some((_, error)), _) => Step::Fail(error.clone()),
            },
        }
    }

    fn keep(&mut self, discovered: Discovered, now_s: i64, keeping: Keeping) {
        let told_s = discovered
            .max_age_s
            .map(|age| i64::try_from(age).unwrap_or(i64::MAX));
        let fresh_s = told_s.map_or(keeping.fresh_s, |told| {
            told.max(LEAST_KEPT_S).min(keeping.fresh_s)
        });
        self.keys = Some(Arc::new(discovered.keys));
        self.fresh_until = now_s.saturating_add(fresh_s);
        self.stale_until = now_s.saturating_add(keeping.stale_s.max(fresh_s));
        self.failure = None;
    }
}

#[cfg(test)]
mod tests;
