//! Managed policies: documents with versions, attached to many.

use std::io::{self, Write};
use std::path::Path;

use countersign_policy::PolicyKind;
use countersign_state::{
    MAX_POLICY_VERSIONS, ManagedPolicy, NewManagedPolicy, Origin, PolicyName, PolicyVersion,
    StateError, StateStore,
};
use serde::Serialize;

use super::document::Written;
use super::lint::{self, Warning};
use super::report::write_warnings;
use crate::args::ManagedCommand;
use crate::command::changed::Changed;
use crate::command::{CommandError, unix_millis_now};
use crate::render::terminal;
use crate::render::{Form, Report, date};

/// Runs `policy managed`.
pub(super) async fn run(
    store: &dyn StateStore,
    command: &ManagedCommand,
    form: Form,
) -> Result<(), CommandError> {
    match command {
        ManagedCommand::Create {
            name,
            file,
            description,
            path,
        } => {
            let (document, warnings) = read(file)?;
            let new = NewManagedPolicy {
                path: path.clone(),
                description: description.clone(),
                ..NewManagedPolicy::new(name, &document)
            };
            let made = store.create_managed_policy(&new, unix_millis_now()).await?;
            form.print(&Stored::new(&made, 1, warnings))?;
        }
        ManagedCommand::Default { name, version } => {
            let now = unix_millis_now();
            store
                .set_default_policy_version(name, *version, now)
                .await?;
            form.print(&Changed::new("policy", "Policy", name, "changed"))?;
        }
        ManagedCommand::Delete { name } => {
            delete(store, name).await?;
            form.print(&Changed::new("policy", "Policy", name, "deleted"))?;
        }
        ManagedCommand::List => {
            form.print(&Listed::new(&store.list_managed_policies().await?))?;
        }
        ManagedCommand::Update { name, file } => {
            let (document, warnings) = read(file)?;
            let version = update(store, name, &document).await?;
            let policy = named(store, name).await?;
            form.print(&Stored::new(&policy, version, warnings))?;
        }
        ManagedCommand::Versions { name } => {
            form.print(&Versions::new(&store.list_policy_versions(name).await?))?;
        }
    }
    Ok(())
}

/// The managed policy of this name.
async fn named(store: &dyn StateStore, name: &PolicyName) -> Result<ManagedPolicy, StateError> {
    let found = store.find_managed_policy(name).await?;
    found.ok_or_else(|| StateError::NoSuchManagedPolicy { name: name.clone() })
}

/// Reads a document that would be taken, and what is unwise about it.
fn read(file: &Path) -> Result<(String, Vec<Warning>), CommandError> {
    let written = Written::read(file)?;
    written.parse(PolicyKind::Identity)?;
    let warnings = lint::warnings(written.text());
    Ok((written.text().to_owned(), warnings))
}

/// Adds a version and puts it in force. Where there is no room, the oldest that is not in force goes.
async fn update(
    store: &dyn StateStore,
    name: &PolicyName,
    document: &str,
) -> Result<u32, CommandError> {
    let versions = store.list_policy_versions(name).await?;
    if versions.len() >= MAX_POLICY_VERSIONS
        && let Some(oldest) = versions.iter().rev().find(|version| !version.is_default)
    {
        store.delete_policy_version(name, oldest.number).await?;
    }
    let now = unix_millis_now();
    let made = store
        .create_policy_version(name, document, true, now)
        .await?;
    Ok(made.number)
}

/// Deletes a policy that nobody has; who has it is said.
async fn delete(store: &dyn StateStore, name: &PolicyName) -> Result<(), CommandError> {
    Ok(store.delete_managed_policy(name).await?)
}

/// A managed policy that was stored.
#[derive(Serialize)]
struct Stored {
    policy: String,
    arn: String,
    version: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    warnings: Vec<Warning>,
}

impl Stored {
    fn new(policy: &ManagedPolicy, version: u32, warnings: Vec<Warning>) -> Self {
        Self {
            policy: policy.name.to_string(),
            arn: policy.arn().to_string(),
            version: format!("v{version}"),
            warnings,
        }
    }
}

impl Report for Stored {
    fn write_text(&self, out: &mut dyn Write) -> io::Result<()> {
        let Self {
            policy,
            arn,
            version,
            warnings,
        } = self;
        writeln!(out, "Policy {policy} stored, version {version} in force")?;
        writeln!(out, "  {arn}")?;
        write_warnings(out, warnings)
    }
}

/// All managed policies.
#[derive(Serialize)]
struct Listed {
    policies: Vec<Row>,
}

#[derive(Serialize)]
struct Row {
    policy: String,
    arn: String,
    kept_in: &'static str,
    version: String,
    attached: u32,
    boundary_of: u32,
    updated_at: String,
}

impl Listed {
    fn new(policies: &[ManagedPolicy]) -> Self {
        let row = |policy: &ManagedPolicy| Row {
            policy: policy.name.to_string(),
            arn: policy.arn().to_string(),
            kept_in: match policy.origin {
                Origin::Aws => "program",
                Origin::Declared => "configuration",
                Origin::Stored => "state",
            },
            version: format!("v{}", policy.default_version),
            attached: policy.attachment_count,
            boundary_of: policy.boundary_count,
            updated_at: date(policy.updated_at).iso8601(),
        };
        Self {
            policies: policies.iter().map(row).collect(),
        }
    }
}

impl Report for Listed {
    fn write_text(&self, out: &mut dyn Write) -> io::Result<()> {
        let heading = ["POLICY", "KEPT IN", "VERSION", "ATTACHED", "BOUNDARY OF"];
        let cells = |row: &Row| {
            [
                row.policy.clone(),
                row.kept_in.to_owned(),
                row.version.clone(),
                row.attached.to_string(),
                row.boundary_of.to_string(),
            ]
        };
        let rows: Vec<_> = std::iter::once(heading.map(str::to_owned))
            .chain(self.policies.iter().map(cells))
            .collect();
        terminal::columns(out, &rows)
    }
}

/// The versions of a managed policy.
#[derive(Serialize)]
struct Versions {
    versions: Vec<VersionRow>,
}

#[derive(Serialize)]
struct VersionRow {
    version: String,
    in_force: bool,
    created_at: String,
    document: String,
}

impl Versions {
    fn new(versions: &[PolicyVersion]) -> Self {
        let row = |version: &PolicyVersion| VersionRow {
            version: format!("v{}", version.number),
            in_force: version.is_default,
            created_at: date(version.created_at).iso8601(),
            document: version.document.clone(),
        };
        Self {
            versions: versions.iter().map(row).collect(),
        }
    }
}

impl Report for Versions {
    fn write_text(&self, out: &mut dyn Write) -> io::Result<()> {
        for row in &self.versions {
            let in_force = if row.in_force { ", in force" } else { "" };
            writeln!(out, "{}, of {}{in_force}", row.version, row.created_at)?;
            for line in row.document.lines() {
                writeln!(out, "  {}", terminal::shown(line))?;
            }
        }
        Ok(())
    }
}
