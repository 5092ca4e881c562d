//! The services beside S3, put together.

use std::sync::Arc;

use countersign_directory::Directory;
use countersign_edge::Guests;
use countersign_oidc::{OptionsError, Verifier};
use countersign_sts::Sts;

use super::settings;
use crate::config::Config;

/// Everything that is served beside S3, over what the directory knows.
///
/// # Errors
/// [`OptionsError`] if tokens of identity providers cannot be verified as the configuration wants it.
pub(super) fn of(config: &Config, directory: &Arc<Directory>) -> Result<Guests, OptionsError> {
    let verifier = Arc::new(Verifier::new(settings::oidc(config))?);
    let sts = Sts::new(Arc::clone(directory), verifier, settings::sts(config));
    Ok(Guests {
        public: Some(countersign_sts::router(Arc::new(sts))),
        admin: None,
    })
}
