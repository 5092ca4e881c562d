//! From hyper's head to ours, with one authority per request.
//!
//! HTTP/1.1 says the host in `Host`, HTTP/2 in `:authority`, and an absolute-form target says it
//! again. They must agree, because the host is signed and selects the bucket (threat A9). A proxy
//! on the trusted list may say the public host in `X-Forwarded-Host`; nobody else may.

use countersign_request::{Header, RequestHead};
use countersign_s3::{ErrorCode, Fault};
use http::request::Parts;
use smallvec::SmallVec;

/// The headers of one request, borrowed; most requests have fewer than two dozen.
pub(crate) type Headers<'a> = SmallVec<[Header<'a>; 24]>;

/// Why a head is no request to us.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum HeadError {
    /// Two places name different hosts, or two `Host` headers are there.
    AuthorityConflict,
    /// No host at all.
    AuthorityMissing,
    /// Request line and headers are longer than allowed.
    TooLarge {
        /// The limit in bytes.
        limit: usize,
    },
}

impl From<HeadError> for Fault {
    fn from(error: HeadError) -> Self {
        match error {
            HeadError::AuthorityConflict => {
                Self::new(ErrorCode::InvalidRequest).saying("The request names more than one host.")
            }
            HeadError::AuthorityMissing => Self::new(ErrorCode::InvalidRequest)
                .saying("Missing required header for this request: host"),
            HeadError::TooLarge { limit } => Self::new(ErrorCode::RequestHeaderSectionTooLarge)
                .with("MaxSizeAllowed", limit.to_string()),
        }
    }
}

/// Who stands between the client and us.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Behind<'a> {
    /// Nobody whose word counts.
    Nobody,
    /// A trusted proxy, which may have put its own idea of us into `Host`.
    TrustedProxy {
        /// The public host and port, if the operator told them.
        public_authority: Option<&'a str>,
    },
}

/// Gathers the headers of a request, `host` among them exactly once.
///
/// # Errors
/// [`HeadError`].
pub(crate) fn headers_of<'a>(
    parts: &'a Parts,
    behind: Behind<'a>,
    limit: usize,
) -> Result<Headers<'a>, HeadError> {
    let mut size = parts.uri.path().len() + parts.uri.query().map_or(0, str::len);
    let mut headers = Headers::new();
    let mut host: Option<&[u8]> = None;
    for (name, value) in &parts.headers {
        size += name.as_str().len() + value.len() + 4;
        if name == http::header::HOST {
            if host.replace(value.as_bytes()).is_some() {
                return Err(HeadError::AuthorityConflict);
            }
            continue;
        }
        headers.push(Header {
            name: name.as_str(),
            value: value.as_bytes(),
        });
    }
    if size > limit {
        return Err(HeadError::TooLarge { limit });
    }
    let authority = parts
        .uri
        .authority()
        .map(|authority| authority.as_str().as_bytes());
    let sent = match (host, authority) {
        (Some(host), Some(authority)) if !host.eq_ignore_ascii_case(authority) => {
            return Err(HeadError::AuthorityConflict);
        }
        (host, authority) => host.or(authority).ok_or(HeadError::AuthorityMissing)?,
    };
    let value = match behind {
        Behind::Nobody => sent,
        Behind::TrustedProxy { public_authority } => forwarded_host(&headers)?
            .or_else(|| {
                public_authority
                    .filter(|p| !is_under(sent, p))
                    .map(str::as_bytes)
            })
            .unwrap_or(sent),
    };
    if value.is_empty() {
        return Err(HeadError::AuthorityMissing);
    }
    headers.push(Header {
        name: "host",
        value,
    });
    Ok(headers)
}

/// Whether `host` is the public host, or a bucket in front of it.
fn is_under(host: &[u8], public: &str) -> bool {
    let tail = host
        .len()
        .checked_sub(public.len())
        .and_then(|at| host.split_at_checked(at));
    tail.is_some_and(|(front, tail)| {
        tail.eq_ignore_ascii_case(public.as_bytes()) && (front.is_empty() || front.ends_with(b"."))
    })
}

fn forwarded_host<'a>(headers: &Headers<'a>) -> Result<Option<&'a [u8]>, HeadError> {
    let mut values = headers
        .iter()
        .filter(|h| h.name == "x-forwarded-host")
        .map(|h| h.value);
    let first = values.next();
    if values.next().is_some() || first.is_some_and(|value| value.contains(&b',')) {
        return Err(HeadError::AuthorityConflict);
    }
    Ok(first)
}

