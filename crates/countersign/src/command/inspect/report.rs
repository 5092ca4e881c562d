//! How an inspection reads for people.

use std::io::{self, Write};

use super::grant::Grant;
use super::inspection::{Inspection, Mechanism, Status};
use crate::render::Report;
use crate::render::terminal::{BAD, BOLD, GOOD, WARN, field, instant, shown, span, styled};

impl Report for Inspection {
    fn write_text(&self, out: &mut dyn Write) -> io::Result<()> {
        writeln!(
            out,
            "{}: {}\n",
            styled(BOLD, self.mechanism.title()),
            self.verdict()
        )?;
        if let Some(grant) = &self.grant {
            write_operations(grant, out)?;
        }
        self.write_place(out)?;
        self.write_signer(out)?;
        self.write_life(out)?;
        if let Some(grant) = &self.grant {
            write_conditions(grant, out)?;
        }
        field(out, "url", shown(&self.url))?;
        if !self.risks.is_empty() {
            writeln!(out)?;
        }
        for risk in &self.risks {
            writeln!(out, "{} {risk}", styled(WARN, "risk:"))?;
        }
        Ok(())
    }
}

impl Inspection {
    fn verdict(&self) -> String {
        let left = self.seconds_left.map(span).unwrap_or_default();
        match &self.status {
            Status::Expired => styled(BAD, "expired").to_string(),
            Status::Malformed(reason) => {
                format!("{}: {}", styled(BAD, "no server takes it"), shown(reason))
            }
            Status::NotYetValid => {
                format!("{}, ends in {left}", styled(WARN, "dated in the future"))
            }
            Status::Unknown => "nothing says how long it is good for".to_owned(),
            Status::Valid => styled(GOOD, format!("good for another {left}")).to_string(),
        }
    }

    fn write_place(&self, out: &mut dyn Write) -> io::Result<()> {
        field(out, "server", shown(&self.server))?;
        let Some(place) = &self.place else {
            return Ok(());
        };
        if let Some(bucket) = &place.bucket {
            let where_ = if place.bucket_in_host {
                " (in the host)"
            } else {
                ""
            };
            field(out, "bucket", format!("{}{where_}", shown(bucket)))?;
        }
        match &place.key {
            Some(key) => field(out, "key", shown(key)),
            None => Ok(()),
        }
    }

    fn write_signer(&self, out: &mut dyn Write) -> io::Result<()> {
        if let Some(grant) = &self.grant {
            let kind = if grant.temporary {
                "temporary"
            } else {
                "long-term key"
            };
            field(
                out,
                "signed by",
                format!("{} ({kind})", shown(&grant.access_key_id)),
            )?;
            let region = grant.region.as_deref().unwrap_or("none");
            field(
                out,
                "for",
                format!("{} in {}", shown(&grant.service), shown(region)),
            )?;
        }
        if let Some(id) = &self.sigv2_access_key_id {
            field(out, "signed by", shown(id))?;
        }
        let Some(signed) = &self.cloudfront else {
            return Ok(());
        };
        field(
            out,
            "signed by",
            format!("key pair {}", shown(&signed.key_pair_id)),
        )?;
        if let Some(resource) = &signed.resource {
            field(out, "covers", shown(resource))?;
        }
        match &signed.source_ip {
            Some(network) => field(out, "only from", shown(network)),
            None => Ok(()),
        }
    }

    fn write_life(&self, out: &mut dyn Write) -> io::Result<()> {
        let from = self.grant.as_ref().map(|grant| grant.signed_at);
        let from = from.or(self
            .cloudfront
            .as_ref()
            .and_then(|signed| signed.not_before));
        if let Some(from) = from {
            field(out, "from", instant(from))?;
        }
        match (
            &self.grant,
            self.cloudfront
                .as_ref()
                .and_then(|signed| signed.expires_at),
        ) {
            (Some(grant), _) => {
                let life = span(u64::from(grant.life_s));
                field(
                    out,
                    "until",
                    format!("{} (a life of {life})", instant(grant.expires_at())),
                )
            }
            (None, Some(until)) => field(out, "until", instant(until)),
            (None, None) => match &self.expires_at {
                Some(until) => field(out, "until", until.replace('T', " ").replace('Z', " UTC")),
                None => Ok(()),
            },
        }
    }
}

impl Mechanism {
    fn title(self) -> &'static str {
        match self {
            Self::CloudFront => "CloudFront signed URL",
            Self::Google => "Google Cloud Storage signed URL",
            Self::SigV2 => "presigned URL, Signature Version 2",
            Self::SigV4 => "presigned URL, Signature Version 4",
            Self::SigV4a => "presigned URL, Signature Version 4A",
            Self::Unsigned => "URL without a signature",
        }
    }
}

fn write_operations(grant: &Grant, out: &mut dyn Write) -> io::Result<()> {
    match grant.operations.as_slice() {
        [] => field(out, "grants", "nothing S3 knows"),
        [only] => field(
            out,
            "grants",
            format!("{} by {}", only.operation.name(), only.method),
        ),
        several => {
            field(
                out,
                "grants",
                "one of these; the verb was signed but does not show",
            )?;
            for possible in several {
                field(
                    out,
                    "",
                    format!("{:<7}{}", possible.method, possible.operation.name()),
                )?;
            }
            Ok(())
        }
    }
}

fn write_conditions(grant: &Grant, out: &mut dyn Write) -> io::Result<()> {
    if !grant.headers_to_send.is_empty() {
        let names = grant.headers_to_send.join(", ");
        field(
            out,
            "must send",
            format!("{} (with the values signed)", shown(&names)),
        )?;
    }
    for (at, restriction) in grant.restrictions.iter().enumerate() {
        let name = if at == 0 { "restricted" } else { "" };
        field(out, name, shown(&restriction.means))?;
    }
    // Restrictions that are not understood are shown as they are.
    let worded = |name: &str| grant.restrictions.iter().any(|r| r.name == name);
    let others = grant.parameters.iter().filter(|p| !worded(&p.name));
    for (at, parameter) in others.enumerate() {
        let name = if at == 0 { "parameters" } else { "" };
        field(
            out,
            name,
            format!("{} = {}", shown(&parameter.name), shown(&parameter.value)),
        )?;
    }
    Ok(())
}
