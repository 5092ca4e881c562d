//! The verbs of providers of tokens, each in its transaction.

use super::super::work::Work;
use super::super::{PostgresStore, oidc_provider};
use crate::{Answer, NewOidcProvider, OidcProvider, OidcProviderStore, Origin, UnixMillis};

impl OidcProviderStore for PostgresStore {
    fn create_oidc_provider<'a>(
        &'a self,
        provider: &'a NewOidcProvider,
        now: UnixMillis,
    ) -> Answer<'a, OidcProvider> {
        let provider = provider.clone();
        self.write(async move |work: &Work<'_>| {
            oidc_provider::create(work, &provider, Origin::Stored, now).await
        })
    }

    fn find_oidc_provider<'a>(&'a self, issuer: &'a str) -> Answer<'a, Option<OidcProvider>> {
        let issuer = issuer.to_owned();
        self.read(async move |work: &Work<'_>| oidc_provider::find(work, &issuer).await)
    }

    fn list_oidc_providers(&self) -> Answer<'_, Vec<OidcProvider>> {
        self.read(async move |work: &Work<'_>| oidc_provider::list(work).await)
    }

    fn delete_oidc_provider<'a>(&'a self, issuer: &'a str) -> Answer<'a, ()> {
        let issuer = issuer.to_owned();
        self.write(async move |work: &Work<'_>| oidc_provider::delete(work, &issuer).await)
    }

    fn set_oidc_audiences<'a>(
        &'a self,
        issuer: &'a str,
        audiences: &'a [String],
    ) -> Answer<'a, ()> {
        let issuer = issuer.to_owned();
        let audiences = audiences.to_vec();
        self.write(async move |work: &Work<'_>| {
            oidc_provider::set_audiences(work, &issuer, &audiences).await
        })
    }

    fn set_oidc_thumbprints<'a>(
        &'a self,
        issuer: &'a str,
        thumbprints: &'a [String],
    ) -> Answer<'a, ()> {
        let issuer = issuer.to_owned();
        let thumbprints = thumbprints.to_vec();
        self.write(async move |work: &Work<'_>| {
            oidc_provider::set_thumbprints(work, &issuer, &thumbprints).await
        })
    }

    fn set_oidc_tags<'a>(
        &'a self,
        issuer: &'a str,
        tags: &'a [(String, String)],
    ) -> Answer<'a, ()> {
        let issuer = issuer.to_owned();
        let tags = tags.to_vec();
        self.write(async move |work: &Work<'_>| oidc_provider::set_tags(work, &issuer, &tags).await)
    }
}
