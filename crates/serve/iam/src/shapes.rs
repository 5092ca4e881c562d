//! What the parameters of IAM may be.
//!
//! Lengths and patterns are those of the service's model (2010-05-08), shown in messages as AWS prints them. What names
//! an entity that is to be found may be longer than what names a new one, as there.

use countersign_aws_query::{Pattern, Shape};

/// The most tags of a user, role, policy or provider.
pub(crate) const MOST_TAGS: usize = 50;

const NAME: Pattern = Pattern {
    shown: "[\\w+=,.@-]+",
    holds: |text| {
        let allowed = |c: char| c.is_ascii_alphanumeric() || "_+=,.@-".contains(c);
        !text.is_empty() && text.chars().all(allowed)
    },
};
const WORD: Pattern = Pattern {
    shown: "[\\w]+",
    holds: |text| {
        let allowed = |c: char| c.is_ascii_alphanumeric() || c == '_';
        !text.is_empty() && text.chars().all(allowed)
    },
};
const ANY_PATH: Pattern = Pattern {
    shown: "(\\u002F)|(\\u002F[\\u0021-\\u007E]+\\u002F)",
    holds: |text| {
        let framed = text.len() > 2 && text.starts_with('/') && text.ends_with('/');
        text == "/" || framed && text.bytes().all(|byte| (0x21..=0x7e).contains(&byte))
    },
};
const ANY_PREFIX: Pattern = Pattern {
    shown: "\\u002F[\\u0021-\\u007F]*",
    holds: |text| {
        let printable = |byte: u8| (0x21..=0x7f).contains(&byte);
        text.starts_with('/') && text.bytes().all(printable)
    },
};
const PLAIN_PATH: Pattern = Pattern {
    shown: "((/[A-Za-z0-9\\.,\\+@=_-]+)*)/",
    holds: |text| {
        let allowed = |c: char| c.is_ascii_alphanumeric() || ".,+@=_-/".contains(c);
        let framed = text.starts_with('/') && text.ends_with('/');
        framed && !text.contains("//") && text.chars().all(allowed)
    },
};
const LATIN: Pattern = Pattern {
    shown: "[\\u0009\\u000A\\u000D\\u0020-\\u00FF]+",
    holds: |text| !text.is_empty() && text.chars().all(is_latin),
};
const LATIN_LINE: Pattern = Pattern {
    shown: "[\\u0009\\u000A\\u000D\\u0020-\\u007E\\u00A1-\\u00FF]*",
    holds: |text| {
        let allowed = |c: char| is_latin(c) && !('\u{7f}'..='\u{a0}').contains(&c);
        text.chars().all(allowed)
    },
};
const MARK: Pattern = Pattern {
    shown: "[\\u0020-\\u00FF]+",
    holds: |text| text.chars().all(|c| ('\u{20}'..='\u{ff}').contains(&c)),
};
const TAG: Pattern = Pattern {
    shown: "[\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]*",
    holds: |text| {
        let separator = |c: char| c.is_whitespace() && !c.is_control();
        let allowed = |c: char| c.is_alphanumeric() || separator(c) || "_.:/=+-@".contains(c);
        text.chars().all(allowed)
    },
};
const VERSION: Pattern = Pattern {
    shown: "v[1-9][0-9]*(\\.[A-Za-z0-9-]*)?",
    holds: |text| {
        let Some(rest) = text.strip_prefix('v') else {
            return false;
        };
        let (number, tail) = rest.split_once('.').unwrap_or((rest, ""));
        let tail_allowed = |c: char| c.is_ascii_alphanumeric() || c == '-';
        number.starts_with(|c: char| ('1'..='9').contains(&c))
            && number.bytes().all(|byte| byte.is_ascii_digit())
            && tail.chars().all(tail_allowed)
    },
};

pub(crate) const ACCESS_KEY_ID: Shape = Shape::text(16, 128).of(WORD);
pub(crate) const ACTION_NAME: Shape = Shape::text(3, 128);
pub(crate) const ARN: Shape = Shape::text(20, 2_048);
pub(crate) const CLIENT_ID: Shape = Shape::text(1, 255);
pub(crate) const CONTEXT_KEY: Shape = Shape::text(5, 256);
pub(crate) const CONTEXT_TYPE: Shape = Shape::one_of(&[
    "string",
    "stringList",
    "numeric",
    "numericList",
    "boolean",
    "booleanList",
    "ip",
    "ipList",
    "binary",
    "binaryList",
    "date",
    "dateList",
]);
pub(crate) const CONTEXT_VALUE: Shape = Shape::text(0, 2_048);
/// A policy, which no message repeats.
pub(crate) const DOCUMENT: Shape = Shape::text(1, 131_072).of(LATIN).unshown();
pub(crate) const EXISTING_NAME: Shape = Shape::text(1, 128).of(NAME);
pub(crate) const KEY_STATUS: Shape = Shape::one_of(&["Active", "Inactive"]);
pub(crate) const MARKER: Shape = Shape::text(1, 320).of(MARK);
/// The name of a group or policy.
pub(crate) const LONG_NAME: Shape = Shape::text(1, 128).of(NAME);
/// The name of a user or role.
pub(crate) const NAME_64: Shape = Shape::text(1, 64).of(NAME);
pub(crate) const PATH: Shape = Shape::text(1, 512).of(ANY_PATH);
pub(crate) const PATH_PREFIX: Shape = Shape::text(1, 512).of(ANY_PREFIX);
pub(crate) const POLICY_DESCRIPTION: Shape = Shape::text(0, 1_000);
pub(crate) const POLICY_PATH: Shape = Shape::text(1, 512).of(PLAIN_PATH);
pub(crate) const POLICY_SCOPE: Shape = Shape::one_of(&["All", "AWS", "Local"]);
pub(crate) const POLICY_USAGE: Shape = Shape::one_of(&["PermissionsPolicy", "PermissionsBoundary"]);
pub(crate) const ENTITY_FILTER: Shape = Shape::one_of(&[
    "User",
    "Role",
    "Group",
    "LocalManagedPolicy",
    "AWSManagedPolicy",
]);
pub(crate) const RESOURCE: Shape = Shape::text(1, 2_048);
pub(crate) const ROLE_DESCRIPTION: Shape = Shape::text(0, 1_000).of(LATIN_LINE);
pub(crate) const TAG_KEY: Shape = Shape::text(1, 128).of(TAG);
pub(crate) const TAG_VALUE: Shape = Shape::text(0, 256).of(TAG);
pub(crate) const THUMBPRINT: Shape = Shape::text(40, 40);
pub(crate) const URL: Shape = Shape::text(1, 255);
pub(crate) const VERSION_ID: Shape = Shape::text(2, 16).of(VERSION);

fn is_latin(c: char) -> bool {
    matches!(c, '\t' | '\n' | '\r' | '\u{20}'..='\u{ff}')
}

#[cfg(test)]
mod tests;
