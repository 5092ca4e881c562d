//! Which credentials sign.
//!
//! The order of the AWS CLI: environment (unless a profile was typed), then the profile. In a profile
//! a role or IAM Identity Center goes before static keys, keys in the `credentials` file before those
//! in `config`, and `credential_process` comes in between.

use countersign_sigv4::{AccessKeyId, SecretAccessKey, SessionToken};

use super::{AwsError, Environment, ProfileChoice, SharedFiles, credential_process};

/// Credentials to sign with.
#[derive(Clone, Debug)]
pub(crate) struct Credentials {
    /// The public id.
    pub(crate) access_key_id: AccessKeyId,
    /// The secret.
    pub(crate) secret: SecretAccessKey,
    /// The token, if they are temporary.
    pub(crate) session_token: Option<SessionToken>,
}

impl Credentials {
    /// Puts the parts together; `None` without id and secret.
    fn of(
        id: Option<String>,
        secret: Option<String>,
        token: Option<String>,
        place: impl FnOnce() -> String,
    ) -> Result<Option<Self>, AwsError> {
        match (id, secret) {
            (Some(id), Some(secret)) => Ok(Some(Self {
                access_key_id: AccessKeyId::new(id),
                secret: SecretAccessKey::new(secret),
                session_token: token.map(SessionToken::new),
            })),
            (None, None) => Ok(None),
            _ => Err(AwsError::HalfACredential { place: place() }),
        }
    }
}

/// Finds the credentials to sign with.
///
/// # Errors
/// [`AwsError`] if there are none, or the first that there are cannot be used.
pub(crate) fn find_credentials(
    environment: Environment<'_>,
    files: &SharedFiles,
    profile: &ProfileChoice,
) -> Result<Credentials, AwsError> {
    if !profile.typed
        && let Some(credentials) = in_environment(environment)?
    {
        return Ok(credentials);
    }
    in_profile(files, &profile.name)?.ok_or(AwsError::NoCredentials)
}

fn in_environment(environment: Environment<'_>) -> Result<Option<Credentials>, AwsError> {
    Credentials::of(
        environment.text("AWS_ACCESS_KEY_ID"),
        environment.text("AWS_SECRET_ACCESS_KEY"),
        environment.first(&["AWS_SESSION_TOKEN", "AWS_SECURITY_TOKEN"]),
        || "the environment".to_owned(),
    )
}

fn in_profile(files: &SharedFiles, name: &str) -> Result<Option<Credentials>, AwsError> {
    let in_config = |key: &str| files.in_config(name, key);
    let anywhere = |key: &str| files.in_credentials(name, key).or_else(|| in_config(key));
    let over_network = [
        ("role_arn", "AWS STS"),
        ("sso_session", "IAM Identity Center"),
        ("sso_start_url", "IAM Identity Center"),
        ("login_session", "the AWS sign-in service"),
    ];
    let network = over_network.iter().find(|(key, _)| anywhere(key).is_some());
    if let Some((_, service)) = network {
        return Err(AwsError::NeedsNetwork {
            name: name.to_owned(),
            service,
        });
    }

    let token_names = ["aws_session_token", "aws_security_token"];
    let owned = |value: Option<&str>| value.map(str::to_owned);
    let in_credentials = |key: &str| files.in_credentials(name, key);
    let place = || format!("profile `{name}`");
    let stored = Credentials::of(
        owned(in_credentials("aws_access_key_id")),
        owned(in_credentials("aws_secret_access_key")),
        owned(token_names.iter().find_map(|key| in_credentials(key))),
        place,
    )?;
    if stored.is_some() {
        return Ok(stored);
    }
    if let Some(command) = anywhere("credential_process") {
        return credential_process::run(command, name).map(Some);
    }
    Credentials::of(
        owned(in_config("aws_access_key_id")),
        owned(in_config("aws_secret_access_key")),
        owned(token_names.iter().find_map(|key| in_config(key))),
        place,
    )
}
