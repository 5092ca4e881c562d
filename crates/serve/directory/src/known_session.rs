//! From an opened token to a key that requests can be held against.

use std::sync::Arc;

use countersign_gate::{
    ACCOUNT, Credential, Identity, PrincipalKind, SessionFacts, SessionRights, Stranger,
};
use countersign_session::{OpenError, Opened, Purpose, Session};
use countersign_sigv4::{AmzDate, SessionToken};

use crate::KnownKey;
use crate::principals::KnownPrincipal;

/// The key of a session: its principal as it is now, narrowed by what came with the token. `managed` are the
/// documents of its managed policies, in order; one that is gone takes every right.
pub(crate) fn known_session(
    token: &str,
    opened: Opened,
    principal: &KnownPrincipal,
    managed: &[Option<String>],
) -> Result<KnownKey, Stranger> {
    let Opened {
        session,
        access_key_id,
        secret_access_key,
    } = opened;
    if !principal.fits(session.kind) {
        return Err(Stranger::Principal);
    }
    let id = &*principal.unique_id;
    let (arn, user_id): (Box<str>, Box<str>) = match (principal.kind, &session.name) {
        (PrincipalKind::Role, Some(name)) => (
            session_arn(&principal.name, name).into(),
            format!("{id}:{name}").into(),
        ),
        (PrincipalKind::Role, None) => {
            return Err(Stranger::Token("session of a role has no name"));
        }
        _ => (principal.authority.arn().into(), id.into()),
    };
    let identity = Identity {
        name: principal.name.clone(),
        principal_id: id.into(),
        kind: principal.kind,
        arn,
        user_id,
        access_key_id,
        session: Some(facts_of(&session)),
    };
    let credential = Credential {
        identity: Arc::new(identity),
        active: true,
        expires_at: None,
        authority: Arc::clone(&principal.authority),
        session_rights: rights_of(&session, managed).map(Arc::new),
        session_token: Some(SessionToken::new(token)),
    };
    Ok(KnownKey::new(
        credential,
        secret_access_key,
        Some(Arc::new(session)),
    ))
}

/// Why a token that was not opened is refused.
pub(crate) fn stranger(error: OpenError) -> Stranger {
    Stranger::Token(match error {
        OpenError::Malformed => "session token is malformed",
        OpenError::NotAuthentic => "session token is not authentic",
        OpenError::UnknownKey { .. } => "session token is sealed with a key that is not known",
        OpenError::UnknownVersion { .. } => "session token has a version that is not known",
    })
}

/// The ARN of a session of a role, which leaves the role's path out.
fn session_arn(role: &str, session: &str) -> String {
    format!("arn:aws:sts::{ACCOUNT}:assumed-role/{role}/{session}")
}

fn facts_of(session: &Session) -> SessionFacts {
    let federation = session.federation.as_ref();
    SessionFacts {
        name: session.name.clone(),
        issued_at: AmzDate::from_unix(session.issued_at_s),
        expires_at: AmzDate::from_unix(session.expires_at_s),
        is_registered: session.purpose == Purpose::Issuer,
        is_chained: session.is_chained,
        source_identity: session.source_identity.clone(),
        federated_provider: federation.map(|federation| federation.provider.clone()),
    }
}

fn rights_of(session: &Session, managed: &[Option<String>]) -> Option<SessionRights> {
    if !session.has_policies() && session.tags.is_empty() {
        return None;
    }
    let arns = session.policy_arns.iter().map(AsRef::as_ref);
    // One that is gone cannot be read: what it denied would be allowed again by the others (threat H3).
    let managed = arns
        .zip(managed)
        .map(|(arn, document)| (arn, document.as_deref().unwrap_or_default()));
    let tags = session.tags.iter();
    let tags = tags.map(|tag| (tag.key.to_string(), tag.value.to_string()));
    Some(SessionRights::read(
        session.policy.as_deref(),
        (!session.policy_arns.is_empty()).then_some(managed),
        tags.collect(),
    ))
}
