//! `presign`: makes a presigned URL, for AWS or for any other S3 server.
//!
//! A drop-in for `aws s3 presign`: same target, same sources of credentials, region and endpoint
//! (see [`crate::aws`]), and on standard output nothing but the URL. What the safe guardrails of a
//! Countersign server would refuse is said on standard error.

mod advice;
mod endpoint;
mod target;

use std::io::{self, Write};

use countersign_gate::{RestrictionError, Restrictions};
use countersign_s3::Operation;
use countersign_sigv4::presign::{PresignRequest, Signer, presign};
use countersign_sigv4::{AmzDate, SigningKey};
use serde::Serialize;

use self::advice::Advice;
pub(super) use advice::ceiling_s;
pub(crate) use target::TargetError;

use self::endpoint::Endpoint;
use self::target::Target;
use super::{CommandError, Outcome, now};
use crate::args::PresignArgs;
use crate::aws::{
    Credentials, Environment, ProfileChoice, Settings, SharedFiles, find_credentials, find_settings,
};
use crate::config::REGION;
use crate::render::restrictions::{Worded, in_words};
use crate::render::{Form, Report, terminal};

/// A presigned URL and what to know about it.
#[derive(Debug, Serialize)]
struct Presigned {
    url: String,
    method: String,
    headers: Vec<Header>,
    expires_at: String,
    restrictions: Vec<Worded>,
    warnings: Vec<Advice>,
}

/// A header to send with the URL.
#[derive(Debug, Serialize)]
struct Header {
    name: String,
    value: String,
}

impl Report for Presigned {
    fn write_text(&self, out: &mut dyn Write) -> io::Result<()> {
        writeln!(out, "{}", self.url)
    }
}

/// Runs `presign`.
pub(super) fn run(args: &PresignArgs, form: Form) -> Result<Outcome, CommandError> {
    let lookup = |name: &str| std::env::var_os(name);
    let environment = Environment::new(&lookup);
    let presigned = presigned(args, environment, now())?;
    if form == Form::Text && !args.quiet {
        for advice in &presigned.warnings {
            writeln!(
                anstream::stderr(),
                "{} {advice}",
                terminal::styled(terminal::WARN, "warning:")
            )?;
        }
    }
    form.print(&presigned)?;
    Ok(Outcome::Done)
}

fn presigned(
    args: &PresignArgs,
    environment: Environment<'_>,
    clock: AmzDate,
) -> Result<Presigned, CommandError> {
    let target: Target = args.target.parse()?;
    let operation = advice::operation(args, &target);
    let restrictions = restrictions(args, operation)?;
    let files = SharedFiles::read(environment)?;
    let profile = ProfileChoice::find(args.profile.as_deref(), environment, &files)?;
    let settings = settings(args, find_settings(environment, &files, &profile));
    let credentials = find_credentials(environment, &files, &profile)?;
    let region = settings.region.as_deref().unwrap_or(REGION);
    let endpoint = Endpoint::find(&settings, region, &target)?;
    let date = args.date.unwrap_or(clock);

    let url = signed_url(args, &target, &endpoint, &credentials, region, date)?;
    let headers = args
        .headers
        .iter()
        .map(|header| Header {
            name: header.name.clone(),
            value: header.value.clone(),
        })
        .collect();
    Ok(Presigned {
        url,
        method: args.method.clone(),
        headers,
        expires_at: date.plus_seconds(i64::from(args.expires_in)).iso8601(),
        restrictions: restrictions.as_deref().map(in_words).unwrap_or_default(),
        warnings: advice::on(args, &target, &endpoint, operation, restrictions.as_deref()),
    })
}

/// The restrictions among the parameters. A URL with one that no server holds is not made.
fn restrictions(
    args: &PresignArgs,
    operation: Option<Operation>,
) -> Result<Option<Box<Restrictions>>, RestrictionError> {
    let parameters = args.parameters();
    let pairs = parameters
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()));
    let restrictions = Restrictions::of(pairs)?;
    if let (Some(restrictions), Some(operation)) = (&restrictions, operation) {
        restrictions.check_fit(operation)?;
    }
    Ok(restrictions)
}

/// What was typed goes before what was found.
fn settings(args: &PresignArgs, found: Settings) -> Settings {
    let style = args.addressing_style.and_then(|style| {
        use clap::ValueEnum as _;
        style
            .to_possible_value()
            .map(|value| value.get_name().to_owned())
    });
    Settings {
        region: args.region.clone().or(found.region),
        endpoint_url: args.endpoint_url.clone().or(found.endpoint_url),
        addressing_style: style.or(found.addressing_style),
        ..found
    }
}

fn signed_url(
    args: &PresignArgs,
    target: &Target,
    endpoint: &Endpoint,
    credentials: &Credentials,
    region: &str,
    date: AmzDate,
) -> Result<String, CommandError> {
    let path = endpoint.path(target);
    let parameters = args.parameters();
    let query: Vec<(&str, &str)> = parameters
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .collect();
    let headers: Vec<(&str, &str)> = args
        .headers
        .iter()
        .map(|pair| (pair.name.as_str(), pair.value.as_str()))
        .collect();
    let request = PresignRequest {
        method: &args.method,
        scheme: &endpoint.scheme,
        host: &endpoint.host,
        path: &path,
        query: &query,
        headers: &headers,
        expires_s: args.expires_in,
    };
    let date_text = date.format();
    let key = SigningKey::derive(&credentials.secret, date_text.day(), region, "s3");
    let signer = Signer {
        access_key_id: credentials.access_key_id.as_str(),
        session_token: credentials
            .session_token
            .as_ref()
            .map(|token| token.expose()),
        region,
        service: "s3",
        key: &key,
    };
    Ok(presign(&request, &signer, date)?)
}

#[cfg(test)]
mod tests;
