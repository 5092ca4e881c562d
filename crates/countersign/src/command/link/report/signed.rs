//! What the URL of a link says of it, as reports show it. The URL itself is not shown.

use std::io::{self, Write};

use serde::Serialize;

use crate::command::link::which::OfUrl;
use crate::render::terminal::{field, shown};

/// What the URL of a link says of it.
#[derive(Serialize)]
pub(super) struct Signed {
    access_key_id: String,
    user: Option<String>,
    subject: Option<String>,
    bucket: Option<String>,
    key: Option<String>,
    signed_at: String,
    expires_at: String,
}

impl Signed {
    pub(super) fn of(url: &OfUrl) -> Self {
        Self {
            access_key_id: url.access_key_id.clone(),
            user: url.signer.as_ref().map(|(name, _)| name.clone()),
            subject: url.subject.clone(),
            bucket: url.place.bucket.as_ref().map(ToString::to_string),
            key: url.place.key.clone(),
            signed_at: url.signed_at.iso8601(),
            expires_at: url.expires_at.iso8601(),
        }
    }

    pub(super) fn write_text(&self, out: &mut dyn Write) -> io::Result<()> {
        let user = self.user.as_deref();
        let user = user.unwrap_or("a user unknown here, so it is refused");
        let key = shown(&self.access_key_id);
        field(out, "Signed by", format!("{key} of {user}"))?;
        if let Some(subject) = &self.subject {
            field(out, "Subject", shown(subject))?;
        }
        if let Some(bucket) = &self.bucket {
            let key = self.key.as_deref().unwrap_or_default();
            field(out, "For", format!("s3://{bucket}/{}", shown(key)))?;
        }
        field(out, "Signed", &self.signed_at)?;
        field(out, "Expires", &self.expires_at)
    }
}
