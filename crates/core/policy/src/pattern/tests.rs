use proptest::prelude::*;

use super::*;
use crate::context::Values as Known;
use crate::testing::{Pairs, request};

const SYNTAX: Syntax = Syntax {
    wildcards: true,
    variables: Variables::Replaced,
};

fn compile(text: &str) -> Pattern {
    Pattern::compile(text, SYNTAX, 0).unwrap_or_else(|fault| panic!("{fault:?}"))
}

fn matched(pattern: &str, text: &str) -> bool {
    compile(pattern).matches(Subject::text(text), &Metered::new(&request(&Pairs(&[]))))
}

#[test]
fn wildcards_reach_everything_and_stars_may_be_nothing() {
    for (pattern, text, expected) in [
        ("", "", true),
        ("", "a", false),
        ("*", "", true),
        ("*", "a/b", true),
        ("a*", "a", true),
        ("a*", "ba", false),
        ("*a", "ba", true),
        ("*a", "ab", false),
        ("a*b*c", "a-b-b-c", true),
        ("a*b*c", "a-c-b", false),
        ("a*bc", "abcbc", true),
        ("ab*ba", "aba", false),
        ("?", "é", true),
        ("?", "", false),
        ("??", "é", false),
        ("*?", "", false),
        ("*?x", "éx", true),
        ("a?c", "abc", true),
        ("A", "a", false),
        ("**a**", "xax", true),
    ] {
        assert_eq!(matched(pattern, text), expected, "`{pattern}` on `{text}`");
    }
}

#[test]
fn an_object_need_not_be_put_together() {
    let pattern = compile("photos/20*/c?t.jpg");
    let context = Pairs(&[]);
    let request = Metered::new(&request(&context));
    for (bucket, key, expected) in [
        ("photos", "2026/01/cat.jpg", true),
        ("photos", "cat.jpg", false),
        ("photo", "s/2026/cat.jpg", false),
        ("photos/20", "26/cat.jpg", true),
    ] {
        assert_eq!(
            pattern.matches(Subject::object(bucket, key), &request),
            expected,
            "{bucket} {key}"
        );
    }
}

#[test]
fn a_star_in_what_is_put_in_is_a_star() {
    let context = [("aws:principaltag/team", Known::from("*"))];
    let context = Pairs(&context);
    let request = Metered::new(&request(&context));
    let pattern = compile("home/${aws:PrincipalTag/Team}/*");
    assert!(pattern.matches(Subject::text("home/*/a"), &request));
    assert!(!pattern.matches(Subject::text("home/bob/a"), &request));
}

#[test]
fn special_characters_are_written_as_variables() {
    assert!(matched("a${*}b${?}c${$}{d}", "a*b?c${d}"));
    assert!(!matched("a${*}b", "axb"));
}

#[test]
fn a_variable_without_a_value_matches_nothing_unless_it_has_a_default() {
    assert!(!matched("${aws:PrincipalTag/team}", ""));
    assert!(!matched("*${aws:PrincipalTag/team}*", "anything"));
    assert!(matched("${aws:PrincipalTag/team, 'none'}/*", "none/a"));
    assert!(matched("${aws:PrincipalTag/team,'*'}", "*"));
    assert!(!matched("${aws:PrincipalTag/team,'*'}", "a"));
    assert!(matched("${aws:username}/x", "ann/x"));
}

#[test]
fn what_is_no_variable_is_refused_with_a_hint() {
    let message = |text: &str| {
        let fault = Pattern::compile(text, SYNTAX, 0).unwrap_err();
        fault.in_text("").to_string()
    };
    for (text, expected) in [
        (
            "${aws:usernam}",
            "`${aws:usernam}` is no policy variable; did you mean `aws:username`?",
        ),
        (
            "a${aws:username",
            "`${aws:username` is no policy variable; `}` is missing; a literal `$` is written `${$}`",
        ),
        ("${}", "`${}` is no policy variable"),
        ("${ * }", "`${ * }` is no policy variable"),
        (
            "${aws:username, none}",
            "`${aws:username, none}` is no policy variable; a default is written `${key, 'text'}`",
        ),
        (
            "${aws:TagKeys}",
            "`${aws:TagKeys}` is no policy variable; a key with several values cannot be put in",
        ),
        (
            "${aws:PrincipalTag/}",
            "`${aws:PrincipalTag/}` is no policy variable; did you mean `aws:PrincipalTag/`?",
        ),
    ] {
        assert_eq!(message(text), format!("line 1, column 1: {expected}"));
    }
}

#[test]
fn case_is_ignored_beyond_ascii_too() {
    let pattern = compile("STRASSE-Ä");
    let context = Pairs(&[]);
    assert!(pattern.equals_ignoring_case("strasse-ä", &Metered::new(&request(&context))));
    assert!(!pattern.equals_ignoring_case("strasse-ä2", &Metered::new(&request(&context))));
}

/// The definition, word by word.
fn naive(pattern: &[char], text: &[char]) -> bool {
    match pattern.split_first() {
        None => text.is_empty(),
        Some(('*', rest)) => (0..=text.len()).any(|skip| naive(rest, &text[skip..])),
        Some(('?', rest)) => !text.is_empty() && naive(rest, &text[1..]),
        Some((c, rest)) => text.first() == Some(c) && naive(rest, &text[1..]),
    }
}

proptest! {
    #[test]
    fn the_matcher_agrees_with_a_naive_one(
        pattern in "[ab/é*?]{0,9}",
        text in "[ab/é]{0,9}",
        cut in 0_usize..9,
    ) {
        let chars = |text: &str| text.chars().collect::<Vec<_>>();
        let expected = naive(&chars(&pattern), &chars(&text));
        prop_assert_eq!(matched(&pattern, &text), expected);
        // In pieces as in one; the slash between them is part of the text.
        if let Some((bucket, key)) = text.match_indices('/').nth(cut % 3).map(|(at, _)| text.split_at(at)) {
            let context = Pairs(&[]);
            let subject = Subject::object(bucket, &key[1..]);
            prop_assert_eq!(compile(&pattern).matches(subject, &Metered::new(&request(&context))), expected);
        }
    }
}
