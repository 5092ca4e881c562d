//! Declared providers of OpenID Connect tokens.

use rusqlite::Transaction;

use super::super::oidc_provider;
use crate::{DeclaredProvider, NewOidcProvider, Origin, StateError, UnixMillis};

/// Makes the declared providers exactly these.
pub(super) fn declare(
    transaction: &Transaction<'_>,
    declared: &[DeclaredProvider],
    now: UnixMillis,
) -> Result<(), StateError> {
    for provider in oidc_provider::list(transaction)? {
        let is_named = declared.iter().any(|one| one.issuer == provider.issuer);
        if provider.origin == Origin::Declared && !is_named {
            oidc_provider::remove(transaction, &provider.issuer)?;
        }
    }
    for (at, one) in declared.iter().enumerate() {
        let before = declared.iter().take(at);
        if before.clone().any(|other| other.issuer == one.issuer) {
            let issuer = one.issuer.clone();
            return Err(StateError::ProviderAlreadyExists { issuer });
        }
        match oidc_provider::find(transaction, &one.issuer)? {
            None => {
                let new = NewOidcProvider {
                    issuer: one.issuer.clone(),
                    audiences: one.audiences.clone(),
                    ..NewOidcProvider::default()
                };
                oidc_provider::create(transaction, &new, Origin::Declared, now)?;
            }
            Some(provider) if provider.origin != Origin::Declared => {
                return Err(StateError::DeclaredElsewhere {
                    what: "OpenID Connect provider",
                    name: provider.issuer,
                });
            }
            Some(provider) if provider.audiences == one.audiences => {}
            Some(_) => {
                oidc_provider::write_audiences(transaction, &one.issuer, &one.audiences)?;
            }
        }
    }
    Ok(())
}
