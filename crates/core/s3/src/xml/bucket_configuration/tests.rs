use super::{
    ConfigurationError, PublicAccessBlock, access_list_document, ownership_document,
    read_access_list, read_ownership, read_versioning, versioning_document,
};
use crate::Versioning;
use crate::xml::list_buckets::Owner;

const OWNER: Owner<'static> = Owner {
    id: "c057",
    display_name: None,
};

#[test]
fn versioning_is_enabled_or_suspended_and_nothing_else() {
    for versioning in [Versioning::Enabled, Versioning::Suspended] {
        let document = versioning_document(versioning);
        assert_eq!(read_versioning(document.as_bytes()), Ok(versioning));
    }
    let never = versioning_document(Versioning::Unversioned);
    assert_eq!(
        read_versioning(never.as_bytes()),
        Err(ConfigurationError::Shape)
    );
    let status = |text: &str| format!("<VersioningConfiguration>{text}</VersioningConfiguration>");
    for text in [
        "<Status>On</Status>",
        "<Status>enabled</Status>",
        "<Other/>",
    ] {
        assert_eq!(
            read_versioning(status(text).as_bytes()),
            Err(ConfigurationError::Shape)
        );
    }
    let mfa = status("<Status>Enabled</Status><MfaDelete>Enabled</MfaDelete>");
    let refused = read_versioning(mfa.as_bytes());
    assert!(matches!(
        refused,
        Err(ConfigurationError::NotImplemented { .. })
    ));
}

#[test]
fn public_access_is_blocked_in_four_ways() {
    let asked = b"<PublicAccessBlockConfiguration><BlockPublicPolicy>TRUE</BlockPublicPolicy>\
          </PublicAccessBlockConfiguration>";
    let block = PublicAccessBlock::read(asked).unwrap();
    let document = block.document();
    assert!(
        document.contains("<BlockPublicPolicy>true</BlockPublicPolicy>"),
        "{document}"
    );
    assert!(
        document.contains("<BlockPublicAcls>false</BlockPublicAcls>"),
        "{document}"
    );
    assert_eq!(PublicAccessBlock::read(document.as_bytes()), Ok(block));
    assert!(
        PublicAccessBlock::read(
            b"<PublicAccessBlockConfiguration><X>true</X></PublicAccessBlockConfiguration>"
        )
        .is_err()
    );
}

#[test]
fn the_owner_owns_everything_and_has_all_rights() {
    assert_eq!(read_ownership(ownership_document().as_bytes()), Ok(()));
    let others = ownership_document().replace("BucketOwnerEnforced", "ObjectWriter");
    assert!(read_ownership(others.as_bytes()).is_err());
    let list = access_list_document(OWNER);
    assert!(list.contains("xsi:type=\"CanonicalUser\""), "{list}");
    assert_eq!(read_access_list(list.as_bytes(), OWNER), Ok(()));
    let (owner, grant) = list.split_once("<AccessControlList>").unwrap();
    let to_other = format!(
        "{owner}<AccessControlList>{}",
        grant.replace("c057", "other")
    );
    let refused = read_access_list(to_other.as_bytes(), OWNER);
    assert_eq!(refused, Err(ConfigurationError::AccessList));
    let given = list.replace("FULL_CONTROL", "READ");
    assert_eq!(
        read_access_list(given.as_bytes(), OWNER),
        Err(ConfigurationError::AccessList)
    );
    let nothing = format!("{owner}<AccessControlList></AccessControlList></AccessControlPolicy>");
    assert_eq!(
        read_access_list(nothing.as_bytes(), OWNER),
        Err(ConfigurationError::AccessList)
    );
}

#[test]
fn an_owner_with_a_name_is_named_wherever_it_stands() {
    let named = Owner {
        display_name: Some("a<b"),
        ..OWNER
    };
    let list = access_list_document(named);
    let name = "<ID>c057</ID><DisplayName>a&lt;b</DisplayName>";
    assert_eq!(list.matches(name).count(), 2, "{list}");
    assert_eq!(read_access_list(list.as_bytes(), named), Ok(()));
}
