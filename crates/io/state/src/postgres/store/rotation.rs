//! The verbs of the end of access keys, each in its transaction.

use countersign_sigv4::AccessKeyId;

use super::super::work::Work;
use super::super::{PostgresStore, rotation};
use crate::{Answer, KeyCaller, KeyRotationStore, KeyUse, UnixMillis};

impl KeyRotationStore for PostgresStore {
    fn set_access_key_expiry<'a>(
        &'a self,
        id: &'a AccessKeyId,
        expires_at: Option<UnixMillis>,
    ) -> Answer<'a, ()> {
        let id = id.clone();
        self.write(async move |work: &Work<'_>| rotation::set_expiry(work, &id, expires_at).await)
    }

    fn retire_access_key<'a>(
        &'a self,
        id: &'a AccessKeyId,
        since: Option<UnixMillis>,
    ) -> Answer<'a, ()> {
        let id = id.clone();
        self.write(async move |work: &Work<'_>| rotation::retire(work, &id, since).await)
    }

    fn set_access_key_description<'a>(
        &'a self,
        id: &'a AccessKeyId,
        description: Option<&'a str>,
    ) -> Answer<'a, ()> {
        let id = id.clone();
        let description = description.map(str::to_owned);
        self.write(async move |work: &Work<'_>| {
            rotation::set_description(work, &id, description.as_deref()).await
        })
    }

    fn note_key_callers<'a>(&'a self, uses: &'a [KeyUse]) -> Answer<'a, ()> {
        let uses = uses.to_vec();
        self.write_quietly(async move |work: &Work<'_>| rotation::note_callers(work, &uses).await)
    }

    fn list_key_callers<'a>(&'a self, id: &'a AccessKeyId) -> Answer<'a, Vec<KeyCaller>> {
        let id = id.clone();
        self.read(async move |work: &Work<'_>| rotation::list_callers(work, &id).await)
    }
}
