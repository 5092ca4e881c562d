//! The session that is begun: how long it lives, and everything that goes into its token.
//!
//! INVARIANT: a session lives no longer than its role lets it, than an hour where a session of a role began it, and
//! than the credentials that began it, be they an access key or a session: so none outlives the access key at the
//! beginning of them all.

use countersign_session::{Federation, Purpose, Salt, Session, SessionTag, SubjectKind};
use countersign_sigv4::AmzDate;

use crate::parameters::{RoleAsked, Wanted};
use crate::refusal::Refusal;
use crate::role::Role;

/// How long a session of a role lives, in seconds, where nobody says.
const ROLE_DEFAULT_S: u32 = 3_600;
/// The longest life of a session that a session of a role began, in seconds.
const CHAINED_MOST_S: u32 = 3_600;
/// How long a session of a user lives, in seconds, where nobody says.
const USER_DEFAULT_S: u32 = 43_200;

/// What a session of a role is begun with.
pub(crate) struct Beginning<'a> {
    pub(crate) role: &'a Role,
    pub(crate) asked: RoleAsked<'a>,
    pub(crate) wanted: &'a Wanted<'a>,
    /// The tags that come of it all.
    pub(crate) tags: Vec<SessionTag>,
    pub(crate) source_identity: Option<&'a str>,
    pub(crate) federation: Option<Federation>,
    /// Whether a session of a role begins it.
    pub(crate) is_chained: bool,
    /// The last second of the credentials that begin it, if they have one.
    pub(crate) maker_ends_at: Option<AmzDate>,
    pub(crate) now: AmzDate,
    pub(crate) salt: Salt,
}

/// How long a chained session may be asked to live is the one thing that is refused before anybody is asked
/// whether it may be at all: it says nothing of the role.
///
/// # Errors
/// `ValidationError` in AWS's words.
pub(crate) fn check_chained(wanted: &Wanted<'_>) -> Result<(), Refusal> {
    if wanted.duration_s.is_some_and(|s| s > CHAINED_MOST_S) {
        return Err(Refusal::validation(
            "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining",
        ));
    }
    Ok(())
}

impl Beginning<'_> {
    /// The session.
    ///
    /// # Errors
    /// `ValidationError` if it is to live longer than the role lets it.
    pub(crate) fn session(self) -> Result<Session, Refusal> {
        let duration_s = self.wanted.duration_s.unwrap_or(ROLE_DEFAULT_S);
        if duration_s > self.role.max_session_s {
            return Err(Refusal::validation(
                "The requested DurationSeconds exceeds the MaxSessionDuration set for this role.",
            ));
        }
        let life = life(self.now, duration_s, self.maker_ends_at);
        let id = self.role.unique_id.as_str();
        let kind = SubjectKind::Role;
        let mut session = Session::new(kind, id, Purpose::Sts, life, self.salt);
        session.is_chained = self.is_chained;
        session.name = Some(self.asked.session_name.into());
        session.source_identity = self.source_identity.map(Into::into);
        session.federation = self.federation;
        session.policy = self.wanted.policy.map(Into::into);
        for arn in &self.wanted.policy_arns {
            if !session.policy_arns.iter().any(|known| **known == **arn) {
                session.policy_arns.push((*arn).into());
            }
        }
        session.tags = self.tags;
        Ok(session)
    }
}

/// A session of a user, which narrows nothing.
pub(crate) fn of_user(
    unique_id: &str,
    duration_s: Option<u32>,
    key_ends_at: Option<AmzDate>,
    now: AmzDate,
    salt: Salt,
) -> Session {
    let life = life(now, duration_s.unwrap_or(USER_DEFAULT_S), key_ends_at);
    Session::new(SubjectKind::User, unique_id, Purpose::Sts, life, salt)
}

fn life(now: AmzDate, duration_s: u32, maker_ends_at: Option<AmzDate>) -> (i64, i64) {
    let asked = now.plus_seconds(i64::from(duration_s)).unix();
    let end = maker_ends_at.map_or(asked, |end| asked.min(end.unix()));
    (now.unix(), end)
}

#[cfg(test)]
mod tests;
