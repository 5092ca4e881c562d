//! From what is asked for to what will be signed: shapes and values are checked, nothing is looked up.
//!
//! A [`Plan`] says in S3's words what the link's rightful user will send: method, parameters, headers, and the
//! `x-cs-*` restrictions, read back by the gate's own reader so that nothing is signed that it would not understand.
//!
//! INVARIANT: no I/O, no clock, no randomness: the one random part of a key, its UUID, is passed in.

mod content;
mod key;
mod limits;

use countersign_gate::Restrictions;
use countersign_s3::BucketName;

pub(crate) use self::content::{Content, PartSizes};
pub(crate) use self::key::PlannedKey;
use crate::problem::Problem;
use crate::wire::{LinkRequest, Shape, Verb};

/// What will be signed, but for names, dates and keys.
#[derive(Clone, Debug)]
pub(crate) struct Plan {
    pub(crate) verb: Verb,
    pub(crate) shape: Shape,
    pub(crate) bucket: BucketName,
    pub(crate) key: PlannedKey,
    pub(crate) subject: Option<Box<str>>,
    /// Every restriction but the name of the link, as parameters or fields.
    pub(crate) limits: Vec<(&'static str, String)>,
    /// The same, understood.
    pub(crate) restrictions: Restrictions,
    /// More parameters of the URL.
    pub(crate) parameters: Vec<(&'static str, String)>,
    /// Headers that must be sent, exactly so.
    pub(crate) headers: Vec<(&'static str, String)>,
    pub(crate) content: Content,
    pub(crate) version_id: Option<Box<str>>,
    pub(crate) ttl: Ttl,
    pub(crate) stable_s: Option<u32>,
    pub(crate) parts: Option<PartSizes>,
    /// How often a share may be opened.
    pub(crate) opens: Option<u32>,
}

/// How long a link shall live.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Ttl {
    /// In seconds, if anything was asked.
    pub(crate) asked_s: Option<u32>,
    /// Whether it is refused rather than shortened.
    pub(crate) exact: bool,
}

const LONGEST_TTL_S: u32 = 31_536_000;
const STABLE_S: std::ops::RangeInclusive<u32> = 60..=3_600;
const LONGEST_VERSION: usize = 128;

/// Makes a plan of a request. `uuid` is what `{uuid}` in a key becomes.
///
/// # Errors
/// The [`Problem`] to answer with: 400 with the member at fault, 422 for a form that leaves too much open.
pub(crate) fn plan(request: &LinkRequest, uuid: &str) -> Result<Plan, Problem> {
    let bucket = BucketName::parse(&request.bucket)
        .map_err(|error| Problem::invalid("bucket", error.to_string()))?;
    check_shape(request)?;
    let subject = request.subject.as_deref();
    let key = key::planned(request, uuid)?;
    let content = Content::of(request)?;
    let opens = limits::opens(request);
    let (limits, restrictions) = limits::of(request, &content, subject)?;
    let parts = content::parts(request)?;
    let mut parameters = Vec::new();
    let version_id = version_id(request)?;
    if let Some(version) = &version_id {
        parameters.push(("versionId", version.to_string()));
    }
    if let Some(name) = &request.download_name {
        parameters.push(("response-content-disposition", content::disposition(name)?));
    }
    Ok(Plan {
        verb: request.verb,
        shape: request.shape,
        bucket,
        key,
        subject: subject.map(Box::from),
        limits,
        restrictions,
        parameters,
        headers: content.headers(),
        content,
        version_id,
        ttl: ttl(request)?,
        stable_s: stable_s(request)?,
        parts,
        opens,
    })
}

/// Which members go with which verb and shape.
fn check_shape(request: &LinkRequest) -> Result<(), Problem> {
    let (verb, shape) = (request.verb, request.shape);
    let fits = match shape {
        Shape::Url => true,
        Shape::Form | Shape::Multipart => verb == Verb::Put,
        Shape::Page | Shape::Share => verb == Verb::Get,
    };
    if !fits {
        let message = format!(
            "the shape `{}` does not go with the verb `{}`",
            shape.as_str(),
            verb.as_str()
        );
        return Err(Problem::invalid("shape", message));
    }
    let only = |present: bool, allowed: bool, field: &str, with: &str| {
        if present && !allowed {
            return Err(Problem::invalid(
                field,
                format!("this goes only with {with}"),
            ));
        }
        Ok(())
    };
    let puts = verb == Verb::Put;
    let gets = verb == Verb::Get;
    only(request.content.is_some(), puts, "content", "the verb `put`")?;
    only(
        request.download_name.is_some(),
        gets,
        "download_name",
        "the verb `get`",
    )?;
    only(
        request.version_id.is_some(),
        !puts,
        "version_id",
        "the verbs `get` and `head`",
    )?;
    only(
        request.multipart.is_some(),
        shape == Shape::Multipart,
        "multipart",
        "the shape `multipart`",
    )?;
    only(
        request.stable_seconds.is_some(),
        !puts && matches!(shape, Shape::Url | Shape::Page),
        "stable_seconds",
        "downloads in the shapes `url` and `page`",
    )?;
    let page = request.restrictions.as_ref().is_some_and(|r| r.page);
    only(
        page,
        shape == Shape::Share,
        "restrictions.page",
        "the shape `share`; for a URL take the shape `page`",
    )?;
    Ok(())
}

fn version_id(request: &LinkRequest) -> Result<Option<Box<str>>, Problem> {
    let Some(version) = request.version_id.as_deref() else {
        return Ok(None);
    };
    let is_good = (1..=LONGEST_VERSION).contains(&version.len())
        && version.bytes().all(|byte| byte.is_ascii_graphic());
    if is_good {
        Ok(Some(version.into()))
    } else {
        let message = "a version id has 1 to 128 printable characters and no space";
        Err(Problem::invalid("version_id", message))
    }
}

fn ttl(request: &LinkRequest) -> Result<Ttl, Problem> {
    if let Some(asked) = request.ttl_seconds
        && !(1..=LONGEST_TTL_S).contains(&asked)
    {
        let message = format!("write 1 to {LONGEST_TTL_S} seconds");
        return Err(Problem::invalid("ttl_seconds", message));
    }
    if request.ttl_exact && request.ttl_seconds.is_none() {
        let message = "there is nothing to be exact about without `ttl_seconds`";
        return Err(Problem::invalid("ttl_exact", message));
    }
    Ok(Ttl {
        asked_s: request.ttl_seconds,
        exact: request.ttl_exact,
    })
}

/// A stable link is one for many requests, so it must not be used up by one of them.
fn stable_s(request: &LinkRequest) -> Result<Option<u32>, Problem> {
    let Some(window_s) = request.stable_seconds else {
        return Ok(None);
    };
    if !STABLE_S.contains(&window_s) {
        let message = "write 60 to 3600 seconds";
        return Err(Problem::invalid("stable_seconds", message));
    }
    let limits = request.restrictions.as_ref();
    let is_spent = limits.is_some_and(|limits| limits.uses.is_some() || limits.bind_first);
    if is_spent {
        let message = "a stable link cannot have counted uses or belong to one network";
        return Err(Problem::invalid("stable_seconds", message));
    }
    Ok(Some(window_s))
}

#[cfg(test)]
mod tests;
