//! Who exchanges an OpenID Connect token for a session of a role: STS, in whose crate that is decided.

use std::future::Future;
use std::pin::Pin;

use countersign_gate::CallOrigin;
use countersign_session::Session;
use countersign_sigv4::AmzDate;

/// The exchange that is asked for.
#[derive(Clone, Copy, Debug)]
pub struct ExchangeAsked<'a> {
    /// The token, as it was sent.
    pub token: &'a str,
    /// The role's ARN.
    pub role_arn: &'a str,
    /// What the session is to be called.
    pub session_name: &'a str,
    /// Where the call comes from.
    pub origin: &'a CallOrigin,
    /// The `User-Agent` header, if there is one.
    pub user_agent: Option<&'a str>,
    /// The time.
    pub now: AmzDate,
}

/// Why there is no session.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct ExchangeRefused {
    /// The status that STS would answer.
    pub status: u16,
    /// Its code.
    pub code: String,
    /// Its sentence.
    pub message: String,
    /// What only logs are told.
    pub reason: String,
}

/// An answer that is on its way.
pub type Exchanging<'a> =
    Pin<Box<dyn Future<Output = Result<Session, ExchangeRefused>> + Send + 'a>>;

/// Decides whether a token may become a session of a role, by the role's trust policy.
pub trait TokenExchange: Send + Sync + 'static {
    /// The session that begins.
    fn exchange<'a>(&'a self, asked: &'a ExchangeAsked<'a>) -> Exchanging<'a>;
}
