//! Laws of the headers of a copy.

use countersign_request::percent::{Component, encode};
use countersign_s3::{
    CopySource, Directive, ETag, Fields, MAX_KEY_BYTES, SourceConditions, Timestamp, copied_extent,
};

use crate::wire::with_head;

/// Holds the headers of a copy to their laws: a source is one object, however it was written, and what
/// is copied of it lies within it.
///
/// # Panics
/// If a law is broken.
pub fn copy(data: &[u8]) {
    with_head(data, |head| {
        let fields = Fields::of_headers(*head);
        if let Ok(source) = CopySource::of(&fields) {
            one_object(&source);
        }
        for size in [0, 1, 10, u64::MAX] {
            if let Ok(extent) = copied_extent(&fields, size) {
                let end = extent.first.checked_add(extent.length);
                assert!(end.is_some_and(|end| end <= size));
                let whole = !fields.has("x-amz-copy-source-range");
                assert!(whole || extent.length > 0);
            }
        }
        for directive in [Directive::for_metadata, Directive::for_tags] {
            let _ = directive(&fields);
        }
        conditions(&fields);
    });
}

/// A source can be written so that it is read as the same, and only as that.
fn one_object(source: &CopySource) {
    assert!(!source.bucket.is_empty() && !source.bucket.contains('/'));
    assert!(source.key.as_str().len() <= MAX_KEY_BYTES);
    let text = |part| encode(part, Component::Path);
    let mut written = format!("{}/{}", text(&source.bucket), text(source.key.as_str()));
    if let Some(version) = &source.version {
        assert!(!version.is_empty());
        written = format!("{written}?versionId={version}");
    }
    assert_eq!(CopySource::parse(&written).as_ref(), Ok(source));
    assert_eq!(
        CopySource::parse(&format!("/{written}")).as_ref(),
        Ok(source)
    );
}

/// A condition on tags that is there is never the same as none: of a tag that must match and one that
/// must not, the same text never lets both pass.
fn conditions(fields: &Fields<'_>) {
    let modified = Timestamp::parse_http_date("Mon, 23 Nov 2026 12:00:00 GMT");
    let (Ok(conditions), Some(modified)) = (SourceConditions::of(fields), modified) else {
        return;
    };
    let etag = ETag::of_md5([7; 16]);
    let wanted = fields.list("x-amz-copy-source-if-match").ok().flatten();
    let unwanted = fields
        .list("x-amz-copy-source-if-none-match")
        .ok()
        .flatten();
    if wanted.is_some() && wanted == unwanted {
        assert!(conditions.check(&etag, modified).is_err());
    }
    if unwanted.is_some_and(|tags| tags.trim() == "*") {
        assert!(conditions.check(&etag, modified).is_err());
    }
}
