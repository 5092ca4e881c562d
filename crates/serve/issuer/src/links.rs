//! Links: made, listed, inspected and revoked.

pub(crate) mod batch;
pub(crate) mod create;
pub(crate) mod inspect;
pub(crate) mod list;
mod prepare;
mod record;
pub(crate) mod revoke;
mod upload;
