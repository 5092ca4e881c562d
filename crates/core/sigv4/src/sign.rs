//! Signing a request by its `Authorization` header.
//!
//! AWS, "Authenticating Requests: Using the Authorization Header". The result is instructions, the
//! headers to add; nothing of the request is changed here.

use countersign_request::{Header, Query, RequestHead};

use crate::canonical_request::{CanonicalParts, CanonicalRequest, LeftOut, PathRule};
use crate::presign::Signer;
use crate::string_to_sign::StringToSign;
use crate::{Algorithm, AmzDate, Signature, SignedHeaders, VerifyError, payload_hash};

/// The headers that make a request signed.
#[derive(Clone, Debug)]
pub struct SigningInstructions {
    /// Headers to add: name in lower case, value.
    pub headers: Vec<(&'static str, String)>,
    /// The signature, where a chain of chunk signatures begins.
    pub signature: Signature,
}

/// Signs `head`, covering every header in it and those this adds.
///
/// `head` must hold `host` and everything that shall be covered; `payload` is the value for
/// `x-amz-content-sha256`: a SHA-256 in hexadecimal, `UNSIGNED-PAYLOAD` or a streaming kind.
///
/// ```
/// use countersign_request::{Header, RequestHead};
/// use countersign_sigv4::{AmzDate, EMPTY_SHA256, SecretAccessKey, SigningKey};
/// use countersign_sigv4::presign::Signer;
/// use countersign_sigv4::sign::sign;
///
/// let secret = SecretAccessKey::new("wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY");
/// let key = SigningKey::derive(&secret, "20130524", "us-east-1", "s3");
/// let head = RequestHead {
///     method: "GET",
///     path: "/test.txt",
///     query: "",
///     headers: &[
///         Header { name: "host", value: b"examplebucket.s3.amazonaws.com" },
///         Header { name: "range", value: b"bytes=0-9" },
///     ],
/// };
/// let signer = Signer {
///     access_key_id: "AKIAIOSFODNN7EXAMPLE",
///     session_token: None,
///     region: "us-east-1",
///     service: "s3",
///     key: &key,
/// };
/// let date = AmzDate::parse("20130524T000000Z").unwrap();
/// let instructions = sign(&head, EMPTY_SHA256, &signer, date)?;
/// assert_eq!(
///     instructions.signature.to_hex().as_str(),
///     "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41",
/// );
/// # Ok::<(), countersign_sigv4::VerifyError>(())
/// ```
///
/// # Errors
/// [`VerifyError::MalformedTarget`] if path or query cannot be decoded, and
/// [`VerifyError::HostNotSigned`] if there is no `host` header.
pub fn sign(
    head: &RequestHead<'_>,
    payload: &str,
    signer: &Signer<'_>,
    date: AmzDate,
) -> Result<SigningInstructions, VerifyError> {
    if !head.has_header("host") {
        return Err(VerifyError::HostNotSigned);
    }
    let mut added = vec![
        ("x-amz-content-sha256", payload.to_owned()),
        ("x-amz-date", date.format().as_str().to_owned()),
    ];
    if let Some(token) = signer.session_token {
        added.push(("x-amz-security-token", token.to_owned()));
    }
    let mut headers = head.headers.to_vec();
    headers.extend(added.iter().map(|(name, value)| Header {
        name,
        value: value.as_bytes(),
    }));
    let head = RequestHead {
        headers: &headers,
        ..*head
    };

    let mut names: Vec<String> = headers
        .iter()
        .map(|h| h.name.to_ascii_lowercase())
        .collect();
    names.sort_unstable();
    names.dedup();
    let names = names.join(";");
    let signed_headers = SignedHeaders::parse(&names).map_err(|_| VerifyError::MalformedTarget)?;

    let query = Query::of(head.query).map_err(|_| VerifyError::MalformedTarget)?;
    let mut canonical = CanonicalRequest::default();
    let parts = CanonicalParts {
        head: &head,
        method: head.method,
        query: &query,
        left_out: LeftOut::Nothing,
        signed_headers,
        payload,
        path_rule: PathRule::S3,
    };
    let text = canonical
        .build(&parts)
        .ok_or(VerifyError::MalformedTarget)?;
    let day = date.format();
    let scope = format!(
        "{}/{}/{}/aws4_request",
        day.day(),
        signer.region,
        signer.service
    );
    let hash = payload_hash::sha256_hex(text);
    let mut string_to_sign = StringToSign::default();
    string_to_sign.for_request(Algorithm::HmacSha256, date, &scope, &hash);
    let signature = signer.key.sign(string_to_sign.as_bytes());
    let authorization = format!(
        "{} Credential={}/{scope}, SignedHeaders={names}, Signature={}",
        Algorithm::HmacSha256.name(),
        signer.access_key_id,
        signature.to_hex().as_str(),
    );
    let mut headers = added;
    headers.push(("authorization", authorization));
    Ok(SigningInstructions { headers, signature })
}
