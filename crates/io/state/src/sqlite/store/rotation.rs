//! The verbs of the end of access keys, each in its transaction.

use countersign_sigv4::AccessKeyId;

use super::super::{SqliteStore, rotation};
use crate::{Answer, KeyCaller, KeyRotationStore, KeyUse, UnixMillis};

impl KeyRotationStore for SqliteStore {
    fn set_access_key_expiry<'a>(
        &'a self,
        id: &'a AccessKeyId,
        expires_at: Option<UnixMillis>,
    ) -> Answer<'a, ()> {
        let id = id.clone();
        self.write(move |transaction, _| rotation::set_expiry(transaction, &id, expires_at))
    }

    fn retire_access_key<'a>(
        &'a self,
        id: &'a AccessKeyId,
        since: Option<UnixMillis>,
    ) -> Answer<'a, ()> {
        let id = id.clone();
        self.write(move |transaction, _| rotation::retire(transaction, &id, since))
    }

    fn set_access_key_description<'a>(
        &'a self,
        id: &'a AccessKeyId,
        description: Option<&'a str>,
    ) -> Answer<'a, ()> {
        let id = id.clone();
        let description = description.map(str::to_owned);
        self.write(move |transaction, _| {
            rotation::set_description(transaction, &id, description.as_deref())
        })
    }

    fn note_key_callers<'a>(&'a self, uses: &'a [KeyUse]) -> Answer<'a, ()> {
        let uses = uses.to_vec();
        self.writer
            .run(move |transaction| rotation::note_callers(transaction, &uses))
    }

    fn list_key_callers<'a>(&'a self, id: &'a AccessKeyId) -> Answer<'a, Vec<KeyCaller>> {
        let id = id.clone();
        self.read(move |connection, _| rotation::list_callers(connection, &id))
    }
}
