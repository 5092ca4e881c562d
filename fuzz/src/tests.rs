//! Replays the corpus of every target, with many mutations of each file, always the same ones.
//!
//! A file that once broke a law stays in the corpus, so that it never does again. The mutations cost
//! a second or two a target and reach what the files alone do not.

mod mutation;

use std::fs;
use std::path::Path;

use self::mutation::Mutator;

const MUTATIONS: usize = 20_000;

/// Runs `target` over its corpus and over mutations of it.
fn replay(name: &str, target: fn(&[u8])) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("corpus")
        .join(name);
    let mut files: Vec<_> = fs::read_dir(&folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    files.sort();
    assert!(files.len() >= 30, "{name} has {} files", files.len());
    let corpus: Vec<Vec<u8>> = files.iter().map(|file| fs::read(file).unwrap()).collect();
    for input in &corpus {
        target(input);
    }
    let count = std::env::var("COUNTERSIGN_FUZZ_MUTATIONS")
        .map_or(MUTATIONS, |count| count.parse().unwrap());
    let mut mutator = Mutator::new(name, &corpus);
    for _ in 0..count {
        let input = mutator.next_input();
        let outcome = std::panic::catch_unwind(|| target(&input));
        assert!(
            outcome.is_ok(),
            "{name} breaks a law on {:?}",
            input.escape_ascii().to_string()
        );
    }
}

#[test]
fn any_host_and_path_keep_the_laws_of_addressing() {
    replay("addressing", crate::addressing);
}

#[test]
fn any_record_keeps_the_laws_of_the_chain() {
    replay("audit_record", crate::audit_record);
}

#[test]
fn any_text_keeps_the_laws_of_redaction() {
    replay("redaction", crate::redaction);
}

#[test]
fn any_authorization_header_keeps_the_laws_of_claims() {
    replay("authorization", crate::authorization);
}

#[test]
fn any_framing_keeps_the_laws_of_aws_chunked() {
    replay("aws_chunked", crate::aws_chunked);
}

#[test]
fn any_call_keeps_the_laws_of_the_query_protocol() {
    replay("aws_query", crate::aws_query);
}

#[test]
fn any_headers_of_a_copy_keep_their_laws() {
    replay("copy", crate::copy);
}

#[test]
fn any_document_of_a_bucket_keeps_its_laws() {
    replay("bucket_documents", crate::bucket_documents);
}

#[test]
fn any_text_keeps_the_laws_of_the_alphabet() {
    replay("cloudfront_alphabet", crate::cloudfront_alphabet);
}

#[test]
fn any_query_and_cookies_keep_the_laws_of_signed_urls() {
    replay("cloudfront_claim", crate::cloudfront_claim);
}

#[test]
fn any_policy_keeps_the_laws_of_signed_urls() {
    replay("cloudfront_policy", crate::cloudfront_policy);
}

#[test]
fn any_origin_keeps_the_laws_of_cross_origin_rules() {
    replay("cors", crate::cors);
}

#[test]
fn any_document_of_parts_deletions_or_tags_keeps_its_laws() {
    replay("documents", crate::documents);
}

#[test]
fn any_header_fields_keep_their_laws() {
    replay("header_fields", crate::header_fields);
}

#[test]
fn any_text_keeps_the_laws_of_identity_tokens() {
    replay("identity_token", crate::identity_token);
}

#[test]
fn any_listing_parameters_keep_their_laws() {
    replay("listing", crate::listing);
}

#[test]
fn any_bytes_keep_the_laws_of_percent_encoding() {
    replay("percent", crate::percent);
}

#[test]
fn any_form_keeps_the_laws_of_forms() {
    replay("post_form", crate::post_form);
}

#[test]
fn any_document_keeps_the_laws_of_policies() {
    replay("policy", crate::policy);
}

#[test]
fn any_policy_keeps_the_laws_of_post_policies() {
    replay("post_policy", crate::post_policy);
}

#[test]
fn any_presigned_query_keeps_the_laws_of_claims() {
    replay("presigned_query", crate::presigned_query);
}

#[test]
fn any_query_keeps_the_laws_of_the_parser() {
    replay("query", crate::query);
}

#[test]
fn any_range_keeps_its_laws() {
    replay("range", crate::range);
}

#[test]
fn any_request_keeps_the_laws_of_the_recognizer() {
    replay("recognize", crate::recognize);
}

#[test]
fn any_restrictions_keep_their_laws() {
    replay("restrictions", crate::restrictions);
}

#[test]
fn any_tags_keep_their_laws() {
    replay("tagging", crate::tagging);
}

#[test]
fn any_document_keeps_the_laws_of_xml() {
    replay("xml", crate::xml);
}

#[test]
fn any_bytes_keep_the_laws_of_session_tokens() {
    replay("session_token", crate::session_token);
}
