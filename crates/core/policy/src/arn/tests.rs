use super::*;
use crate::pattern::Variables;
use crate::testing::{Pairs, request};

fn matched(pattern: &str, text: &str) -> bool {
    let syntax = Syntax {
        wildcards: true,
        variables: Variables::Replaced,
    };
    let arn = ArnPattern::compile(pattern, syntax, 0).unwrap();
    arn.matches(text, &Metered::new(&request(&Pairs(&[]))))
}

#[test]
fn a_wildcard_never_reaches_into_the_next_section() {
    for (pattern, text, expected) in [
        (
            "arn:aws:iam::*:user/ann",
            "arn:aws:iam::000000000000:user/ann",
            true,
        ),
        (
            "arn:aws:iam::*:user/ann",
            "arn:aws:iam::1:2:user/ann",
            false,
        ),
        ("arn:aws:iam::*:role/a:b", "arn:aws:iam::1:role/a:b", true),
        ("arn:aws:iam::*:role/*", "arn:aws:iam::1:role/a:b/c", true),
        (
            "arn:aws:iam::000000000000:user/${aws:username}",
            "arn:aws:iam::000000000000:user/ann",
            true,
        ),
        ("arn:*:*:*:*:*", "arn:aws:iam::1:x", true),
        ("arn:*:*:*:*:*", "arn:aws:iam", false),
        ("arn:*:*:*:*:*", "not an arn", false),
    ] {
        assert_eq!(matched(pattern, text), expected, "{pattern} on {text}");
    }
}

#[test]
fn colons_in_variables_part_nothing() {
    assert_eq!(
        sections("arn:aws:s3:::${aws:username}:x"),
        Some(["arn", "aws", "s3", "", "", "${aws:username}:x"])
    );
    assert_eq!(sections("arn:aws:s3:${aws:username}"), None);
    assert_eq!(sections("arn:*:user/ann"), None);
}
