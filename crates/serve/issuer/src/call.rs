//! A call, let in: who it is and what it says.
//!
//! Every call must say who it is by exactly one mechanism: a SigV4 signature for the service `countersign`, or an OpenID
//! Connect token. There are no cookies, so there is nothing that a page of another origin could borrow; a call from a
//! page is refused all the same unless its origin is listed (threat C10). The credentials of root may look, and make no
//! links (threat H6).
//!
//! INVARIANT: the body is read, and nothing else is done, before it is known who calls.

use axum::body::Body;
use countersign_directory::{CallError, Caller, ServiceCall};
use countersign_gate::{CallOrigin, Transport};
use http::header::{AUTHORIZATION, ORIGIN, USER_AGENT};
use http::request::Parts;
use http::{HeaderMap, HeaderValue, Request};

use crate::issuer::Shared;
use crate::links::workbench::Asker;
use crate::problem::Problem;
use crate::signing::Maker;
use crate::{bearer, body};

/// The service that signatures must name.
pub(crate) const SERVICE: &str = "countersign";
const ROLE: &str = "x-countersign-role";
const LONGEST_ROLE: usize = 2_048;
const LONGEST_IDEMPOTENCY_KEY: usize = 200;

/// What a call may bring along.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Brings {
    /// JSON, of so many bytes at most.
    Json(usize),
    /// Nothing.
    Nothing,
}

/// A call whose caller is known.
pub(crate) struct Call {
    pub(crate) caller: Caller,
    pub(crate) maker: Option<Maker>,
    pub(crate) origin: CallOrigin,
    pub(crate) request_id: String,
    pub(crate) parts: Parts,
    pub(crate) body: Vec<u8>,
    /// Whether it brought a token rather than a signature.
    pub(crate) is_bearer: bool,
    /// The ARN of the role that a token was exchanged for.
    pub(crate) role: Option<String>,
}

impl Shared {
    /// Lets a call in.
    ///
    /// # Errors
    /// The [`Problem`] to answer with.
    pub(crate) async fn admit(
        &self,
        request: Request<Body>,
        request_id: &str,
        brings: Brings,
    ) -> Result<Call, Problem> {
        let (parts, body) = request.into_parts();
        let origin = parts.extensions.get::<CallOrigin>().cloned();
        let origin = origin.ok_or_else(|| {
            tracing::error!("a call came without its origin");
            Problem::internal()
        })?;
        self.check_transport(&origin)?;
        self.check_origin(&parts.headers)?;
        let most = match brings {
            Brings::Json(most) => {
                body::check_type(&parts)?;
                most
            }
            Brings::Nothing => 0,
        };
        let body = body::read(body, most).await?;
        let (caller, role) = self.caller_of(&parts, &body, &origin, request_id).await?;
        Ok(Call {
            maker: Maker::of(&caller),
            caller,
            origin,
            request_id: request_id.to_owned(),
            parts,
            body,
            is_bearer: role.is_some(),
            role,
        })
    }

    /// What is answered are credentials, so it goes over TLS or stays on this machine (threat G4).
    fn check_transport(&self, origin: &CallOrigin) -> Result<(), Problem> {
        if origin.transport == Transport::Plain && !self.options.plain_http {
            let message = "this API answers over HTTPS, or to this machine only; whatever was sent has been seen by \
                           others";
            return Err(Problem::forbidden(message));
        }
        Ok(())
    }

    fn check_origin(&self, headers: &HeaderMap) -> Result<(), Problem> {
        if !headers.contains_key(ORIGIN) || self.listed_origin(headers).is_some() {
            return Ok(());
        }
        let message = "this API is for backends: pages may call only from the origins in `issuer.allowed_origins`";
        Err(Problem::forbidden(message))
    }

