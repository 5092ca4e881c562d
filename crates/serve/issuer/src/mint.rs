//! Signing: from a plan to the URLs and forms that are handed out.
//!
//! Every URL is of path style at the server's public address. What is signed is what is sent: the presigner writes
//! the URL in canonical form, and every header that counts is signed with its value.
//!
//! INVARIANT: nothing here decides anything; what was minted is rehearsed before it leaves (`rehearsal.rs`).

mod form;

use countersign_sigv4::presign::{PresignError, PresignRequest, Presigner, Signer};
use countersign_sigv4::{AmzDate, SessionToken, SigningKey};

pub(crate) use self::form::{MintedForm, mint_form};

/// Where S3 is served, as clients know it.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Endpoint {
    /// `https` or `http`.
    pub scheme: Box<str>,
    /// Host and, unless it is the scheme's own, port.
    pub authority: Box<str>,
}

/// What links of one principal are signed with.
#[derive(Clone, Copy, Debug)]
pub(crate) struct LinkSigner<'a> {
    pub(crate) access_key_id: &'a str,
    pub(crate) token: &'a SessionToken,
    pub(crate) key: &'a SigningKey,
    pub(crate) region: &'a str,
    pub(crate) endpoint: &'a Endpoint,
}

/// One request that is signed in its URL.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ToSign<'a> {
    pub(crate) method: &'static str,
    pub(crate) bucket: &'a str,
    pub(crate) key: &'a str,
    pub(crate) query: &'a [(&'a str, &'a str)],
    /// Names in lower case.
    pub(crate) headers: &'a [(&'a str, &'a str)],
    pub(crate) date: AmzDate,
    pub(crate) expires_s: u32,
}

impl Endpoint {
    /// The same where it was bound to every address: then a client reaches it at the host that it called.
    pub(crate) fn as_seen_from(&self, called: &str) -> Self {
        let Some(port) = self
            .authority
            .strip_prefix("0.0.0.0:")
            .or(self.authority.strip_prefix("[::]:"))
        else {
            return self.clone();
        };
        let host = match called.rsplit_once(':') {
            Some((host, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => host,
            _ => called,
        };
        let is_host = !host.is_empty()
            && host
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || b".-:[]".contains(&byte));
        let host = if is_host { host } else { "127.0.0.1" };
        Self {
            scheme: self.scheme.clone(),
            authority: format!("{host}:{port}").into(),
        }
    }

    /// The URL of a bucket, to which forms are sent.
    pub(crate) fn of_bucket(&self, bucket: &str) -> String {
        format!("{}://{}/{bucket}", self.scheme, self.authority)
    }

    /// The path and query of a URL here.
    pub(crate) fn target<'a>(&self, url: &'a str) -> (&'a str, &'a str) {
        let front = self.scheme.len() + "://".len() + self.authority.len();
        let target = url.get(front..).unwrap_or_default();
        target.split_once('?').unwrap_or((target, ""))
    }
}

/// Signs one request in its URL.
///
/// # Errors
/// [`PresignError`], which a plan does not lead to.
pub(crate) fn mint_url(
    signer: &LinkSigner<'_>,
    to_sign: &ToSign<'_>,
    presigner: &mut Presigner,
) -> Result<String, PresignError> {
    let path = format!("/{}/{}", to_sign.bucket, to_sign.key);
    let request = PresignRequest {
        method: to_sign.method,
        scheme: &signer.endpoint.scheme,
        host: &signer.endpoint.authority,
        path: &path,
        query: to_sign.query,
        headers: to_sign.headers,
        expires_s: to_sign.expires_s,
    };
    let with = Signer {
        access_key_id: signer.access_key_id,
        session_token: Some(signer.token.expose()),
        region: signer.region,
        service: "s3",
        key: signer.key,
    };
    presigner
        .presign(&request, &with, to_sign.date)
        .map(str::to_owned)
}
