//! Laws of the documents that configure buckets.

use countersign_s3::cors::CorsRule;
use countersign_s3::xml::bucket_configuration::{
    PublicAccessBlock, ownership_document, read_access_list, read_ownership, read_versioning,
    versioning_document,
};
use countersign_s3::xml::bucket_cors::{cors_document, read_cors};
use countersign_s3::xml::create_bucket::CreateBucketConfiguration;
use countersign_s3::xml::list_buckets::Owner;
use countersign_s3::xml::{Element, Limits, read};

const OWNER: Owner<'static> = Owner {
    id: "c057",
    display_name: None,
};

/// Holds the documents to their laws: what is taken is bounded and reads back as it is kept, and no
/// access list that is taken gives anything to anybody but the owner.
///
/// # Panics
/// If a law is broken.
pub fn bucket_documents(data: &[u8]) {
    if let Ok(rules) = read_cors(data) {
        assert!((1..=100).contains(&rules.rules().len()));
        let kept = read_cors(cors_document(&rules).as_bytes());
        let mut expected = rules.rules().to_vec();
        expected.iter_mut().for_each(replace_unwritable);
        assert_eq!(kept.map(|kept| kept.rules().to_vec()), Ok(expected));
    }
    if let Ok(versioning) = read_versioning(data) {
        let kept = versioning_document(versioning);
        assert_eq!(read_versioning(kept.as_bytes()), Ok(versioning));
    }
    if let Ok(block) = PublicAccessBlock::read(data) {
        assert_eq!(
            PublicAccessBlock::read(block.document().as_bytes()),
            Ok(block)
        );
    }
    if read_ownership(data).is_ok() {
        assert_eq!(read_ownership(ownership_document().as_bytes()), Ok(()));
    }
    if let Ok(asked) = CreateBucketConfiguration::read(data) {
        assert!(asked.tags.len() <= 50);
        for (key, _) in &asked.tags {
            assert_eq!(
                asked.tags.iter().filter(|(other, _)| other == key).count(),
                1
            );
        }
    }
    if read_access_list(data, OWNER).is_ok() {
        let Ok(root) = read(data, Limits::default()) else {
            unreachable!("what is taken is well-formed");
        };
        gives_nothing_away(&root);
    }
}

/// Names and origins are printable; only an id may hold what XML cannot.
fn replace_unwritable(rule: &mut CorsRule) {
    let unwritable = |c: char| {
        (c < ' ' && !matches!(c, '\t' | '\n' | '\r')) || matches!(c, '\u{fffe}' | '\u{ffff}')
    };
    rule.id = rule
        .id
        .as_ref()
        .map(|id| id.replace(unwritable, "\u{fffd}"));
}

fn gives_nothing_away(element: &Element) {
    match element.name.as_str() {
        "ID" => assert_eq!(element.text.trim(), OWNER.id),
        "Permission" => assert_eq!(element.text.trim(), "FULL_CONTROL"),
        name => assert!(!matches!(name, "URI" | "EmailAddress")),
    }
    element.children.iter().for_each(gives_nothing_away);
}
