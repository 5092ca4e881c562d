//! Our own server, as it ships, with one worker thread.
//!
//! The guardrails are those of the safe profile. Only the server that makes the bucket, before
//! anything is measured, takes a presigned CreateBucket.

use std::fs::{self, Permissions};
use std::net::SocketAddr;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{SystemTime, UNIX_EPOCH};

use anyhow::{Context, Result};
use countersign_sigv4::presign::{PresignRequest, Signer, presign};
use countersign_sigv4::{AmzDate, SecretAccessKey, SigningKey};

use crate::bench::case::Method;
use crate::bench::measure::Driver;
use crate::bench::peer::{Peer, Scheme};
use crate::bench::running::{Running, free_address};

const BUCKET: &str = "bench";
pub(crate) const REGION: &str = "us-east-1";
pub(crate) const USER_KEY_ID: &str = "AKIABENCHMARKUSER000";
pub(crate) const USER_SECRET: &str = "only-for-this-benchmark-0000000000000000";
/// Within the safe profile's ceiling for downloads and uploads alike.
const LIFE_S: u32 = 900;

/// What a presigned CreateBucket needs.
const LET_PRESIGN_BUCKETS: &str = "allow_presigned_subresources = true";

/// How durable an answered upload is.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Durability {
    Full,
    Relaxed,
}

impl Durability {
    /// The value of `[store] durability`.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Full => "full",
            Self::Relaxed => "relaxed",
        }
    }
}

/// A data directory with a bucket and a user.
#[derive(Clone, Debug)]
pub(crate) struct Installation {
    durability: Durability,
    folder: PathBuf,
}

/// A running server.
pub(crate) struct Countersign {
    admin: SocketAddr,
    authority: SocketAddr,
    durability: Durability,
    running: Running,
    scheme: Scheme,
}

impl Installation {
    /// Makes the data directory in `folder`, and the bucket in it.
    pub(crate) fn make(folder: &Path, durability: Durability, driver: &Driver<'_>) -> Result<Self> {
        Self::make_with(folder, durability, driver, "")
    }

    /// The same for a server with more in its configuration, from the user's entry on.
    pub(crate) fn make_with(
        folder: &Path,
        durability: Durability,
        driver: &Driver<'_>,
        more: &str,
    ) -> Result<Self> {
        fs::create_dir_all(folder)?;
        let secret = folder.join("secret");
        fs::write(&secret, USER_SECRET)?;
        fs::set_permissions(&secret, Permissions::from_mode(0o600))?;
        let installation = Self {
            durability,
            folder: folder.to_path_buf(),
        };
        let server = installation.run(Scheme::Plain, driver, LET_PRESIGN_BUCKETS, more)?;
        driver
            .store(&server, &[String::new()], 0, 1)
            .context("cannot create the bucket")?;
        Ok(installation)
    }

    /// Starts the server for its ordinary user.
    pub(crate) fn start(&self, scheme: Scheme, driver: &Driver<'_>) -> Result<Countersign> {
        self.run(scheme, driver, "", "")
    }

    /// Starts the server so that it also takes presigned requests for listings and deletes.
    pub(crate) fn start_presigning_everything(&self, driver: &Driver<'_>) -> Result<Countersign> {
        self.run(Scheme::Plain, driver, LET_PRESIGN_BUCKETS, "")
    }

    /// Starts the server with more in its configuration, from the user's entry on.
    pub(crate) fn start_configured(&self, driver: &Driver<'_>, more: &str) -> Result<Countersign> {
        self.run(Scheme::Plain, driver, "", more)
    }

    /// The database of the object store.
    pub(crate) fn index(&self) -> PathBuf {
        self.folder.join("data/index.db")
    }

    /// The database of the state.
    pub(crate) fn state(&self) -> PathBuf {
        self.folder.join("data/state.db")
    }

    fn run(
        &self,
        scheme: Scheme,
        driver: &Driver<'_>,
        guardrails: &str,
        more: &str,
    ) -> Result<Countersign> {
        let (authority, admin) = (free_address()?, free_address()?);
        let config = self.folder.join("countersign.toml");
        fs::write(
            &config,
            self.configuration(scheme, driver, guardrails, [authority, admin]) + more,
        )?;
        let mut command = Command::new(driver.programs.path("countersign"));
        command.arg("serve").arg("--config").arg(&config);
        let log = self.folder.join("printed.log");
        let running = Running::start("countersign", &command, authority, log)?;
        Ok(Countersign {
            admin,
            authority,
            durability: self.durability,
            running,
            scheme,
        })
    }

    fn configuration(
        &self,
        scheme: Scheme,
        driver: &Driver<'_>,
        guardrails: &str,
        [authority, admin]: [SocketAddr; 2],
    ) -> String {
        let folder = self.folder.display();
        let certificates = driver.certificates.display();
        let tls = match scheme {
            Scheme::Plain => String::new(),
            Scheme::Tls => format!(
                "tls_cert = \"{certificates}/certificate.pem\"\n\
                 tls_key = \"{certificates}/key.pem\"\n"
            ),
        };
        format!(
            "data_dir = \"{folder}/data\"\n\
             listen = \"{authority}\"\n\
             admin_listen = \"{admin}\"\n\
             region = \"{REGION}\"\n\
             workers = 1\n\
             {tls}\n\
             [guardrails]\n\
             {guardrails}\n\n\
             [log]\n\
             level = \"warn\"\n\n\
             [store]\n\
             durability = \"{durability}\"\n\n\
             [[user]]\n\
             name = \"bench\"\n\
             access_key_id = \"{USER_KEY_ID}\"\n\
             secret_access_key_file = \"secret\"\n",
            durability = self.durability.as_str(),
        )
    }
}

impl Peer for Countersign {
    fn name(&self) -> &'static str {
        match self.durability {
            Durability::Full => "countersign",
            Durability::Relaxed => "countersign, relaxed",
        }
    }

    fn pids(&self) -> Result<Vec<u32>> {
        self.running.pids()
    }

    fn url(&self, method: Method, object: &str) -> Result<String> {
        self.presigned(method.as_str(), object, &[])
    }
}

impl Countersign {
    /// Where S3 is served.
    pub(crate) fn authority(&self) -> SocketAddr {
        self.authority
    }

    /// Where operators and backends are served.
    pub(crate) fn admin(&self) -> SocketAddr {
        self.admin
    }

    /// A fresh presigned URL for any method and query, on an object or, without a name, the bucket.
    pub(crate) fn presigned(
        &self,
        method: &str,
        object: &str,
        query: &[(&str, &str)],
    ) -> Result<String> {
        let now = SystemTime::now().duration_since(UNIX_EPOCH)?;
        let date = AmzDate::from_unix(now.as_secs().cast_signed());
        let secret = SecretAccessKey::new(USER_SECRET);
        let key = SigningKey::derive(&secret, date.format().day(), REGION, "s3");
        let separator = if object.is_empty() { "" } else { "/" };
        let request = PresignRequest {
            method,
            scheme: self.scheme.as_str(),
            host: &self.authority.to_string(),
            path: &format!("/{BUCKET}{separator}{object}"),
            query,
            headers: &[],
            expires_s: LIFE_S,
        };
        let signer = Signer {
            access_key_id: USER_KEY_ID,
            session_token: None,
            region: REGION,
            service: "s3",
            key: &key,
        };
        Ok(presign(&request, &signer, date)?)
    }
}
