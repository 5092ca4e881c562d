//! Verbs that are on their way.

#![expect(unused_variables, reason = "bodies follow")]

use countersign_gate::LinkId;
use countersign_sigv4::AccessKeyId;
use zeroize::Zeroizing;

use super::PostgresStore;
use crate::{
    Answer, Boundary, KeyCaller, KeyRotationStore, KeyUse, LinkFilter, LinkPosition, LinkRecord,
    LinkStore, ManagedPolicy, ManagedPolicyStore, NewManagedPolicy, NewOidcProvider, NewRole,
    OidcProvider, OidcProviderStore, PolicyEntities, PolicyName, PolicyOwner, PolicyVersion,
    PrincipalName, PrincipalRecord, Quota, Recorded, RememberedAnswer, Role, RoleName, RoleStore,
    RoleUpdate, SealingKeyRecord, SealingKeyRotation, SealingKeyStore, Share, ShareStore,
    StateError, UnixMillis,
};

impl LinkStore for PostgresStore {
    fn record_links<'a>(
        &'a self,
        links: &'a [LinkRecord],
        quota: Quota,
        answer: Option<&'a RememberedAnswer>,
        now: UnixMillis,
    ) -> Answer<'a, Recorded> {
        Box::pin(async {
            Err(StateError::Database {
                message: "not there yet".to_owned(),
            })
        })
    }

    fn find_answer<'a>(
        &'a self,
        principal_id: &'a str,
        key_digest: [u8; 32],
        now: UnixMillis,
    ) -> Answer<'a, Option<RememberedAnswer>> {
        Box::pin(async {
            Err(StateError::Database {
                message: "not there yet".to_owned(),
            })
        })
    }

    fn find_link(&self, link: LinkId) -> Answer<'_, Option<LinkRecord>> {
        Box::pin(async {
            Err(StateError::Database {
                message: "not there yet".to_owned(),
            })
        })
    }

    fn list_links<'a>(
        &'a self,
        filter: &'a LinkFilter,
        limit: usize,
        after: Option<LinkPosition>,
    ) -> Answer<'a, Vec<LinkRecord>> {
        Box::pin(async {
            Err(StateError::Database {
                message: "not there yet".to_owned(),
            })
        })
    }
}

impl ManagedPolicyStore for PostgresStore {
    fn create_managed_policy<'a>(
        &'a self,
        policy: &'a NewManagedPolicy,
        now: UnixMillis,
    ) -> Answer<'a, ManagedPolicy> {
        Box::pin(async {
            Err(StateError::Database {
                message: "not there yet".to_owned(),
            })
        })
    }

    fn find_managed_policy<'a>(
        &'a self,
        name: &'a PolicyName,
    ) -> Answer<'a, Option<ManagedPolicy>> {
        Box::pin(async {
            Err(StateError::Database {
                message: "not there yet".to_owned(),
            })
        })
    }

    fn list_managed_policies(&self) -> Answer<'_, Vec<ManagedPolicy>> {
        Box::pin(async {
            Err(StateError::Database {
                message: "not there yet".to_owned(),
            })
        })
    }

    fn delete_managed_policy<'a>(&'a self, name: &'a PolicyName) -> Answer<'a, ()> {
        Box::pin(async {
            Err(StateError::Database {
                message: "not there yet".to_owned(),
            })
        })
    }

    fn set_managed_policy_tags<'a>(
        &'a self,
        name: &'a PolicyName,
        tags: &'a [(String, String)],
    ) -> Answer<'a, ()> {
        Box::pin(async {
            Err(StateError::Database {
                message: "not there yet".to_owned(),
            })
        })
    }

    fn create_policy_version<'a>(
        &'a self,
        name: &'a PolicyName,
        document: &'a str,
        set_default: bool,
        now: UnixMillis,
    ) -> Answer<'a, PolicyVersion> {
        Box::pin(async {
            Err(StateError::Database {
                message: "not there yet".to_owned(),
            })
        })
    }

    fn delete_policy_version<'a>(&'a self, name: &'a PolicyName, number: u32) -> Answer<'a, ()> {
        Box::pin(async {
            Err(StateError::Database {
                message: "not there yet".to_owned(),
            })
        })
    }

    fn set_default_policy_version<'a>(
        &'a self,
        name: &'a PolicyName,
        number: u32,
        now: UnixMillis,
    ) -> Answer<'a, ()> {
        Box::pin(async {
            Err(StateError::Database {
                message: "not there yet".to_owned(),
            })
        })
    }

    fn list_policy_versions<'a>(&'a self, name: &'a PolicyName) -> Answer<'a, Vec<PolicyVersion>> {
        Box::pin(async {
            Err(StateError::Database {
                message: "not there yet".to_owned(),
            })
        })
    }

    fn find_policy_version<'a>(
        &'a self,
        name: &'a PolicyName,
        number: u32,
    ) -> Answer<'a, Option<PolicyVersion>> {
        Box::pin(async {
            Err(StateError::Database {
                message: "not there yet".to_owned(),
            })
        })
    }

    fn attach_policy<'a>(&'a self, owner: &'a PolicyOwner, name: &'a PolicyName) -> Answer<'a, ()> {
        Box::pin(async {
            Err(StateError::Database {
                message: "not there yet".to_owned(),
            })
        })
    }

    fn detach_policy<'a>(&'a self, owner: &'a PolicyOwner, name: &'a PolicyName) -> Answer<'a, ()> {
        Box::pin(async {
            Err(StateError::Database {
                message: "not there yet".to_owned(),
            })
        })
    }

    fn list_attached_policies<'a>(
        &'a self,
        owner: &'a PolicyOwner,
    ) -> Answer<'a, Vec<ManagedPolicy>> {
        Box::pin(async {
            Err(StateError::Database {
                message: "not there yet".to_owned(),
            })
        })
    }

    fn list_policy_entities<'a>(&'a self, name: &'a PolicyName) -> Answer<'a, PolicyEntities> {
        Box::pin(async {
            Err(StateError::Database {
                message: "not there yet".to_owned(),
            })
        })
    }

    fn find_policy_documents<'a>(&'a self, arns: &'a [String]) -> Answer<'a, Vec<Option<String>>> {
        Box::pin(async {
            Err(StateError::Database {
                message: "not there yet".to_owned(),
            })
        })
    }
}

