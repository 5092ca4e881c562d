//! `countersign presign`, a drop-in for `aws s3 presign`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use countersign_sigv4::{AmzDate, LONGEST_EXPIRES_S};

use super::{HeaderPair, QueryPair, RestrictionArgs};

/// The options of `presign`.
#[derive(Debug, Args)]
pub(crate) struct PresignArgs {
    /// What to presign: s3://bucket/key, or bucket/key
    #[arg(value_name = "S3_URI")]
    pub(crate) target: String,

    /// Life of the URL in seconds, at most a week
    #[arg(
        long,
        value_name = "SECONDS",
        default_value_t = 3_600,
        value_parser = clap::value_parser!(u32).range(1..=i64::from(LONGEST_EXPIRES_S))
    )]
    pub(crate) expires_in: u32,

    /// The method the URL is good for
    #[arg(long, short = 'X', value_name = "VERB", default_value = "GET", value_parser = parse_method)]
    pub(crate) method: String,

    /// A header that whoever uses the URL must send, as name:value (repeatable)
    #[arg(long = "header", short = 'H', value_name = "NAME:VALUE")]
    pub(crate) headers: Vec<HeaderPair>,

    /// A query parameter to put into the URL, as name=value (repeatable)
    #[arg(long = "query", value_name = "NAME=VALUE")]
    pub(crate) query: Vec<QueryPair>,

    /// The version of the object
    #[arg(long, value_name = "ID")]
    pub(crate) version_id: Option<String>,

    /// The region to sign for
    #[arg(long)]
    pub(crate) region: Option<String>,

    /// The server to use instead of AWS
    #[arg(long, value_name = "URL")]
    pub(crate) endpoint_url: Option<String>,

    /// The profile of the AWS configuration files to use
    #[arg(long, value_name = "NAME")]
    pub(crate) profile: Option<String>,

    /// Where the bucket's name goes
    #[arg(long, value_enum)]
    pub(crate) addressing_style: Option<AddressingStyle>,

    /// Sign as if it were this instant, such as 20261123T120000Z or 2026-11-23T12:00:00Z
    #[arg(long, value_name = "INSTANT", value_parser = parse_date)]
    pub(crate) date: Option<AmzDate>,

    #[command(flatten)]
    pub(crate) restrictions: RestrictionArgs,

    /// Do not print warnings
    #[arg(long, short)]
    pub(crate) quiet: bool,

    /// Options of the AWS CLI that a presigner has no use for.
    #[command(flatten)]
    pub(crate) accepted: AcceptedArgs,
}

/// Options that scripts written for `aws s3 presign` may carry. Nothing is sent while presigning, so
/// they change nothing.
#[derive(Debug, Args)]
#[command(next_help_heading = "Accepted for the AWS CLI's sake, without effect")]
pub(crate) struct AcceptedArgs {
    /// No connection is made
    #[arg(long)]
    no_verify_ssl: bool,

    /// No connection is made
    #[arg(long, value_name = "PATH")]
    ca_bundle: Option<PathBuf>,

    /// No connection is made
    #[arg(long, value_name = "SECONDS")]
    cli_connect_timeout: Option<u32>,

    /// No connection is made
    #[arg(long, value_name = "SECONDS")]
    cli_read_timeout: Option<u32>,

    /// There are no pages
    #[arg(long)]
    no_paginate: bool,

    /// There is no pager
    #[arg(long)]
    no_cli_pager: bool,

    /// A URL has one form; for JSON use --json
    #[arg(long, value_name = "FORMAT")]
    output: Option<String>,

    /// A URL has no colour
    #[arg(long, value_name = "WHEN")]
    color: Option<String>,
}

/// Where the name of a bucket goes in a URL.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq, ValueEnum)]
pub(crate) enum AddressingStyle {
    /// In the host for AWS, in the path for other servers and for names with dots
    #[default]
    Auto,
    /// In the path
    Path,
    /// In the host
    Virtual,
}

impl PresignArgs {
    /// The parameters that are to be signed, beside those that authenticate.
    pub(crate) fn parameters(&self) -> Vec<(String, String)> {
        let typed = self
            .query
            .iter()
            .map(|pair| (pair.name.clone(), pair.value.clone()));
        let version = self
            .version_id
            .iter()
            .map(|id| ("versionId".to_owned(), id.clone()));
        let restrictions = self.restrictions.parameters();
        let restrictions = restrictions
            .into_iter()
            .map(|(name, value)| (name.to_owned(), value));
        typed.chain(version).chain(restrictions).collect()
    }
}

fn parse_method(text: &str) -> Result<String, String> {
    let method = text.to_ascii_uppercase();
    if method.is_empty() || !method.bytes().all(|b| b.is_ascii_uppercase()) {
        return Err("a method is letters only, like GET or PUT".to_owned());
    }
    Ok(method)
}

/// Reads an instant in AWS's form or in RFC 3339.
pub(super) fn parse_date(text: &str) -> Result<AmzDate, String> {
    let rfc3339 = || {
        text.parse::<jiff::Timestamp>()
            .ok()
            .map(|t| AmzDate::from_unix(t.as_second()))
    };
    AmzDate::parse(text)
        .or_else(rfc3339)
        .ok_or_else(|| "write 20261123T120000Z or 2026-11-23T12:00:00Z".to_owned())
}
