//! The small configuration documents of a bucket: versioning, ownership, public access, access list,
//! and those that say that nothing is configured.

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
    /// It is another document.
    #[error("the document is not what the operation takes")]
    Shape,
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
    let mut versioning = None;
    for child in &root.children {
        let text = child.text.trim();
        match (child.name.as_str(), text) {
            ("Status", "Enabled") => versioning = Some(Versioning::Enabled),
            ("Status", "Suspended") => versioning = Some(Versioning::Suspended),
            ("MfaDelete", "Disabled") => {}
            ("MfaDelete", "Enabled") => {
                let value = "MfaDelete".to_owned();
                return Err(ConfigurationError::NotImplemented { value });
            }
            _ => return Err(ConfigurationError::Shape),
        }
    }
    versioning.ok_or(ConfigurationError::Shape)
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
    /// Reads the document; what it leaves out is not blocked.
    ///
    /// # Errors
    /// [`ConfigurationError`].
    pub fn read(body: &[u8]) -> Result<Self, ConfigurationError> {
        let root = root_named(body, "PublicAccessBlockConfiguration")?;
        let mut block = Self::default();
        for child in &root.children {
            let at = PUBLIC_ACCESS.iter().position(|name| *name == child.name);
            let slot = at.and_then(|at| block.blocked.get_mut(at));
            *slot.ok_or(ConfigurationError::Shape)? = match child.text.trim() {
                text if text.eq_ignore_ascii_case("true") => true,
                text if text.eq_ignore_ascii_case("false") => false,
                _ => return Err(ConfigurationError::Shape),
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
    let [rule] = root.children.as_slice() else {
        return Err(ConfigurationError::Shape);
    };
    let ownership = rule
        .child("ObjectOwnership")
        .ok_or(ConfigurationError::Shape)?;
    match ownership.text.trim() {
        OWNER_ENFORCED => Ok(()),
        other @ ("BucketOwnerPreferred" | "ObjectWriter") => {
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
    let list = root
        .child("AccessControlList")
        .ok_or(ConfigurationError::Shape)?;
    let to_owner = |grant: &Element| {
        let id = grant
            .child("Grantee")
            .and_then(|grantee| grantee.child("ID"));
        let permission = grant.child("Permission");
        id.is_some_and(|id| id.text.trim() == owner.id)
            && permission.is_some_and(|p| p.text.trim() == "FULL_CONTROL")
    };
    if !list.children.is_empty() && list.children.iter().all(to_owner) {
        Ok(())
    } else {
        Err(ConfigurationError::AccessList)
    }
}

/// Writes the answer of `GetBucketPolicyStatus`: no bucket is public.
#[must_use]
pub fn policy_status_document() -> String {
    document("PolicyStatus", |xml| {
        xml.text("IsPublic", "false");
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

impl From<ConfigurationError> for Fault {
    fn from(error: ConfigurationError) -> Self {
        match error {
            ConfigurationError::AccessList => Self::new(ErrorCode::AccessControlListNotSupported),
            ConfigurationError::NotImplemented { value } => Self::new(ErrorCode::NotImplemented)
                .saying("A parameter you provided implies functionality that is not implemented")
                .with("Parameter", value),
            ConfigurationError::Shape => Self::new(ErrorCode::MalformedXML),
            ConfigurationError::Xml(error) => error.into(),
        }
    }
}

#[cfg(test)]
mod tests;
