//! `DeleteObjects`: which objects, and what became of each.

use thiserror::Error;

use super::{Element, Limits, XmlError, XmlWriter, read};
use crate::conditional::{read_second, read_size};
use crate::{DeleteCondition, ETag, ErrorCode, Fault, ObjectKey, TagCondition};

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
    /// What must be true of it.
    pub condition: DeleteCondition,
}

/// Why a document was refused.
#[derive(Clone, Copy, Debug, Eq, Error, PartialEq)]
#[non_exhaustive]
pub enum DeleteRequestError {
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
        let mut condition = DeleteCondition::default();
        for child in &element.children {
            let text = child.only_text().ok_or(DeleteRequestError::Shape)?;
            let slot_was_free = match child.name.as_str() {
                "Key" => key.replace(text.to_owned()).is_none(),
                "VersionId" if text.is_empty() => true,
                "VersionId" => version_id.replace(text.to_owned()).is_none(),
                "ETag" => {
                    let wanted = match text.trim() {
                        "*" => TagCondition::Any,
                        tag => TagCondition::Is(ETag::parse(tag)),
                    };
                    condition.etag.replace(wanted).is_none()
                }
                "LastModifiedTime" => {
                    let second = read_second(text).ok_or(DeleteRequestError::Shape)?;
                    condition.modified_s.replace(second).is_none()
                }
                "Size" => {
                    let size = read_size(text.trim()).ok_or(DeleteRequestError::Shape)?;
                    condition.size.replace(size).is_none()
                }
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
            condition,
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
            DeleteRequestError::Shape => Self::new(ErrorCode::MalformedXML),
            DeleteRequestError::Xml(error) => error.into(),
        }
    }
}

#[cfg(test)]
mod tests;
