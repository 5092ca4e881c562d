//! `DeleteObjects`: which objects, and what became of each.

use thiserror::Error;

use super::{Element, Limits, XmlError, XmlWriter, read};
use crate::{ETag, ErrorCode, Fault, ObjectKey};

/// The most objects one request may delete.
pub const MAX_DELETES: usize = 1000;

/// The largest document read: a thousand of the longest keys, each character escaped.
pub const MAX_DELETE_BYTES: usize = 8 << 20;

/// What is to be deleted.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct DeleteRequest {
    /// The objects, in order.
    pub objects: Vec<DeleteEntry>,
    /// Whether only failures are to be told.
    pub quiet: bool,
}

/// One object to delete.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct DeleteEntry {
    /// Its key, as sent.
    pub key: String,
    /// The version, as sent; none for whatever is visible.
    pub version_id: Option<String>,
    /// What its tag must be; `*` stands for any.
    pub etag: Option<DeleteTag>,
}

/// What the tag of an object to delete must be.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum DeleteTag {
    /// Any, as long as there is an object.
    Any,
    /// This one.
    Is(ETag),
}

/// Why a document was refused.
#[derive(Clone, Copy, Debug, Eq, Error, PartialEq)]
#[non_exhaustive]
pub enum DeleteRequestError {
    /// A condition that is not offered.
    #[error("a condition on time or size is not implemented")]
    NotImplemented,
    /// It is another document, names no object, or more than a thousand.
    #[error("the document does not name 1 to 1000 objects")]
    Shape,
    /// It is no acceptable XML.
    #[error(transparent)]
    Xml(#[from] XmlError),
}

/// What became of one object.
#[derive(Clone, Debug)]
pub enum DeleteOutcome<'a> {
    /// It is deleted, or was not there.
    Deleted {
        /// Its key.
        key: &'a str,
        /// The version that was asked for.
        version_id: Option<&'a str>,
        /// The delete marker that was made, or was itself deleted.
        delete_marker: Option<&'a str>,
    },
    /// It is not deleted.
    Failed {
        /// Its key.
        key: &'a str,
        /// The version that was asked for.
        version_id: Option<&'a str>,
        /// Why.
        fault: Fault,
    },
}

impl DeleteRequest {
    /// Reads the document.
    ///
    /// # Errors
    /// [`DeleteRequestError`].
    pub fn read(body: &[u8]) -> Result<Self, DeleteRequestError> {
        let limits = Limits {
            bytes: MAX_DELETE_BYTES,
            depth: 4,
            elements: 6 * MAX_DELETES + 2,
        };
        let root = read(body, limits)?;
        if root.name != "Delete" {
            return Err(DeleteRequestError::Shape);
        }
        let mut request = Self {
            objects: Vec::new(),
            quiet: false,
        };
        for child in &root.children {
            match child.name.as_str() {
                "Object" => request.objects.push(DeleteEntry::of(child)?),
                "Quiet" => request.quiet = child.text.trim().eq_ignore_ascii_case("true"),
                _ => return Err(DeleteRequestError::Shape),
            }
        }
        if request.objects.is_empty() || request.objects.len() > MAX_DELETES {
            return Err(DeleteRequestError::Shape);
        }
        Ok(request)
    }
}

impl DeleteEntry {
    fn of(element: &Element) -> Result<Self, DeleteRequestError> {
        let mut key = None;
        let mut version_id = None;
        let mut etag = None;
        for child in &element.children {
            let text = child.only_text().ok_or(DeleteRequestError::Shape)?;
            let slot_was_free = match child.name.as_str() {
                "Key" => key.replace(text.to_owned()).is_none(),
                "VersionId" if text.is_empty() => true,
                "VersionId" => version_id.replace(text.to_owned()).is_none(),
                "ETag" if text.trim() == "*" => etag.replace(DeleteTag::Any).is_none(),
                "ETag" => etag
                    .replace(DeleteTag::Is(ETag::parse(text.trim())))
                    .is_none(),
                "LastModifiedTime" | "Size" => return Err(DeleteRequestError::NotImplemented),
                _ => false,
            };
            if !slot_was_free {
                return Err(DeleteRequestError::Shape);
            }
        }
        let key = key.filter(|key| !key.is_empty());
        Ok(Self {
            key: key.ok_or(DeleteRequestError::Shape)?,
            version_id,
            etag,
        })
    }

    /// The key, if it is one.
    ///
    /// # Errors
    /// The fault of a key that no object can have.
    pub fn object_key(&self) -> Result<ObjectKey, Fault> {
        ObjectKey::parse(&self.key).map_err(Fault::from)
    }
}

/// Writes what became of all of them.
#[must_use]
pub fn delete_result_document(outcomes: &[DeleteOutcome<'_>], quiet: bool) -> String {
    let mut xml = XmlWriter::new();
    xml.root("DeleteResult", |xml| {
        for outcome in outcomes {
            match outcome {
                DeleteOutcome::Deleted { .. } if quiet => {}
                DeleteOutcome::Deleted {
                    key,
                    version_id,
                    delete_marker,
                } => xml.element("Deleted", |xml| {
                    xml.text("Key", key);
                    xml.optional_text("VersionId", *version_id);
                    if let Some(marker) = delete_marker {
                        xml.text("DeleteMarker", "true");
                        xml.text("DeleteMarkerVersionId", marker);
                    }
                }),
                DeleteOutcome::Failed {
                    key,
                    version_id,
                    fault,
                } => xml.element("Error", |xml| {
                    xml.text("Key", key);
                    xml.optional_text("VersionId", *version_id);
                    xml.text("Code", fault.code().as_str());
                    xml.text("Message", fault.message());
                }),
            }
        }
    });
    xml.finish()
}

impl From<DeleteRequestError> for Fault {
    fn from(error: DeleteRequestError) -> Self {
        match error {
            DeleteRequestError::NotImplemented => Self::new(ErrorCode::NotImplemented),
            DeleteRequestError::Shape => Self::new(ErrorCode::MalformedXML),
            DeleteRequestError::Xml(error) => error.into(),
        }
    }
}

#[cfg(test)]
mod tests;
