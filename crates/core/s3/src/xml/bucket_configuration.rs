//! The small configuration documents of a bucket: versioning, ownership, public access, access list,
//! and those that say that nothing is configured.
//!
//! INVARIANT: a document is taken only if it can be read in one way: every element is known, none is
//! there twice, and what holds a value holds nothing else.

use thiserror::Error;

use super::list_buckets::Owner;
use super::{Element, Limits, XmlError, XmlWriter, read};
use crate::{ErrorCode, Fault, Versioning};

const PUBLIC_ACCESS: [&str; 4] = [
    "BlockPublicAcls",
    "IgnorePublicAcls",
    "BlockPublicPolicy",
    "RestrictPublicBuckets",
];
const OWNER_ENFORCED: &str = "BucketOwnerEnforced";

/// Why a document was refused.
#[derive(Clone, Debug, Eq, Error, PartialEq)]
#[non_exhaustive]
pub enum ConfigurationError {
    /// It gives rights to others than the owner.
    #[error("the access list gives rights to others than the owner")]
    AccessList,
    /// It asks for something that is not offered.
    #[error("`{value}` is not implemented")]
    NotImplemented {
        /// What.
        value: String,
    },
    /// It says nothing of what it is for.
    #[error("the document blocks and allows nothing")]
    NothingBlocked,
    /// It is another document.
    #[error("the document is not what the operation takes")]
    Shape,
    /// It does not say whether versions are kept.
    #[error("the document has no versioning status")]
    StatusMissing,
    /// It is no acceptable XML.
    #[error(transparent)]
    Xml(#[from] XmlError),
}

/// What of public access is blocked, in AWS's order of elements.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct PublicAccessBlock {
    blocked: [bool; 4],
}

/// Reads a versioning document.
///
/// # Errors
/// [`ConfigurationError`].
pub fn read_versioning(body: &[u8]) -> Result<Versioning, ConfigurationError> {
    let root = root_named(body, "VersioningConfiguration")?;
    let [status, mfa_delete] = values(&root, ["Status", "MfaDelete"])?;
    match mfa_delete {
        None | Some("Disabled") => {}
        Some("Enabled") => {
            let value = "MfaDelete".to_owned();
            return Err(ConfigurationError::NotImplemented { value });
        }
        Some(_) => return Err(ConfigurationError::Shape),
    }
    match status {
        None | Some("") => Err(ConfigurationError::StatusMissing),
        Some("Enabled") => Ok(Versioning::Enabled),
        Some("Suspended") => Ok(Versioning::Suspended),
        Some(_) => Err(ConfigurationError::Shape),
    }
}

/// Writes a versioning document; it is empty for a bucket that never kept versions.
#[must_use]
pub fn versioning_document(versioning: Versioning) -> String {
    let status = match versioning {
        Versioning::Unversioned => None,
        Versioning::Enabled => Some("Enabled"),
        Versioning::Suspended => Some("Suspended"),
    };
    document("VersioningConfiguration", |xml| {
        xml.optional_text("Status", status);
    })
}

impl PublicAccessBlock {
    /// Whether a policy that gives something to everybody is refused.
    #[must_use]
    pub fn blocks_public_policy(&self) -> bool {
        let [_, _, policies, _] = self.blocked;
        policies
    }

    /// Everything is blocked, as in a new bucket.
    pub const ALL: Self = Self { blocked: [true; 4] };

    /// Reads the document; what it leaves out is not blocked.
    ///
    /// # Errors
    /// [`ConfigurationError`].
    pub fn read(body: &[u8]) -> Result<Self, ConfigurationError> {
        let root = root_named(body, "PublicAccessBlockConfiguration")?;
        let said = values(&root, PUBLIC_ACCESS)?;
        if said.iter().all(Option::is_none) {
            return Err(ConfigurationError::NothingBlocked);
        }
        let mut block = Self::default();
        for (blocked, said) in block.blocked.iter_mut().zip(said) {
            *blocked = match said {
                None => false,
                Some(text) if text.eq_ignore_ascii_case("true") => true,
                Some(text) if text.eq_ignore_ascii_case("false") => false,
                Some(_) => return Err(ConfigurationError::Shape),
            };
        }
        Ok(block)
    }

    /// Writes the document.
    #[must_use]
    pub fn document(self) -> String {
        document("PublicAccessBlockConfiguration", |xml| {
            for (name, blocked) in PUBLIC_ACCESS.into_iter().zip(self.blocked) {
                xml.text(name, if blocked { "true" } else { "false" });
            }
        })
    }
}

/// Reads ownership controls, which can only say that the owner of the bucket owns everything.
///
/// # Errors
/// [`ConfigurationError`].
pub fn read_ownership(body: &[u8]) -> Result<(), ConfigurationError> {
    let root = root_named(body, "OwnershipControls")?;
    let rule = match root.children.as_slice() {
        [rule] if rule.name == "Rule" => rule,
        _ => return Err(ConfigurationError::Shape),
    };
    match values(rule, ["ObjectOwnership"])? {
        [Some(OWNER_ENFORCED)] => Ok(()),
        [Some(other @ ("BucketOwnerPreferred" | "ObjectWriter"))] => {
            let value = other.to_owned();
            Err(ConfigurationError::NotImplemented { value })
        }
        _ => Err(ConfigurationError::Shape),
    }
}

