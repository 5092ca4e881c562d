//! Making a presigned URL.
//!
//! AWS, "Authenticating Requests: Using Query Parameters". The URL is written once, in canonical
//! form and order, straight into the caller's buffer, so what is signed is what is sent and a warm
//! buffer means no allocation.

use countersign_request::percent::{self, Component};

use crate::string_to_sign::StringToSign;
use crate::{
    Algorithm, AmzDate, LONGEST_EXPIRES_S, SigningKey, TERMINATOR, UNSIGNED_PAYLOAD, sha256_hex,
};

/// Who signs, and for which service and region.
#[derive(Clone, Copy, Debug)]
pub struct Signer<'a> {
    /// The public name of the credential.
    pub access_key_id: &'a str,
    /// The token of a temporary credential.
    pub session_token: Option<&'a str>,
    /// The region in the scope.
    pub region: &'a str,
    /// The service in the scope: `s3`.
    pub service: &'a str,
    /// The key derived for the day of the signing date, this region and this service.
    pub key: &'a SigningKey,
}

/// What a presigned URL shall allow. Texts are plain; encoding is done here.
#[derive(Clone, Copy, Debug)]
pub struct PresignRequest<'a> {
    /// The method, upper case.
    pub method: &'a str,
    /// `https` or `http`.
    pub scheme: &'a str,
    /// Host and, unless it is the scheme's own, port.
    pub host: &'a str,
    /// The path as text, not percent-encoded: `/bucket/some key` or `/some key`.
    pub path: &'a str,
    /// More query parameters, such as `("versionId", "…")` or `("response-content-type", "…")`.
    pub query: &'a [(&'a str, &'a str)],
    /// Headers that the user of the URL must send with exactly these values. Names lower case.
    pub headers: &'a [(&'a str, &'a str)],
    /// The life of the URL in seconds, 1 to 604800.
    pub expires_s: u32,
}

/// Why a URL could not be made.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum PresignError {
    /// The life is zero or over a week.
    #[error("a presigned URL lives 1 to {LONGEST_EXPIRES_S} seconds, not {asked}")]
    Expires {
        /// The life asked for.
        asked: u32,
    },
    /// A header name is not lower case, or `host` (which is always signed) is among the headers.
    #[error("headers to sign need lower-case names, each once and without `host`")]
    HeaderName,
    /// The path does not begin with a slash.
    #[error("the path must begin with a slash")]
    Path,
    /// A query parameter has the name of one that authenticates.
    #[error("query parameters must not have the names of authentication parameters")]
    QueryName,
}

/// The buffers of a presigner; keep one per thread.
#[derive(Debug, Default)]
pub struct Presigner {
    url: String,
    canonical: Vec<u8>,
    scope: String,
    string_to_sign: StringToSign,
}

