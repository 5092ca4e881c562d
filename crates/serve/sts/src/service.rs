//! The service: what it works with, and the session of a role as all its calls begin it.

use std::sync::Arc;

use countersign_directory::Directory;
use countersign_oidc::Verifier;
use countersign_session::{Salt, SealError, Session, TemporaryCredentials};
use countersign_state::{StateError, UnixMillis};
use rand::Rng as _;

use crate::failures::Failures;
use crate::known::Known;
use crate::narrowing;
use crate::refusal::Refusal;
use crate::role::Role;
use crate::role_arn::RoleArn;

/// What an operator may choose.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Settings {
    /// Whether credentials may travel over plain HTTP from beyond this machine: the guardrail of that name.
    pub plain_http: bool,
}

/// STS. Shared by every thread.
pub struct Sts {
    pub(crate) directory: Arc<Directory>,
    pub(crate) verifier: Arc<Verifier>,
    pub(crate) settings: Settings,
    pub(crate) known: Known,
    pub(crate) failures: Failures,
}

impl Sts {
    /// The service over what the directory knows, and a verifier of tokens that takes up to 20,000 bytes.
    #[must_use]
    pub fn new(directory: Arc<Directory>, verifier: Arc<Verifier>, settings: Settings) -> Self {
        Self {
            known: Known::new(Arc::clone(&directory)),
            directory,
            verifier,
            settings,
            failures: Failures::default(),
        }
    }

    /// The role of an ARN, exactly; none if it is not there, or another account's.
    pub(crate) async fn role(&self, arn: &str) -> Result<Option<Arc<Role>>, Refusal> {
        let RoleArn::Ours { name } = RoleArn::parse(arn)? else {
            return Ok(None);
        };
        let role = self.known.role(name).await.map_err(|e| unavailable(&e))?;
        Ok(role.filter(|role| role.arn == arn))
    }

    /// Holds session policies to their rules: the text is one, and the ARNs are of managed policies that are there.
    pub(crate) async fn check_policies(
        &self,
        policy: Option<&str>,
        arns: &[&str],
    ) -> Result<(), Refusal> {
        narrowing::check(policy, arns)?;
        if arns.is_empty() {
            return Ok(());
        }
        let owned: Vec<String> = arns.iter().copied().map(str::to_owned).collect();
        let found = self.directory.state().find_policy_documents(&owned);
        let found = found.await.map_err(|e| unavailable(&e))?;
        let missing = arns.iter().zip(&found).find(|(_, found)| found.is_none());
        match missing {
            None if found.len() == arns.len() => Ok(()),
            None => Err(Refusal::internal("the state left out managed policies")),
            Some((arn, _)) => Err(Refusal::is_invalid(arn)),
        }
    }

    /// Seals a session.
    pub(crate) fn seal(&self, session: &Session) -> Result<TemporaryCredentials, Refusal> {
        self.directory
            .ring()
            .seal(session)
            .map_err(|error| match error {
                SealError::TooLarge { .. } | SealError::TextTooLong { .. } => {
                    Refusal::validation("The session is too large for a token.")
                }
                error => Refusal::internal(error.to_string()),
            })
    }

    /// Notes that a role was used; if that cannot be, nothing else is different.
    pub(crate) fn note_role_use(&self, role: &Role, now_s: i64) {
        let now_ms = now_s.saturating_mul(1_000);
        if !self.known.is_use_due(&role.unique_id, now_ms) {
            return;
        }
        let state = Arc::clone(self.directory.state());
        let uses = [(role.unique_id.clone(), UnixMillis(now_ms))];
        tokio::spawn(async move {
            if let Err(error) = state.record_role_uses(&uses).await {
                tracing::warn!(%error, "could not note that a role was used");
            }
        });
    }
}

/// A salt of random bytes, for sessions that must differ.
pub(crate) fn random_salt() -> Salt {
    let mut salt = Salt::default();
    rand::rng().fill_bytes(&mut salt);
    salt
}

/// The refusal while the state cannot answer.
pub(crate) fn unavailable(error: &StateError) -> Refusal {
    let fault = countersign_aws_query::Fault::sender(
        503,
        "ServiceUnavailable",
        "The service is unable to handle your request.",
    );
    Refusal::new(fault, error.to_string())
}