impl OidcProviderStore for PostgresStore {
    fn create_oidc_provider<'a>(
        &'a self,
        provider: &'a NewOidcProvider,
        now: UnixMillis,
    ) -> Answer<'a, OidcProvider> {
        Box::pin(async {
            Err(StateError::Database {
                message: "not there yet".to_owned(),
            })
        })
    }

    fn find_oidc_provider<'a>(&'a self, issuer: &'a str) -> Answer<'a, Option<OidcProvider>> {
        Box::pin(async {
            Err(StateError::Database {
                message: "not there yet".to_owned(),
            })
        })
    }

    fn list_oidc_providers(&self) -> Answer<'_, Vec<OidcProvider>> {
        Box::pin(async {
            Err(StateError::Database {
                message: "not there yet".to_owned(),
            })
        })
    }

    fn delete_oidc_provider<'a>(&'a self, issuer: &'a str) -> Answer<'a, ()> {
        Box::pin(async {
            Err(StateError::Database {
                message: "not there yet".to_owned(),
            })
        })
    }

    fn set_oidc_audiences<'a>(
        &'a self,
        issuer: &'a str,
        audiences: &'a [String],
    ) -> Answer<'a, ()> {
        Box::pin(async {
            Err(StateError::Database {
                message: "not there yet".to_owned(),
            })
        })
    }

    fn set_oidc_thumbprints<'a>(
        &'a self,
        issuer: &'a str,
        thumbprints: &'a [String],
    ) -> Answer<'a, ()> {
        Box::pin(async {
            Err(StateError::Database {
                message: "not there yet".to_owned(),
            })
        })
    }

    fn set_oidc_tags<'a>(
        &'a self,
        issuer: &'a str,
        tags: &'a [(String, String)],
    ) -> Answer<'a, ()> {
        Box::pin(async {
            Err(StateError::Database {
                message: "not there yet".to_owned(),
            })
        })
    }
}

impl RoleStore for PostgresStore {
    fn create_role<'a>(&'a self, role: &'a NewRole, now: UnixMillis) -> Answer<'a, Role> {
        Box::pin(async {
            Err(StateError::Database {
                message: "not there yet".to_owned(),
            })
        })
    }

    fn find_role<'a>(&'a self, name: &'a RoleName) -> Answer<'a, Option<Role>> {
        Box::pin(async {
            Err(StateError::Database {
                message: "not there yet".to_owned(),
            })
        })
    }

