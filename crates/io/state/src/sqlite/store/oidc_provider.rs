//! The verbs of providers of tokens, each in its transaction.

use super::super::{SqliteStore, oidc_provider};
use crate::{Answer, NewOidcProvider, OidcProvider, OidcProviderStore, Origin, UnixMillis};

impl OidcProviderStore for SqliteStore {
    fn create_oidc_provider<'a>(
        &'a self,
        provider: &'a NewOidcProvider,
        now: UnixMillis,
    ) -> Answer<'a, OidcProvider> {
        let provider = provider.clone();
        self.write(move |transaction, _| {
            oidc_provider::create(transaction, &provider, Origin::Stored, now)
        })
    }

    fn find_oidc_provider<'a>(&'a self, issuer: &'a str) -> Answer<'a, Option<OidcProvider>> {
        let issuer = issuer.to_owned();
        self.read(move |connection, _| oidc_provider::find(connection, &issuer))
    }

    fn list_oidc_providers(&self) -> Answer<'_, Vec<OidcProvider>> {
        self.read(|connection, _| oidc_provider::list(connection))
    }

    fn delete_oidc_provider<'a>(&'a self, issuer: &'a str) -> Answer<'a, ()> {
        let issuer = issuer.to_owned();
        self.write(move |transaction, _| oidc_provider::delete(transaction, &issuer))
    }

    fn set_oidc_audiences<'a>(
        &'a self,
        issuer: &'a str,
        audiences: &'a [String],
    ) -> Answer<'a, ()> {
        let issuer = issuer.to_owned();
        let audiences = audiences.to_vec();
        self.write(move |transaction, _| {
            oidc_provider::set_audiences(transaction, &issuer, &audiences)
        })
    }

    fn set_oidc_thumbprints<'a>(
        &'a self,
        issuer: &'a str,
        thumbprints: &'a [String],
    ) -> Answer<'a, ()> {
        let issuer = issuer.to_owned();
        let thumbprints = thumbprints.to_vec();
        self.write(move |transaction, _| {
            oidc_provider::set_thumbprints(transaction, &issuer, &thumbprints)
        })
    }

    fn set_oidc_tags<'a>(
        &'a self,
        issuer: &'a str,
        tags: &'a [(String, String)],
    ) -> Answer<'a, ()> {
        let issuer = issuer.to_owned();
        let tags = tags.to_vec();
        self.write(move |transaction, _| oidc_provider::set_tags(transaction, &issuer, &tags))
    }
}
