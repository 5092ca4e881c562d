//! What may be asked about providers of OpenID Connect tokens.

use crate::{Answer, NewOidcProvider, OidcProvider, UnixMillis};

/// Providers of OpenID Connect tokens, by issuer. Changes of declared ones are refused.
pub trait OidcProviderStore: Send + Sync {
    /// Creates a provider.
    fn create_oidc_provider<'a>(
        &'a self,
        provider: &'a NewOidcProvider,
        now: UnixMillis,
    ) -> Answer<'a, OidcProvider>;

    /// Finds a provider by its issuer, to the letter.
    fn find_oidc_provider<'a>(&'a self, issuer: &'a str) -> Answer<'a, Option<OidcProvider>>;

    /// Lists all providers by issuer.
    fn list_oidc_providers(&self) -> Answer<'_, Vec<OidcProvider>>;

    /// Deletes a provider.
    fn delete_oidc_provider<'a>(&'a self, issuer: &'a str) -> Answer<'a, ()>;

    /// Makes the audiences of a provider exactly these.
    fn set_oidc_audiences<'a>(&'a self, issuer: &'a str, audiences: &'a [String])
    -> Answer<'a, ()>;

    /// Makes the thumbprints of a provider exactly these.
    fn set_oidc_thumbprints<'a>(
        &'a self,
        issuer: &'a str,
        thumbprints: &'a [String],
    ) -> Answer<'a, ()>;

    /// Makes the tags of a provider exactly these.
    fn set_oidc_tags<'a>(&'a self, issuer: &'a str, tags: &'a [(String, String)])
    -> Answer<'a, ()>;
}
