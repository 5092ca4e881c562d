//! What a revocation is about, in words and in fields.

use std::collections::HashMap;

use countersign_gate::RevocationTarget;
use countersign_state::{StateError, StateStore};
use serde::Serialize;

use crate::render::terminal;

/// The names of users by their unique ids.
pub(super) struct UserNames(HashMap<String, String>);

/// A target, described.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
pub(super) struct Described {
    /// What kind of target.
    pub(super) kind: &'static str,
    /// The bucket, if it lies in one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) bucket: Option<String>,
    /// The id, name, key or beginning of keys.
    pub(super) name: String,
}

impl UserNames {
    /// Reads them.
    pub(super) async fn of(store: &dyn StateStore) -> Result<Self, StateError> {
        let users = store.list_users().await?;
        let pair = |user: countersign_state::User| (user.unique_id, user.name.to_string());
        Ok(Self(users.into_iter().map(pair).collect()))
    }

    fn name(&self, id: &str) -> String {
        self.0.get(id).map_or(id, String::as_str).to_owned()
    }
}

impl Described {
    /// Describes a target.
    pub(super) fn of(target: &RevocationTarget, users: &UserNames) -> Self {
        let (kind, bucket, name) = match target {
            RevocationTarget::AccessKey(id) => ("access_key", None, id.as_str().to_owned()),
            RevocationTarget::Link(link) => ("link", None, link.to_string()),
            RevocationTarget::Object { bucket, key } => ("object", Some(bucket), key.to_string()),
            RevocationTarget::Prefix { bucket, prefix } if prefix.is_empty() => {
                ("bucket", Some(bucket), String::new())
            }
            RevocationTarget::Prefix { bucket, prefix } => {
                ("prefix", Some(bucket), prefix.to_string())
            }
            RevocationTarget::Sessions { principal_id } => {
                ("sessions", None, users.name(principal_id))
            }
            RevocationTarget::Subject(subject) => ("subject", None, subject.to_string()),
            RevocationTarget::User { user_id } => ("user", None, users.name(user_id)),
        };
        Self {
            kind,
            bucket: bucket.map(|bucket| bucket.as_str().to_owned()),
            name,
        }
    }

    /// Which links it concerns.
    pub(super) fn links(&self) -> String {
        let name = terminal::shown(&self.name);
        let bucket = self.bucket.as_deref().unwrap_or_default();
        match self.kind {
            "access_key" => format!("every link signed with access key {name}"),
            "bucket" => format!("every link to bucket {bucket} and its objects"),
            "link" => format!("link {name}"),
            "object" => format!("every link to s3://{bucket}/{name}"),
            "prefix" => format!("every link to keys that begin with s3://{bucket}/{name}"),
            "sessions" => format!("every link signed with temporary credentials of {name}"),
            "subject" => format!("every link handed to `{name}`"),
            _ => format!("every link signed by user {name}"),
        }
    }
}