    fn list_roles(&self) -> Answer<'_, Vec<Role>> {
        Box::pin(async {
            Err(StateError::Database {
                message: "not there yet".to_owned(),
            })
        })
    }

    fn update_role<'a>(&'a self, name: &'a RoleName, update: &'a RoleUpdate) -> Answer<'a, ()> {
        Box::pin(async {
            Err(StateError::Database {
                message: "not there yet".to_owned(),
            })
        })
    }

    fn set_trust_policy<'a>(&'a self, name: &'a RoleName, document: &'a str) -> Answer<'a, ()> {
        Box::pin(async {
            Err(StateError::Database {
                message: "not there yet".to_owned(),
            })
        })
    }

    fn delete_role<'a>(&'a self, name: &'a RoleName) -> Answer<'a, ()> {
        Box::pin(async {
            Err(StateError::Database {
                message: "not there yet".to_owned(),
            })
        })
    }

    fn set_role_tags<'a>(
        &'a self,
        name: &'a RoleName,
        tags: &'a [(String, String)],
    ) -> Answer<'a, ()> {
        Box::pin(async {
            Err(StateError::Database {
                message: "not there yet".to_owned(),
            })
        })
    }

    fn set_permissions_boundary<'a>(
        &'a self,
        principal: &'a PrincipalName,
        boundary: Option<&'a Boundary>,
    ) -> Answer<'a, ()> {
        Box::pin(async {
            Err(StateError::Database {
                message: "not there yet".to_owned(),
            })
        })
    }

    fn find_permissions_boundary<'a>(
        &'a self,
        principal: &'a PrincipalName,
    ) -> Answer<'a, Option<Boundary>> {
        Box::pin(async {
            Err(StateError::Database {
                message: "not there yet".to_owned(),
            })
        })
    }

    fn find_principal<'a>(&'a self, unique_id: &'a str) -> Answer<'a, Option<PrincipalRecord>> {
        Box::pin(async {
            Err(StateError::Database {
                message: "not there yet".to_owned(),
            })
        })
    }

    fn record_role_uses<'a>(&'a self, uses: &'a [(String, UnixMillis)]) -> Answer<'a, ()> {
        Box::pin(async {
            Err(StateError::Database {
                message: "not there yet".to_owned(),
            })
        })
    }
}

impl KeyRotationStore for PostgresStore {
    fn set_access_key_expiry<'a>(
        &'a self,
        id: &'a AccessKeyId,
        expires_at: Option<UnixMillis>,
    ) -> Answer<'a, ()> {
        Box::pin(async {
            Err(StateError::Database {
                message: "not there yet".to_owned(),
            })
        })
    }

    fn retire_access_key<'a>(
        &'a self,
        id: &'a AccessKeyId,
        since: Option<UnixMillis>,
    ) -> Answer<'a, ()> {
        Box::pin(async {
            Err(StateError::Database {
                message: "not there yet".to_owned(),
            })
        })
    }

    fn set_access_key_description<'a>(
        &'a self,
        id: &'a AccessKeyId,
        description: Option<&'a str>,
    ) -> Answer<'a, ()> {
        Box::pin(async {
            Err(StateError::Database {
                message: "not there yet".to_owned(),
            })
        })
    }

    fn note_key_callers<'a>(&'a self, uses: &'a [KeyUse]) -> Answer<'a, ()> {
        Box::pin(async {
            Err(StateError::Database {
                message: "not there yet".to_owned(),
            })
        })
    }

    fn list_key_callers<'a>(&'a self, id: &'a AccessKeyId) -> Answer<'a, Vec<KeyCaller>> {
        Box::pin(async {
            Err(StateError::Database {
                message: "not there yet".to_owned(),
            })
        })
    }
}

impl SealingKeyStore for PostgresStore {
    fn sealing_keys(&self) -> Answer<'_, Vec<SealingKeyRecord>> {
        Box::pin(async {
            Err(StateError::Database {
                message: "not there yet".to_owned(),
            })
        })
    }

    fn rotate_sealing_key(
        &self,
        new_bytes: Zeroizing<[u8; 32]>,
        rotation: SealingKeyRotation,
        now: UnixMillis,
    ) -> Answer<'_, Vec<SealingKeyRecord>> {
        Box::pin(async {
            Err(StateError::Database {
                message: "not there yet".to_owned(),
            })
        })
    }
}

impl ShareStore for PostgresStore {
    fn create_share<'a>(
        &'a self,
        share: &'a Share,
        quota: Quota,
        now: UnixMillis,
    ) -> Answer<'a, ()> {
        Box::pin(async {
            Err(StateError::Database {
                message: "not there yet".to_owned(),
            })
        })
    }

    fn find_share(&self, token_digest: [u8; 32]) -> Answer<'_, Option<Share>> {
        Box::pin(async {
            Err(StateError::Database {
                message: "not there yet".to_owned(),
            })
        })
    }

    fn find_share_by_id(&self, id: LinkId) -> Answer<'_, Option<Share>> {
        Box::pin(async {
            Err(StateError::Database {
                message: "not there yet".to_owned(),
            })
        })
    }

    fn open_share(&self, token_digest: [u8; 32], now: UnixMillis) -> Answer<'_, Option<Share>> {
        Box::pin(async {
            Err(StateError::Database {
                message: "not there yet".to_owned(),
            })
        })
    }

    fn revoke_share(&self, id: LinkId, now: UnixMillis) -> Answer<'_, ()> {
        Box::pin(async {
            Err(StateError::Database {
                message: "not there yet".to_owned(),
            })
        })
    }

    fn list_shares<'a>(
        &'a self,
        filter: &'a LinkFilter,
        limit: usize,
        after: Option<LinkPosition>,
    ) -> Answer<'a, Vec<Share>> {
        Box::pin(async {
            Err(StateError::Database {
                message: "not there yet".to_owned(),
            })
        })
    }
}
