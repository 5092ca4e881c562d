//! Callers with an OpenID Connect token: it is exchanged for a session of a role, by the role's trust policy, as
//! `AssumeRoleWithWebIdentity` does it.

use std::fmt::Write as _;
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use countersign_directory::{Caller, KnownKey, Sought};
use countersign_gate::{ACCOUNT, RevocationFacts};
use countersign_session::Session;
use countersign_sigv4::AmzDate;
use http::header::AUTHORIZATION;
use http::request::Parts;
use serde::Deserialize;
use sha2::{Digest as _, Sha256};

use crate::call::has_scheme;
use crate::exchange::{ExchangeAsked, ExchangeRefused};
use crate::issuer::Shared;
use crate::links::workbench::Asker;
use crate::problem::Problem;

const SHORTEST_SESSION_NAME: usize = 2;
const LONGEST_SESSION_NAME: usize = 64;
/// A dash and sixteen hexadecimal digits.
const DIGEST_CHARACTERS: usize = 17;
/// How long a session lives that is begun without saying how long.
const SESSION_S: i64 = 3_600;

/// The token of a call, if it brings one.
///
/// # Errors
/// 401 if there is more than one mechanism.
pub(crate) fn token_of(parts: &Parts) -> Result<Option<&str>, Problem> {
    if !has_scheme(parts, "bearer") {
        return Ok(None);
    }
    let mut sent = parts.headers.get_all(AUTHORIZATION).iter();
    let first = sent.next().and_then(|value| value.to_str().ok());
    let in_query = parts
        .uri
        .query()
        .unwrap_or_default()
        .to_ascii_lowercase()
        .contains("x-amz-");
    let also_signed = parts.headers.contains_key("x-amz-security-token") || in_query;
    if sent.next().is_some() || also_signed {
        let message = "use one way to say who calls: a signature or a bearer token";
        return Err(Problem::unauthenticated("several_mechanisms", message));
    }
    let token = first
        .and_then(|text| text.split_once(' '))
        .map(|(_, token)| token.trim());
    Ok(Some(token.unwrap_or_default()))
}

/// The role that a call asks for: in its header, or in the body of a link.
pub(crate) fn role_of(header: Option<&str>, body: &[u8]) -> Option<String> {
    #[derive(Deserialize)]
    struct Named {
        role: Option<String>,
    }
    let in_body = || serde_json::from_slice::<Named>(body).ok()?.role;
    header.map(str::to_owned).or_else(in_body)
}

/// Who calls with this token, and the ARN of the role that it was exchanged for.
///
/// # Errors
/// 401 if the token is not good, 403 if the role does not trust it.
pub(crate) async fn caller(
    issuer: &Shared,
    token: &str,
    role_arn: Result<String, Problem>,
    user_agent: Option<&str>,
    asker: Asker<'_>,
) -> Result<(Caller, String), Problem> {
    let Some(exchange) = issuer.exchange() else {
        let message = "this server takes no bearer tokens";
        return Err(Problem::unauthenticated("invalid_token", message));
    };
    let said = Said::of(token).ok_or_else(|| {
        Problem::unauthenticated(
            "invalid_token",
            "the bearer token is no OpenID Connect token",
        )
    })?;
    let role_arn = role_arn?;
    let now = issuer.now();
    let asked = ExchangeAsked {
        token,
        role_arn: &role_arn,
        session_name: &said.session_name(),
        origin: asker.origin,
        user_agent,
        now,
    };
    let begun = exchange.exchange(&asked).await;
    let session = begun.map_err(|refused| refuse(&refused, asker.request_id))?;
    let known = known(issuer, said.settle(session, token, now), asker.request_id).await?;
    let caller = Caller {
        credential: known.credential().clone(),
        session: known.session().cloned(),
        origin: asker.origin.clone(),
        region: issuer.region().into(),
        user_agent: user_agent.map(Box::from),
        is_presigned: false,
        signed_at: now,
        now,
    };
    Ok((caller, role_arn))
}

/// What a token says of itself. It is believed once the token was verified.
#[derive(Deserialize)]
struct Said {
    sub: String,
    iat: f64,
    exp: f64,
}

impl Said {
    fn of(token: &str) -> Option<Self> {
        let payload = token.split('.').nth(1)?;
        let bytes = URL_SAFE_NO_PAD.decode(payload).ok()?;
        serde_json::from_slice(&bytes).ok()
    }

