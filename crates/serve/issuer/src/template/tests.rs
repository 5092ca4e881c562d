use std::collections::BTreeMap;

use super::{Filling, KeyTemplate, TemplateError};

const UUID: &str = "0f8fad5b-d9cb-469f-a165-70867728950e";

fn fill(
    template: &str,
    subject: &str,
    variables: &[(&str, &str)],
) -> Result<String, TemplateError> {
    let variables: BTreeMap<String, String> = variables
        .iter()
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
        .collect();
    let filling = Filling {
        extension: Some("jpg"),
        subject: Some(subject),
        uuid: UUID,
        variables: &variables,
    };
    KeyTemplate::parse(template)?
        .fill(&filling)
        .map(|key| key.as_str().to_owned())
}

#[test]
fn a_template_makes_a_key_with_its_own_segments() {
    let key = fill(
        "uploads/{subject}/{year}/{uuid}.{ext}",
        "alice",
        &[("year", "2026")],
    );
    assert_eq!(key.unwrap(), format!("uploads/alice/2026/{UUID}.jpg"));
    assert_eq!(fill("{uuid}", "a", &[]).unwrap(), UUID);
    assert_eq!(fill("plain/key.txt", "a", &[]).unwrap(), "plain/key.txt");
}

#[test]
fn c1_nothing_that_fills_a_placeholder_leaves_its_place() {
    for bad in [
        "..",
        ".",
        "../x",
        "a/b",
        "a\\b",
        "",
        ".hidden",
        "a\0",
        "ｔenant",
        "te\u{301}nant",
        "a b",
        "a%2fb",
    ] {
        let refused = fill("t/{subject}/{uuid}", bad, &[]);
        assert_eq!(refused, Err(TemplateError::Subject), "{bad:?}");
    }
    for bad in ["..", ".", "a/b", "a.b", "", "é", "a b", "%2e"] {
        let refused = fill("t/{name}/{uuid}", "a", &[("name", bad)]);
        assert!(
            matches!(refused, Err(TemplateError::Variable { .. })),
            "{bad:?}"
        );
    }
}

#[test]
fn c1_a_subject_fills_a_whole_segment_so_one_cannot_begin_like_another() {
    for bad in [
        "t{subject}/{uuid}",
        "t/{subject}-{uuid}",
        "t/{subject}.{ext}",
    ] {
        assert_eq!(
            fill(bad, "tenant1", &[]),
            Err(TemplateError::SubjectNotSegment),
            "{bad}"
        );
    }
    assert_eq!(
        fill("{subject}/{uuid}", "tenant1", &[]).unwrap(),
        format!("tenant1/{UUID}")
    );
    assert_eq!(fill("t/{a}{b}", "x", &[]), Err(TemplateError::Adjacent));
}

#[test]
fn c1_segments_that_others_fold_away_are_refused() {
    for bad in [
        "/a/{uuid}",
        "a//{uuid}",
        "a/../{uuid}",
        "./{uuid}",
        "a/{uuid}/",
        "a/{uuid}/..",
    ] {
        assert_eq!(fill(bad, "a", &[]), Err(TemplateError::DotSegment), "{bad}");
    }
}

#[test]
fn what_is_no_template_says_why() {
    assert_eq!(fill("a/{uuid", "a", &[]), Err(TemplateError::Unclosed));
    assert_eq!(fill("a/{}", "a", &[]), Err(TemplateError::Unclosed));
    assert_eq!(fill("a/{Name}", "a", &[]), Err(TemplateError::Unclosed));
    assert_eq!(fill("a/}", "a", &[]), Err(TemplateError::Literal));
    assert_eq!(fill("a/${filename}", "a", &[]), Err(TemplateError::Literal));
    assert_eq!(fill("größe/{uuid}", "a", &[]), Err(TemplateError::Literal));
    let unused = TemplateError::Unused {
        name: "x".to_owned(),
    };
    assert_eq!(fill("a/{uuid}", "a", &[("x", "1")]), Err(unused));
    let missing = TemplateError::Missing {
        name: "x".to_owned(),
    };
    assert_eq!(fill("a/{x}", "a", &[]), Err(missing));
    assert_eq!(
        fill(&"{uuid}/".repeat(17), "a", &[]),
        Err(TemplateError::TooLong)
    );
}
