use super::{ObjectAttributes, StoredChecksum};
use crate::{ChecksumAlgorithm, ChecksumKind};

fn attributes() -> ObjectAttributes {
    ObjectAttributes {
        content_type: Some("text/plain".to_owned()),
        user_metadata: vec![("a".to_owned(), "ü".to_owned())],
        checksum: Some(StoredChecksum {
            algorithm: ChecksumAlgorithm::Crc64nvme,
            value: "AAAAAAAAAAA=".to_owned(),
            kind: ChecksumKind::FullObject,
        }),
        ..ObjectAttributes::default()
    }
}

#[test]
fn the_stored_form_is_pinned_because_old_data_must_stay_readable() {
    let text = "{\"content_type\":\"text/plain\",\"user_metadata\":[[\"a\",\"ü\"]],\
                \"checksum\":{\"algorithm\":\"CRC64NVME\",\"value\":\"AAAAAAAAAAA=\",\
                \"kind\":\"FULL_OBJECT\"}}";
    assert_eq!(serde_json::to_string(&attributes()).unwrap(), text);
    assert_eq!(
        serde_json::from_str::<ObjectAttributes>(text).unwrap(),
        attributes()
    );
}

#[test]
fn nothing_stored_is_no_attributes() {
    assert_eq!(
        serde_json::from_str::<ObjectAttributes>("{}").unwrap(),
        ObjectAttributes::default()
    );
    assert_eq!(
        serde_json::to_string(&ObjectAttributes::default()).unwrap(),
        "{}"
    );
}

#[test]
fn a_checksum_is_told_with_its_type() {
    let checksum = attributes().checksum.unwrap();
    let expected = [
        ("x-amz-checksum-crc64nvme", "AAAAAAAAAAA="),
        ("x-amz-checksum-type", "FULL_OBJECT"),
    ];
    assert_eq!(checksum.headers(), expected);
}
