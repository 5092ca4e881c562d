use super::{
    AskedPart, AssembleError, ChecksumPlan, ChecksumPlanError, MIN_PART_BYTES, Promised,
    StoredPart, assemble, page_size, part_number, require_checksums,
};
use crate::{
    ChecksumAlgorithm, ChecksumHasher, ChecksumKind, ETag, ErrorCode, Fault, Fields, StoredChecksum,
};
use countersign_request::{Header, Query, RequestHead};
use md5::{Digest as _, Md5};

const SIZES: [usize; 3] = [70, 1, 300];

struct Part {
    bytes: Vec<u8>,
    etag: ETag,
    checksum: StoredChecksum,
}

fn hashed(algorithm: ChecksumAlgorithm, bytes: &[u8]) -> String {
    let mut hasher = ChecksumHasher::new(algorithm);
    hasher.update(bytes);
    hasher.finish()
}

fn parts(algorithm: ChecksumAlgorithm) -> Vec<Part> {
    SIZES
        .iter()
        .enumerate()
        .map(|(n, size)| {
            let bytes: Vec<u8> = (0..*size)
                .map(|at| at.to_le_bytes()[0] ^ n.to_le_bytes()[0])
                .collect();
            Part {
                etag: ETag::of_md5(Md5::digest(&bytes).into()),
                checksum: StoredChecksum {
                    algorithm,
                    value: hashed(algorithm, &bytes),
                    kind: ChecksumKind::FullObject,
                },
                bytes,
            }
        })
        .collect()
}

fn stored(parts: &[Part]) -> Vec<StoredPart<'_>> {
    (1u16..)
        .step_by(2)
        .zip(parts)
        .map(|(number, part)| StoredPart {
            number,
            size: part.bytes.len() as u64,
            etag: &part.etag,
            checksum: Some(&part.checksum),
        })
        .collect()
}

fn asked(parts: &[Part]) -> Vec<AskedPart> {
    let stored = stored(parts);
    stored
        .iter()
        .map(|part| AskedPart {
            number: part.number,
            etag: part.etag.clone(),
            checksum: None,
        })
        .collect()
}

fn plan(algorithm: ChecksumAlgorithm, kind: ChecksumKind) -> ChecksumPlan {
    ChecksumPlan { algorithm, kind }
}

#[test]
fn a_full_object_checksum_is_that_of_the_whole() {
    use ChecksumAlgorithm::{Crc32, Crc32c, Crc64nvme};
    for algorithm in [Crc32, Crc32c, Crc64nvme] {
        let parts = parts(algorithm);
        let whole: Vec<u8> = parts.iter().flat_map(|part| part.bytes.clone()).collect();
        let plan = plan(algorithm, ChecksumKind::FullObject);
        let made = assemble(
            &stored(&parts),
            &asked(&parts),
            plan,
            &Promised::default(),
            1,
        )
        .unwrap();
        assert_eq!(
            made.checksum.unwrap().value,
            hashed(algorithm, &whole),
            "{algorithm:?}"
        );
    }
}

#[test]
fn a_composite_checksum_and_the_tag_are_over_those_of_the_parts() {
    let algorithm = ChecksumAlgorithm::Sha256;
    let parts = parts(algorithm);
    let plan = plan(algorithm, ChecksumKind::Composite);
    let made = assemble(
        &stored(&parts),
        &asked(&parts),
        plan,
        &Promised::default(),
        1,
    )
    .unwrap();
    let md5s: Vec<u8> = parts
        .iter()
        .flat_map(|part| Md5::digest(&part.bytes).to_vec())
        .collect();
    let tag = ETag::of_md5(Md5::digest(&md5s).into());
    assert_eq!(made.etag.as_str(), format!("{}-3", tag.as_str()));
    let value = made.checksum.unwrap().value;
    assert!(value.ends_with("-3"), "{value}");
    assert_eq!(made.chosen, [0, 1, 2]);
}

