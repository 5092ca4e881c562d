//! What keeps a presigned download from harm in a browser, a cache or a search engine.
//!
//! Whoever uploaded the bytes chose their type. Served inline from our name, HTML, SVG or XML would
//! run with the rights of everything else there (threat E3), so only a short list of types is shown
//! in place, and only if the first bytes agree with the type (threat E2); the rest is saved. No shared cache may keep the answer (threat J1), and none of any
//! kind beyond the life of the URL.

use countersign_s3::may_be_shown;
use http::header::{
    CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_SECURITY_POLICY, CONTENT_TYPE, REFERRER_POLICY,
    X_CONTENT_TYPE_OPTIONS,
};
use http::{HeaderMap, HeaderName, HeaderValue};

/// The download that headers are added to.
pub(super) struct Download<'a> {
    /// The first bytes of the object, which must be what its type says.
    pub(super) beginning: &'a [u8],
    /// The object's key; its last segment names the file.
    pub(super) key: &'a str,
    /// Seconds left of the URL's life.
    pub(super) left_s: i64,
}

const ROBOTS: HeaderName = HeaderName::from_static("x-robots-tag");

/// Adds the headers.
pub(super) fn add(headers: &mut HeaderMap, download: &Download<'_>) {
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    let policy = HeaderValue::from_static("default-src 'none'; sandbox");
    headers.insert(CONTENT_SECURITY_POLICY, policy);
    headers.insert(REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    headers.insert(ROBOTS, HeaderValue::from_static("noindex"));
    let life = format!("private, max-age={}", download.left_s.max(0));
    if let Ok(value) = HeaderValue::try_from(life) {
        headers.insert(CACHE_CONTROL, value);
    }
    if !is_inline(headers.get(CONTENT_TYPE), download.beginning) {
        force_attachment(headers, download.key);
    }
}

fn is_inline(content_type: Option<&HeaderValue>, beginning: &[u8]) -> bool {
    content_type
        .and_then(|value| value.to_str().ok())
        .is_some_and(|text| may_be_shown(text, beginning))
}

/// Keeps a stored or signed file name, and makes `attachment` of whatever else the header says.
fn force_attachment(headers: &mut HeaderMap, key: &str) {
    let stored = headers
        .get(CONTENT_DISPOSITION)
        .and_then(|value| value.to_str().ok());
    let disposition = match stored.map(|text| text.split_once(';').unwrap_or((text, ""))) {
        Some((kind, _)) if kind.trim().eq_ignore_ascii_case("attachment") => return,
        Some((_, parameters)) if !parameters.trim().is_empty() => {
            format!("attachment; {}", parameters.trim())
        }
        _ => format!("attachment; {}", file_name_parameters(key)),
    };
    if let Ok(value) = HeaderValue::try_from(disposition) {
        headers.insert(CONTENT_DISPOSITION, value);
    }
}

/// The name of the file that an object becomes: the last segment of its key.
pub(super) fn file_name_of(key: &str) -> &str {
    key.rsplit('/')
        .find(|segment| !segment.is_empty())
        .unwrap_or("download")
}

/// `filename` for old clients and `filename*` for the exact name (RFC 6266, RFC 8187; threat A17).
fn file_name_parameters(key: &str) -> String {
    let name = file_name_of(key);
    let plain = |c: char| c.is_ascii_graphic() && !matches!(c, '"' | '\\' | '%') || c == ' ';
    let fallback: String = name
        .chars()
        .map(|c| if plain(c) { c } else { '_' })
        .collect();
    if fallback == name {
        return format!("filename=\"{fallback}\"");
    }
    let component = countersign_request::percent::Component::Query;
    let exact = countersign_request::percent::encode(name, component);
    format!("filename=\"{fallback}\"; filename*=UTF-8''{exact}")
}

#[cfg(test)]
mod tests {
    use http::HeaderMap;
    use http::header::{CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_TYPE};

    use super::{Download, add};

    fn disposition(key: &str, kind: &str, stored: Option<&str>) -> Option<String> {
        let mut headers = HeaderMap::new();
        headers.insert(CONTENT_TYPE, kind.parse().unwrap());
        if let Some(stored) = stored {
            headers.insert(CONTENT_DISPOSITION, stored.parse().unwrap());
        }
        let beginning = b"\x89PNG\r\n\x1a\n";
        let beginning = if kind.contains("lain") {
            b"plain"
        } else {
            &beginning[..]
        };
        let download = Download {
            beginning,
            key,
            left_s: -3,
        };
        add(&mut headers, &download);
        assert_eq!(headers.get(CACHE_CONTROL).unwrap(), "private, max-age=0");
        headers
            .get(CONTENT_DISPOSITION)
            .map(|value| value.to_str().unwrap().to_owned())
    }

    #[test]
    fn e3_only_harmless_types_are_shown_in_place() {
        assert_eq!(disposition("a/cat.png", "image/png", None), None);
        assert_eq!(
            disposition("a/n.txt", "Text/Plain; charset=utf-8", None),
            None
        );
        for kind in [
            "image/gif",
            "text/html",
            "image/svg+xml",
            "application/pdf",
            "text/xml",
            "x",
        ] {
            let expected = Some("attachment; filename=\"p.html\"".to_owned());
            assert_eq!(disposition("a/p.html", kind, None), expected, "{kind}");
        }
    }

    #[test]
    fn e3_a_stored_inline_cannot_undo_it_and_a_stored_name_is_kept() {
        let kept = disposition("p", "text/html", Some("inline; filename=\"x.html\""));
        assert_eq!(kept.as_deref(), Some("attachment; filename=\"x.html\""));
        let bare = disposition("p", "text/html", Some("inline"));
        assert_eq!(bare.as_deref(), Some("attachment; filename=\"p\""));
        let own = disposition("p", "text/html", Some("ATTACHMENT; filename=y"));
        assert_eq!(own.as_deref(), Some("ATTACHMENT; filename=y"));
    }

    #[test]
    fn a17_hard_names_are_encoded() {
        let name = |key| disposition(key, "application/zip", None).unwrap();
        assert_eq!(
            name("dir/q\"uo\\te ü.zip"),
            "attachment; filename=\"q_uo_te _.zip\"; filename*=UTF-8''q%22uo%5Cte%20%C3%BC.zip"
        );
        assert_eq!(
            name("a\r\nSet-Cookie: x"),
            "attachment; filename=\"a__Set-Cookie: x\"; \
            filename*=UTF-8''a%0D%0ASet-Cookie%3A%20x"
        );
        assert_eq!(name("dir/"), "attachment; filename=\"dir\"");
    }
}
