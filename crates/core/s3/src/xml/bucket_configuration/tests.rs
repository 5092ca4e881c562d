use super::{
    ConfigurationError, PublicAccessBlock, access_list_document, ownership_document,
    read_access_list, read_ownership, read_versioning, versioning_document,
};
use crate::xml::list_buckets::Owner;
use crate::{ErrorCode, Fault, Versioning};

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
    let refused = read_versioning(never.as_bytes()).unwrap_err();
    assert_eq!(refused, ConfigurationError::StatusMissing);
    let fault = Fault::from(refused);
    assert_eq!(
        (fault.code(), fault.message()),
        (
            ErrorCode::IllegalVersioningConfigurationException,
            "The Versioning element must be specified"
        )
    );
    let status = |text: &str| format!("<VersioningConfiguration>{text}</VersioningConfiguration>");
    for text in [
        "<Status>On</Status>",
        "<Status>enabled</Status>",
        "<Other/>",
        "<Status>Enabled</Status><Status>Suspended</Status>",
        "<Status>Enabled<Status>Suspended</Status></Status>",
        "<Status>Enabled</Status><MfaDelete>yes</MfaDelete>",
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
    let read = |content: &str| {
        let document =
            format!("<PublicAccessBlockConfiguration>{content}</PublicAccessBlockConfiguration>");
        PublicAccessBlock::read(document.as_bytes())
    };
    for content in [
        "<X>true</X>",
        "<BlockPublicAcls>1</BlockPublicAcls>",
        "<BlockPublicAcls>true</BlockPublicAcls><BlockPublicAcls>false</BlockPublicAcls>",
    ] {
        assert_eq!(read(content), Err(ConfigurationError::Shape), "{content}");
    }
    assert_eq!(read(""), Err(ConfigurationError::NothingBlocked));
    let all = PublicAccessBlock::ALL.document();
    assert_eq!(all.matches(">true<").count(), 4, "{all}");
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
fn what_could_be_read_in_two_ways_is_refused() {
    let rule = "<Rule><ObjectOwnership>BucketOwnerEnforced</ObjectOwnership></Rule>";
    for (content, refused) in [
        (rule.repeat(2), true),
        (rule.replace("Rule", "Rules"), true),
        (rule.replace("</Rule>", "<ObjectOwnership/></Rule>"), true),
        (rule.to_owned(), false),
    ] {
        let document = format!("<OwnershipControls>{content}</OwnershipControls>");
        let expected = if refused {
            Err(ConfigurationError::Shape)
        } else {
            Ok(())
        };
        assert_eq!(read_ownership(document.as_bytes()), expected, "{content}");
    }
    let list = access_list_document(OWNER);
    let group = "<URI>http://acs.amazonaws.com/groups/global/AllUsers</URI></Grantee>";
    for (old, new) in [
        ("</Grantee>", group),
        ("<ID>c057</ID></Owner>", "<ID>other</ID></Owner>"),
    ] {
        let document = list.replace(old, new);
        assert_ne!(document, list);
        let refused = read_access_list(document.as_bytes(), OWNER);
        assert_eq!(refused, Err(ConfigurationError::AccessList), "{document}");
    }
    for (old, new) in [
        ("</Grantee>", "</Grantee><Permission>READ</Permission>"),
        ("Grant>", "Other>"),
        (
            "<AccessControlList>",
            "<AccessControlList/><AccessControlList>",
        ),
    ] {
        let document = list.replace(old, new);
        assert_ne!(document, list);
        let refused = read_access_list(document.as_bytes(), OWNER);
        assert_eq!(refused, Err(ConfigurationError::Shape), "{document}");
    }
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
