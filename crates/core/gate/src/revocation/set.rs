//! All live revocations, in memory, ready to be asked about.
//!
//! A request costs one look-up for its link and one for each other fact, however many there are; a prefix
//! costs one for each length that a revoked prefix of that bucket has. What expired is taken out in small
//! steps, so that no request waits for it.
//!
//! INVARIANT: to add is to refuse more: no revocation takes the effect of another away. INVARIANT: to add what is
//! there already takes no memory, as a feed is read again from its beginning whenever the state was away.

use std::collections::{BTreeMap, HashMap};
use std::fmt;

use countersign_s3::BucketName;
use countersign_sigv4::AmzDate;

use super::{Revocation, RevocationTarget};
use crate::{Identity, LinkId};

/// How fine the instants are at which entries are taken out, in milliseconds.
const STEP_MS: i64 = 60_000;

/// What a request is, as far as revocations go.
#[derive(Clone, Copy, Debug)]
pub struct RevocationFacts<'a> {
    /// The link; none for requests that a session signed by their header.
    pub link: Option<LinkId>,
    /// The id of the key that signed.
    pub access_key_id: &'a str,
    /// The unique id of the user or role that signed.
    pub principal_id: &'a str,
    /// Whom the link was handed to.
    pub subject: Option<&'a str>,
    /// The bucket, if there is one.
    pub bucket: Option<&'a BucketName>,
    /// The object's key, if there is one.
    pub key: Option<&'a str>,
    /// When it was signed; none if nobody knows, and then whatever is revoked concerns it.
    pub signed_at: Option<AmzDate>,
    /// When the temporary credentials that signed were issued; none for others.
    pub session_issued_at: Option<AmzDate>,
    /// Whether they are the issuer's. Of its links it is known when each was signed, so they go by that, and not
    /// by when the credentials were made.
    pub is_registered: bool,
}

/// The revocations that count.
#[derive(Debug, Default)]
pub struct RevocationSet {
    links: HashMap<LinkId, LinkEntry>,
    access_keys: Group,
    sessions: Group,
    subjects: Group,
    users: Group,
    places: HashMap<BucketName, Places>,
    /// What may be taken out, and after which step.
    due_links: BTreeMap<i64, Vec<LinkId>>,
    due_others: BTreeMap<i64, Vec<RevocationTarget>>,
}

/// What it was that revoked something.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum RevokedBy {
    /// All that its access key signed.
    AccessKey,
    /// The link itself.
    Link,
    /// All for this object.
    Object,
    /// All for objects whose keys begin so.
    Prefix,
    /// The temporary credentials that signed.
    Session,
    /// All that was handed to this subject.
    Subject,
    /// All that this user signed.
    User,
}

/// A revoked link. There may be a million of them.
#[derive(Clone, Copy, Debug)]
struct LinkEntry {
    ends_transfers: bool,
    /// The last step in which it counts.
    last_step: u32,
}

/// Revocations of one kind, by what they name.
type Group = HashMap<Box<str>, Entry>;

/// What all revocations of one target come to.
#[derive(Clone, Copy, Debug)]
struct Entry {
    /// The last second of signing that is concerned.
    signed_until: AmzDate,
    /// The last second of signing whose transfers end as well; none if they go on.
    ends_until: Option<AmzDate>,
    last_step: i64,
}

/// What is revoked in one bucket.
#[derive(Debug, Default)]
struct Places {
    objects: Group,
    prefixes: Group,
    /// How long the prefixes are, and how many have that length.
    lengths: BTreeMap<usize, usize>,
}

/// Which of the two questions is asked.
#[derive(Clone, Copy)]
enum Asked {
    /// Whether something is revoked.
    Begins,
    /// Whether what was begun ends.
    GoesOn,
}

impl<'a> RevocationFacts<'a> {
    /// What a session is by itself, whatever it asks for: what it was issued before ends it (threat H5).
    #[must_use]
    pub fn of_session(identity: &'a Identity) -> Self {
        let issued_at = identity.session_issued_at();
        Self {
            link: None,
            access_key_id: identity.access_key_id.as_str(),
            principal_id: &identity.principal_id,
            subject: None,
            bucket: None,
            key: None,
            signed_at: issued_at,
            session_issued_at: issued_at,
            is_registered: identity.is_registered(),
        }
    }
}

