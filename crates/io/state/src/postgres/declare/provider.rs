//! Declared providers of OpenID Connect tokens.

use super::super::failure::Failure;
use super::super::oidc_provider;
use super::super::work::Work;
use crate::{DeclaredProvider, NewOidcProvider, Origin, StateError, UnixMillis};

/// Makes the declared providers exactly these.
pub(super) async fn declare(
    work: &Work<'_>,
    declared: &[DeclaredProvider],
    now: UnixMillis,
) -> Result<(), Failure> {
    for provider in oidc_provider::list(work).await? {
        let is_named = declared.iter().any(|one| one.issuer == provider.issuer);
        if provider.origin == Origin::Declared && !is_named {
            oidc_provider::remove(work, &provider.issuer).await?;
        }
    }
    for (at, one) in declared.iter().enumerate() {
        let before = declared.iter().take(at);
        if before.clone().any(|other| other.issuer == one.issuer) {
            let issuer = one.issuer.clone();
            return Err(StateError::ProviderAlreadyExists { issuer }.into());
        }
        match oidc_provider::find(work, &one.issuer).await? {
            None => {
                let new = NewOidcProvider {
                    issuer: one.issuer.clone(),
                    audiences: one.audiences.clone(),
                    ..NewOidcProvider::default()
                };
                oidc_provider::create(work, &new, Origin::Declared, now).await?;
            }
            Some(provider) if provider.origin != Origin::Declared => {
                return Err(StateError::DeclaredElsewhere {
                    what: "OpenID Connect provider",
                    name: provider.issuer,
                }
                .into());
            }
            Some(provider) if provider.audiences == one.audiences => {}
            Some(_) => {
                oidc_provider::write_audiences(work, &one.issuer, &one.audiences).await?;
            }
        }
    }
    Ok(())
}
