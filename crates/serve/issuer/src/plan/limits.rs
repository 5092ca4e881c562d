//! The limits of a link in the words of restrictions (`x-cs-*`).
//!
//! They are written here and read back by the gate's reader: what it does not understand is refused now, with the
//! member of the request, and not at the first use.

use countersign_gate::{RestrictionError, RestrictionName, Restrictions};

use super::content::Content;
use crate::problem::Problem;
use crate::wire::{LinkRequest, RestrictionsRequest, Shape, Verb};

/// Restrictions by the names of their parameters.
pub(crate) type Limits = Vec<(&'static str, String)>;

/// How often a share may be opened, if that is counted: each opening can be revoked by its own.
const OPENS: std::ops::RangeInclusive<u32> = 1..=1_000;

/// How often a share may be opened; for other shapes uses are a restriction.
pub(super) fn opens(request: &LinkRequest) -> Option<u32> {
    let uses = request.restrictions.as_ref().and_then(|asked| asked.uses);
    uses.filter(|_| request.shape == Shape::Share)
}

/// Every restriction but the name of the link.
pub(super) fn of(
    request: &LinkRequest,
    content: &Content,
    subject: Option<&str>,
) -> Result<(Limits, Restrictions), Problem> {
    let asked = request.restrictions.clone().unwrap_or_default();
    let mut limits = Vec::new();
    let mut put = |name: RestrictionName, value: String| limits.push((name.as_str(), value));
    if asked.bind_first {
        put(RestrictionName::Bind, "first".to_owned());
    }
    if let Some((min, max)) = bytes(request, content) {
        put(RestrictionName::Bytes, format!("{min}-{max}"));
    }
    if let Some(countries) = &asked.countries {
        put(
            RestrictionName::Country,
            list(countries, "restrictions.countries")?,
        );
    }
    if asked.create_only {
        if request.verb != Verb::Put {
            let message = "this goes only with the verb `put`";
            return Err(Problem::invalid("restrictions.create_only", message));
        }
        put(RestrictionName::Create, "true".to_owned());
    }
    if let Some(networks) = &asked.ip {
        put(RestrictionName::Ip, list(networks, "restrictions.ip")?);
    }
    if let Some(instant) = &asked.not_before {
        put(RestrictionName::NotBefore, not_before(instant)?);
    }
    if request.shape == Shape::Page || asked.page {
        put(RestrictionName::Page, "true".to_owned());
    }
    if let Some(rate) = asked.rate_bytes_per_second {
        put(RestrictionName::Rate, rate.to_string());
    }
    if let Some(subject) = subject {
        put(RestrictionName::Subject, subject.to_owned());
    }
    if !content.types.is_empty() {
        put(
            RestrictionName::Type,
            list(&content.types, "content.types")?,
        );
    }
    if let Some(uses) = counted_uses(request, &asked)? {
        put(RestrictionName::Uses, uses.to_string());
    }
    let pairs = limits.iter().map(|(name, value)| (*name, value.as_str()));
    let restrictions = Restrictions::of(pairs).map_err(|error| refuse(&error))?;
    Ok((limits, restrictions.map(|boxed| *boxed).unwrap_or_default()))
}

/// The exact size of a part is signed as a header; of a whole object from parts it is a restriction.
fn bytes(request: &LinkRequest, content: &Content) -> Option<(u64, u64)> {
    if request.shape == Shape::Multipart {
        return request.multipart.map(|asked| (asked.size, asked.size));
    }
    content.range()
}

fn counted_uses(
    request: &LinkRequest,
    asked: &RestrictionsRequest,
) -> Result<Option<u32>, Problem> {
    match request.shape {
        Shape::Share => {
            if asked.uses.is_some_and(|opens| !OPENS.contains(&opens)) {
                let message = "a share may be opened 1 to 1000 times, or as often as one likes";
                return Err(Problem::invalid("restrictions.uses", message));
            }
            if asked.bind_first {
                let message = "a share cannot belong to one network; restrict it by `ip`";
                return Err(Problem::invalid("restrictions.bind_first", message));
            }
            Ok(None)
        }
        // Each part would be a use.
        Shape::Multipart if asked.uses.is_some() || asked.bind_first => {
            let message = "a multipart upload is many requests; its uses cannot be counted";
            Err(Problem::invalid("restrictions.uses", message))
        }
        _ => Ok(asked.uses),
    }
}

fn list(values: &[String], field: &'static str) -> Result<String, Problem> {
    if values.is_empty() {
        return Err(Problem::invalid(
            field,
            "name at least one, or leave it out",
        ));
    }
    if values.iter().any(|value| value.contains(',')) {
        return Err(Problem::invalid(field, "a value must not have a comma"));
    }
    Ok(values.join(","))
}

/// From RFC 3339 in UTC to the basic form.
fn not_before(text: &str) -> Result<String, Problem> {
    crate::instant::parse(text)
        .map(|date| date.to_string())
        .ok_or_else(|| {
            let message = "write an instant in UTC such as 2026-12-24T18:00:00Z";
            Problem::invalid("restrictions.not_before", message)
        })
}

fn refuse(error: &RestrictionError) -> Problem {
    match error {
        RestrictionError::BadValue { name, .. } => {
            Problem::invalid(field_of(*name), name.rule().to_owned())
        }
        other => Problem::invalid("restrictions", other.to_string()),
    }
}

const fn field_of(name: RestrictionName) -> &'static str {
    match name {
        RestrictionName::Bind => "restrictions.bind_first",
        RestrictionName::Bytes => "content.max_bytes",
        RestrictionName::Country => "restrictions.countries",
        RestrictionName::Create => "restrictions.create_only",
        RestrictionName::Id => "name",
        RestrictionName::Ip => "restrictions.ip",
        RestrictionName::NotBefore => "restrictions.not_before",
        RestrictionName::Page => "restrictions.page",
        RestrictionName::Rate => "restrictions.rate_bytes_per_second",
        RestrictionName::Subject => "subject",
        RestrictionName::Type => "content.types",
        RestrictionName::Uses => "restrictions.uses",
    }
}
