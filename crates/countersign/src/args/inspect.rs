//! `countersign inspect`

use clap::Args;
use countersign_sigv4::AmzDate;

use super::presign::parse_date;

/// The options of `inspect`.
#[derive(Debug, Args)]
pub(crate) struct InspectArgs {
    /// The URL; `-` reads it from standard input, which keeps it out of the shell history
    pub(crate) url: String,

    /// Judge as if it were this instant, such as 20261123T120000Z or 2026-11-23T12:00:00Z
    #[arg(long, value_name = "INSTANT", value_parser = parse_date)]
    pub(crate) date: Option<AmzDate>,
}
