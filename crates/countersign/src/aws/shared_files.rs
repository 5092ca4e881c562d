//! The two files of the AWS tools, `~/.aws/config` and `~/.aws/credentials`.
//!
//! INI in the dialect of Python's `configparser`, which botocore uses: `#` and `;` begin a comment at
//! the start of a line only, an indented line continues the value above it. In the first file
//! profiles are `[profile name]`, in the second `[name]`; `[default]` is itself in both.

use std::collections::HashMap;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use configparser::ini::Ini;

use super::{AwsError, Environment};

/// The keys of one section.
type Section = HashMap<String, Option<String>>;
/// A file by sections.
type Sections = HashMap<String, Section>;

/// Both files, read.
#[derive(Clone, Debug, Default)]
pub(crate) struct SharedFiles {
    config: Sections,
    credentials: Sections,
    /// Where they were looked for, for error messages.
    pub(super) searched: Vec<PathBuf>,
}

impl SharedFiles {
    /// Reads the files that the environment points to; a file that is not there is empty.
    ///
    /// # Errors
    /// [`AwsError::File`] if one is there but cannot be read.
    pub(crate) fn read(environment: Environment<'_>) -> Result<Self, AwsError> {
        let home = environment
            .first(&["HOME", "USERPROFILE"])
            .map(PathBuf::from);
        let path_of = |variable: &str, name: &str| {
            let named = environment
                .text(variable)
                .map(|text| beneath_home(&text, home.as_deref()));
            named.or_else(|| home.as_ref().map(|home| home.join(".aws").join(name)))
        };
        let config = path_of("AWS_CONFIG_FILE", "config");
        let credentials = path_of("AWS_SHARED_CREDENTIALS_FILE", "credentials");
        Ok(Self {
            config: config
                .as_deref()
                .map(sections)
                .transpose()?
                .unwrap_or_default(),
            credentials: credentials
                .as_deref()
                .map(sections)
                .transpose()?
                .unwrap_or_default(),
            searched: config.into_iter().chain(credentials).collect(),
        })
    }

    /// A value of a profile in the `credentials` file.
    pub(super) fn in_credentials(&self, profile: &str, key: &str) -> Option<&str> {
        value(self.credentials.get(profile)?, key)
    }

    /// A value of a profile in the `config` file.
    pub(super) fn in_config(&self, profile: &str, key: &str) -> Option<&str> {
        value(self.config_section(profile)?, key)
    }

    /// A value nested below another one of a profile: `s3 =` and, indented, `addressing_style = …`.
    pub(super) fn nested(&self, profile: &str, group: &str, key: &str) -> Option<&str> {
        nested_value(self.in_config(profile, group)?, key)
    }

    /// A value of `[services name]`, nested below the service.
    pub(super) fn in_services(&self, name: &str, service: &str, key: &str) -> Option<&str> {
        let section = self.config.get(&format!("services {name}"))?;
        nested_value(value(section, service)?, key)
    }

    /// Whether either file knows the profile.
    pub(super) fn knows(&self, profile: &str) -> bool {
        self.config_section(profile).is_some() || self.credentials.contains_key(profile)
    }

    fn config_section(&self, profile: &str) -> Option<&Section> {
        let named = || {
            let quoted = [
                format!("profile {profile}"),
                format!("profile \"{profile}\""),
            ];
            quoted.iter().find_map(|name| self.config.get(name))
        };
        if profile == "default" {
            return named().or_else(|| self.config.get(profile));
        }
        named()
    }
}

fn sections(path: &Path) -> Result<Sections, AwsError> {
    let unreadable = |reason: String| AwsError::File {
        path: path.to_owned(),
        reason,
    };
    let text = match std::fs::read_to_string(path) {
        Ok(text) => text,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Sections::new()),
        Err(error) => return Err(unreadable(error.kind().to_string())),
    };
    let mut ini = Ini::new_cs();
    ini.set_multiline(true);
    ini.set_comment_symbols(&['#', ';']);
    ini.set_inline_comment_symbols(Some(&[]));
    // The reader's message quotes the line, which may hold a secret.
    let fault = |_| unreadable("it is not in the form of AWS configuration files".to_owned());
    ini.read(text).map_err(fault)
}

fn value<'a>(section: &'a Section, key: &str) -> Option<&'a str> {
    section
        .get(key)?
        .as_deref()
        .map(str::trim)
        .filter(|text| !text.is_empty())
}

fn nested_value<'a>(group: &'a str, key: &str) -> Option<&'a str> {
    let pairs = group.lines().filter_map(|line| line.split_once('='));
    let mut found = pairs
        .filter(|(name, _)| name.trim() == key)
        .map(|(_, value)| value.trim());
    found.next().filter(|text| !text.is_empty())
}

fn beneath_home(text: &str, home: Option<&Path>) -> PathBuf {
    match (text.strip_prefix("~/"), home) {
        (Some(rest), Some(home)) => home.join(rest),
        _ => text.into(),
    }
}
