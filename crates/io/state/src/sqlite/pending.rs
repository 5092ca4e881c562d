//! Verbs that are on their way.

#![expect(unused_variables, reason = "bodies follow")]

use countersign_gate::LinkId;
use countersign_sigv4::AccessKeyId;
use zeroize::Zeroizing;

use super::SqliteStore;
use crate::{
    Answer, KeyCaller, KeyRotationStore, KeyUse, LinkFilter, LinkPosition, LinkRecord, LinkStore,
    NewOidcProvider, OidcProvider, OidcProviderStore, Quota, Recorded, RememberedAnswer,
    SealingKeyRecord, SealingKeyRotation, SealingKeyStore, Share, ShareStore, StateError,
    UnixMillis,
};

impl LinkStore for SqliteStore {
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

impl OidcProviderStore for SqliteStore {
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

impl KeyRotationStore for SqliteStore {
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

impl SealingKeyStore for SqliteStore {
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

impl ShareStore for SqliteStore {
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
