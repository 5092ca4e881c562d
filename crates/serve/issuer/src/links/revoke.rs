//! `DELETE /v1/links/{id}`: a link or a share is over, on every node within a second. To revoke again is harmless.

use countersign_gate::{LinkId, Revocation, RevocationTarget};
use countersign_sigv4::AmzDate;
use countersign_state::{Share, UnixMillis};

use super::inspect::{Known, find};
use crate::call::Call;
use crate::issuer::Shared;
use crate::problem::Problem;
use crate::refused;
use crate::revoking::kept_until_ms;
use crate::shares;
use crate::wire::RevokedAnswer;

/// Revokes a link.
///
/// # Errors
/// 404 if there is none that the caller may see, 403 if it may not revoke it.
pub(crate) async fn one(issuer: &Shared, call: &Call, id: &str) -> Result<RevokedAnswer, Problem> {
    let (link, known) = find(issuer, call, id, "countersign:RevokeLink").await?;
    let now_ms = issuer.now_ms();
    let failed = |error| refused::by_state(&error, &call.request_id);
    let state = issuer.directory.state();
    let mut links = vec![link];
    if let Known::Share(share) = &known {
        state
            .revoke_share(link, UnixMillis(now_ms))
            .await
            .map_err(failed)?;
        links.extend(opened(share));
    }
    let mut serial = None;
    for link in links {
        let revocation = Revocation {
            target: RevocationTarget::Link(link),
            signed_until: issuer.now(),
            ends_transfers: false,
            made_at_ms: now_ms,
            expires_at_ms: kept_until_ms(end_of(&known)),
        };
        if revocation.expires_at_ms > now_ms {
            let written = state.revoke(&revocation).await.map_err(failed)?;
            serial = serial.or(Some(written));
        }
    }
    tracing::info!(request_id = call.request_id, link = id, "revoked a link");
    Ok(RevokedAnswer {
        id: link.to_string(),
        revoked: true,
        serial,
    })
}

/// When the last URL of it ends.
fn end_of(known: &Known) -> AmzDate {
    let ms = match known {
        Known::Link(record) => record.expires_at.0,
        Known::Share(share) => share.expires_at.0,
    };
    AmzDate::from_unix(ms.div_euclid(1_000))
}

/// The links that a share was swapped for, where each has a name of its own.
fn opened(share: &Share) -> impl Iterator<Item = LinkId> + '_ {
    let counted = share.max_opens.map_or(0, |_| share.opens);
    (1..=counted).map(|number| {
        let name = shares::name_of_opening(share.id, Some(number));
        LinkId::named(&share.principal_id, &name)
    })
}
