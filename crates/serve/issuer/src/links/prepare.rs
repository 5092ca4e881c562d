//! A link is prepared: planned, allowed, signed and rehearsed. Only recording it is left.
//!
//! INVARIANT: what is prepared depends on the request, on who asks, on what was drawn and on the server's settings
//! alone, so a repeated request gives the same link.

use countersign_gate::{Direction, LinkId, RestrictionName};
use countersign_s3::Operation;
use countersign_state::LinkRecord;

use super::upload;
use super::workbench::Workbench;
use crate::authorizing::{self, LinkFacts};
use crate::call::Call;
use crate::drawn::{Drawn, name_of};
use crate::instant;
use crate::issuer::Shared;
use crate::lifetime::{Bounds, Life};
use crate::plan::{Plan, plan};
use crate::problem::Problem;
use crate::snippets;
use crate::wire::{LinkAnswer, LinkRequest, NamedValue, Shape, Snippets, Verb};

/// A link that is ready to be recorded and handed out.
pub(crate) struct Prepared {
    pub(crate) answer: LinkAnswer,
    pub(crate) record: LinkRecord,
}

/// Prepares a link of any shape but a share.
///
/// # Errors
/// The [`Problem`] to answer with.
pub(crate) async fn prepare(
    issuer: &Shared,
    call: &Call,
    request: &LinkRequest,
    drawn: &mut Drawn,
) -> Result<Prepared, Problem> {
    let plan = plan(request, &drawn.uuid())?;
    let life = life_of(issuer, call, &plan, drawn)?;
    let facts = LinkFacts::of(&plan, life.left_s);
    authorizing::of_object(call, "countersign:CreateLink", &plan, &facts)?;
    let key = issuer.link_key(call.maker()?, &life)?;
    let name = match plan.stable_s {
        None => drawn.name(),
        Some(_) => stable_name(&key, request),
    };
    let bench = Workbench::set_up(issuer, call.asker(), &plan, life, key, name).await?;
    let (answer, link) = match plan.shape {
        Shape::Form => form(&bench).await?,
        Shape::Multipart => upload::prepare(&bench, drawn).await?,
        Shape::Page | Shape::Share | Shape::Url => url(&bench).await?,
    };
    let answer = finished(answer, &bench, link, request);
    let record = super::record::of(&bench, call, link);
    Ok(Prepared { answer, record })
}

/// How long it lives.
pub(crate) fn life_of(
    issuer: &Shared,
    call: &Call,
    plan: &Plan,
    drawn: &Drawn,
) -> Result<Life, Problem> {
    let direction = match plan.verb {
        Verb::Get | Verb::Head => Direction::Download,
        Verb::Put => Direction::Upload,
    };
    let (bucket, key) = (plan.bucket.as_str(), plan.key.sample().as_str());
    let bounds = Bounds {
        default_s: issuer.options.default_ttl_s,
        ceiling_s: issuer.options.guardrails.ceiling_s(direction, bucket, key),
        session_end: call.caller.credential.ends_at(),
        now: drawn.now(),
    };
    let life = Life::of(plan.ttl, plan.stable_s, &bounds)
        .map_err(|error| Problem::refused(error.to_string()).about("ttl_seconds"))?;
    if let Some(earliest) = plan.restrictions.not_before()
        && earliest >= life.ends_at()
    {
        let message = format!(
            "the link would end at {}, before it may be used",
            life.ends_at().iso8601()
        );
        return Err(Problem::refused(message).about("restrictions.not_before"));
    }
    Ok(life)
}

/// The name of a stable link: it follows from the request and the window, and only this installation knows how.
fn stable_name(key: &crate::signing::LinkKey, request: &LinkRequest) -> String {
    let text = serde_json::to_vec(request).unwrap_or_default();
    let derived = key.derive(&text);
    name_of(derived.first_chunk().unwrap_or(&[0; 16]))
}

