//! `userIdentity`: who signed, as CloudTrail tells it.

use serde::{Serialize, Serializer};

use crate::{AuditEvent, Signer, SignerKind, SignerSession};

/// The member `userIdentity`.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct UserIdentity<'a> {
    r#type: &'static str,
    principal_id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    arn: Option<&'a str>,
    account_id: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    access_key_id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    user_name: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    session_context: Option<SessionContext<'a>>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct SessionContext<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    session_issuer: Option<SessionIssuer<'a>>,
    web_id_federation_data: Federation<'a>,
    attributes: Attributes,
    #[serde(skip_serializing_if = "Option::is_none")]
    source_identity: Option<&'a str>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct SessionIssuer<'a> {
    r#type: &'static str,
    principal_id: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    arn: Option<&'a str>,
    account_id: &'a str,
    user_name: &'a str,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Federation<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    federated_provider: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    attributes: Option<Subject<'a>>,
}

/// Who somebody is at an identity provider.
#[derive(Debug)]
struct Subject<'a>(&'a str);

impl Serialize for Subject<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map([("sub", self.0)])
    }
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Attributes {
    creation_date: String,
    mfa_authenticated: &'static str,
}

impl<'a> UserIdentity<'a> {
    /// Who signed the event; none if somebody says to have signed it, and nobody knows whether that is so.
    pub(super) fn of(event: &'a AuditEvent<'_>, account: &'a str) -> Option<Self> {
        match &event.signer {
            Some(signer) => Some(Self::of_signer(signer, account)),
            None if event.wire.authentication.is_some() => None,
            None => Some(Self {
                r#type: "AWSAccount",
                principal_id: String::new(),
                arn: None,
                account_id: "anonymous",
                access_key_id: None,
                user_name: None,
                session_context: None,
            }),
        }
    }

    fn of_signer(signer: &'a Signer<'_>, account: &'a str) -> Self {
        let session = signer.session.as_ref();
        let is_role = signer.kind == SignerKind::Session;
        let (r#type, principal_id) = match signer.kind {
            SignerKind::Root => ("Root", account.to_owned()),
            SignerKind::Session => {
                let name = session.and_then(|session| session.name.as_ref());
                let name = name.map_or("", crate::Text::as_str);
                ("AssumedRole", format!("{}:{name}", signer.id))
            }
            SignerKind::User => ("IAMUser", signer.id.as_str().to_owned()),
        };
        Self {
            r#type,
            principal_id,
            arn: Some(signer.arn.as_str()),
            account_id: account,
            access_key_id: signer.access_key_id.as_ref().map(crate::Text::as_str),
            user_name: (signer.kind == SignerKind::User).then(|| signer.name.as_str()),
            session_context: session
                .map(|session| SessionContext::of(session, is_role.then_some(signer), account)),
        }
    }
}

impl<'a> SessionContext<'a> {
    fn of(session: &'a SignerSession<'_>, role: Option<&'a Signer<'_>>, account: &'a str) -> Self {
        let text = |text: &'a Option<crate::Text<'_>>| text.as_ref().map(crate::Text::as_str);
        Self {
            session_issuer: role.map(|role| SessionIssuer {
                r#type: "Role",
                principal_id: role.id.as_str(),
                arn: text(&session.issuer_arn),
                account_id: account,
                user_name: role.name.as_str(),
            }),
            web_id_federation_data: Federation {
                federated_provider: text(&session.provider),
                attributes: text(&session.provider_subject).map(Subject),
            },
            attributes: Attributes {
                creation_date: session.issued_at.to_seconds(),
                mfa_authenticated: "false",
            },
            source_identity: text(&session.source_identity),
        }
    }
}