/// The headers of a request that was permitted, for reading what an operation needs.
pub(crate) fn plain_headers_of(parts: &Parts) -> Headers<'_> {
    parts
        .headers
        .iter()
        .map(|(name, value)| Header {
            name: name.as_str(),
            value: value.as_bytes(),
        })
        .collect()
}

/// The head of the request as the core sees it.
pub(crate) fn request_head<'a>(parts: &'a Parts, headers: &'a [Header<'a>]) -> RequestHead<'a> {
    RequestHead {
        method: parts.method.as_str(),
        path: parts.uri.path(),
        query: parts.uri.query().unwrap_or_default(),
        headers,
    }
}

#[cfg(test)]
mod tests {
    use http::Request;

    use super::{Behind, HeadError, headers_of};

    const PROXY: Behind<'_> = Behind::TrustedProxy {
        public_authority: None,
    };
    const PUBLIC: Behind<'_> = Behind::TrustedProxy {
        public_authority: Some("s3.example.com"),
    };

    fn host(
        target: &str,
        headers: &[(&str, &str)],
        behind: Behind<'_>,
    ) -> Result<String, HeadError> {
        let mut builder = Request::builder().uri(target);
        for (name, value) in headers {
            builder = builder.header(*name, *value);
        }
        let (parts, ()) = builder.body(()).unwrap().into_parts();
        let headers = headers_of(&parts, behind, 4_096)?;
        let hosts: Vec<&[u8]> = headers
            .iter()
            .filter(|h| h.name == "host")
            .map(|h| h.value)
            .collect();
        assert_eq!(hosts.len(), 1);
        Ok(String::from_utf8(hosts[0].to_vec()).unwrap())
    }

    #[test]
    fn a9_one_authority_per_request() {
        let conflict = Err(HeadError::AuthorityConflict);
        assert_eq!(
            host("/a", &[("host", "x:9000")], Behind::Nobody),
            Ok("x:9000".to_owned())
        );
        assert_eq!(
            host("/a", &[], Behind::Nobody),
            Err(HeadError::AuthorityMissing)
        );
        assert_eq!(
            host("/a", &[("host", "x"), ("host", "y")], Behind::Nobody),
            conflict
        );
        assert_eq!(
            host("/a", &[("host", "x"), ("host", "x")], Behind::Nobody),
            conflict
        );
        assert_eq!(host("http://x/a", &[], Behind::Nobody), Ok("x".to_owned()));
        assert_eq!(
            host("http://x/a", &[("host", "X")], Behind::Nobody),
            Ok("X".to_owned())
        );
        assert_eq!(
            host("http://x/a", &[("host", "y")], Behind::Nobody),
            conflict
        );
    }

    #[test]
    fn a9_a_forwarded_host_counts_from_trusted_proxies_only() {
        let forwarded = [("host", "inner"), ("x-forwarded-host", "files.example.com")];
        assert_eq!(
            host("/a", &forwarded, Behind::Nobody),
            Ok("inner".to_owned())
        );
        assert_eq!(
            host("/a", &forwarded, PROXY),
            Ok("files.example.com".to_owned())
        );
        let two = [("host", "inner"), ("x-forwarded-host", "a, b")];
        assert_eq!(host("/a", &two, PROXY), Err(HeadError::AuthorityConflict));
    }

    #[test]
    fn the_public_host_stands_in_where_a_trusted_proxy_changed_it() {
        let name = |sent| host("/a", &[("host", sent)], PUBLIC).unwrap();
        assert_eq!(name("10.0.0.5:9000"), "s3.example.com");
        assert_eq!(name("s3.example.com"), "s3.example.com");
        assert_eq!(name("photos.s3.example.com"), "photos.s3.example.com");
        assert_eq!(name("xs3.example.com"), "s3.example.com");
    }

    #[test]
    fn l2_a_head_over_the_limit_is_refused() {
        let long = "a".repeat(5_000);
        let error = host("/a", &[("host", "x"), ("x-a", &long)], Behind::Nobody);
        assert_eq!(error, Err(HeadError::TooLarge { limit: 4_096 }));
        let error = host(&format!("/a?{long}"), &[("host", "x")], Behind::Nobody);
        assert_eq!(error, Err(HeadError::TooLarge { limit: 4_096 }));
    }
}
