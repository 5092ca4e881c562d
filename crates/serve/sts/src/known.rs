//! Roles and identity providers, kept in memory until anything in the state changes.
//!
//! INVARIANT: bounded in number and length, also for strangers who invent names of roles and issuers.

use std::sync::Arc;

use countersign_directory::Directory;
use countersign_state::{OidcProvider, RoleName, StateError};
use quick_cache::sync::Cache;

use crate::role::Role;

const KEPT_ROLES: usize = 10_000;
const KEPT_PROVIDERS: usize = 1_000;
/// How often the use of one role is noted, in milliseconds.
const NOTED_EVERY_MS: i64 = 60_000;
/// No issuer is longer.
const LONGEST_ISSUER: usize = 255;

/// What was found with the generation in which the state was asked.
type Kept<T> = Cache<Box<str>, (u64, Option<Arc<T>>)>;

/// What is known of roles and providers.
pub(crate) struct Known {
    directory: Arc<Directory>,
    roles: Kept<Role>,
    providers: Kept<OidcProvider>,
    /// When the use of a role, by its id, was last noted, in milliseconds since 1970.
    used_ms: Cache<Box<str>, i64>,
}

impl Known {
    pub(crate) fn new(directory: Arc<Directory>) -> Self {
        Self {
            directory,
            roles: Cache::new(KEPT_ROLES),
            providers: Cache::new(KEPT_PROVIDERS),
            used_ms: Cache::new(KEPT_ROLES),
        }
    }

    /// The role of this name, in any case.
    pub(crate) async fn role(&self, name: &str) -> Result<Option<Arc<Role>>, StateError> {
        let generation = self.directory.generation();
        if let Some((_, role)) = self.roles.get(name).filter(|kept| kept.0 == generation) {
            return Ok(role);
        }
        let Ok(parsed) = RoleName::parse(name) else {
            return Ok(None);
        };
        let found = self.directory.state().find_role(&parsed).await?;
        let role = found.map(|role| Arc::new(Role::read(role)));
        self.roles.insert(name.into(), (generation, role.clone()));
        Ok(role)
    }

    /// Whether the use of a role is to be noted: once a minute is often enough.
    pub(crate) fn is_use_due(&self, unique_id: &str, now_ms: i64) -> bool {
        let noted = self.used_ms.get(unique_id);
        let is_due = noted.is_none_or(|noted| now_ms.saturating_sub(noted) >= NOTED_EVERY_MS);
        if is_due {
            self.used_ms.insert(unique_id.into(), now_ms);
        }
        is_due
    }

    /// The provider whose tokens name this issuer.
    pub(crate) async fn provider(
        &self,
        issuer: &str,
    ) -> Result<Option<Arc<OidcProvider>>, StateError> {
        // The state keeps issuers without the slash that some of them have at the end.
        let issuer = issuer.strip_suffix('/').unwrap_or(issuer);
        if issuer.len() > LONGEST_ISSUER {
            return Ok(None);
        }
        let generation = self.directory.generation();
        let kept = self.providers.get(issuer);
        if let Some((_, provider)) = kept.filter(|kept| kept.0 == generation) {
            return Ok(provider);
        }
        let found = self.directory.state().find_oidc_provider(issuer).await?;
        let provider = found.map(Arc::new);
        let kept = (generation, provider.clone());
        self.providers.insert(issuer.into(), kept);
        Ok(provider)
    }
}
