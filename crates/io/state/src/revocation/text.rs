//! How the target of a revocation is written in a row: its kind, its bucket if it has one, and a name.

use std::borrow::Cow;

use countersign_gate::RevocationTarget;
use countersign_s3::BucketName;
use countersign_sigv4::AccessKeyId;

const ACCESS_KEY: &str = "access-key";
const LINK: &str = "link";
const OBJECT: &str = "object";
const PREFIX: &str = "prefix";
const SESSIONS: &str = "sessions";
const SUBJECT: &str = "subject";
const USER: &str = "user";

/// The columns of a target.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Written<'a> {
    pub(crate) kind: &'static str,
    pub(crate) bucket: Option<&'a str>,
    pub(crate) name: Cow<'a, str>,
}

/// Writes a target.
pub(crate) fn write(target: &RevocationTarget) -> Written<'_> {
    let (kind, bucket, name) = match target {
        RevocationTarget::AccessKey(id) => (ACCESS_KEY, None, Cow::from(id.as_str())),
        RevocationTarget::Link(link) => (LINK, None, Cow::from(link.to_string())),
        RevocationTarget::Object { bucket, key } => (OBJECT, Some(bucket), Cow::from(&**key)),
        RevocationTarget::Prefix { bucket, prefix } => (PREFIX, Some(bucket), Cow::from(&**prefix)),
        RevocationTarget::Sessions { principal_id } => (SESSIONS, None, Cow::from(&**principal_id)),
        RevocationTarget::Subject(subject) => (SUBJECT, None, Cow::from(&**subject)),
        RevocationTarget::User { user_id } => (USER, None, Cow::from(&**user_id)),
    };
    Written {
        kind,
        bucket: bucket.map(BucketName::as_str),
        name,
    }
}

/// The condition on shares that a target stands for, of its bucket in `?2` and its name in `?3`, spelled so that both
/// engines understand it (`mark` is what begins a parameter); none if it concerns no shares. Only a share's own link ends
/// it by its id.
pub(crate) fn of_shares(target: &RevocationTarget, mark: char) -> Option<String> {
    let condition = match target {
        RevocationTarget::AccessKey(_) | RevocationTarget::Link(_) => return None,
        RevocationTarget::Object { .. } => "bucket = @2 AND key = @3",
        RevocationTarget::Prefix { .. } => "bucket = @2 AND substr(key, 1, length(@3)) = @3",
        RevocationTarget::Sessions { .. } | RevocationTarget::User { .. } => {
            "@2 IS NULL AND principal_id = @3"
        }
        RevocationTarget::Subject(_) => "@2 IS NULL AND subject = @3",
    };
    Some(condition.replace('@', &mark.to_string()))
}

/// Reads what [`write`] wrote; `None` for anything else.
pub(crate) fn read(kind: &str, bucket: Option<&str>, name: &str) -> Option<RevocationTarget> {
    let bucket = bucket.map(BucketName::parse).transpose().ok()?;
    Some(match (kind, bucket) {
        (ACCESS_KEY, None) => RevocationTarget::AccessKey(AccessKeyId::new(name)),
        (LINK, None) => RevocationTarget::Link(name.parse().ok()?),
        (OBJECT, Some(bucket)) => RevocationTarget::Object {
            bucket,
            key: name.into(),
        },
        (PREFIX, Some(bucket)) => RevocationTarget::Prefix {
            bucket,
            prefix: name.into(),
        },
        (SESSIONS, None) => RevocationTarget::Sessions {
            principal_id: name.into(),
        },
        (SUBJECT, None) => RevocationTarget::Subject(name.into()),
        (USER, None) => RevocationTarget::User {
            user_id: name.into(),
        },
        _ => return None,
    })
}
