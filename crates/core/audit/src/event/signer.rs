//! Who signed.

use countersign_gate::{Identity, PrincipalKind, SessionFacts};
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
    /// Its name; sessions of users have none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<Text<'a>>,
    /// When it was issued.
    pub issued_at: Moment,
    /// The last second of its life.
    pub expires_at: Moment,
    /// Whether only the issuer can sign with it.
    #[serde(default, skip_serializing_if = "is_false")]
    pub registered: bool,
    /// Whether it was assumed by a session of a role.
    #[serde(default, skip_serializing_if = "is_false")]
    pub chained: bool,
    /// The ARN of the role that it is a session of, where it is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub issuer_arn: Option<Text<'a>>,
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

impl<'a> From<&'a Identity> for Signer<'a> {
    fn from(identity: &'a Identity) -> Self {
        Self {
            kind: match identity.kind {
                PrincipalKind::Role => SignerKind::Session,
                PrincipalKind::Root => SignerKind::Root,
                PrincipalKind::User => SignerKind::User,
            },
            name: Text::of(&identity.name),
            id: Text::of(&identity.principal_id),
            arn: Text::of(&identity.arn),
            access_key_id: Some(Text::of(identity.access_key_id.as_str())),
            session: identity.session.as_ref().map(SignerSession::from),
        }
    }
}

impl<'a> From<&'a SessionFacts> for SignerSession<'a> {
    fn from(session: &'a SessionFacts) -> Self {
        Self {
            name: session.name.as_deref().map(Text::of),
            issued_at: session.issued_at.into(),
            expires_at: session.expires_at.into(),
            registered: session.is_registered,
            chained: session.is_chained,
            issuer_arn: None,
            source_identity: session.source_identity.as_deref().map(Text::of),
            provider: session.federated_provider.as_deref().map(Text::of),
            provider_subject: None,
        }
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde gives references")]
fn is_false(value: &bool) -> bool {
    !value
}
