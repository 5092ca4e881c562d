//! The services beside S3, each made of what the server is made of.

use std::sync::Arc;

use countersign_directory::Directory;
use countersign_edge::{Guests, Settings};
use countersign_iam::Iam;

/// What the listeners have beside S3, over this directory.
pub(super) fn guests(settings: &Settings, known: &Arc<Directory>) -> Guests {
    let plain_http = settings.guardrails.plain_http;
    let iam = Iam::new(Arc::clone(known), plain_http);
    Guests {
        public: None,
        admin: Some(iam.router()),
    }
}
