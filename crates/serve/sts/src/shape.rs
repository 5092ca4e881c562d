//! What the parameters of STS may be.
//!
//! The service model of 2011-06-15: lengths, patterns and bounds, and the patterns as AWS prints them.

use std::ops::RangeInclusive;

use countersign_aws_query::{Pattern, Shape};

/// How long a session of a role may be asked to live, in seconds.
pub(crate) const ROLE_SECONDS: RangeInclusive<u32> = 900..=43_200;
/// How long a session of a user may be asked to live, in seconds.
pub(crate) const USER_SECONDS: RangeInclusive<u32> = 900..=129_600;
/// The most tags, and the most keys of tags, of a session.
pub(crate) const MOST_TAGS: usize = 50;
/// The most managed policies that narrow a session.
pub(crate) const MOST_POLICY_ARNS: usize = 10;
/// The most characters of session policies, the text and the ARNs together.
pub(crate) const MOST_POLICY_CHARACTERS: usize = 2_048;

pub(crate) const ACCESS_KEY_ID: Shape = Shape::text(16, 128).of(Pattern {
    shown: r"[\w]*",
    holds: |text| text.bytes().all(is_word),
});
pub(crate) const ARN: Shape = Shape::text(20, 2_048).of(Pattern {
    shown: r"[\u0009\u000A\u000D\u0020-\u007E\u0085\u00A0-\uD7FF\uE000-\uFFFD\u10000-\u10FFFF]+",
    holds: |text| {
        text.chars()
            .all(|c| matches!(c, '\t' | '\n' | '\r' | '\u{85}') || !c.is_control())
    },
});
pub(crate) const EXTERNAL_ID: Shape = Shape::text(2, 1_224).of(Pattern {
    shown: r"[\w+=,.@:\/-]*",
    holds: |text| text.bytes().all(|b| is_word(b) || b"+=,.@:/-".contains(&b)),
});
/// The text of a session policy, which no message repeats.
pub(crate) const POLICY: Shape = Shape::text(1, MOST_POLICY_CHARACTERS)
    .of(Pattern {
        shown: r"[\u0009\u000A\u000D\u0020-\u00FF]+",
        holds: |text| {
            text.chars()
                .all(|c| matches!(c, '\t' | '\n' | '\r' | '\u{20}'..='\u{ff}'))
        },
    })
    .unshown();
pub(crate) const SESSION_NAME: Shape = Shape::text(2, 64).of(Pattern {
    shown: r"[\w+=,.@-]*",
    holds: is_name,
});
pub(crate) const TAG_KEY: Shape = Shape::text(1, 128).of(Pattern {
    shown: r"[\p{L}\p{Z}\p{N}_.:/=+\-@]+",
    holds: is_of_tag,
});
pub(crate) const TAG_VALUE: Shape = Shape::text(0, 256).of(Pattern {
    shown: r"[\p{L}\p{Z}\p{N}_.:/=+\-@]*",
    holds: is_of_tag,
});
/// The token of an identity provider, which no message repeats.
pub(crate) const WEB_IDENTITY_TOKEN: Shape = Shape::text(4, 20_000).unshown();

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

pub(crate) fn is_name(text: &str) -> bool {
    text.bytes().all(|b| is_word(b) || b"+=,.@-".contains(&b))
}

pub(crate) fn is_of_tag(text: &str) -> bool {
    text.chars().all(|c| {
        c.is_alphanumeric() || (c.is_whitespace() && !c.is_control()) || "_.:/=+-@".contains(c)
    })
}
