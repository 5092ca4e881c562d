//! What a share says, as the state keeps it.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::wire::{LinkRequest, Shape};

/// What is handed out at each opening.
#[derive(Deserialize, Serialize)]
pub(super) struct Spec {
    /// The name of the link, where openings are not counted.
    pub(super) name: String,
    /// What was asked for, with the key that was settled upon.
    pub(super) request: LinkRequest,
}

impl Spec {
    /// Whether somebody must press a button before an opening is taken.
    pub(super) fn has_page(&self) -> bool {
        let limits = self.request.restrictions.as_ref();
        limits.is_some_and(|limits| limits.page)
    }

    /// The request for the URL of minutes.
    pub(super) fn opening(&self, counted: bool) -> LinkRequest {
        let mut request = self.request.clone();
        let mut limits = request.restrictions.take().unwrap_or_default();
        // Where openings are counted, the share shows the page itself.
        request.shape = if limits.page && !counted {
            Shape::Page
        } else {
            Shape::Url
        };
        limits.page = false;
        limits.uses = counted.then_some(1);
        request.restrictions = Some(limits);
        request.ttl_seconds = Some(super::OPENED_S);
        request.ttl_exact = false;
        request
    }
}

/// The restrictions of a share, to be shown.
pub(crate) fn restrictions_of(spec: &str) -> Value {
    let spec: Option<Spec> = serde_json::from_str(spec).ok();
    let restrictions = spec.and_then(|spec| spec.request.restrictions);
    serde_json::to_value(restrictions).unwrap_or(Value::Null)
}
