//! Callers with an OpenID Connect token: it is exchanged for a session of a role, by the role's trust policy, as
//! `AssumeRoleWithWebIdentity` does it.

use countersign_directory::Caller;
use countersign_gate::CallOrigin;
use http::header::AUTHORIZATION;
use http::request::Parts;
use serde::Deserialize;

use crate::call::has_scheme;
use crate::issuer::Shared;
use crate::problem::Problem;

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
    let in_query = parts.uri.query().unwrap_or_default().to_ascii_lowercase().contains("x-amz-");
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

/// Who calls with this token.
///
/// # Errors
/// 401 if the token is not good, 403 if the role does not trust it.
pub(crate) async fn caller(
    issuer: &Shared,
    _token: &str,
    _role: Option<&str>,
    _parts: &Parts,
    _origin: &CallOrigin,
    _request_id: &str,
) -> Result<Caller, Problem> {
    let _ = (&issuer.verifier, &issuer.options.bearer_role);
    let message = "this server takes no bearer tokens";
    Err(Problem::unauthenticated("invalid_token", message))
}
