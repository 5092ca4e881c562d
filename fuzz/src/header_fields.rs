//! Laws of the header fields of an object request, hoisted ones included.

use countersign_request::{Query, RequestHead};
use countersign_s3::multipart::{ChecksumPlan, MAX_PART_NUMBER, Promised};
use countersign_s3::object_attributes::AskedAttributes;
use countersign_s3::{
    ChecksumAlgorithm, ChecksumKind, DeleteCondition, ETag, ExpectedChecksum, Fields, MAX_PAGE,
    Operation, ReadConditions, ResponseOverrides, Timestamp, WriteCondition, attributes_of,
    refuse_unsupported, response_headers,
};

use crate::wire::with_head;

/// Holds header fields to their laws: whatever is stored or answered can stand in a response header,
/// so no input splits a response in two.
///
/// # Panics
/// If a law is broken.
pub fn header_fields(data: &[u8]) {
    with_head(data, |head| {
        let Ok(query) = Query::of(head.query) else {
            return;
        };
        laws(&Fields::of_headers(*head));
        if let Ok(fields) = Fields::of_presigned(*head, &query) {
            laws(&fields);
        }
        overrides(head, &query);
    });
}

fn laws(fields: &Fields<'_>) {
    if let Ok(attributes) = attributes_of(fields, Operation::PutObject) {
        for (name, value) in response_headers(&attributes) {
            assert!(name.bytes().all(|b| b.is_ascii_graphic() && b != b':'));
            assert!(is_header_value(value.as_bytes()), "{name}");
        }
        assert!(attributes.tags.len() <= 10);
    }
    let etag = ETag::of_md5([7; 16]);
    let modified = Timestamp::parse_http_date("Mon, 23 Nov 2026 12:00:00 GMT");
    if let (Ok(conditions), Some(modified)) = (ReadConditions::of(fields), modified) {
        let verdict = conditions.evaluate(&etag, modified);
        assert_eq!(conditions.evaluate(&etag, modified), verdict);
    }
    if let Ok(condition) = WriteCondition::of_put(fields)
        && condition == WriteCondition::IfAbsent
    {
        assert!(condition.check(Some(&etag)).is_err());
    }
    if let Ok(condition) = DeleteCondition::of(fields) {
        assert_eq!(condition.check(None).is_err(), condition.etag.is_some());
    }
    if let Ok(Some(expected)) = ExpectedChecksum::of(fields) {
        assert!(expected.verify("not base64 of any digest", None).is_err());
    }
    multipart(fields);
    if let Ok(asked) = AskedAttributes::of(fields) {
        assert!(asked.max_parts <= MAX_PAGE && asked.after_part <= MAX_PART_NUMBER);
    }
    let refusal = refuse_unsupported(fields, Operation::PutObject);
    let asks_for_encryption = fields.has("x-amz-server-side-encryption");
    assert!(!asks_for_encryption || refusal.is_err());
}

/// A plan is a pair that can be computed from parts, and of several promises none is passed over.
fn multipart(fields: &Fields<'_>) {
    if let Ok(Some(plan)) = ChecksumPlan::of(fields) {
        let whole = plan.kind == ChecksumKind::FullObject;
        match plan.algorithm {
            ChecksumAlgorithm::Crc64nvme => assert!(whole),
            ChecksumAlgorithm::Sha1 | ChecksumAlgorithm::Sha256 => assert!(!whole),
            ChecksumAlgorithm::Crc32 | ChecksumAlgorithm::Crc32c => {}
        }
    }
    if let Ok(promised) = Promised::of(fields) {
        let told = ChecksumAlgorithm::ALL
            .into_iter()
            .filter(|algorithm| fields.has(algorithm.header()))
            .count();
        assert_eq!(usize::from(promised.checksum.is_some()), told);
    }
}

fn overrides(head: &RequestHead<'_>, query: &Query) {
    let Ok(overrides) = ResponseOverrides::of(query) else {
        return;
    };
    assert!(!head.query.is_empty() || overrides.is_empty());
    for (_, value) in overrides.headers() {
        assert!(is_header_value(&value));
    }
}

fn is_header_value(value: &[u8]) -> bool {
    value
        .iter()
        .all(|&b| b == b'\t' || (b >= b' ' && b != 0x7f))
}
