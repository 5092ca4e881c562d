//! AWS STS: temporary credentials for roles, users and tokens of identity providers.
