//! Restrictions, as typed for `presign`.

use clap::Args;
use countersign_gate::RestrictionName;
use countersign_sigv4::AmzDate;

use super::presign::parse_date;
use crate::config::ByteCount;

/// The restrictions of a URL.
#[derive(Debug, Default, Args)]
#[command(next_help_heading = "Restrictions, which a Countersign server holds and AWS passes over")]
pub(crate) struct RestrictionArgs {
    /// Name the link; URLs of one name share their uses and are revoked together
    #[arg(long, value_name = "NAME")]
    id: Option<String>,

    /// Whom the link is handed to, up to 128 characters
    #[arg(long, value_name = "WHO")]
    subject: Option<String>,

    /// The earliest use, such as 2026-11-23T12:00:00Z
    #[arg(long, value_name = "INSTANT", value_parser = parse_date)]
    not_before: Option<AmzDate>,

    /// Only from these addresses or networks, such as 203.0.113.0/24 (repeatable, or with commas)
    #[arg(long, value_name = "NETWORK", value_delimiter = ',')]
    ip: Vec<String>,

    /// Only from these countries, two letters each (repeatable, or with commas)
    #[arg(long, value_name = "CODE", value_delimiter = ',')]
    country: Vec<String>,

    /// How often the link works
    #[arg(long, value_name = "COUNT")]
    uses: Option<u32>,

    /// The first network to use the link becomes the only one
    #[arg(long)]
    bind_first: bool,

    /// Browsers get a page first, and only its button uses the link
    #[arg(long)]
    page: bool,

    /// The size of an upload, as most or as fewest-most, such as 10MiB or 1KiB-10MiB
    #[arg(long, value_name = "SIZES", value_parser = parse_sizes)]
    bytes: Option<String>,

    /// The content types of an upload, such as image/png or image/* (repeatable, or with commas)
    #[arg(long, value_name = "TYPE", value_delimiter = ',')]
    content_type: Vec<String>,

    /// An upload makes one new object and replaces none
    #[arg(long)]
    create_only: bool,

    /// The rate of transfers in bytes a second, such as 1MiB
    #[arg(long, value_name = "BYTES")]
    rate: Option<ByteCount>,
}

impl RestrictionArgs {
    /// The parameters of the URL, in the order of their names.
    pub(crate) fn parameters(&self) -> Vec<(&'static str, String)> {
        let value = |name| {
            let list = |items: &[String]| (!items.is_empty()).then(|| items.join(","));
            let flag = |is_set: bool, value: &str| is_set.then(|| value.to_owned());
            match name {
                RestrictionName::Bind => flag(self.bind_first, "first"),
                RestrictionName::Bytes => self.bytes.clone(),
                RestrictionName::Country => list(&self.country),
                RestrictionName::Create => flag(self.create_only, "true"),
                RestrictionName::Id => self.id.clone(),
                RestrictionName::Ip => list(&self.ip),
                RestrictionName::NotBefore => self.not_before.map(|at| at.to_string()),
                RestrictionName::Page => flag(self.page, "true"),
                RestrictionName::Rate => self.rate.map(|rate| rate.0.to_string()),
                RestrictionName::Subject => self.subject.clone(),
                RestrictionName::Type => list(&self.content_type),
                RestrictionName::Uses => self.uses.map(|uses| uses.to_string()),
            }
        };
        RestrictionName::ALL
            .into_iter()
            .filter_map(|name| Some((name.as_str(), value(name)?)))
            .collect()
    }
}

/// Reads sizes with units and writes them without.
fn parse_sizes(text: &str) -> Result<String, String> {
    let bytes = |text: &str| {
        let count: Result<ByteCount, _> = text.parse();
        count
            .map(|count| count.0)
            .map_err(|error| error.to_string())
    };
    match text.split_once('-') {
        None => Ok(bytes(text)?.to_string()),
        Some((fewest, most)) => Ok(format!("{}-{}", bytes(fewest)?, bytes(most)?)),
    }
}