/// One URL.
async fn url(bench: &Workbench<'_>) -> Result<(LinkAnswer, LinkId), Problem> {
    let plan = bench.plan;
    let (method, operation) = match plan.verb {
        Verb::Get => ("GET", Operation::GetObject),
        Verb::Head => ("HEAD", Operation::HeadObject),
        Verb::Put => ("PUT", Operation::PutObject),
    };
    let headers: Vec<(&str, &str)> = plan
        .headers
        .iter()
        .map(|(name, value)| (*name, value.as_str()))
        .collect();
    let url = bench.sign(method, operation, bench.parameters(), &headers)?;
    let link = bench.rehearse_url(method, &url, &headers).await?.link;
    Ok((blank(bench, method, url, named(&headers)), link))
}

/// One form.
async fn form(bench: &Workbench<'_>) -> Result<(LinkAnswer, LinkId), Problem> {
    let minted = bench.form();
    let link = bench.rehearse_form(&minted).await?;
    let mut answer = blank(bench, "POST", minted.url, Vec::new());
    answer.fields = minted.fields;
    Ok((answer, link))
}

pub(super) fn named(pairs: &[(&str, &str)]) -> Vec<NamedValue> {
    let named = |(name, value): &(&str, &str)| NamedValue {
        name: (*name).to_owned(),
        value: (*value).to_owned(),
    };
    pairs.iter().map(named).collect()
}

fn finished(
    mut answer: LinkAnswer,
    bench: &Workbench<'_>,
    link: LinkId,
    request: &LinkRequest,
) -> LinkAnswer {
    answer.id = link.to_string();
    answer.warnings = warnings(bench);
    answer.snippets = snippets::of(&answer, request.download_name.as_deref());
    answer
}

/// What one may want to know before it fails at the customer's.
fn warnings(bench: &Workbench<'_>) -> Vec<String> {
    let plan = bench.plan;
    let mut warnings = Vec::new();
    let types = &plan.content.types;
    if !types.is_empty() && plan.content.only_type().is_none() {
        let how = if plan.shape == Shape::Form {
            "add a field `Content-Type` before the file"
        } else {
            "send a `Content-Type`"
        };
        warnings.push(format!("{how}, one of: {}", types.join(", ")));
    }
    let networks = plan.restrictions.networks().unwrap_or_default();
    if networks
        .iter()
        .any(|network| network.prefix_len() == network.max_prefix_len())
    {
        warnings.push(
            "`restrictions.ip` names a single address: a telephone changes its address within minutes".to_owned(),
        );
    }
    if plan.verb == Verb::Put
        && plan.shape == Shape::Url
        && !plan.restrictions.has(RestrictionName::Bytes)
    {
        warnings
            .push("nothing bounds the size of this upload; `content.max_bytes` does".to_owned());
    }
    if let Some(earliest) = plan.restrictions.not_before()
        && earliest.seconds_since(bench.life.signed_at) > 0
    {
        warnings.push(format!(
            "it may be used from {} on, for {} seconds",
            earliest.iso8601(),
            bench.life.ends_at().seconds_since(earliest)
        ));
    }
    warnings
}

/// An answer that is filled in.
pub(super) fn blank(
    bench: &Workbench<'_>,
    method: &str,
    url: String,
    headers: Vec<NamedValue>,
) -> LinkAnswer {
    let (plan, life) = (bench.plan, &bench.life);
    LinkAnswer {
        id: String::new(),
        name: Some(bench.name.clone()),
        shape: plan.shape,
        method: method.to_owned(),
        url,
        headers,
        fields: Vec::new(),
        parts: Vec::new(),
        complete: None,
        abort: None,
        upload_id: None,
        bucket: plan.bucket.as_str().to_owned(),
        key: plan.key.text(),
        version_id: plan.version_id.as_deref().map(str::to_owned),
        subject: plan.subject.as_deref().map(str::to_owned),
        expires_at: instant::of_ms(life.ends_at().unix().saturating_mul(1_000)),
        ttl_seconds: life.left_s,
        limited_by: life.limited_by,
        signed_at: life.signed_at.iso8601(),
        snippets: Snippets::default(),
        warnings: Vec::new(),
    }
}