impl RevocationSet {
    /// How many links and other targets are revoked.
    #[must_use]
    pub fn len(&self) -> usize {
        let groups = [
            &self.access_keys,
            &self.sessions,
            &self.subjects,
            &self.users,
        ];
        let in_groups: usize = groups.iter().map(|group| group.len()).sum();
        let in_places: usize = self.places.values().map(Places::len).sum();
        self.links.len() + in_groups + in_places
    }

    /// Whether nothing is revoked.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Adds a revocation.
    pub fn add(&mut self, revocation: Revocation) {
        let last_step = revocation.expires_at_ms.div_euclid(STEP_MS);
        if let RevocationTarget::Link(link) = revocation.target {
            self.add_link(link, revocation.ends_transfers, last_step);
            return;
        }
        let ends = revocation.ends_transfers;
        let new = Entry {
            signed_until: revocation.signed_until,
            ends_until: ends.then_some(revocation.signed_until),
            last_step,
        };
        if let Some((group, name)) = self.group_of(&revocation.target) {
            let is_due_later = group.get(&name).is_none_or(|old| old.last_step < last_step);
            let entry = group.entry(name).or_insert(new);
            entry.signed_until = entry.signed_until.max(new.signed_until);
            entry.ends_until = entry.ends_until.max(new.ends_until);
            entry.last_step = entry.last_step.max(new.last_step);
            if is_due_later {
                let due = self.due_others.entry(last_step).or_default();
                due.push(revocation.target);
            }
        }
    }

    /// Takes out what has expired, at most so many; true if there may be more.
    pub fn forget_expired(&mut self, now_ms: i64, most: usize) -> bool {
        let step = now_ms.div_euclid(STEP_MS);
        for _ in 0..most {
            if let Some(link) = next_due(&mut self.due_links, step) {
                // Another revocation of the same link may live longer: it is due at its own step.
                let is_over = |entry: &LinkEntry| i64::from(entry.last_step) < step;
                if self.links.get(&link).is_some_and(is_over) {
                    self.links.remove(&link);
                }
            } else if let Some(target) = next_due(&mut self.due_others, step) {
                self.forget(&target, step);
            } else {
                return false;
            }
        }
        true
    }

    /// What revokes a request, if anything does.
    #[must_use]
    pub fn find(&self, facts: &RevocationFacts<'_>) -> Option<RevokedBy> {
        self.matching(facts, Asked::Begins)
    }

    /// What ends a transfer that was permitted before, if anything does.
    #[must_use]
    pub fn find_ending(&self, facts: &RevocationFacts<'_>) -> Option<RevokedBy> {
        self.matching(facts, Asked::GoesOn)
    }

    fn matching(&self, facts: &RevocationFacts<'_>, asked: Asked) -> Option<RevokedBy> {
        // Of a link it does not matter when it was signed: its name may be signed again.
        if !self.links.is_empty()
            && let Some(link) = facts.link
            && let Some(entry) = self.links.get(&link)
            && (matches!(asked, Asked::Begins) || entry.ends_transfers)
        {
            return Some(RevokedBy::Link);
        }
        let at = facts.signed_at;
        let holds = |group: &Group, name: &str, at: Option<AmzDate>| {
            let entry = group.get(name);
            entry.is_some_and(|entry| entry.concerns(at, asked))
        };
        if holds(&self.access_keys, facts.access_key_id, at) {
            return Some(RevokedBy::AccessKey);
        }
        // What a user lent to a session is revoked with the rest that the user signed.
        let issued_at = facts.session_issued_at;
        let lent_at = issued_at.filter(|_| !facts.is_registered);
        if holds(&self.users, facts.principal_id, at)
            || lent_at.is_some() && holds(&self.users, facts.principal_id, lent_at)
        {
            return Some(RevokedBy::User);
        }
        if facts
            .subject
            .is_some_and(|subject| holds(&self.subjects, subject, at))
        {
            return Some(RevokedBy::Subject);
        }
        if issued_at.is_some() && holds(&self.sessions, facts.principal_id, issued_at) {
            return Some(RevokedBy::Session);
        }
        let places = self.places.get(facts.bucket?)?;
        if facts.key.is_some_and(|key| holds(&places.objects, key, at)) {
            return Some(RevokedBy::Object);
        }
        let key = facts.key.unwrap_or_default();
        let mut lengths = places.lengths.range(..=key.len());
        let begins_so = |length| {
            let prefix = key.get(..length);
            prefix.is_some_and(|prefix| holds(&places.prefixes, prefix, at))
        };
        lengths
            .any(|(length, _)| begins_so(*length))
            .then_some(RevokedBy::Prefix)
    }

