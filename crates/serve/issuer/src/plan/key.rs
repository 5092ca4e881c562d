//! Which key a link is for.
//!
//! Given in full it is taken as it is, byte for byte, and whoever asks must be allowed exactly that. For an upload made
//! from a template the server adds what nobody else can know (threat C1).

use countersign_s3::ObjectKey;

use crate::problem::Problem;
use crate::template::{Filling, KeyTemplate, TemplateError};
use crate::wire::{LinkRequest, Shape, Verb};

const FILE_NAME: &str = "${filename}";
/// What a browser's file is called when the link is tried out.
const SAMPLE_NAME: &str = "file";

/// The key, as far as it is known when the link is made.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) enum PlannedKey {
    /// This key.
    Exact(ObjectKey),
    /// A key that begins so and goes on with the name of the file that a form sends.
    Below {
        /// Ends with a slash.
        prefix: Box<str>,
        /// A key with some file name.
        sample: ObjectKey,
    },
}

impl PlannedKey {
    /// The key, or one of those it may become.
    pub(crate) fn sample(&self) -> &ObjectKey {
        match self {
            Self::Exact(key) => key,
            Self::Below { sample, .. } => sample,
        }
    }

    /// The key as it stands in a form.
    pub(crate) fn text(&self) -> String {
        match self {
            Self::Exact(key) => key.as_str().to_owned(),
            Self::Below { prefix, .. } => format!("{prefix}{FILE_NAME}"),
        }
    }
}

/// Settles the key.
pub(super) fn planned(request: &LinkRequest, uuid: &str) -> Result<PlannedKey, Problem> {
    match (&request.key, &request.key_template) {
        (Some(key), None) => {
            let unused = [
                (request.extension.is_some(), "extension"),
                (!request.variables.is_empty(), "variables"),
            ];
            if let Some((_, field)) = unused.into_iter().find(|(is_there, _)| *is_there) {
                let message = "this goes only with `key_template`";
                return Err(Problem::invalid(field, message));
            }
            in_full(key, request)
        }
        (None, Some(template)) => from_template(template, request, uuid),
        (Some(_), Some(_)) => {
            let message = "give either `key` or `key_template`, not both";
            Err(Problem::invalid("key_template", message))
        }
        (None, None) => {
            let message = "give a `key`, or a `key_template`";
            Err(Problem::invalid("key", message))
        }
    }
}

fn in_full(key: &str, request: &LinkRequest) -> Result<PlannedKey, Problem> {
    let refuse = |message: &str| Err(Problem::invalid("key", message));
    if let Some(prefix) = key.strip_suffix(FILE_NAME)
        && request.shape == Shape::Form
    {
        if prefix.contains(FILE_NAME) {
            return refuse("`${filename}` may stand once");
        }
        if !prefix.ends_with('/') || is_only_slashes(prefix) {
            return refuse("what stands before `${filename}` must be a folder and end in a slash");
        }
        let sample = checked(&format!("{prefix}{SAMPLE_NAME}"))?;
        let prefix = prefix.into();
        return Ok(PlannedKey::Below { prefix, sample });
    }
    // A browser's form would have it replaced, and the key signed would not be the key stored.
    if key.contains(FILE_NAME) {
        return refuse("`${filename}` may stand only at the end of the key of a form");
    }
    checked(key).map(PlannedKey::Exact)
}

/// A link is about an object, never about a bucket (threat C4).
fn checked(key: &str) -> Result<ObjectKey, Problem> {
    if is_only_slashes(key) {
        let message = "a link is about one object: the key must not be empty or of slashes only";
        return Err(Problem::invalid("key", message));
    }
    if key.chars().any(char::is_control) {
        let message = "the key must not have control characters";
        return Err(Problem::invalid("key", message));
    }
    let key = ObjectKey::parse(key).map_err(|error| Problem::invalid("key", error.to_string()))?;
    if key.has_dot_segments() {
        let message =
            "the key must not have `.` and `..` segments: clients and proxies rewrite them";
        return Err(Problem::invalid("key", message));
    }
    Ok(key)
}

fn is_only_slashes(key: &str) -> bool {
    key.bytes().all(|byte| byte == b'/')
}

fn from_template(template: &str, request: &LinkRequest, uuid: &str) -> Result<PlannedKey, Problem> {
    let refuse = |error: TemplateError| {
        let field = match &error {
            TemplateError::Extension => "extension",
            TemplateError::Missing { name } if name == "ext" => "extension",
            TemplateError::Missing { name } if name == "subject" => "subject",
            TemplateError::Subject => "subject",
            TemplateError::Missing { .. }
            | TemplateError::Unused { .. }
            | TemplateError::Variable { .. } => "variables",
            _ => "key_template",
        };
        Problem::invalid(field, error.to_string())
    };
    let template = KeyTemplate::parse(template).map_err(refuse)?;
    if request.verb == Verb::Put && !template.has_uuid() {
        return Err(refuse(TemplateError::NoUuid));
    }
    let filling = Filling {
        extension: request.extension.as_deref(),
        subject: request.subject.as_deref(),
        uuid,
        variables: &request.variables,
    };
    template
        .fill(&filling)
        .map(PlannedKey::Exact)
        .map_err(refuse)
}