#[test]
fn parts_that_do_not_fit_are_refused_by_number() {
    let plan = ChecksumPlan::by_default();
    let parts = parts(plan.algorithm);
    let make = |asked: &[AskedPart], promised: &Promised, least| {
        assemble(&stored(&parts), asked, plan, promised, least).map(|made| made.chosen)
    };
    let all = asked(&parts);
    let nothing = Promised::default();
    assert_eq!(make(&all, &nothing, 1), Ok(vec![0, 1, 2]));
    assert_eq!(make(&all[1..], &nothing, 1), Ok(vec![1, 2]));
    let small = make(&all, &nothing, MIN_PART_BYTES).unwrap_err();
    assert!(
        matches!(small, AssembleError::TooSmall { number: 1, .. }),
        "{small:?}"
    );

    let mut disorder = all.clone();
    disorder.swap(0, 1);
    assert_eq!(
        make(&disorder, &nothing, 1),
        Err(AssembleError::Order { number: 1 })
    );
    let twice = [all[0].clone(), all[0].clone()];
    assert_eq!(
        make(&twice, &nothing, 1),
        Err(AssembleError::Order { number: 1 })
    );

    let mut other = all.clone();
    other[1].etag = ETag::parse("d41d8cd98f00b204e9800998ecf8427e");
    assert!(matches!(
        make(&other, &nothing, 1),
        Err(AssembleError::Part { number: 3, .. })
    ));
    let mut missing = all.clone();
    missing[1].number = 4;
    assert!(matches!(
        make(&missing, &nothing, 1),
        Err(AssembleError::Part { number: 4, .. })
    ));
    let mut wrong = all.clone();
    wrong[2].checksum = Some((plan.algorithm, "AAAAAAAAAAA=".to_owned()));
    assert!(matches!(
        make(&wrong, &nothing, 1),
        Err(AssembleError::Part { number: 5, .. })
    ));

    let sized = |size| Promised {
        size: Some(size),
        ..Promised::default()
    };
    assert!(make(&all, &sized(371), 1).is_ok());
    assert!(matches!(
        make(&all, &sized(370), 1),
        Err(AssembleError::SizeMismatch { .. })
    ));
    let promised = Promised {
        checksum: Some((plan.algorithm, "AAAAAAAAAAA=".to_owned())),
        ..Promised::default()
    };
    assert!(matches!(
        make(&all, &promised, 1),
        Err(AssembleError::ChecksumMismatch { .. })
    ));
}

#[test]
fn another_type_of_checksum_than_was_begun_with_is_refused_in_the_words_of_aws() {
    let plan = ChecksumPlan::by_default();
    let parts = parts(plan.algorithm);
    let promised = Promised {
        kind: Some(ChecksumKind::Composite),
        ..Promised::default()
    };
    let refused = assemble(&stored(&parts), &asked(&parts), plan, &promised, 1).unwrap_err();
    let kept = ChecksumKind::FullObject;
    assert_eq!(refused, AssembleError::WrongKind { kept });
    assert_eq!(
        Fault::from(refused).message(),
        "The upload was created using the FULL_OBJECT checksum mode. The complete request must \
         use the same checksum mode."
    );
}

#[test]
fn a_composite_checksum_is_promised_with_or_without_its_number_of_parts() {
    let plan = plan(ChecksumAlgorithm::Sha1, ChecksumKind::Composite);
    let parts = parts(plan.algorithm);
    let make = |value: &str| {
        let promised = Promised {
            checksum: Some((plan.algorithm, value.to_owned())),
            ..Promised::default()
        };
        assemble(&stored(&parts), &asked(&parts), plan, &promised, 1)
    };
    let nothing = Promised::default();
    let made = assemble(&stored(&parts), &asked(&parts), plan, &nothing, 1).unwrap();
    let value = made.checksum.unwrap().value;
    let bare = value.strip_suffix("-3").unwrap();
    assert!(make(&value).is_ok() && make(bare).is_ok());
    assert!(make(&format!("{bare}-2")).is_err());
    let refused = Fault::from(make("AAAAAAAAAAAAAAAAAAAAAAAAAAA=").unwrap_err());
    assert_eq!(refused.code(), ErrorCode::BadDigest);
    assert_eq!(
        refused.message(),
        "The sha1 you specified did not match the calculated checksum."
    );
}

