//! Who signed.

use serde::{Deserialize, Serialize};

use crate::{Moment, Text};

/// The principal that signed a request, or did what an event tells of.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(deny_unknown_fields, bound(deserialize = "'de: 'a"))]
pub struct Signer<'a> {
    /// What kind of principal.
    pub kind: SignerKind,
    /// The name of the user, or of the role of a session.
    pub name: Text<'a>,
    /// Its lasting, unique id.
    pub id: Text<'a>,
    /// Its ARN; that of a session names the session.
    pub arn: Text<'a>,
    /// The access key that signed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub access_key_id: Option<Text<'a>>,
    /// The session, if it is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub session: Option<SignerSession<'a>>,
}

/// What kind of principal.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum SignerKind {
    /// The root of the installation.
    Root,
    /// A session of a role.
    Session,
    /// A user, with a key of its own or in a session.
    User,
}

/// What is special about a session.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(deny_unknown_fields, bound(deserialize = "'de: 'a"))]
pub struct SignerSession<'a> {
    /// Its name.
    pub name: Text<'a>,
    /// When it was issued.
    pub issued_at: Moment,
    /// The ARN of the role or user that it is a session of.
    pub issuer_arn: Text<'a>,
    /// The source identity that was set when it was issued.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source_identity: Option<Text<'a>>,
    /// The identity provider that vouched for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub provider: Option<Text<'a>>,
    /// Who it is there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub provider_subject: Option<Text<'a>>,
}
