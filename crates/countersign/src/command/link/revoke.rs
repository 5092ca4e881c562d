//! `link revoke`: one entry in the feed of revocations, which every node follows.

use std::time::Duration;

use countersign_gate::{Revocation, RevocationTarget};
use countersign_sigv4::{AmzDate, LONGEST_EXPIRES_S};
use countersign_state::{StateStore, UnixMillis};

use super::report::Revoked;
use super::target::{Described, UserNames};
use super::{LinkError, which};
use crate::args::{RevokeArgs, S3Place, WhichLink};
use crate::command::state::Opened;
use crate::command::{CommandError, lookup};

/// How far apart clocks are thought to be at least.
pub(in crate::command) const LEAST_SKEW: Duration = Duration::from_secs(15 * 60);

/// Revokes what was typed.
pub(super) async fn revoke(
    opened: &Opened,
    args: &RevokeArgs,
    now: UnixMillis,
) -> Result<Revoked, CommandError> {
    let store = &*opened.store;
    let target = target(opened, args).await?;
    let now_s = AmzDate::from_unix(now.0.div_euclid(1_000));
    // A link is revoked whenever it was signed; anything else up to an instant.
    let skew = opened.config.guardrails.clock_skew.unwrap_or(LEAST_SKEW);
    let signed_until = args
        .signed_until
        .unwrap_or_else(|| last_date(&target, now_s, skew));
    let expires_at_ms = kept_until_ms(signed_until, skew.max(LEAST_SKEW));
    if expires_at_ms <= now.0 {
        return Err(LinkError::Over.into());
    }
    let revocation = Revocation {
        target,
        signed_until,
        ends_transfers: args.end_transfers,
        made_at_ms: now.0,
        expires_at_ms,
    };
    let serial = store.revoke(&revocation).await?;
    let described = Described::of(&revocation.target, &UserNames::of(store).await?);
    Ok(Revoked::new(serial, described, &revocation))
}

/// The last date that what is signed by now may bear. Who is revoked as a signer may have dated links ahead, as
/// far as the server lets him; the holders of links, and what they are for, date nothing.
fn last_date(target: &RevocationTarget, now: AmzDate, skew: Duration) -> AmzDate {
    let ahead_s = match target {
        RevocationTarget::AccessKey(_)
        | RevocationTarget::Sessions { .. }
        | RevocationTarget::User { .. } => i64::try_from(skew.as_secs()).unwrap_or(i64::MAX),
        RevocationTarget::Link(_)
        | RevocationTarget::Object { .. }
        | RevocationTarget::Prefix { .. }
        | RevocationTarget::Subject(_) => 0,
    };
    now.plus_seconds(ahead_s)
}

/// The end of the longest life of what was signed until then, on a clock that is behind.
pub(in crate::command) fn kept_until_ms(signed_until: AmzDate, skew: Duration) -> i64 {
    let after_s = Duration::from_secs(LONGEST_EXPIRES_S.into())
        .saturating_add(skew)
        .as_secs();
    let after_s = i64::try_from(after_s).unwrap_or(i64::MAX);
    let last_s = signed_until.unix().saturating_add(after_s);
    last_s.saturating_mul(1_000)
}

async fn target(opened: &Opened, args: &RevokeArgs) -> Result<RevocationTarget, CommandError> {
    let store = &*opened.store;
    if args.link.is_some() || args.name.is_some() {
        let which = WhichLink {
            link: args.link.clone(),
            name: args.name.clone(),
            user: args.user.clone(),
        };
        return Ok(RevocationTarget::Link(
            which::find(opened, &which).await?.id,
        ));
    }
    if let Some(subject) = &args.subject {
        return Ok(RevocationTarget::Subject(subject.as_str().into()));
    }
    if let Some(id) = &args.access_key {
        let key = lookup::access_key(store, id).await?;
        return Ok(RevocationTarget::AccessKey(key.id));
    }
    if let Some(user) = &args.sessions {
        let principal_id = lookup::user(store, user).await?.unique_id.into();
        return Ok(RevocationTarget::Sessions { principal_id });
    }
    if let Some(user) = &args.user {
        let user_id = lookup::user(store, user).await?.unique_id.into();
        return Ok(RevocationTarget::User { user_id });
    }
    place(store, args).await
}

/// A mistyped bucket is refused: a revocation that concerns nothing would deceive.
async fn place(
    store: &dyn StateStore,
    args: &RevokeArgs,
) -> Result<RevocationTarget, CommandError> {
    let (bucket, rest) = match (&args.object, &args.prefix, &args.bucket) {
        (Some(S3Place { bucket, rest }), ..) | (_, Some(S3Place { bucket, rest }), _) => {
            (bucket, rest.as_str())
        }
        (.., Some(bucket)) => (bucket, ""),
        (None, None, None) => return Err(LinkError::Nothing.into()),
    };
    let bucket = lookup::bucket(store, bucket).await?.name;
    Ok(match args.object {
        Some(_) => RevocationTarget::Object {
            bucket,
            key: rest.into(),
        },
        None => RevocationTarget::Prefix {
            bucket,
            prefix: rest.into(),
        },
    })
}
