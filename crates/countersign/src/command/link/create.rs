//! `link create`: asks a running issuer for a link, with the credentials that AWS's tools would use.
//!
//! On standard output there is the URL and nothing else; with `--json` there is the issuer's whole answer, which a form or
//! a multipart set needs. What the issuer warns of goes to standard error.

mod call;

use std::io::{self, Write};

use serde::Serialize;
use serde_json::{Map, Value, json};
use thiserror::Error;

use self::call::{IssuerUrl, Reply};
use crate::args::LinkCreateArgs;
use crate::aws::{Environment, ProfileChoice, SharedFiles, find_credentials, find_settings};
use crate::command::{CommandError, Outcome, now, runtime};
use crate::config::REGION;
use crate::render::{Form, Report, terminal};

/// Why there is no link.
#[derive(Debug, Error)]
pub(crate) enum CreateError {
    /// The issuer could not be reached, or did not speak as one.
    #[error("could not ask the issuer at {url}: {reason}")]
    Call {
        /// Where it was looked for.
        url: String,
        /// What went wrong.
        reason: String,
    },
    /// `--more` is no JSON object.
    #[error("--more must be a JSON object: {reason}")]
    More {
        /// What is wrong with it.
        reason: String,
    },
    /// The issuer says no.
    #[error("the issuer refuses ({status}): {message}")]
    Refused {
        /// The status.
        status: u16,
        /// What it says.
        message: String,
    },
}

/// A link that was made.
#[derive(Serialize)]
#[serde(transparent)]
struct Created(Value);

impl Report for Created {
    fn write_text(&self, out: &mut dyn Write) -> io::Result<()> {
        let Self(answer) = self;
        let url = answer.get("url").and_then(Value::as_str);
        writeln!(out, "{}", url.unwrap_or_default())
    }
}

/// Runs `link create`.
pub(super) fn run(args: &LinkCreateArgs, form: Form) -> Result<Outcome, CommandError> {
    let lookup = |name: &str| std::env::var_os(name);
    let environment = Environment::new(&lookup);
    let files = SharedFiles::read(environment)?;
    let profile = ProfileChoice::find(args.profile.as_deref(), environment, &files)?;
    let settings = find_settings(environment, &files, &profile);
    let credentials = find_credentials(environment, &files, &profile)?;
    let region = args.region.clone().or(settings.region);
    let body = request(args)?.to_string();
    let failed = |reason: String| CreateError::Call {
        url: args.issuer_url.clone(),
        reason,
    };
    let url: IssuerUrl = args.issuer_url.parse().map_err(failed)?;
    let signed = call::Signed {
        url: &url,
        region: region.as_deref().unwrap_or(REGION),
        credentials: &credentials,
        date: now(),
        body,
    };
    let reply = runtime()?.block_on(signed.send(args.ca_file.as_deref()));
    let answer = made(reply.map_err(|error| failed(error.to_string()))?)?;
    if form == Form::Text {
        for warning in answer
            .get("warnings")
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
        {
            let warning = terminal::shown(warning.as_str().unwrap_or_default());
            let mark = terminal::styled(terminal::WARN, "warning:");
            writeln!(anstream::stderr(), "{mark} {warning}")?;
        }
    }
    form.print(&Created(answer))?;
    Ok(Outcome::Done)
}

fn made(reply: Reply) -> Result<Value, CreateError> {
    let answer: Value = serde_json::from_str(&reply.body).unwrap_or_default();
    if reply.status == 201 {
        return Ok(answer);
    }
    let message = answer.pointer("/error/message").and_then(Value::as_str);
    Err(CreateError::Refused {
        status: reply.status,
        message: terminal::shown(message.unwrap_or("it gives no reason")),
    })
}

/// The request as the issuer reads it.
fn request(args: &LinkCreateArgs) -> Result<Value, CreateError> {
    let key = &args.target.rest;
    let is_template = ["{uuid}", "{subject}", "{ext}"]
        .iter()
        .any(|placeholder| key.contains(placeholder));
    let mut request = json!({
        "verb": args.verb,
        "bucket": args.target.bucket.as_str(),
        "shape": args.shape,
    });
    let mut put = |pointer: &[&str], value: Value| set(&mut request, pointer, value);
    put(
        &[if is_template { "key_template" } else { "key" }],
        json!(key),
    );
    for (name, value) in [
        ("subject", &args.subject),
        ("extension", &args.extension),
        ("download_name", &args.download_name),
    ] {
        if let Some(value) = value {
            put(&[name], json!(value));
        }
    }
    if let Some(seconds) = args.expires_in {
        put(&["ttl_seconds"], json!(seconds));
    }
    if let Some(uses) = args.uses {
        put(&["restrictions", "uses"], json!(uses));
    }
    if !args.ip.is_empty() {
        put(&["restrictions", "ip"], json!(args.ip));
    }
    if args.create_only {
        put(&["restrictions", "create_only"], json!(true));
    }
    if !args.types.is_empty() {
        put(&["content", "types"], json!(args.types));
    }
    if let Some(bytes) = args.max_bytes {
        put(&["content", "max_bytes"], json!(bytes));
    }
    if let Some(more) = &args.more {
        let more: Map<String, Value> =
            serde_json::from_str(more).map_err(|error| CreateError::More {
                reason: error.to_string(),
            })?;
        for (name, value) in more {
            put(&[&name], value);
        }
    }
    Ok(request)
}

/// Sets a member, or a member of a member.
fn set(request: &mut Value, path: &[&str], value: Value) {
    let mut place = request;
    for name in path {
        if !place.is_object() {
            *place = json!({});
        }
        let Value::Object(members) = place else {
            return;
        };
        place = members.entry(*name).or_insert(Value::Null);
    }
    *place = value;
}

#[cfg(test)]
mod tests;
