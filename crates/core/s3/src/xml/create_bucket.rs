//! The body of `CreateBucket`.

use thiserror::Error;

use super::tagging::{MAX_BUCKET_TAGS, TaggingDocumentError, tags_of};
use super::{Limits, XmlError, read};
use crate::{ErrorCode, Fault};

/// What a bucket is to be created with.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct CreateBucketConfiguration {
    /// The region it must be in; none means that of the endpoint.
    pub location_constraint: Option<String>,
    /// The tags it begins with.
    pub tags: Vec<(String, String)>,
}

/// Why the body was refused.
#[derive(Clone, Debug, Eq, Error, PartialEq)]
#[non_exhaustive]
pub enum CreateBucketError {
    /// It asks for something other than a region and tags.
    #[error("element `{element}` is not implemented")]
    NotImplemented {
        /// The element.
        element: String,
    },
    /// An element is there twice, or holds elements where it should hold text.
    #[error("the document can be read in more than one way")]
    Shape,
    /// Its tags break the rules.
    #[error(transparent)]
    Tags(#[from] TaggingDocumentError),
    /// It is another document.
    #[error("root element `{root}` is no bucket configuration")]
    WrongRoot {
        /// The root's name.
        root: String,
    },
    /// It is no acceptable XML.
    #[error(transparent)]
    Xml(#[from] XmlError),
}

impl CreateBucketConfiguration {
    /// Reads the body, which may be empty.
    ///
    /// # Errors
    /// [`CreateBucketError`] if it is malformed or asks for more than a region and tags.
    pub fn read(body: &[u8]) -> Result<Self, CreateBucketError> {
        if body.is_empty() {
            return Ok(Self::default());
        }
        let root = read(body, Limits::default())?;
        if root.name != "CreateBucketConfiguration" {
            return Err(CreateBucketError::WrongRoot { root: root.name });
        }
        let (mut location_constraint, mut tags) = (None, None);
        for child in root.children {
            match child.name.as_str() {
                "LocationConstraint" if location_constraint.is_none() => {
                    let text = child.only_text().ok_or(CreateBucketError::Shape)?;
                    location_constraint = Some(text.trim().to_owned());
                }
                "Tags" if tags.is_none() => {
                    tags = Some(tags_of(&child.children, MAX_BUCKET_TAGS)?);
                }
                "LocationConstraint" | "Tags" => return Err(CreateBucketError::Shape),
                _ => {
                    return Err(CreateBucketError::NotImplemented {
                        element: child.name,
                    });
                }
            }
        }
        Ok(Self {
            location_constraint: location_constraint.filter(|region| !region.is_empty()),
            tags: tags.unwrap_or_default(),
        })
    }

    /// Checks that the bucket may be in `region`, the region of this endpoint.
    ///
    /// # Errors
    /// The fault that S3 answers if the body names another region, or none where one is needed.
    pub fn check_region(&self, region: &str) -> Result<(), Fault> {
        match self.location_constraint.as_deref() {
            Some(named) if named == region => Ok(()),
            // AWS: `EU` is the old name of eu-west-1.
            Some("EU") if region == "eu-west-1" => Ok(()),
            // QUIRK: most S3-compatible set-ups create buckets without naming their region.
            None => Ok(()),
            Some(named) => Err(
                Fault::new(ErrorCode::IllegalLocationConstraintException).saying(format!(
                    "The {named} location constraint is incompatible for the region specific \
                     endpoint this request was sent to."
                )),
            ),
        }
    }
}

impl From<CreateBucketError> for Fault {
    fn from(error: CreateBucketError) -> Self {
        match error {
            CreateBucketError::NotImplemented { element } => Self::new(ErrorCode::NotImplemented)
                .saying("A parameter you provided implies functionality that is not implemented")
                .with("Parameter", element),
            CreateBucketError::Shape | CreateBucketError::WrongRoot { .. } => {
                Self::new(ErrorCode::MalformedXML)
            }
            CreateBucketError::Tags(error) => error.into(),
            CreateBucketError::Xml(error) => error.into(),
        }
    }
}

#[cfg(test)]
mod tests;
