use serde_json::{Value, json};

use super::{Plan, plan};
use crate::problem::Problem;

const UUID: &str = "0f8fad5b-d9cb-469f-a165-70867728950e";

fn planned(mut request: Value) -> Result<Plan, Problem> {
    let object = request.as_object_mut().unwrap();
    object.entry("bucket").or_insert(json!("photos"));
    if !object.contains_key("key_template") {
        object.entry("key").or_insert(json!("a/b.png"));
    }
    plan(&serde_json::from_value(request).unwrap(), UUID)
}

/// The status and the member at fault.
fn refused(request: Value) -> (u16, String) {
    let problem = planned(request).unwrap_err();
    let field = problem.body().field.clone().unwrap_or_default();
    (problem.status().as_u16(), field)
}

#[test]
fn every_limit_becomes_a_restriction_that_the_gate_understands() {
    let plan = planned(json!({
        "verb": "put", "subject": "alice",
        "restrictions": {
            "not_before": "2026-12-24T18:00:00Z", "ip": ["203.0.113.0/24", "2001:db8::1"],
            "countries": ["SE"], "uses": 3, "bind_first": true, "rate_bytes_per_second": 4096, "create_only": true,
        },
        "content": { "types": ["image/png"], "max_bytes": 100, "sha256": "ab".repeat(32), "length": 7 },
    }))
    .unwrap();
    let names: Vec<&str> = plan.restrictions.names().collect();
    assert_eq!(
        names,
        [
            "x-cs-bind",
            "x-cs-bytes",
            "x-cs-country",
            "x-cs-create",
            "x-cs-ip",
            "x-cs-not-before",
            "x-cs-rate",
            "x-cs-subject",
            "x-cs-type",
            "x-cs-uses"
        ]
    );
    let headers: Vec<&str> = plan.headers.iter().map(|(name, _)| *name).collect();
    assert_eq!(
        headers,
        ["content-length", "content-type", "x-amz-checksum-sha256"]
    );
    assert_eq!(plan.restrictions.bytes().unwrap().max(), 7);
}

#[test]
fn a_value_that_makes_no_sense_is_refused_with_its_member() {
    for (field, request) in [
        ("bucket", json!({ "verb": "get", "bucket": "Not_A_Bucket" })),
        (
            "restrictions.ip",
            json!({ "verb": "get", "restrictions": { "ip": ["203.0.113.7/24"] } }),
        ),
        (
            "restrictions.ip",
            json!({ "verb": "get", "restrictions": { "ip": [] } }),
        ),
        (
            "restrictions.ip",
            json!({ "verb": "get", "restrictions": { "ip": ["10.0.0.1,10.0.0.2"] } }),
        ),
        (
            "restrictions.countries",
            json!({ "verb": "get", "restrictions": { "countries": ["se"] } }),
        ),
        (
            "restrictions.uses",
            json!({ "verb": "get", "restrictions": { "uses": 0 } }),
        ),
        (
            "restrictions.not_before",
            json!({ "verb": "get", "restrictions": { "not_before": "tomorrow" } }),
        ),
        (
            "restrictions.create_only",
            json!({ "verb": "get", "restrictions": { "create_only": true } }),
        ),
        (
            "restrictions.page",
            json!({ "verb": "get", "restrictions": { "page": true } }),
        ),
        (
            "content.types",
            json!({ "verb": "put", "content": { "types": ["*/*"] } }),
        ),
        (
            "content.types",
            json!({ "verb": "put", "content": { "types": [] } }),
        ),
        (
            "content.max_bytes",
            json!({ "verb": "put", "content": { "min_bytes": 2, "max_bytes": 1 } }),
        ),
        (
            "content.sha256",
            json!({ "verb": "put", "content": { "sha256": "zz" } }),
        ),
        ("content", json!({ "verb": "get", "content": {} })),
        ("subject", json!({ "verb": "get", "subject": "a\u{202e}b" })),
        ("ttl_seconds", json!({ "verb": "get", "ttl_seconds": 0 })),
        ("ttl_exact", json!({ "verb": "get", "ttl_exact": true })),
        (
            "stable_seconds",
            json!({ "verb": "get", "stable_seconds": 59 }),
        ),
        (
            "stable_seconds",
            json!({ "verb": "put", "stable_seconds": 60 }),
        ),
        (
            "stable_seconds",
            json!({ "verb": "get", "stable_seconds": 60, "restrictions": { "uses": 1 } }),
        ),
        (
            "stable_seconds",
            json!({ "verb": "get", "stable_seconds": 60, "restrictions": { "bind_first": true } }),
        ),
        (
            "download_name",
            json!({ "verb": "get", "download_name": "../../etc/passwd" }),
        ),
        (
            "download_name",
            json!({ "verb": "get", "download_name": "a\r\nSet-Cookie: b" }),
        ),
        (
            "download_name",
            json!({ "verb": "put", "download_name": "a" }),
        ),
        ("version_id", json!({ "verb": "get", "version_id": "" })),
        ("shape", json!({ "verb": "get", "shape": "form" })),
        ("shape", json!({ "verb": "put", "shape": "share" })),
        ("multipart", json!({ "verb": "put", "shape": "multipart" })),
        (
            "multipart",
            json!({ "verb": "put", "multipart": { "size": 1 } }),
        ),
        (
            "multipart.part_size",
            json!({ "verb": "put", "shape": "multipart", "multipart": { "size": 9, "part_size": 5 } }),
        ),
        ("extension", json!({ "verb": "get", "extension": "png" })),
    ] {
        assert_eq!(
            refused(request.clone()),
            (400, field.to_owned()),
            "{request}"
        );
    }
}

