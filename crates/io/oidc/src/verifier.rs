//! The whole way of a token, from its text to what it proves.

use crate::claims::{self, ProviderRef, Verified};
use crate::error::shown;
use crate::issuer_url::same_issuer;
use crate::key_cache::KeyCache;
use crate::key_set::NoKey;
use crate::token::UnverifiedToken;
use crate::{Options, OptionsError, TokenError};

/// Verifies tokens, and keeps the keys of their issuers. One for a process; it is shared by reference.
#[derive(Debug)]
pub struct Verifier {
    options: Options,
    keys: KeyCache,
}

impl Verifier {
    /// A verifier that has fetched nothing yet.
    ///
    /// # Errors
    /// If the file of authorities cannot be read.
    pub fn new(options: Options) -> Result<Self, OptionsError> {
        let keys = KeyCache::new(&options)?;
        Ok(Self { options, keys })
    }

    /// Says what a token proves at `now_s`, seconds since 1970, if its issuer is one of `providers`.
    ///
    /// May wait for the provider, for as long as `timeout` in the options twice (configuration and keys); what is
    /// fetched is kept, also when the caller stops waiting. Needs a tokio runtime with I/O and time.
    ///
    /// # Errors
    /// The first check that failed. A token that is no token, is of an unknown issuer or has expired makes nothing
    /// be fetched.
    pub async fn verify(
        &self,
        token: &str,
        providers: &[ProviderRef<'_>],
        now_s: i64,
    ) -> Result<Verified, TokenError> {
        let token = UnverifiedToken::parse(token, self.options.max_token_bytes)?;
        let provider = provider_of(&token, providers)?;
        let skew_s = i64::try_from(self.options.skew.as_secs()).unwrap_or(i64::MAX);
        let validity = claims::check_times(&token.claims, now_s, skew_s)?;
        let subject = claims::subject(&token.claims)?.to_owned();
        self.check_signature(&token, provider.issuer, now_s).await?;
        let audience = claims::audience(&token.claims, provider.audiences)?;
        Ok(Verified {
            issuer: provider.issuer.to_owned(),
            subject,
            audience,
            issued_at: validity.issued_at,
            expires_at: validity.expires_at,
            claims: token.claims,
        })
    }

    async fn check_signature(
        &self,
        token: &UnverifiedToken<'_>,
        issuer: &str,
        now_s: i64,
    ) -> Result<(), TokenError> {
        let kid = token.key_id.as_deref();
        let unreachable = |reason| TokenError::Unreachable {
            issuer: issuer.to_owned(),
            reason,
        };
        let keys = self
            .keys
            .of_issuer(issuer, kid, now_s)
            .await
            .map_err(unreachable)?;
        // Which of two spellings is the issuer's is known only now.
        let claimed = token.issuer()?;
        if keys.issuer != claimed {
            return Err(TokenError::Issuer {
                issuer: shown(claimed),
            });
        }
        let named = || kid.map(shown).unwrap_or_default();
        match keys
            .set
            .verify(kid, token.algorithm, token.signed, token.signature)
        {
            Ok(true) => Ok(()),
            Ok(false) => Err(TokenError::SignatureMismatch {
                issuer: issuer.to_owned(),
                kid: named(),
            }),
            Err(NoKey::Mismatch) => Err(TokenError::KeyMismatch {
                issuer: issuer.to_owned(),
                kid: named(),
                alg: token.algorithm.name().to_owned(),
            }),
            Err(NoKey::Unknown) => Err(TokenError::UnknownKey {
                issuer: issuer.to_owned(),
                kid: named(),
            }),
        }
    }
}

fn provider_of<'p>(
    token: &UnverifiedToken<'_>,
    providers: &[ProviderRef<'p>],
) -> Result<ProviderRef<'p>, TokenError> {
    let issuer = token.issuer()?;
    let exactly = providers.iter().find(|provider| provider.issuer == issuer);
    let is_its = |provider: &&ProviderRef<'_>| same_issuer(provider.issuer, issuer);
    match exactly.or_else(|| providers.iter().find(is_its)) {
        Some(provider) => Ok(*provider),
        None => Err(TokenError::Issuer {
            issuer: shown(issuer),
        }),
    }
}

#[cfg(test)]
mod tests;
