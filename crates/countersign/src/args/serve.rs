//! `countersign serve`, and where the data is for every command that needs it.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::Args;
use clap::builder::BoolishValueParser;

use crate::config::{Overrides, Profile, PublicUrl, StateUrlText, parse_region};

/// Where configuration and data are.
#[derive(Debug, Args)]
pub(crate) struct DataArgs {
    /// Configuration file (TOML)
    #[arg(long, global = true, env = "COUNTERSIGN_CONFIG", value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,

    /// Directory of state and objects [default: ./countersign-data]
    #[arg(long, global = true, env = "COUNTERSIGN_DATA_DIR", value_name = "DIR")]
    pub(crate) data_dir: Option<PathBuf>,

    /// Where the state is: `sqlite:` or `postgres://USER@HOST/DATABASE` [default: sqlite:]
    #[arg(
        long,
        global = true,
        env = "COUNTERSIGN_STATE_URL",
        hide_env_values = true,
        value_name = "URL"
    )]
    pub(crate) state_url: Option<StateUrlText>,
}

/// The options of `serve`.
#[derive(Debug, Args)]
pub(crate) struct ServeArgs {
    /// Where configuration and data are.
    #[command(flatten)]
    pub(crate) data: DataArgs,

    /// Where to serve S3 [default: 127.0.0.1:9000]
    #[arg(long, env = "COUNTERSIGN_LISTEN", value_name = "ADDRESS:PORT")]
    pub(crate) listen: Option<SocketAddr>,

    /// Where to serve health and metrics [default: 127.0.0.1:9001]
    #[arg(long, env = "COUNTERSIGN_ADMIN_LISTEN", value_name = "ADDRESS:PORT")]
    pub(crate) admin_listen: Option<SocketAddr>,

    /// The region that signatures must name [default: us-east-1]
    #[arg(long, env = "COUNTERSIGN_REGION", value_parser = parse_region)]
    pub(crate) region: Option<String>,

    /// Guardrails: `safe`, or as permissive as `s3` [default: safe]
    #[arg(long, env = "COUNTERSIGN_PROFILE", value_enum)]
    pub(crate) profile: Option<Profile>,

    /// How clients know this server, if it stands behind a proxy
    #[arg(long, env = "COUNTERSIGN_PUBLIC_URL", value_name = "URL")]
    pub(crate) public_url: Option<PublicUrl>,

    /// Certificate chain (PEM); read again when it changes
    #[arg(long, env = "COUNTERSIGN_TLS_CERT", value_name = "FILE")]
    pub(crate) tls_cert: Option<PathBuf>,

    /// Private key of the certificate (PEM)
    #[arg(long, env = "COUNTERSIGN_TLS_KEY", value_name = "FILE")]
    pub(crate) tls_key: Option<PathBuf>,

    /// Make a certificate at start, for trying out TLS
    #[arg(
        long,
        env = "COUNTERSIGN_TLS_SELF_SIGNED",
        num_args = 0..=1,
        require_equals = true,
        default_missing_value = "true",
        value_name = "true|false",
        value_parser = BoolishValueParser::new()
    )]
    pub(crate) tls_self_signed: Option<bool>,

    /// Check the configuration, show what would hold, and exit
    #[arg(long)]
    pub(crate) check: bool,
}

impl ServeArgs {
    /// The settings among the options.
    pub(crate) fn overrides(&self) -> Overrides {
        Overrides {
            data_dir: self.data.data_dir.clone(),
            state_url: self.data.state_url.clone(),
            listen: self.listen,
            admin_listen: self.admin_listen,
            region: self.region.clone(),
            profile: self.profile,
            public_url: self.public_url.clone(),
            tls_cert: self.tls_cert.clone(),
            tls_key: self.tls_key.clone(),
            tls_self_signed: self.tls_self_signed,
        }
    }
}
