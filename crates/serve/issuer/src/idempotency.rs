//! Idempotency keys: who asks again, because the answer was lost on the way, gets the same answer.
//!
//! What is remembered is not the answer but what was drawn for it ([`Drawn`]), by the principal and a digest of caller and key,
//! for a day or the link's life. It is asked for and recorded in the transaction that records the links, so of two
//! calls at once one makes the links and the other repeats them.

use countersign_state::{RememberedAnswer, UnixMillis};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::call::Call;
use crate::drawn::Drawn;
use crate::issuer::Shared;
use crate::problem::Problem;
use crate::refused;

const KEPT_MS: i64 = 24 * 60 * 60 * 1_000;

/// A call that may be repeated.
pub(crate) struct Repeatable {
    principal_id: String,
    key_digest: [u8; 32],
    request_digest: [u8; 32],
}

/// What is remembered of an answer.
#[derive(Deserialize, Serialize)]
struct Memory {
    drawn: Vec<Drawn>,
}

impl Repeatable {
    /// The call as one that may be repeated, if it says so.
    ///
    /// # Errors
    /// 400 if its key is none.
    pub(crate) fn of(call: &Call) -> Result<Option<Self>, Problem> {
        let Some(key) = call.idempotency_key()? else {
            return Ok(None);
        };
        let path = call.parts.uri.path();
        // Sessions of one role are different people, and two providers may call theirs alike.
        let identity = call.caller.identity();
        let vouched_by = identity
            .session
            .as_ref()
            .and_then(|session| session.federated_provider.as_deref())
            .unwrap_or_default();
        Ok(Some(Self {
            principal_id: identity.principal_id.to_string(),
            key_digest: digest(&[
                identity.user_id.as_bytes(),
                vouched_by.as_bytes(),
                path.as_bytes(),
                key.as_bytes(),
            ]),
            request_digest: digest(&[&call.body]),
        }))
    }

    /// What was drawn when this was asked before, if it was.
    ///
    /// # Errors
    /// 409 if something else was asked under this key.
    pub(crate) async fn find(
        &self,
        issuer: &Shared,
        request_id: &str,
    ) -> Result<Option<Vec<Drawn>>, Problem> {
        let now = UnixMillis(issuer.now_ms());
        let state = issuer.directory.state();
        let found = state
            .find_answer(&self.principal_id, self.key_digest, now)
            .await;
        let found = found.map_err(|error| refused::by_state(&error, request_id))?;
        match found {
            None => Ok(None),
            Some(answer) => self
                .recall(answer.request_digest, &answer.sealed_answer)
                .map(Some),
        }
    }

    /// What was drawn, from what is remembered.
    ///
    /// # Errors
    /// 409 if something else was asked under this key.
    pub(crate) fn recall(
        &self,
        request_digest: [u8; 32],
        answer: &[u8],
    ) -> Result<Vec<Drawn>, Problem> {
        if request_digest != self.request_digest {
            let message = "this `Idempotency-Key` was used for another request; take a new one";
            return Err(Problem::conflict(message));
        }
        let memory: Memory = serde_json::from_slice(answer).map_err(|_| Problem::internal())?;
        Ok(memory.drawn)
    }

    /// What to remember. `ends_ms` is when the last of the links ends.
    pub(crate) fn remember(&self, drawn: &[Drawn], now_ms: i64, ends_ms: i64) -> RememberedAnswer {
        let drawn = drawn.to_vec();
        RememberedAnswer {
            principal_id: self.principal_id.clone(),
            key_digest: self.key_digest,
            request_digest: self.request_digest,
            sealed_answer: serde_json::to_vec(&Memory { drawn }).unwrap_or_default(),
            expires_at: UnixMillis(ends_ms.min(now_ms.saturating_add(KEPT_MS))),
        }
    }
}

/// Lengths come first, so that no two lists of parts run together.
fn digest(parts: &[&[u8]]) -> [u8; 32] {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part);
    }
    hash.finalize().into()
}
