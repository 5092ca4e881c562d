//! `GET /v1/whoami`: who calls, and in short what it may do here.

use countersign_gate::{ACCOUNT, PrincipalKind};
use countersign_policy::Resource;

use crate::authorizing::nothing;
use crate::call::Call;
use crate::wire::{WhoAnswer, WhoMay};

/// Answers who calls. It needs no permission.
pub(crate) fn answer(call: &Call) -> WhoAnswer {
    let identity = call.caller.identity();
    let kind = match identity.kind {
        PrincipalKind::Role => "role",
        PrincipalKind::Root => "root",
        PrincipalKind::User => "user",
    };
    let everywhere = Resource::Object {
        bucket: "*",
        key: "*",
    };
    let may = |action: &str, resource| {
        let allowed = call.caller.authorize(action, resource, None, &nothing);
        allowed.is_ok()
    };
    WhoAnswer {
        account: ACCOUNT.to_owned(),
        arn: identity.arn.to_string(),
        user_id: identity.user_id.to_string(),
        kind: kind.to_owned(),
        access_key_id: (!call.is_bearer).then(|| identity.access_key_id.as_str().to_owned()),
        session_expires_at: identity
            .session
            .as_ref()
            .map(|session| session.expires_at.iso8601()),
        may: WhoMay {
            create_links: call.maker.is_some() && may("countersign:CreateLink", everywhere),
            list_links: may("countersign:ListLinks", Resource::Service),
            revoke_links: may("countersign:RevokeLink", everywhere),
            create_revocations: may("countersign:CreateRevocation", Resource::Service),
        },
    }
}
