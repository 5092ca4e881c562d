use super::{LONGEST_TEXT, Text};

#[test]
fn a_text_is_redacted_and_bounded_and_stays_as_it_is() {
    let long = "/b/k?x=1&Signature=s3cr3t&".repeat(4_000);
    let quoted = format!(
        "{}\"token\":\"{}",
        "a".repeat(LONGEST_TEXT - 200),
        "s3cr3t".repeat(99)
    );
    for text in [long.as_str(), &quoted, &"ü".repeat(LONGEST_TEXT), "short"] {
        let once = Text::of(text);
        assert!(once.as_str().len() <= LONGEST_TEXT);
        assert!(!once.as_str().contains("s3cr3t"));
        assert_eq!(Text::of(once.as_str()), once);
    }
}

#[test]
fn bytes_that_are_no_text_are_escaped() {
    let text = Text::of_bytes(b"curl\xff/8 sig\xc3=\x01", None);
    assert_eq!(text.as_str(), "curl%FF/8 sig%C3=\u{1}");
    assert_eq!(
        Text::of_bytes(b"sig=\xff\xfe", None).as_str(),
        "sig=REDACTED"
    );
}
