//! Laws of tokens of identity providers, and of the URLs that name such providers.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use countersign_oidc::{IssuerUrl, issuer_of};
use serde_json::Value;

/// Algorithms whose signatures are verified.
const ALGORITHMS: [&str; 5] = ["ES256", "ES384", "RS256", "RS384", "RS512"];

/// Holds tokens to their laws: there is one way to write a token that is read, its issuer is what any other reader
/// of JSON takes it for, and nothing in its header asks for more than we know. The same bytes, as the two JSON
/// texts of a token that is written well, reach what lies behind base64.
///
/// # Panics
/// If a law is broken.
pub fn identity_token(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else {
        return;
    };
    token(text);
    if let Some((header, claims)) = text.split_once('\n') {
        let encoded = |text: &str| URL_SAFE_NO_PAD.encode(text);
        token(&format!("{}.{}.c2ln", encoded(header), encoded(claims)));
    }
    issuer(text);
}

fn token(text: &str) {
    let Ok(issuer) = issuer_of(text) else {
        return;
    };
    assert_eq!(issuer_of(text).as_ref(), Ok(&issuer));
    let parts: Vec<&str> = text.split('.').collect();
    assert_eq!(parts.len(), 3);
    for part in &parts {
        let bytes = URL_SAFE_NO_PAD.decode(part).unwrap_or_default();
        assert_eq!(&URL_SAFE_NO_PAD.encode(bytes), part);
    }
    let read = |part: &str| -> Value {
        let bytes = URL_SAFE_NO_PAD.decode(part).unwrap_or_default();
        serde_json::from_slice(&bytes).unwrap_or_default()
    };
    let [header, claims] = [0, 1].map(|at| read(parts.get(at).copied().unwrap_or_default()));
    assert_eq!(claims.get("iss").and_then(Value::as_str), Some(&*issuer));
    assert!(!issuer.is_empty());
    let alg = header.get("alg").and_then(Value::as_str);
    assert!(alg.is_some_and(|alg| ALGORITHMS.contains(&alg)));
    assert_eq!(header.get("crit"), None);
    for beside in [".", "=", "A.", " "] {
        assert!(issuer_of(&format!("{text}{beside}")).is_err());
        assert!(issuer_of(&format!("{beside}{text}")).is_err());
    }
}

fn issuer(text: &str) {
    let Ok(issuer) = text.parse::<IssuerUrl>() else {
        return;
    };
    assert_eq!(issuer.as_str(), text);
    assert!(
        text.is_ascii() && text.len() <= 255 && !text.contains(['?', '#', '@', '%', '\\', ' '])
    );
    let name = issuer.name();
    let scheme_end = text.find("://").unwrap_or_default();
    let rest = text.get(scheme_end..).unwrap_or_default();
    assert!(rest == format!("://{name}") || rest == format!("://{name}/"));
    let is_here = ["127.", "[::1]", "localhost"]
        .iter()
        .any(|here| name.starts_with(here))
        || name.contains(".localhost");
    assert!(text.starts_with("https://") || is_here, "{text}");
}