impl Presigner {
    /// Makes a presigned URL; it borrows from the presigner until the next one is made.
    ///
    /// ```
    /// use countersign_sigv4::{AmzDate, SecretAccessKey, SigningKey};
    /// use countersign_sigv4::presign::{PresignRequest, Presigner, Signer};
    ///
    /// let secret = SecretAccessKey::new("wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY");
    /// let date = AmzDate::parse("20130524T000000Z").unwrap();
    /// let key = SigningKey::derive(&secret, "20130524", "us-east-1", "s3");
    /// let signer = Signer {
    ///     access_key_id: "AKIAIOSFODNN7EXAMPLE",
    ///     session_token: None,
    ///     region: "us-east-1",
    ///     service: "s3",
    ///     key: &key,
    /// };
    /// let request = PresignRequest {
    ///     method: "GET",
    ///     scheme: "https",
    ///     host: "examplebucket.s3.amazonaws.com",
    ///     path: "/test.txt",
    ///     query: &[],
    ///     headers: &[],
    ///     expires_s: 86_400,
    /// };
    /// let mut presigner = Presigner::default();
    /// let url = presigner.presign(&request, &signer, date)?;
    /// assert_eq!(url, "https://examplebucket.s3.amazonaws.com/test.txt\
    ///     ?X-Amz-Algorithm=AWS4-HMAC-SHA256\
    ///     &X-Amz-Credential=AKIAIOSFODNN7EXAMPLE%2F20130524%2Fus-east-1%2Fs3%2Faws4_request\
    ///     &X-Amz-Date=20130524T000000Z&X-Amz-Expires=86400&X-Amz-SignedHeaders=host\
    ///     &X-Amz-Signature=aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404");
    /// # Ok::<(), countersign_sigv4::presign::PresignError>(())
    /// ```
    ///
    /// # Errors
    /// [`PresignError`].
    pub fn presign(
        &mut self,
        request: &PresignRequest<'_>,
        signer: &Signer<'_>,
        date: AmzDate,
    ) -> Result<&str, PresignError> {
        check(request)?;
        let date_text = date.format();
        let url = &mut self.url;
        url.clear();
        url.push_str(request.scheme);
        url.push_str("://");
        url.push_str(request.host);
        let path_at = url.len();
        percent::encode_text_into(request.path, Component::Path, url);
        let path_end = url.len();
        url.push('?');
        let query_at = url.len();
        write_query(request, signer, date_text.as_str(), date_text.day(), url);

        let canonical = &mut self.canonical;
        canonical.clear();
        canonical.extend_from_slice(request.method.as_bytes());
        canonical.push(b'\n');
        canonical.extend_from_slice(url.get(path_at..path_end).unwrap_or_default().as_bytes());
        canonical.push(b'\n');
        canonical.extend_from_slice(url.get(query_at..).unwrap_or_default().as_bytes());
        canonical.push(b'\n');
        write_headers(request, canonical);
        canonical.extend_from_slice(UNSIGNED_PAYLOAD.as_bytes());
        let hash = sha256_hex(canonical);

        self.scope.clear();
        for part in [date_text.day(), signer.region, signer.service] {
            self.scope.push_str(part);
            self.scope.push('/');
        }
        self.scope.push_str(TERMINATOR);
        let text = self.string_to_sign.for_request_at(
            Algorithm::HmacSha256,
            &date_text,
            &self.scope,
            &hash,
        );
        let signature = signer.key.sign(text.as_bytes()).to_hex();
        url.push_str("&X-Amz-Signature=");
        url.push_str(signature.as_str());
        Ok(url)
    }
}

/// Makes one presigned URL, deriving the key and buffers for it alone.
///
/// # Errors
/// As [`Presigner::presign`].
pub fn presign(
    request: &PresignRequest<'_>,
    signer: &Signer<'_>,
    date: AmzDate,
) -> Result<String, PresignError> {
    Presigner::default()
        .presign(request, signer, date)
        .map(str::to_owned)
}

fn check(request: &PresignRequest<'_>) -> Result<(), PresignError> {
    if !(1..=LONGEST_EXPIRES_S).contains(&request.expires_s) {
        return Err(PresignError::Expires {
            asked: request.expires_s,
        });
    }
    if !request.path.starts_with('/') {
        return Err(PresignError::Path);
    }
    let mut names = request.headers.iter().map(|(name, _)| *name);
    let lower = |name: &str| {
        !name.is_empty()
            && name != "host"
            && name
                .bytes()
                .all(|b| b.is_ascii_graphic() && !b.is_ascii_uppercase() && b != b';')
    };
    let unique = |name: &str| request.headers.iter().filter(|(n, _)| *n == name).count() == 1;
    if !names.all(|name| lower(name) && unique(name)) {
        return Err(PresignError::HeaderName);
    }
    let authenticates = |(name, _): &(&str, &str)| {
        crate::AUTH_PARAMETERS
            .iter()
            .any(|known| known.eq_ignore_ascii_case(name))
    };
    if request.query.iter().any(authenticates) {
        return Err(PresignError::QueryName);
    }
    Ok(())
}

