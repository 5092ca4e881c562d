//! Which profile of the shared files counts.

use super::{AwsError, Environment, SharedFiles};

/// The profile in use, and whether somebody asked for it by name on the command line.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct ProfileChoice {
    /// Its name.
    pub(crate) name: String,
    /// Whether it was typed. A typed profile goes before credentials in the environment, as in the
    /// AWS CLI; one that the environment names does not.
    pub(crate) typed: bool,
}

impl ProfileChoice {
    /// Chooses: `--profile`, else `AWS_PROFILE`, else `AWS_DEFAULT_PROFILE`, else `default`.
    ///
    /// # Errors
    /// [`AwsError::NoSuchProfile`] if a profile was asked for that no file has.
    pub(crate) fn find(
        typed: Option<&str>,
        environment: Environment<'_>,
        files: &SharedFiles,
    ) -> Result<Self, AwsError> {
        let asked = typed
            .map(str::to_owned)
            .or_else(|| environment.first(&["AWS_PROFILE", "AWS_DEFAULT_PROFILE"]));
        match asked {
            None => Ok(Self {
                name: "default".to_owned(),
                typed: false,
            }),
            Some(name) if files.knows(&name) => Ok(Self {
                name,
                typed: typed.is_some(),
            }),
            Some(name) => Err(AwsError::NoSuchProfile {
                name,
                searched: files.searched.clone(),
            }),
        }
    }
}