    /// The subject, if it can be the name of a session; else as much of it as fits and a digest, so that no two subjects
    /// have one name.
    fn session_name(&self) -> String {
        let allowed = |c: char| c.is_ascii_alphanumeric() || "_+=,.@-".contains(c);
        let fits = (SHORTEST_SESSION_NAME..=LONGEST_SESSION_NAME).contains(&self.sub.len());
        if fits && self.sub.chars().all(allowed) && !ends_in_digest(&self.sub) {
            return self.sub.clone();
        }
        let digest: [u8; 32] = Sha256::digest(self.sub.as_bytes()).into();
        let first: [u8; 8] = digest.first_chunk().copied().unwrap_or_default();
        let written = self.sub.chars().map(|c| if allowed(c) { c } else { '-' });
        let readable = LONGEST_SESSION_NAME - DIGEST_CHARACTERS;
        let mut name: String = written.take(readable).collect();
        let _ = write!(name, "-{:016x}", u64::from_be_bytes(first));
        name
    }

    /// The same session for the same token, so that its links can be stable: it begins with the token, and ends when a
    /// session that began with the token's last second would.
    fn settle(&self, mut session: Session, token: &str, now: AmzDate) -> Session {
        let whole = |seconds: f64| whole_seconds(seconds).map(AmzDate::from_unix);
        let (Some(begun), Some(end)) = (whole(self.iat), whole(self.exp)) else {
            return session;
        };
        let digest: [u8; 32] = Sha256::digest(token.as_bytes()).into();
        session.salt = digest.first_chunk().copied().unwrap_or_default();
        session.issued_at_s = begun.unix().min(now.unix());
        session.expires_at_s = end.unix().saturating_add(SESSION_S);
        session
    }
}

/// Whether a text could be taken for the name of a subject that no name can hold.
fn ends_in_digest(text: &str) -> bool {
    let digest = text.rsplit_once('-').map(|(_, digest)| digest);
    digest.is_some_and(|digest| digest.len() == 16 && digest.bytes().all(|b| b.is_ascii_hexdigit()))
}

/// Seconds without their fraction; none for what is no instant.
fn whole_seconds(seconds: f64) -> Option<i64> {
    let is_instant = (0.0..=4_102_444_800.0).contains(&seconds);
    let text = format!("{:.0}", seconds.trunc());
    text.parse().ok().filter(|_| is_instant)
}

/// The ARN of a role that is named by it or by its name.
pub(crate) fn role_arn(role: Option<&str>) -> Result<String, Problem> {
    match role {
        Some(arn) if arn.starts_with("arn:") => Ok(arn.to_owned()),
        Some(name) => Ok(format!("arn:aws:iam::{ACCOUNT}:role/{name}")),
        None => {
            let message = "a bearer token needs a role: name it in `role` or in the header `X-Countersign-Role`";
            Err(Problem::invalid("role", message))
        }
    }
}

/// The session as it would be known if it had signed.
async fn known(
    issuer: &Shared,
    session: Session,
    request_id: &str,
) -> Result<Arc<KnownKey>, Problem> {
    let sealed = issuer.directory.ring().seal(&session);
    let sealed = sealed.map_err(|error| {
        tracing::error!(request_id, %error, "could not seal a session");
        Problem::unavailable()
    })?;
    let sought = Sought {
        access_key_id: Some(sealed.access_key_id.as_str()),
        session_token: Some(sealed.session_token.expose()),
        ..Sought::default()
    };
    let found = issuer.look_up(sought, request_id).await?;
    let known = found
        .key
        .map_err(|_| Problem::forbidden("the role is gone"))?;
    let is_over = session.expires_at_s < issuer.now().unix();
    if is_over {
        let message = "the token is too old";
        return Err(Problem::unauthenticated("expired_token", message));
    }
    let identity = known.credential().identity.as_ref();
    let Some(revoked) = issuer.revocations().known() else {
        return Err(Problem::unavailable());
    };
    if let Some(by) = revoked.find(&RevocationFacts::of_session(identity)) {
        tracing::info!(request_id, %by, "the session of a bearer token is revoked");
        return Err(Problem::forbidden(
            "sessions of this role were revoked; take a newer token",
        ));
    }
    drop(revoked);
    Ok(known)
}

fn refuse(refused: &ExchangeRefused, request_id: &str) -> Problem {
    let ExchangeRefused {
        status,
        code,
        message,
        reason,
    } = refused;
    tracing::info!(request_id, code, reason, "a bearer token was not taken");
    match (status, code.as_str()) {
        (403, _) => Problem::forbidden(message.clone())
            .because("the trust policy of the role does not allow it"),
        (_, "Throttling") => Problem::rate_limited(message.clone(), 60),
        (_, "IDPCommunicationError") | (500.., _) => Problem::unavailable(),
        (_, "ExpiredTokenException") => Problem::unauthenticated("expired_token", message.clone()),
        _ => Problem::unauthenticated("invalid_token", message.clone()),
    }
}

#[cfg(test)]
mod tests;
