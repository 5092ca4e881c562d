//! `GetObjectAttributes`: which attributes are asked for, and the document that tells them.

use thiserror::Error;

use crate::multipart::MAX_PART_NUMBER;
use crate::xml::XmlWriter;
use crate::{ETag, ErrorCode, Fault, FieldError, Fields, MAX_PAGE, StoredChecksum};

const HEADER: &str = "x-amz-object-attributes";

/// Which attributes are asked for.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct AskedAttributes {
    /// The checksum.
    pub checksum: bool,
    /// The tag.
    pub etag: bool,
    /// The size.
    pub object_size: bool,
    /// The parts of an object uploaded in parts.
    pub object_parts: bool,
    /// The storage class.
    pub storage_class: bool,
    /// The most parts to tell.
    pub max_parts: usize,
    /// Only parts with numbers above this.
    pub after_part: u16,
}

/// Why the question was refused.
#[derive(Clone, Debug, Eq, Error, PartialEq)]
#[non_exhaustive]
pub enum AskedAttributesError {
    /// A header could not be read.
    #[error(transparent)]
    Field(#[from] FieldError),
    /// Nothing is asked for.
    #[error("no attribute is asked for")]
    Nothing,
    /// A number is none.
    #[error("`{value}` in `{header}` is no number")]
    Number {
        /// The header.
        header: &'static str,
        /// Its value.
        value: String,
    },
    /// An attribute that does not exist.
    #[error("there is no attribute `{name}`")]
    Unknown {
        /// Its name.
        name: String,
    },
}

impl AskedAttributes {
    /// Reads the question.
    ///
    /// # Errors
    /// [`AskedAttributesError`].
    pub fn of(fields: &Fields<'_>) -> Result<Self, AskedAttributesError> {
        let list = fields.list(HEADER)?.ok_or(AskedAttributesError::Nothing)?;
        let mut asked = Self::default();
        for name in list
            .split(',')
            .map(str::trim)
            .filter(|name| !name.is_empty())
        {
            let wanted = match name {
                "Checksum" => &mut asked.checksum,
                "ETag" => &mut asked.etag,
                "ObjectParts" => &mut asked.object_parts,
                "ObjectSize" => &mut asked.object_size,
                "StorageClass" => &mut asked.storage_class,
                _ => {
                    let name = name.to_owned();
                    return Err(AskedAttributesError::Unknown { name });
                }
            };
            *wanted = true;
        }
        if asked == Self::default() {
            return Err(AskedAttributesError::Nothing);
        }
        let max = number(fields, "x-amz-max-parts")?.unwrap_or(MAX_PAGE as u64);
        asked.max_parts = usize::try_from(max).unwrap_or(MAX_PAGE).min(MAX_PAGE);
        let after = number(fields, "x-amz-part-number-marker")?.unwrap_or(0);
        asked.after_part = u16::try_from(after).unwrap_or(MAX_PART_NUMBER);
        Ok(asked)
    }
}

fn number(fields: &Fields<'_>, header: &'static str) -> Result<Option<u64>, AskedAttributesError> {
    let Some(text) = fields.single(header)? else {
        return Ok(None);
    };
    let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let number = text.parse().ok().filter(|_| digits);
    number
        .map(Some)
        .ok_or_else(|| AskedAttributesError::Number {
            header,
            value: text.to_owned(),
        })
}

/// One part of an object.
#[derive(Clone, Copy, Debug)]
pub struct AttributePart<'a> {
    /// Its number.
    pub number: u16,
    /// Its size in bytes.
    pub size: u64,
    /// The value of its checksum, in the algorithm of the object's.
    pub checksum: Option<&'a str>,
}

/// What an object is.
#[derive(Clone, Copy, Debug)]
pub struct AttributesOfObject<'a> {
    /// Its tag.
    pub etag: &'a ETag,
    /// Its checksum.
    pub checksum: Option<&'a StoredChecksum>,
    /// All its parts; none if it was put in one piece.
    pub parts: &'a [AttributePart<'a>],
    /// Its class; none means `STANDARD`.
    pub storage_class: Option<&'a str>,
    /// Its size in bytes.
    pub size: u64,
}

/// Writes the document.
#[must_use]
pub fn object_attributes_document(
    asked: AskedAttributes,
    object: &AttributesOfObject<'_>,
) -> String {
    let mut xml = XmlWriter::new();
    xml.root("GetObjectAttributesResponse", |xml| {
        if asked.etag {
            xml.text("ETag", object.etag.as_str());
        }
        if let Some(checksum) = object.checksum.filter(|_| asked.checksum) {
            xml.element("Checksum", |xml| {
                xml.text(checksum.algorithm.element(), &checksum.value);
                xml.text("ChecksumType", checksum.kind.name());
            });
        }
        if asked.object_parts && !object.parts.is_empty() {
            write_parts(xml, asked, object);
        }
        if asked.storage_class {
            xml.text("StorageClass", object.storage_class.unwrap_or("STANDARD"));
        }
        if asked.object_size {
            xml.text("ObjectSize", &object.size.to_string());
        }
    });
    xml.finish()
}

fn write_parts(xml: &mut XmlWriter, asked: AskedAttributes, object: &AttributesOfObject<'_>) {
    let behind: Vec<&AttributePart<'_>> = object
        .parts
        .iter()
        .filter(|part| part.number > asked.after_part)
        .collect();
    let told = behind.get(..asked.max_parts).unwrap_or(&behind);
    let last = told.last().map_or(asked.after_part, |part| part.number);
    xml.element("ObjectParts", |xml| {
        // AWS: the element is called PartsCount on the wire.
        xml.text("PartsCount", &object.parts.len().to_string());
        xml.text("PartNumberMarker", &asked.after_part.to_string());
        xml.text("NextPartNumberMarker", &last.to_string());
        xml.text("MaxParts", &asked.max_parts.to_string());
        let more = told.len() < behind.len();
        xml.text("IsTruncated", if more { "true" } else { "false" });
        // Parts are told by size only where their checksums are kept (API reference).
        let algorithm = object.checksum.map(|checksum| checksum.algorithm);
        for part in told.iter().filter(|part| part.checksum.is_some()) {
            xml.element("Part", |xml| {
                xml.text("PartNumber", &part.number.to_string());
                xml.text("Size", &part.size.to_string());
                if let Some((algorithm, value)) = algorithm.zip(part.checksum) {
                    xml.text(algorithm.element(), value);
                }
            });
        }
    });
}

impl From<AskedAttributesError> for Fault {
    fn from(error: AskedAttributesError) -> Self {
        match error {
            AskedAttributesError::Field(error) => error.into(),
            AskedAttributesError::Nothing => Self::new(ErrorCode::InvalidRequest)
                .saying("Missing required header for this request: x-amz-object-attributes"),
            AskedAttributesError::Number { header, value } => {
                Self::invalid_argument("The value must be a number.", header, value)
            }
            AskedAttributesError::Unknown { name } => {
                Self::invalid_argument("Invalid attribute name specified.", HEADER, name)
            }
        }
    }
}

#[cfg(test)]
mod tests;
