//! A share is made.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use countersign_gate::LinkId;
use countersign_state::{Quota, Share, UnixMillis};
use sha2::{Digest as _, Sha256};

use super::spec::Spec;
use crate::authorizing::{self, LinkFacts};
use crate::call::Call;
use crate::drawn::Drawn;
use crate::issuer::Shared;
use crate::lifetime::{Bounds, Life};
use crate::links::workbench::Workbench;
use crate::plan::plan;
use crate::problem::Problem;
use crate::signing::Maker;
use crate::wire::{LinkAnswer, LinkRequest, Shape, Snippets};
use crate::{refused, snippets};

/// For how long a share lives if nothing is asked, in seconds.
const USUAL_S: u32 = 7 * 86_400;

/// Prepares a share: allowed, rehearsed, and not kept yet.
///
/// # Errors
/// The [`Problem`] to answer with.
pub(crate) async fn prepare(
    issuer: &Shared,
    call: &Call,
    request: &LinkRequest,
    drawn: &Drawn,
) -> Result<(Share, LinkAnswer), Problem> {
    let plan = plan(request, &drawn.uuid())?;
    let bounds = Bounds {
        default_s: USUAL_S.min(issuer.options.share_max_s),
        ceiling_s: issuer.options.share_max_s,
        session_end: call.caller.credential.ends_at(),
        now: drawn.now(),
    };
    let life = Life::of(plan.ttl, None, &bounds)
        .map_err(|error| Problem::refused(error.to_string()).about("ttl_seconds"))?;
    let facts = LinkFacts::of(&plan, life.left_s);
    authorizing::of_object(call, "countersign:CreateShare", &plan, &facts)?;
    let maker = call.maker()?;
    let principal_id = &call.caller.identity().principal_id;
    let name = drawn.name();
    let id = LinkId::named(principal_id, &name);
    let mut spec = Spec {
        name: name.clone(),
        request: request.clone(),
    };
    spec.request.key = Some(plan.key.text());
    spec.request.key_template = None;
    spec.request.extension = None;
    spec.request.variables.clear();
    spec.request.role = None;

    // What an opening leads to must hold now; whether it still does is asked at each.
    let opening = crate::plan::plan(&spec.opening(plan.opens.is_some()), "")?;
    let short = super::open::life(issuer, &opening, life.ends_at(), drawn.now())?;
    let key = issuer.link_key(maker, &short)?;
    let bench = Workbench::set_up(issuer, call.asker(), &opening, short, key.clone(), name).await?;
    bench.rehearse_download().await?;

    let token = URL_SAFE_NO_PAD.encode(key.derive(format!("share {id}").as_bytes()));
    let endpoint = issuer.endpoint_for(&call.origin)?;
    let url = format!(
        "{}://{}/_share/{token}",
        endpoint.scheme, endpoint.authority
    );
    let share = Share {
        token_digest: Sha256::digest(token.as_bytes()).into(),
        id,
        principal_id: principal_id.to_string(),
        principal_arn: call.caller.identity().arn.to_string(),
        session: session(issuer, maker, &life)?,
        subject: plan.subject.as_deref().map(str::to_owned),
        bucket: plan.bucket.as_str().to_owned(),
        key: plan.key.text(),
        spec: serde_json::to_string(&spec).map_err(|_| Problem::internal())?,
        created_at: UnixMillis(drawn.at_s.saturating_mul(1_000)),
        expires_at: UnixMillis(life.ends_at().unix().saturating_mul(1_000)),
        max_opens: plan.opens,
        opens: 0,
        revoked_at: None,
    };
    let mut answer = LinkAnswer {
        id: id.to_string(),
        name: None,
        shape: Shape::Share,
        method: "GET".to_owned(),
        url,
        headers: Vec::new(),
        fields: Vec::new(),
        parts: Vec::new(),
        complete: None,
        abort: None,
        upload_id: None,
        bucket: share.bucket.clone(),
        key: share.key.clone(),
        version_id: plan.version_id.as_deref().map(str::to_owned),
        subject: share.subject.clone(),
        expires_at: life.ends_at().iso8601(),
        ttl_seconds: life.left_s,
        limited_by: life.limited_by,
        signed_at: life.signed_at.iso8601(),
        snippets: Snippets::default(),
        warnings: Vec::new(),
    };
    answer.snippets = snippets::of(&answer, request.download_name.as_deref());
    Ok((share, answer))
}

/// What must be known of the maker at an opening: of a user with a long-term key nothing but who it is, of a session
/// all of it, sealed.
fn session(issuer: &Shared, maker: &Maker, life: &Life) -> Result<Vec<u8>, Problem> {
    match maker {
        Maker::LongTerm { .. } => Ok(Vec::new()),
        Maker::Session(_) => {
            let key = issuer.link_key(maker, life)?;
            Ok(key.token.expose().as_bytes().to_vec())
        }
    }
}

/// Keeps a share.
///
/// # Errors
/// 429 if the caller has too many, 503 if the state cannot answer.
pub(crate) async fn keep(issuer: &Shared, call: &Call, share: &Share) -> Result<(), Problem> {
    let quota = Quota {
        live_links: issuer.options.live_links,
    };
    let now = UnixMillis(issuer.now_ms());
    let kept = issuer
        .directory
        .state()
        .create_share(share, quota, now)
        .await;
    kept.map_err(|error| refused::by_state(&error, &call.request_id))
}

/// Ends a share that was kept for an answer which then was not given. If that fails too, it ends with its life.
pub(crate) async fn give_up(issuer: &Shared, call: &Call, id: &str) {
    let Ok(id) = id.parse::<LinkId>() else {
        return;
    };
    let now = UnixMillis(issuer.now_ms());
    let state = issuer.directory.state();
    if let Err(error) = state.revoke_share(id, now).await {
        let request_id = &*call.request_id;
        tracing::warn!(request_id, share = %id, %error, "could not end a share that nobody got");
    }
}
