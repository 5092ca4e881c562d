//! The services beside S3, each made of what the server is made of.

use std::sync::Arc;

use countersign_directory::Directory;
use countersign_edge::{Guests, Settings};
use countersign_iam::Iam;
use countersign_oidc::{OptionsError, Verifier};
use countersign_sts::Sts;

use super::settings;
use crate::config::Config;

/// What the listeners have beside S3, over this directory.
///
/// # Errors
/// [`OptionsError`] if tokens of identity providers cannot be verified as the configuration wants it.
pub(super) fn guests(
    config: &Config,
    settings: &Settings,
    known: &Arc<Directory>,
) -> Result<Guests, OptionsError> {
    let plain_http = settings.guardrails.plain_http;
    let verifier = Arc::new(Verifier::new(settings::oidc(config))?);
    let sts = Sts::new(
        Arc::clone(known),
        verifier,
        countersign_sts::Settings { plain_http },
    );
    let iam = Iam::new(Arc::clone(known), plain_http);
    Ok(Guests {
        public: Some(countersign_sts::router(Arc::new(sts))),
        admin: Some(iam.router()),
    })
}
