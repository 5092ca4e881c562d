//! What is kept of a link that was made: what was asked for, by whom and until when, and never a URL.

use countersign_gate::LinkId;
use countersign_state::{LinkRecord, UnixMillis};
use serde_json::{Map, Value};

use super::workbench::Workbench;
use crate::call::Call;

/// The most bytes of any restriction that is kept as it is; a longer one is kept as its beginning.
const MOST_KEPT: usize = 512;

/// The record of a link.
pub(super) fn of(bench: &Workbench<'_>, call: &Call, link: LinkId) -> LinkRecord {
    let (plan, life) = (bench.plan, &bench.life);
    let ms = |date: countersign_sigv4::AmzDate| UnixMillis(date.unix().saturating_mul(1_000));
    LinkRecord {
        link,
        name: bench.name.clone(),
        principal_id: call.caller.identity().principal_id.to_string(),
        principal_arn: call.caller.identity().arn.to_string(),
        subject: plan.subject.as_deref().map(str::to_owned),
        verb: plan.verb.as_str().to_owned(),
        shape: plan.shape.as_str().to_owned(),
        bucket: plan.bucket.as_str().to_owned(),
        key: plan.key.text(),
        created_at: ms(life.signed_at),
        expires_at: ms(life.ends_at()),
        restrictions: restrictions(&plan.limits),
        request_id: call.request_id.clone(),
    }
}

/// The restrictions as JSON, by their names.
fn restrictions(limits: &[(&'static str, String)]) -> String {
    let kept = |value: &str| match value.char_indices().nth(MOST_KEPT) {
        Some((end, _)) => format!("{}…", value.get(..end).unwrap_or_default()),
        None => value.to_owned(),
    };
    let pairs = limits
        .iter()
        .map(|(name, value)| ((*name).to_owned(), Value::String(kept(value))));
    Value::Object(pairs.collect::<Map<_, _>>()).to_string()
}