/// Writes the canonical query without its signature.
fn write_query(
    request: &PresignRequest<'_>,
    signer: &Signer<'_>,
    date: &str,
    day: &str,
    out: &mut String,
) {
    let mut rest = Extra::sorted(request.query);
    rest.write_before("X-Amz-Algorithm", out);
    out.push_str("X-Amz-Algorithm=AWS4-HMAC-SHA256");
    rest.write_between("X-Amz-Credential", out);
    out.push_str("&X-Amz-Credential=");
    percent::encode_text_into(signer.access_key_id, Component::Query, out);
    out.push_str("%2F");
    out.push_str(day);
    for part in [signer.region, signer.service] {
        out.push_str("%2F");
        percent::encode_text_into(part, Component::Query, out);
    }
    out.push_str("%2F");
    out.push_str(TERMINATOR);
    rest.write_between("X-Amz-Date", out);
    out.push_str("&X-Amz-Date=");
    out.push_str(date);
    rest.write_between("X-Amz-Expires", out);
    out.push_str("&X-Amz-Expires=");
    write_number(request.expires_s, out);
    if let Some(token) = signer.session_token {
        rest.write_between("X-Amz-Security-Token", out);
        out.push_str("&X-Amz-Security-Token=");
        percent::encode_text_into(token, Component::Query, out);
    }
    rest.write_between("X-Amz-SignedHeaders", out);
    out.push_str("&X-Amz-SignedHeaders=");
    for (at, name) in sorted_headers(request).map(|(name, _)| name).enumerate() {
        if at > 0 {
            out.push_str("%3B");
        }
        percent::encode_text_into(name, Component::Query, out);
    }
    rest.write_between("\x7f", out);
}

/// The headers to sign with `host` among them, by name.
fn sorted_headers<'a>(request: &PresignRequest<'a>) -> impl Iterator<Item = (&'a str, &'a str)> {
    let mut headers = Vec::new();
    if !request.headers.is_empty() {
        headers.extend_from_slice(request.headers);
        headers.push(("host", request.host));
        headers.sort_unstable();
    }
    let only_host = headers.is_empty().then_some(("host", request.host));
    only_host.into_iter().chain(headers)
}

/// Writes the header block, its empty line, and the line of names.
fn write_headers(request: &PresignRequest<'_>, out: &mut Vec<u8>) {
    for (name, value) in sorted_headers(request) {
        out.extend_from_slice(name.as_bytes());
        out.push(b':');
        for (at, word) in value.split_ascii_whitespace().enumerate() {
            if at > 0 {
                out.push(b' ');
            }
            out.extend_from_slice(word.as_bytes());
        }
        out.push(b'\n');
    }
    for (at, (name, _)) in sorted_headers(request).enumerate() {
        out.push(if at == 0 { b'\n' } else { b';' });
        out.extend_from_slice(name.as_bytes());
    }
    out.push(b'\n');
}

fn write_number(number: u32, out: &mut String) {
    let mut divisor = 1_000_000_000;
    while divisor > 1 && number < divisor {
        divisor /= 10;
    }
    while divisor > 0 {
        let digit = u8::try_from(number / divisor % 10).unwrap_or(0);
        out.push(char::from(b'0' + digit));
        divisor /= 10;
    }
}

/// The caller's parameters, encoded, given out in order between the authentication parameters.
struct Extra {
    /// What is still to come, the next one last.
    pairs: Vec<(String, String)>,
}

impl Extra {
    fn sorted(query: &[(&str, &str)]) -> Self {
        let encoded = |text: &str| percent::encode(text, Component::Query);
        let mut pairs: Vec<_> = query
            .iter()
            .map(|(n, v)| (encoded(n), encoded(v)))
            .collect();
        pairs.sort_unstable_by(|a, b| b.cmp(a));
        Self { pairs }
    }

    #[inline]
    fn next_before(&mut self, bound: &str) -> Option<(String, String)> {
        self.pairs.pop_if(|(name, _)| name.as_str() < bound)
    }

    #[inline]
    fn write_before(&mut self, bound: &str, out: &mut String) {
        while let Some((name, value)) = self.next_before(bound) {
            out.push_str(&name);
            out.push('=');
            out.push_str(&value);
            out.push('&');
        }
    }

    #[inline]
    fn write_between(&mut self, bound: &str, out: &mut String) {
        while let Some((name, value)) = self.next_before(bound) {
            out.push('&');
            out.push_str(&name);
            out.push('=');
            out.push_str(&value);
        }
    }
}

#[cfg(test)]
mod tests;
