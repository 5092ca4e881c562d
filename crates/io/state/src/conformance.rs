//! What every engine of [`StateStore`] has to do, as one suite.
//!
//! Each function takes an empty store and panics where the engine departs from the contract; [`all`]
//! names them, so an engine's own test runs the whole list, each on a fresh store.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a suite fails by panicking"
)]

mod bucket;
mod declaration;
mod identity;
mod issued_link;
mod ledger;
mod managed_policy;
mod oidc_provider;
mod policy;
mod revocation;
mod role;
mod rotation;
mod sealing_key;
mod share;
mod user;

use std::pin::Pin;

use countersign_s3::BucketName;
use countersign_sigv4::{AccessKeyId, SecretAccessKey};

use crate::{Declaration, DeclaredUser, NewCredential, StateStore, UnixMillis, UserName};

/// One expectation, with its name.
pub type Case = (&'static str, for<'a> fn(&'a dyn StateStore) -> Verdict<'a>);

/// A case that is running.
pub type Verdict<'a> = Pin<Box<dyn Future<Output = ()> + 'a>>;

/// Every case of the suite.
#[must_use]
pub fn all() -> Vec<Case> {
    [
        identity::cases(),
        bucket::cases(),
        policy::cases(),
        ledger::cases(),
        revocation::cases(),
        user::cases(),
        role::cases(),
        managed_policy::cases(),
        oidc_provider::cases(),
        sealing_key::cases(),
        rotation::cases(),
        issued_link::cases(),
        share::cases(),
        declaration::cases(),
    ]
    .concat()
}

const NOW: UnixMillis = UnixMillis(1_700_000_000_000);

fn user(name: &str) -> UserName {
    UserName::parse(name).unwrap()
}

fn bucket(name: &str) -> BucketName {
    BucketName::parse(name).unwrap()
}

fn credential(id: &str, secret: &str) -> NewCredential {
    NewCredential {
        id: AccessKeyId::new(id),
        secret: SecretAccessKey::new(secret),
    }
}

fn declared(name: &str, id: &str, secret: &str) -> DeclaredUser {
    let NewCredential {
        id: access_key_id,
        secret,
    } = credential(id, secret);
    DeclaredUser {
        name: user(name),
        access_key_id,
        secret,
        policies: None,
    }
}

/// Only these users are declared.
fn declaration(users: &[DeclaredUser]) -> Declaration {
    Declaration {
        users: users.to_vec(),
        ..Declaration::default()
    }
}