    /// The origin of the page that calls, if it is listed.
    pub(crate) fn listed_origin<'a>(&self, headers: &'a HeaderMap) -> Option<&'a HeaderValue> {
        let mut sent = headers.get_all(ORIGIN).iter();
        let origin = sent.next().filter(|_| sent.next().is_none())?;
        let known = &self.options.allowed_origins;
        known.iter().any(|known| origin == known).then_some(origin)
    }

    async fn caller_of(
        &self,
        parts: &Parts,
        body: &[u8],
        origin: &CallOrigin,
        request_id: &str,
    ) -> Result<(Caller, Option<String>), Problem> {
        if let Some(token) = bearer::token_of(parts)? {
            let role = bearer::role_of(header(&parts.headers, ROLE), body);
            if role.as_ref().is_some_and(|role| role.len() > LONGEST_ROLE) {
                let message = "the ARN of a role has 2048 characters at most";
                return Err(Problem::invalid("role", message));
            }
            let agent = header(&parts.headers, USER_AGENT.as_str());
            let asker = Asker { origin, request_id };
            let role = bearer::role_arn(role.as_deref().or(self.options.bearer_role.as_deref()));
            let caller = bearer::caller(self, token, role, agent, asker);
            return caller.await.map(|(caller, role)| (caller, Some(role)));
        }
        if parts.headers.contains_key(ROLE) {
            let message = "a role goes only with a bearer token; for a signed call assume it first";
            return Err(Problem::invalid("X-Countersign-Role", message));
        }
        let call = ServiceCall {
            parts,
            body,
            origin,
            service: SERVICE,
            regions: &[self.region()],
        };
        let caller = self.directory.authenticate_call(&call).await;
        let caller = caller.map_err(|refusal| {
            let reason = &*refusal.reason;
            tracing::info!(
                request_id,
                code = refusal.error.code(),
                reason,
                "not authenticated"
            );
            refuse(&refusal.error)
        })?;
        // Somebody else than the signer may hold it, and what it answers is worth more than it says.
        if caller.is_presigned {
            let message = "calls are signed in the `Authorization` header, not in the URL";
            return Err(Problem::unauthenticated("presigned_call", message));
        }
        Ok((caller, None))
    }
}

impl Call {
    /// For whom something is made.
    pub(crate) fn asker(&self) -> Asker<'_> {
        Asker {
            origin: &self.origin,
            request_id: &self.request_id,
        }
    }

    /// For whom links are signed.
    ///
    /// # Errors
    /// 403 for root.
    pub(crate) fn maker(&self) -> Result<&Maker, Problem> {
        self.maker.as_ref().ok_or_else(|| {
            let message = "root administers and makes no links; use the key of an ordinary user";
            Problem::forbidden(message).because("the caller is root")
        })
    }

    /// The name under which the same answer can be had again.
    ///
    /// # Errors
    /// 400 if there are two, or it is no such name.
    pub(crate) fn idempotency_key(&self) -> Result<Option<&str>, Problem> {
        let mut sent = self.parts.headers.get_all("idempotency-key").iter();
        let Some(first) = sent.next() else {
            return Ok(None);
        };
        let text = first.to_str().unwrap_or_default();
        let is_good = (1..=LONGEST_IDEMPOTENCY_KEY).contains(&text.len()) && sent.next().is_none();
        if is_good {
            Ok(Some(text))
        } else {
            let message = "send one `Idempotency-Key` of 1 to 200 printable characters";
            Err(Problem::invalid("Idempotency-Key", message))
        }
    }
}

fn header<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name).and_then(|value| value.to_str().ok())
}

fn refuse(error: &CallError) -> Problem {
    match error {
        CallError::Unavailable => Problem::unavailable(),
        CallError::MissingAuthenticationToken => Problem::unauthenticated(
            "unauthenticated",
            "sign the call with SigV4 for the service `countersign`, or send an OpenID Connect token as bearer",
        ),
        CallError::AccessDenied(sentence) => Problem::forbidden(sentence.to_string()),
        other => {
            let code = match other {
                CallError::ExpiredToken => "expired_token",
                CallError::IncompleteSignature(_) => "incomplete_signature",
                CallError::RequestExpired(_) => "request_expired",
                CallError::SignatureDoesNotMatch(_) => "signature_mismatch",
                _ => "invalid_credentials",
            };
            Problem::unauthenticated(code, other.sentence())
        }
    }
}

/// Whether the call has an `Authorization` header of this scheme.
pub(crate) fn has_scheme(parts: &Parts, scheme: &str) -> bool {
    let values = parts.headers.get_all(AUTHORIZATION).iter();
    let mut texts = values.map(|value| value.to_str().unwrap_or_default());
    texts.any(|text| {
        text.split_ascii_whitespace()
            .next()
            .is_some_and(|first| first.eq_ignore_ascii_case(scheme))
    })
}