    fn add_link(&mut self, link: LinkId, ends_transfers: bool, last_step: i64) {
        let last_step = u32::try_from(last_step.max(0)).unwrap_or(u32::MAX);
        let known = self.links.get(&link);
        if known.is_none_or(|entry| entry.last_step < last_step) {
            let due = self.due_links.entry(last_step.into()).or_default();
            due.push(link);
        }
        let entry = self.links.entry(link).or_insert(LinkEntry {
            ends_transfers,
            last_step,
        });
        entry.ends_transfers |= ends_transfers;
        entry.last_step = entry.last_step.max(last_step);
    }

    /// The group that a target belongs to, and its name there; none for links, which have their own.
    fn group_of(&mut self, target: &RevocationTarget) -> Option<(&mut Group, Box<str>)> {
        Some(match target {
            RevocationTarget::AccessKey(id) => (&mut self.access_keys, id.as_str().into()),
            RevocationTarget::Link(_) => return None,
            RevocationTarget::Object { bucket, key } => {
                let places = self.places.entry(bucket.clone()).or_default();
                (&mut places.objects, key.clone())
            }
            RevocationTarget::Prefix { bucket, prefix } => {
                let places = self.places.entry(bucket.clone()).or_default();
                if !places.prefixes.contains_key(prefix) {
                    *places.lengths.entry(prefix.len()).or_default() += 1;
                }
                (&mut places.prefixes, prefix.clone())
            }
            RevocationTarget::Sessions { principal_id } => {
                (&mut self.sessions, principal_id.clone())
            }
            RevocationTarget::Subject(subject) => (&mut self.subjects, subject.clone()),
            RevocationTarget::User { user_id } => (&mut self.users, user_id.clone()),
        })
    }

    fn forget(&mut self, target: &RevocationTarget, step: i64) {
        let forget_in = |group: &mut Group, name: &str| {
            let is_over = group.get(name).is_some_and(|entry| entry.last_step < step);
            is_over && group.remove(name).is_some()
        };
        match target {
            RevocationTarget::AccessKey(id) => forget_in(&mut self.access_keys, id.as_str()),
            RevocationTarget::Sessions { principal_id } => {
                forget_in(&mut self.sessions, principal_id)
            }
            RevocationTarget::Subject(subject) => forget_in(&mut self.subjects, subject),
            RevocationTarget::User { user_id } => forget_in(&mut self.users, user_id),
            RevocationTarget::Link(_) => false,
            RevocationTarget::Object { bucket, .. } | RevocationTarget::Prefix { bucket, .. } => {
                let Some(places) = self.places.get_mut(bucket) else {
                    return;
                };
                match target {
                    RevocationTarget::Object { key, .. } => {
                        forget_in(&mut places.objects, key);
                    }
                    RevocationTarget::Prefix { prefix, .. }
                        if forget_in(&mut places.prefixes, prefix) =>
                    {
                        places.forget_length(prefix.len());
                    }
                    _ => {}
                }
                let is_empty = places.len() == 0;
                is_empty && self.places.remove(bucket).is_some()
            }
        };
    }
}

impl fmt::Display for RevokedBy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::AccessKey => "its access key",
            Self::Link => "itself",
            Self::Object => "its object",
            Self::Prefix => "the prefix of its object",
            Self::Session => "the session that signed it",
            Self::Subject => "its subject",
            Self::User => "the user that signed it",
        })
    }
}

impl Entry {
    fn concerns(&self, at: Option<AmzDate>, asked: Asked) -> bool {
        let is_before = |until| at.is_none_or(|at| at <= until);
        match asked {
            Asked::Begins => is_before(self.signed_until),
            Asked::GoesOn => self.ends_until.is_some_and(is_before),
        }
    }
}

impl Places {
    fn len(&self) -> usize {
        self.objects.len() + self.prefixes.len()
    }

    fn forget_length(&mut self, length: usize) {
        if let Some(count) = self.lengths.get_mut(&length) {
            *count = count.saturating_sub(1);
            if *count == 0 {
                self.lengths.remove(&length);
            }
        }
    }
}

/// The next of what was due before this step.
fn next_due<T>(due: &mut BTreeMap<i64, Vec<T>>, step: i64) -> Option<T> {
    loop {
        let mut first = due.first_entry().filter(|first| *first.key() < step)?;
        match first.get_mut().pop() {
            Some(next) => return Some(next),
            None => drop(first.remove()),
        }
    }
}

#[cfg(test)]
mod tests;