/// Writes ownership controls.
#[must_use]
pub fn ownership_document() -> String {
    document("OwnershipControls", |xml| {
        xml.element("Rule", |xml| {
            xml.text("ObjectOwnership", OWNER_ENFORCED);
        });
    })
}

/// Writes the access list of a bucket or object whose owner is enforced: everything to the owner.
#[must_use]
pub fn access_list_document(owner: Owner<'_>) -> String {
    document("AccessControlPolicy", |xml| {
        owner.write(xml);
        xml.element("AccessControlList", |xml| {
            xml.element("Grant", |xml| {
                xml.grantee(owner.id, owner.display_name);
                xml.text("Permission", "FULL_CONTROL");
            });
        });
    })
}

/// Reads an access list, which can only give everything to the owner.
///
/// # Errors
/// [`ConfigurationError`].
pub fn read_access_list(body: &[u8], owner: Owner<'_>) -> Result<(), ConfigurationError> {
    let root = root_named(body, "AccessControlPolicy")?;
    let [owned_by, list] = children(&root, ["Owner", "AccessControlList"])?;
    let (owned_by, list) = owned_by.zip(list).ok_or(ConfigurationError::Shape)?;
    if !is_owner(owned_by, owner)? || list.children.is_empty() {
        return Err(ConfigurationError::AccessList);
    }
    for grant in &list.children {
        if grant.name != "Grant" {
            return Err(ConfigurationError::Shape);
        }
        let [grantee, permission] = children(grant, ["Grantee", "Permission"])?;
        let (grantee, permission) = grantee.zip(permission).ok_or(ConfigurationError::Shape)?;
        let permission = permission.only_text().ok_or(ConfigurationError::Shape)?;
        if !is_owner(grantee, owner)? || permission.trim() != "FULL_CONTROL" {
            return Err(ConfigurationError::AccessList);
        }
    }
    Ok(())
}

/// Whether an `Owner` or `Grantee` is the owner; a group or a mail address is not.
fn is_owner(element: &Element, owner: Owner<'_>) -> Result<bool, ConfigurationError> {
    let names = ["ID", "DisplayName", "URI", "EmailAddress"];
    let [id, _, group, mail] = values(element, names)?;
    Ok(id == Some(owner.id) && group.is_none() && mail.is_none())
}

/// Writes the answer of `GetBucketPolicyStatus`.
#[must_use]
pub fn policy_status_document(is_public: bool) -> String {
    document("PolicyStatus", |xml| {
        xml.text("IsPublic", if is_public { "true" } else { "false" });
    })
}

/// Writes the answer of `GetBucketRequestPayment`: the owner pays.
#[must_use]
pub fn request_payment_document() -> String {
    document("RequestPaymentConfiguration", |xml| {
        xml.text("Payer", "BucketOwner");
    })
}

/// Writes a document that configures nothing.
#[must_use]
pub fn empty_document(root: &str) -> String {
    document(root, |_| {})
}

fn document(root: &str, content: impl FnOnce(&mut XmlWriter)) -> String {
    let mut xml = XmlWriter::new();
    xml.root(root, content);
    xml.finish()
}

fn root_named(body: &[u8], name: &str) -> Result<Element, ConfigurationError> {
    let root = read(body, Limits::default())?;
    if root.name == name {
        Ok(root)
    } else {
        Err(ConfigurationError::Shape)
    }
}

/// The children of these names, each there at most once, and no others.
fn children<'e, const N: usize>(
    parent: &'e Element,
    names: [&str; N],
) -> Result<[Option<&'e Element>; N], ConfigurationError> {
    let mut found = [None; N];
    for child in &parent.children {
        let at = names.iter().position(|name| *name == child.name);
        let place = at.and_then(|at| found.get_mut(at));
        let earlier = place.ok_or(ConfigurationError::Shape)?.replace(child);
        if earlier.is_some() {
            return Err(ConfigurationError::Shape);
        }
    }
    Ok(found)
}

/// As [`children`], where each holds a text and nothing else.
fn values<'e, const N: usize>(
    parent: &'e Element,
    names: [&str; N],
) -> Result<[Option<&'e str>; N], ConfigurationError> {
    let mut texts = [None; N];
    for (text, child) in texts.iter_mut().zip(children(parent, names)?) {
        if let Some(child) = child {
            let said = child.only_text().ok_or(ConfigurationError::Shape)?;
            *text = Some(said.trim());
        }
    }
    Ok(texts)
}

impl From<ConfigurationError> for Fault {
    fn from(error: ConfigurationError) -> Self {
        match error {
            ConfigurationError::AccessList => Self::new(ErrorCode::AccessControlListNotSupported),
            ConfigurationError::NotImplemented { value } => Self::new(ErrorCode::NotImplemented)
                .saying("A parameter you provided implies functionality that is not implemented")
                .with("Parameter", value),
            ConfigurationError::NothingBlocked => Self::new(ErrorCode::InvalidRequest)
                .saying("Must specify at least one configuration."),
            ConfigurationError::Shape => Self::new(ErrorCode::MalformedXML),
            ConfigurationError::StatusMissing => {
                Self::new(ErrorCode::IllegalVersioningConfigurationException)
                    .saying("The Versioning element must be specified")
            }
            ConfigurationError::Xml(error) => error.into(),
        }
    }
}

#[cfg(test)]
mod tests;
