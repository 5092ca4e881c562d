//! Session tokens: temporary credentials that any node opens and nobody stores.
