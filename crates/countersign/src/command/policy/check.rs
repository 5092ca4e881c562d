//! `policy check`: whether a document would be taken, and what is unwise about it.

use std::path::Path;

use countersign_policy::PolicyKind;
use countersign_s3::BucketName;

use super::document::{RefusedDocument, Written};
use super::lint;
use super::report::Checked;
use crate::args::Kind;
use crate::command::{CommandError, Outcome};
use crate::render::Form;

/// Runs `policy check`.
pub(super) fn run(
    file: &Path,
    kind: Kind,
    bucket: Option<&BucketName>,
    form: Form,
) -> Result<Outcome, CommandError> {
    let written = Written::read(file)?;
    let checked = match check(&written, kind.into(), bucket) {
        Ok(warnings) => Checked::taken(&written, warnings),
        Err(refused) => Checked::refused(&written, &refused),
    };
    form.print(&checked)?;
    Ok(if checked.is_taken() {
        Outcome::Done
    } else {
        Outcome::Negative
    })
}

/// What is unwise about a document that would be taken.
pub(super) fn check(
    written: &Written,
    kind: PolicyKind,
    bucket: Option<&BucketName>,
) -> Result<Vec<lint::Warning>, Box<RefusedDocument>> {
    let kind = bucket.map_or(kind, |_| PolicyKind::Resource);
    let document = written.parse(kind)?;
    if let Some(bucket) = bucket {
        document
            .check_resources(bucket.as_str())
            .map_err(|error| written.refused(error))?;
    }
    let mut warnings = lint::warnings(written.text());
    if kind == PolicyKind::Resource && document.is_public() {
        warnings.push(lint::Warning::public());
    }
    Ok(warnings)
}
