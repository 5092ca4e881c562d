//! Links: made, listed, inspected and revoked.

pub(crate) mod create;
pub(crate) mod inspect;
pub(crate) mod list;
pub(crate) mod prepare;
mod record;
pub(crate) mod revoke;
mod upload;
pub(crate) mod workbench;
