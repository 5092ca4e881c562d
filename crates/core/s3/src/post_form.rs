//! The form that a browser uploads with: the fields before the file, and what they say.
//!
//! AWS, "Browser-based uploads using HTTP POST" (aws-semantics 4.1 to 4.3). The fields of a form are
//! to its object what headers are to that of a PUT, so they are read by the same readers.
//! `${filename}` is the one thing that whoever fills in the form adds to a key that the signer wrote.
//!
//! INVARIANT: a field stands once, whatever its case (threat E8), and all of them together are
//! bounded. INVARIANT: the key that is held against the policy is the key that is stored.

mod disposition;
mod error;
mod file_name;
mod redirect;
mod tags;

use std::fmt;

use countersign_request::Header;

use crate::hoisted::has_amz_prefix;
use crate::{MAX_KEY_BYTES, ObjectKey, ObjectKeyError};

pub use disposition::Disposition;
pub use error::{PostFormError, missing_form_field};
pub use file_name::base_name;
pub use redirect::Redirect;

/// The most bytes that names and values of the fields before the file may have together.
pub const MAX_FORM_BYTES: usize = 20 * 1024;
/// The most fields before the file.
pub const MAX_FORM_FIELDS: usize = 128;

const FILE_NAME: &str = "${filename}";
/// Fields that are headers of a PUT under the same name; `x-amz-*` fields are too.
const OBJECT_FIELDS: [&str; 7] = [
    "cache-control",
    "content-disposition",
    "content-encoding",
    "content-language",
    "content-md5",
    "content-type",
    "expires",
];
/// Fields that authenticate the form and say nothing of the object.
const AUTHENTICATION: [&str; 5] = [
    "x-amz-algorithm",
    "x-amz-credential",
    "x-amz-date",
    "x-amz-security-token",
    "x-amz-signature",
];

/// The fields of a form, in the order sent.
#[derive(Clone, Default, Eq, PartialEq)]
pub struct PostForm {
    fields: Vec<(String, String)>,
    bytes: usize,
}

/// How an upload is answered where the browser is not sent elsewhere.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum SuccessStatus {
    /// 201 with a document.
    Created,
    /// 204.
    #[default]
    NoContent,
    /// 200 without a body.
    Ok,
}

impl PostForm {
    /// Takes the next field.
    ///
    /// # Errors
    /// [`PostFormError`] if the form has it already, or becomes too large.
    pub fn push(&mut self, name: &str, value: &str) -> Result<(), PostFormError> {
        self.bytes = self.bytes.saturating_add(name.len() + value.len());
        if self.bytes > MAX_FORM_BYTES || self.fields.len() == MAX_FORM_FIELDS {
            return Err(PostFormError::TooLarge);
        }
        if self.field(name).is_some() {
            let name = name.to_ascii_lowercase();
            return Err(PostFormError::Repeated { name });
        }
        self.fields.push((name.to_owned(), value.to_owned()));
        Ok(())
    }

    /// Puts the name of the file into the key, where the key asks for it. A file without a name
    /// leaves the key as it is.
    ///
    /// # Errors
    /// [`PostFormError::Key`] if the key becomes too long.
    pub fn name_file(&mut self, sent: Option<&str>) -> Result<(), PostFormError> {
        let Some(name) = sent.map(base_name) else {
            return Ok(());
        };
        for (_, key) in self
            .fields
            .iter_mut()
            .filter(|(n, _)| n.eq_ignore_ascii_case("key"))
        {
            let places = key.matches(FILE_NAME).count();
            let bytes = (key.len() - places * FILE_NAME.len())
                .saturating_add(places.saturating_mul(name.len()));
            // A key that asks a thousand times for a long name is never built.
            if places > 0 && bytes > MAX_KEY_BYTES {
                return Err(PostFormError::Key(ObjectKeyError::TooLong { bytes }));
            }
            *key = key.replace(FILE_NAME, &name);
        }
        Ok(())
    }

    /// The fields, in the order sent.
    pub fn fields(&self) -> impl Iterator<Item = (&str, &str)> {
        self.fields
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// The value of a field, whatever the case of its name.
    #[must_use]
    pub fn field(&self, name: &str) -> Option<&str> {
        self.fields()
            .find(|(n, _)| n.eq_ignore_ascii_case(name))
            .map(|(_, value)| value)
    }

    /// The key of the object.
    ///
    /// # Errors
    /// [`PostFormError`] if there is none, or it is no key.
    pub fn key(&self) -> Result<ObjectKey, PostFormError> {
        let missing = PostFormError::MissingField { name: "key" };
        match ObjectKey::parse(self.field("key").unwrap_or_default()) {
            Ok(key) => Ok(key),
            Err(ObjectKeyError::Empty) => Err(missing),
            Err(error) => Err(PostFormError::Key(error)),
        }
    }

    /// The policy, base64 as sent.
    #[must_use]
    pub fn policy(&self) -> Option<&str> {
        self.field("policy").filter(|policy| !policy.is_empty())
    }

    /// What describes the object, as the headers with which a PUT would say it.
    ///
    /// # Errors
    /// [`PostFormError::Unsupported`] for a field that would make it something else than an upload, and for
    /// tags under the name of the header: in a form they are the document in `tagging`.
    pub fn headers(&self) -> Result<Vec<Header<'_>>, PostFormError> {
        let mut headers = Vec::new();
        for (name, value) in self.fields() {
            let lower = name.to_ascii_lowercase();
            let refused = matches!(lower.as_str(), "x-amz-tagging" | "x-amz-trailer");
            if refused || lower.starts_with("x-amz-copy-source") {
                return Err(PostFormError::Unsupported { name: lower });
            }
            let about_object = OBJECT_FIELDS.contains(&lower.as_str())
                || (has_amz_prefix(name) && !AUTHENTICATION.contains(&lower.as_str()));
            let name = match lower.as_str() {
                "acl" => "x-amz-acl",
                _ if about_object => name,
                _ => continue,
            };
            let value = value.as_bytes();
            headers.push(Header { name, value });
        }
        Ok(headers)
    }

    /// The tags in the field `tagging`; none if there is no such field, or it is another document.
    ///
    /// # Errors
    /// [`PostFormError`] if the field is no XML, or the tags cannot be taken.
    pub fn tags(&self) -> Result<Option<Vec<(String, String)>>, PostFormError> {
        self.field("tagging").map_or(Ok(None), tags::read)
    }

    /// How the form wants its upload answered; what makes no sense is as if it were not there.
    #[must_use]
    pub fn success_status(&self) -> SuccessStatus {
        match self.field("success_action_status") {
            Some("200") => SuccessStatus::Ok,
            Some("201") => SuccessStatus::Created,
            _ => SuccessStatus::NoContent,
        }
    }

    /// Where the form wants the browser sent after its upload; what is no such address is as if it
    /// were not there.
    #[must_use]
    pub fn redirect(&self) -> Option<Redirect> {
        self.field("success_action_redirect")
            .or_else(|| self.field("redirect"))
            .and_then(Redirect::parse)
    }
}

impl fmt::Debug for PostForm {
    /// Shows names only: among the values are a signature and perhaps a token (threat F7).
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list()
            .entries(self.fields().map(|(name, _)| name))
            .finish()
    }
}

#[cfg(test)]
mod tests;
