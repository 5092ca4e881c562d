//! What is declared beside users: roles, providers of tokens, and managed policies, each in a file of its own.
//!
//! Every `*.json` in the directory of policies is a managed policy of the file's name. Documents are read and
//! checked here, so that a wrong one is found before anything starts, with file, line and column.

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use countersign_oidc::IssuerUrl;
use countersign_policy::{PolicyDocument, PolicyKind};
use countersign_state::{
    DEFAULT_MAX_SESSION_S, DeclaredPolicy, DeclaredProvider, DeclaredRole, IamPath,
    MAX_SESSION_BOUNDS_S, PolicyName, RoleName,
};
use serde::{Deserialize, Serialize};

use super::ConfigError;
use super::duration::TimeSpan;
use super::raw::Text;
use super::source::Source;

/// Where policies are looked for if nothing else is said, beside the configuration file.
const POLICIES_DIRECTORY: &str = "policies";

/// `[[role]]`
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawRole {
    description: Option<String>,
    max_session: Option<TimeSpan>,
    name: Text<RoleName>,
    path: Option<Text<IamPath>>,
    policies: Option<Vec<Text<PolicyName>>>,
    trust_policy_file: PathBuf,
}

/// `[[oidc_provider]]`
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawProvider {
    audiences: Vec<String>,
    issuer: Text<IssuerUrl>,
}

/// What is declared beside users.
#[derive(Clone, Debug, Default)]
pub(crate) struct Declared {
    /// Roles.
    pub(crate) roles: Vec<DeclaredRole>,
    /// Managed policies.
    pub(crate) policies: Vec<DeclaredPolicy>,
    /// Providers of OpenID Connect tokens.
    pub(crate) providers: Vec<DeclaredProvider>,
}

impl Serialize for Declared {
    /// Names say enough; the documents are in their files.
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct Names<'a> {
            roles: Vec<&'a str>,
            policies: Vec<&'a str>,
            oidc_providers: Vec<&'a str>,
        }
        Names {
            roles: self.roles.iter().map(|one| one.name.as_str()).collect(),
            policies: self.policies.iter().map(|one| one.name.as_str()).collect(),
            oidc_providers: self
                .providers
                .iter()
                .map(|one| one.issuer.as_str())
                .collect(),
        }
        .serialize(serializer)
    }
}

/// Reads all that is declared, with its files.
pub(super) fn read(
    roles: Vec<RawRole>,
    providers: Vec<RawProvider>,
    policies_dir: Option<&Path>,
    source: &Source,
) -> Result<Declared, ConfigError> {
    let roles = roles.into_iter().enumerate();
    Ok(Declared {
        roles: roles
            .map(|(at, raw)| role(at, raw, source))
            .collect::<Result<_, _>>()?,
        policies: policies(policies_dir, source)?,
        providers: providers.into_iter().map(provider).collect(),
    })
}

fn provider(raw: RawProvider) -> DeclaredProvider {
    DeclaredProvider {
        issuer: raw.issuer.0.registered().to_owned(),
        audiences: raw.audiences,
    }
}

fn role(at: usize, raw: RawRole, source: &Source) -> Result<DeclaredRole, ConfigError> {
    let at = at.to_string();
    let max_session_s = match raw.max_session {
        None => DEFAULT_MAX_SESSION_S,
        Some(time) => {
            let seconds = u32::try_from(time.0.as_secs()).unwrap_or(u32::MAX);
            if !MAX_SESSION_BOUNDS_S.contains(&seconds) {
                return Err(ConfigError::OutOfRange {
                    at: source.place_of(&["role", &at, "max_session"]),
                    key: "role.max_session",
                    allowed: "between 1h and 12h",
                });
            }
            seconds
        }
    };
    let file = source.beside(&raw.trust_policy_file);
    Ok(DeclaredRole {
        name: raw.name.0,
        path: raw.path.map(|path| path.0).unwrap_or_default(),
        trust_policy: document(&file, PolicyKind::Trust)?,
        policies: names(raw.policies.unwrap_or_default()),
        max_session_s,
        description: raw.description,
    })
}

/// The names that were written.
pub(super) fn names(raw: Vec<Text<PolicyName>>) -> Vec<PolicyName> {
    raw.into_iter().map(|name| name.0).collect()
}

/// The policies in the directory, by name. One that was named has to be there.
fn policies(named: Option<&Path>, source: &Source) -> Result<Vec<DeclaredPolicy>, ConfigError> {
    if named.is_none() && !source.is_file() {
        return Ok(Vec::new());
    }
    let directory = source.beside(named.unwrap_or(Path::new(POLICIES_DIRECTORY)));
    let unreadable = |error: std::io::Error| ConfigError::Unreadable {
        path: directory.clone(),
        kind: error.kind(),
    };
    let entries = match fs::read_dir(&directory) {
        Err(error) if named.is_none() && error.kind() == ErrorKind::NotFound => {
            return Ok(Vec::new());
        }
        entries => entries.map_err(unreadable)?,
    };
    let mut policies = Vec::new();
    for entry in entries {
        let path = entry.map_err(unreadable)?.path();
        if path
            .extension()
            .is_some_and(|extension| extension == "json")
        {
            policies.push(policy(&path)?);
        }
    }
    policies.sort_by(|one: &DeclaredPolicy, other| one.name.cmp(&other.name));
    Ok(policies)
}

fn policy(path: &Path) -> Result<DeclaredPolicy, ConfigError> {
    let stem = path.file_stem().map(|stem| stem.to_string_lossy());
    let name = PolicyName::parse(&stem.unwrap_or_default());
    let name = name.map_err(|error| ConfigError::PolicyFileName {
        path: path.to_owned(),
        reason: error.to_string(),
    })?;
    Ok(DeclaredPolicy {
        name,
        document: document(path, PolicyKind::Identity)?,
    })
}

fn document(path: &Path, kind: PolicyKind) -> Result<String, ConfigError> {
    let text = fs::read_to_string(path).map_err(|error| ConfigError::Unreadable {
        path: path.to_owned(),
        kind: error.kind(),
    })?;
    match PolicyDocument::parse(&text, kind) {
        Ok(_) => Ok(text),
        Err(error) => Err(ConfigError::Document {
            path: path.to_owned(),
            line: error.position.line,
            column: error.position.column,
            reason: match &error.hint {
                None => error.problem.to_string(),
                Some(hint) => format!("{}; {hint}", error.problem),
            },
        }),
    }
}

#[cfg(test)]
mod tests;
