//! `countersign link create`

use std::path::PathBuf;

use clap::Args;

use super::place::S3Place;

/// The options of `link create`. What is left out is as the issuer has it by default.
#[derive(Debug, Args)]
pub(crate) struct LinkCreateArgs {
    /// The object: s3://bucket/key. With {uuid}, {subject} or {ext} in it, it is a template
    #[arg(value_name = "S3_URI")]
    pub(crate) target: S3Place,

    /// Where the issuer is
    #[arg(
        long,
        env = "COUNTERSIGN_ISSUER_URL",
        default_value = "http://127.0.0.1:9001",
        value_name = "URL"
    )]
    pub(crate) issuer_url: String,

    /// Authorities to trust beside the system's
    #[arg(long, value_name = "FILE")]
    pub(crate) ca_file: Option<PathBuf>,

    /// The profile of the AWS configuration files whose credentials to use
    #[arg(long, value_name = "NAME")]
    pub(crate) profile: Option<String>,

    /// The region of the server
    #[arg(long)]
    pub(crate) region: Option<String>,

    /// What the link does: get, put or head
    #[arg(long, default_value = "get", value_parser = ["get", "put", "head"])]
    pub(crate) verb: String,

    /// What is handed out: url, form, multipart, page or share
    #[arg(long, default_value = "url", value_parser = ["url", "form", "multipart", "page", "share"])]
    pub(crate) shape: String,

    /// Whom it is for
    #[arg(long)]
    pub(crate) subject: Option<String>,

    /// What {ext} in a template stands for
    #[arg(long)]
    pub(crate) extension: Option<String>,

    /// How long it shall live, in seconds
    #[arg(long, value_name = "SECONDS")]
    pub(crate) expires_in: Option<u32>,

    /// How often it may be used
    #[arg(long, value_name = "N")]
    pub(crate) uses: Option<u32>,

    /// A network that it may be used from (repeatable)
    #[arg(long, value_name = "NETWORK")]
    pub(crate) ip: Vec<String>,

    /// A type that an upload may have (repeatable)
    #[arg(long = "type", value_name = "MEDIA_TYPE")]
    pub(crate) types: Vec<String>,

    /// The most bytes of an upload
    #[arg(long, value_name = "BYTES")]
    pub(crate) max_bytes: Option<u64>,

    /// Never overwrite, and only once
    #[arg(long)]
    pub(crate) create_only: bool,

    /// The name under which browsers keep a download
    #[arg(long, value_name = "FILE_NAME")]
    pub(crate) download_name: Option<String>,

    /// Members of the request as JSON, which add to the options or replace them
    #[arg(long, value_name = "JSON")]
    pub(crate) more: Option<String>,
}
