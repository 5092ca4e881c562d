//! What `docs/guide/policies.md` shows is what `vectors/policy` decides, and its table of keys is whole.

#![expect(clippy::unwrap_used, reason = "tests fail by panicking")]

use std::fs;
use std::path::PathBuf;

use countersign_policy::{PolicyDocument, PolicyKind, condition_keys};
use serde_json::Value as Json;

fn repository() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../..")
}

fn guide() -> String {
    fs::read_to_string(repository().join("docs/guide/policies.md")).unwrap()
}

#[test]
fn every_policy_of_the_guide_is_taken_as_it_stands_and_has_its_vector() {
    let vectors: Vec<Json> = fs::read_dir(repository().join("vectors/policy"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|end| end == "json"))
        .map(|path| {
            let vector: Json = serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap();
            vector["document"].clone()
        })
        .collect();
    let guide = guide();
    let mut shown = 0;
    for block in guide.split("```json\n").skip(1) {
        let text = block.split("```").next().unwrap();
        let kind = kind_of(text);
        PolicyDocument::parse(text, kind).unwrap_or_else(|error| panic!("{error}\n{text}"));
        let document: Json = serde_json::from_str(text).unwrap();
        assert!(vectors.contains(&document), "no vector decides\n{text}");
        shown += 1;
    }
    assert!(shown >= 15, "{shown}");
}

fn kind_of(text: &str) -> PolicyKind {
    match (text.contains("\"Principal\""), text.contains("Resource\"")) {
        (true, true) => PolicyKind::Resource,
        (true, false) => PolicyKind::Trust,
        (false, _) => PolicyKind::Identity,
    }
}

#[test]
fn every_policy_of_the_other_guides_is_taken_as_it_stands() {
    for entry in fs::read_dir(repository().join("docs/guide")).unwrap() {
        let path = entry.unwrap().path();
        let text = fs::read_to_string(&path).unwrap();
        for block in text.split("```json\n").skip(1) {
            let block = block.split("```").next().unwrap();
            if !block.contains("\"Statement\"") {
                continue;
            }
            PolicyDocument::parse(block, kind_of(block))
                .unwrap_or_else(|error| panic!("{}: {error}\n{block}", path.display()));
        }
    }
}

#[test]
fn every_key_is_in_the_guide_and_in_its_proper_list() {
    let guide = guide();
    let (_, keys) = guide.split_once("## Condition keys").unwrap();
    let (present, absent) = keys.split_once("These keys of AWS may be written").unwrap();
    for facts in condition_keys() {
        let name = match facts.name.ends_with('/') {
            true => format!("`{}KEY`", facts.name),
            false => format!("`{}`", facts.name),
        };
        let mut rows = present.lines().filter_map(|line| line.split('|').nth(1));
        let listed = if facts.present {
            rows.any(|cell| cell.contains(&name))
        } else {
            absent.contains(&name)
        };
        assert!(listed, "{name}");
    }
}
