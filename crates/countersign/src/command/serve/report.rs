//! What `serve` says: the settings that would hold, or where the server is and its first keys.

use std::io::{self, Write};

use serde::Serialize;

use super::{FirstKey, Running};
use crate::config::{Config, Profile};
use crate::render::terminal::{BOLD, DIM, GOOD, WARN, field, styled};
use crate::render::{Report, json};

/// A configuration that holds.
#[derive(Serialize)]
pub(super) struct Checked {
    config: Config,
}

impl Checked {
    pub(super) fn new(config: Config) -> Self {
        Self { config }
    }
}

impl Report for Checked {
    fn write_text(&self, out: &mut dyn Write) -> io::Result<()> {
        writeln!(
            out,
            "{}\n",
            styled(GOOD, "The configuration holds. In effect:")
        )?;
        let mut text = Vec::new();
        json::write(&self.config, &mut text)?;
        out.write_all(&text)
    }
}

/// A server that runs.
#[derive(Serialize)]
pub(super) struct Started {
    s3_url: String,
    admin_url: String,
    data_dir: String,
    state_url: String,
    #[serde(skip)]
    is_embedded: bool,
    region: String,
    profile: Profile,
    root_key: Option<Key>,
    app_key: Option<Key>,
}

#[derive(Serialize)]
struct Key {
    access_key_id: String,
    secret_access_key: String,
}

impl Started {
    pub(super) fn of(running: &Running) -> Self {
        let key = |key: &FirstKey| Key {
            access_key_id: key.id.to_string(),
            secret_access_key: key.secret.expose().to_owned(),
        };
        let keys = running.first_keys.as_ref();
        Self {
            s3_url: running.s3_url.clone(),
            admin_url: running.admin_url.clone(),
            data_dir: running.data_dir.display().to_string(),
            state_url: running.state_url.to_string(),
            is_embedded: running.state_url.is_sqlite(),
            region: running.region.clone(),
            profile: running.profile,
            root_key: keys.map(|keys| key(&keys.root)),
            app_key: keys.and_then(|keys| keys.app.as_ref()).map(key),
        }
    }
}

impl Report for Started {
    fn write_text(&self, out: &mut dyn Write) -> io::Result<()> {
        writeln!(out, "{}\n", styled(BOLD, "Countersign is up"))?;
        field(out, "S3", &self.s3_url)?;
        field(
            out,
            "admin",
            format!("{} (health, metrics, links on demand, IAM)", self.admin_url),
        )?;
        field(out, "data", &self.data_dir)?;
        if !self.is_embedded {
            field(out, "state", &self.state_url)?;
        }
        field(out, "region", &self.region)?;
        if self.profile == Profile::S3 {
            field(out, "profile", styled(WARN, "s3: guardrails are off"))?;
        }
        let keys = [
            (
                "root, for administration; it cannot presign",
                &self.root_key,
            ),
            ("app, for object data", &self.app_key),
        ];
        let shown: Vec<_> = keys
            .iter()
            .filter_map(|(of, key)| Some((of, key.as_ref()?)))
            .collect();
        for (of, key) in &shown {
            writeln!(out, "\nKey of {of}:")?;
            writeln!(out, "  AWS_ACCESS_KEY_ID={}", key.access_key_id)?;
            writeln!(out, "  AWS_SECRET_ACCESS_KEY={}", key.secret_access_key)?;
        }
        if !shown.is_empty() {
            writeln!(
                out,
                "\n{}",
                styled(DIM, "These secrets are not shown again.")
            )?;
        }
        Ok(())
    }
}
