use super::{Direction, Guardrails, PrefixCeiling};

#[test]
fn b2_the_longest_matching_prefix_sets_the_ceiling() {
    let prefix = |bucket: &str, prefix: &str, download_ttl_s| PrefixCeiling {
        bucket: bucket.to_owned(),
        prefix: prefix.to_owned(),
        download_ttl_s,
        upload_ttl_s: None,
    };
    let guardrails = Guardrails {
        prefixes: vec![
            prefix("b", "", Some(60)),
            prefix("b", "long/", Some(7_200)),
            prefix("b", "long/x", None),
        ],
        ..Guardrails::safe()
    };
    let ceiling = |direction, bucket, key| guardrails.ceiling_s(direction, bucket, key);
    assert_eq!(ceiling(Direction::Download, "other", "k"), 900);
    assert_eq!(ceiling(Direction::Download, "b", "k"), 60);
    assert_eq!(ceiling(Direction::Download, "b", "long/k"), 7_200);
    assert_eq!(ceiling(Direction::Download, "b", "long/x"), 7_200);
    assert_eq!(ceiling(Direction::Upload, "b", "long/k"), 3_600);
    assert_eq!(ceiling(Direction::Other, "b", "long/k"), 900);
}
