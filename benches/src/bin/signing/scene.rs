//! The one URL that everybody signs or verifies, and the texts that are hashed for it.
//!
//! A path-style GET of a 40-character key: 279 bytes of canonical request and 133 bytes of string
//! to sign, so five and three blocks of SHA-256 beside the outer hash of the HMAC.

use anyhow::{Context, Result};
use countersign_sigv4::presign::{PresignRequest, Presigner, Signer};
use countersign_sigv4::{AmzDate, SecretAccessKey, SigningKey, sha256_hex};

pub(crate) const ACCESS_KEY_ID: &str = "AKIAIOSFODNN7EXAMPLE";
pub(crate) const SECRET_ACCESS_KEY: &str = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";
pub(crate) const REGION: &str = "us-east-1";
pub(crate) const HOST: &str = "127.0.0.1:9000";
pub(crate) const BUCKET: &str = "data";
pub(crate) const KEY: &str = "photos/2026/a-key-of-forty-characters.jpg";
pub(crate) const PATH: &str = "/data/photos/2026/a-key-of-forty-characters.jpg";
pub(crate) const EXPIRES_S: u32 = 900;

/// The URL and what is hashed for it.
pub(crate) struct Scene {
    pub(crate) date: AmzDate,
    pub(crate) signing_key: SigningKey,
    pub(crate) url: String,
    pub(crate) canonical_request: String,
    pub(crate) string_to_sign: String,
}

impl Scene {
    /// Signs the URL at the present time, because not every peer lets its clock be set.
    pub(crate) fn set() -> Result<Self> {
        let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH)?;
        let date = AmzDate::from_unix(now.as_secs().cast_signed());
        let text = date.format();
        let secret = SecretAccessKey::new(SECRET_ACCESS_KEY);
        let signing_key = SigningKey::derive(&secret, text.day(), REGION, "s3");
        let url = Presigner::default()
            .presign(&REQUEST, &signer(&signing_key), date)?
            .to_owned();
        let query = url.split_once('?').context("no query in our URL")?.1;
        let (unsigned, _) = query
            .split_once("&X-Amz-Signature=")
            .context("no signature")?;
        let canonical_request =
            format!("GET\n{PATH}\n{unsigned}\nhost:{HOST}\n\nhost\nUNSIGNED-PAYLOAD");
        let hash = sha256_hex(canonical_request.as_bytes());
        let string_to_sign = format!(
            "AWS4-HMAC-SHA256\n{}\n{}/{REGION}/s3/aws4_request\n{}",
            text.as_str(),
            text.day(),
            hash.as_str()
        );
        Ok(Self {
            date,
            signing_key,
            url,
            canonical_request,
            string_to_sign,
        })
    }
}

/// What is signed, in this library's words.
pub(crate) const REQUEST: PresignRequest<'static> = PresignRequest {
    method: "GET",
    scheme: "http",
    host: HOST,
    path: PATH,
    query: &[],
    headers: &[],
    expires_s: EXPIRES_S,
};

/// Who signs, in this library's words.
pub(crate) fn signer(key: &SigningKey) -> Signer<'_> {
    Signer {
        access_key_id: ACCESS_KEY_ID,
        session_token: None,
        region: REGION,
        service: "s3",
        key,
    }
}