#[test]
fn c4_a_link_is_about_one_object() {
    for key in ["", "/", "//", "a/../b", "./a", "a/.", "a\0b", "a\nb"] {
        for verb in ["get", "put", "head"] {
            let found = refused(json!({ "verb": verb, "key": key }));
            assert_eq!(found, (400, "key".to_owned()), "{verb} {key:?}");
        }
    }
    // Only a strange name: the question mark will be escaped.
    let plan = planned(json!({ "verb": "get", "key": "?list-type=2" })).unwrap();
    assert_eq!(plan.key.text(), "?list-type=2");
}

#[test]
fn c1_an_upload_by_template_has_a_part_that_nobody_else_can_know() {
    let template =
        |template: &str| json!({ "verb": "put", "subject": "alice", "key_template": template });
    assert_eq!(
        refused(template("up/{subject}/photo.png")),
        (400, "key_template".to_owned())
    );
    let plan = planned(template("up/{subject}/{uuid}")).unwrap();
    assert_eq!(plan.key.text(), format!("up/alice/{UUID}"));
    // A download made from a template names what is there.
    let request =
        json!({ "verb": "get", "subject": "alice", "key_template": "up/{subject}/photo.png" });
    assert_eq!(planned(request).unwrap().key.text(), "up/alice/photo.png");
    let both = json!({ "verb": "get", "key": "a", "key_template": "b/{uuid}" });
    assert_eq!(refused(both), (400, "key_template".to_owned()));
}

#[test]
fn c2_a_form_says_how_much_and_what_and_where() {
    let form = |content: Value, key: &str| json!({ "verb": "put", "shape": "form", "key": key, "content": content });
    let good = json!({ "types": ["image/*"], "max_bytes": 10 });
    let no_size = json!({ "types": ["image/*"] });
    let no_type = json!({ "max_bytes": 10 });
    assert_eq!(
        refused(form(no_size, "a/b")),
        (422, "content.max_bytes".to_owned())
    );
    assert_eq!(
        refused(form(no_type, "a/b")),
        (422, "content.types".to_owned())
    );
    for bad in [
        "${filename}",
        "a${filename}",
        "/${filename}",
        "${filename}/a",
        "a/${filename}/${filename}",
    ] {
        assert_eq!(
            refused(form(good.clone(), bad)),
            (400, "key".to_owned()),
            "{bad}"
        );
    }
    let plan = planned(form(good.clone(), "a/${filename}")).unwrap();
    assert_eq!(plan.key.text(), "a/${filename}");
    assert_eq!(plan.key.sample().as_str(), "a/file");
    assert!(planned(form(good, "a/b.png")).is_ok());
}

#[test]
fn parts_cover_the_whole_and_are_never_too_many() {
    let sizes = |multipart: Value| {
        let request = json!({ "verb": "put", "shape": "multipart", "multipart": multipart });
        planned(request).unwrap().parts.unwrap()
    };
    let small = sizes(json!({ "size": 20_000_000 }));
    let each: Vec<(u32, u64)> = small.each().collect();
    assert_eq!(each, [(1, 16_777_216), (2, 3_222_784)]);
    let largest = sizes(json!({ "size": 5_u64 << 40 }));
    assert!(largest.each().count() <= 2_000);
    assert_eq!(largest.each().map(|(_, bytes)| bytes).sum::<u64>(), 5 << 40);
    let one = sizes(json!({ "size": 1, "part_size": 5 << 20 }));
    assert_eq!(one.each().collect::<Vec<_>>(), [(1, 1)]);
}

#[test]
fn a17_a_file_name_is_quoted_or_encoded() {
    let of = |name: &str| {
        let plan = planned(json!({ "verb": "get", "download_name": name })).unwrap();
        plan.parameters.into_iter().next().unwrap().1
    };
    assert_eq!(of("cat 1.jpg"), "attachment; filename=\"cat 1.jpg\"");
    assert_eq!(
        of("größe\".txt"),
        "attachment; filename=\"gr__e_.txt\"; filename*=UTF-8''gr%C3%B6%C3%9Fe%22.txt"
    );
}
