//! The services beside S3, each made of what the server is made of.

use std::sync::Arc;

use countersign_directory::Directory;
use countersign_edge::{Guests, Settings};
use countersign_iam::Iam;
use countersign_issuer::Issuer;
use countersign_objects::LocalStore;
use countersign_oidc::{OptionsError, Verifier};
use countersign_sts::Sts;

use super::{issuer, settings};
use crate::config::Config;

/// What the listeners have beside S3, over this directory, and the issuer among them, unless it is switched off.
///
/// # Errors
/// [`OptionsError`] if tokens of identity providers cannot be verified as the configuration wants it.
pub(super) fn guests(
    config: &Config,
    settings: &Settings,
    known: &Arc<Directory>,
    objects: &LocalStore,
) -> Result<(Guests, Option<Issuer>), OptionsError> {
    let plain_http = settings.guardrails.plain_http;
    let verifier = Arc::new(Verifier::new(settings::oidc(config))?);
    let sts = Arc::new(Sts::new(
        Arc::clone(known),
        verifier,
        countersign_sts::Settings { plain_http },
    ));
    let iam = Iam::new(Arc::clone(known), plain_http);
    let mut guests = Guests {
        public: Some(countersign_sts::router(Arc::clone(&sts))),
        admin: Some(iam.router()),
    };
    let issuer = issuer::issuer(config, settings, known, objects);
    if let Some(issuer) = &issuer {
        issuer.takes_tokens(Arc::new(issuer::ByRole(sts)));
        issuer::join(&mut guests, issuer);
    }
    Ok((guests, issuer))
}