#[test]
fn refused_parts_are_told_with_what_is_wrong_about_them() {
    let plan = ChecksumPlan::by_default();
    let parts = parts(plan.algorithm);
    let nothing = Promised::default();
    let small = assemble(&stored(&parts), &asked(&parts), plan, &nothing, 100).unwrap_err();
    let fault = Fault::from(small);
    assert_eq!(fault.code(), ErrorCode::EntityTooSmall);
    let told: Vec<(&str, &str)> = fault
        .fields()
        .iter()
        .map(|(name, value)| (*name, value.as_str()))
        .collect();
    assert_eq!(
        told,
        [
            ("ProposedSize", "70"),
            ("MinSizeAllowed", "100"),
            ("PartNumber", "1"),
            ("ETag", parts[0].etag.as_str()),
        ]
    );
}

#[test]
fn pages_of_parts_and_uploads_are_bounded() {
    let size = |raw: &str| page_size(&Query::of(raw).unwrap(), "max-parts");
    for (raw, expected) in [
        ("", 1000),
        ("max-parts=", 1000),
        ("max-parts=0", 0),
        ("max-parts=7", 7),
        ("max-parts=2147483647", 1000),
    ] {
        assert_eq!(size(raw), Ok(expected), "{raw}");
    }
    for raw in ["max-parts=-1", "max-parts=x", "max-parts=2147483648"] {
        assert_eq!(
            size(raw).unwrap_err().code(),
            ErrorCode::InvalidArgument,
            "{raw}"
        );
    }
}

#[test]
fn e7_part_numbers_are_bounded() {
    assert_eq!(part_number("1").unwrap(), 1);
    assert_eq!(part_number("10000").unwrap(), 10_000);
    for text in [
        "0",
        "10001",
        "-1",
        "+1",
        "",
        "1.0",
        "65537",
        "99999999999",
        "a",
    ] {
        assert!(part_number(text).is_err(), "{text}");
    }
}

#[test]
fn a_plan_is_a_pair_that_s3_offers() {
    let plan_of = |pairs: &[(&str, &str)]| {
        let headers: Vec<Header<'_>> = pairs
            .iter()
            .map(|(name, value)| Header {
                name,
                value: value.as_bytes(),
            })
            .collect();
        ChecksumPlan::of(&Fields::of_headers(RequestHead {
            method: "POST",
            path: "/b/k",
            query: "uploads",
            headers: &headers,
        }))
    };
    let (a, t) = ("x-amz-checksum-algorithm", "x-amz-checksum-type");
    assert_eq!(plan_of(&[]), Ok(None));
    let crc32 = plan_of(&[(a, "CRC32")]).unwrap().unwrap();
    assert_eq!(
        crc32,
        plan(ChecksumAlgorithm::Crc32, ChecksumKind::Composite)
    );
    let whole = plan_of(&[(a, "CRC32C"), (t, "FULL_OBJECT")])
        .unwrap()
        .unwrap();
    assert_eq!(
        whole,
        plan(ChecksumAlgorithm::Crc32c, ChecksumKind::FullObject)
    );
    let nvme = plan_of(&[(a, "CRC64NVME")]).unwrap().unwrap();
    assert_eq!(nvme, ChecksumPlan::by_default());
    for pairs in [
        [(a, "SHA256"), (t, "FULL_OBJECT")],
        [(a, "CRC64NVME"), (t, "COMPOSITE")],
    ] {
        assert!(
            matches!(plan_of(&pairs), Err(ChecksumPlanError::Pair { .. })),
            "{pairs:?}"
        );
    }
    assert_eq!(
        plan_of(&[(t, "COMPOSITE")]),
        Err(ChecksumPlanError::TypeAlone)
    );
    assert!(plan_of(&[(a, "MD4")]).is_err());
}

#[test]
fn parts_of_a_composite_checksum_are_named_with_theirs() {
    let algorithm = ChecksumAlgorithm::Sha1;
    let parts = parts(algorithm);
    let mut asked = asked(&parts);
    let composite = plan(algorithm, ChecksumKind::Composite);
    let missing = |number| Err(AssembleError::ChecksumMissing { algorithm, number });
    assert_eq!(require_checksums(&asked, composite), missing(1));
    for part in asked.iter_mut().take(2) {
        part.checksum = Some((algorithm, "any".to_owned()));
    }
    assert_eq!(require_checksums(&asked, composite), missing(5));
    let whole = plan(ChecksumAlgorithm::Crc32, ChecksumKind::FullObject);
    assert_eq!(require_checksums(&asked, whole), Ok(()));
}
