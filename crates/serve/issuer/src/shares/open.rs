//! `GET /_share/{token}`: a share is opened.
//!
//! Everything is asked before it is counted: whether the share lives, whether its maker may still do this, whether
//! the client may. Then one opening is taken, and the answer is the address of a URL of minutes. HEAD and browsers
//! that only look ahead take none; of a share with a page whose openings are counted only its button does (threat D3).
//!
//! INVARIANT: a token that is unknown, of a share that is over, revoked or used up, or whose maker may not do this any
//! more gets one same answer (threat D10).

use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::extract::{Path, State};
use axum::response::Response;
use axum::routing::get;
use countersign_gate::{CallOrigin, Country, Direction, RevocationFacts, RevokedBy, Transport};
use countersign_s3::BucketName;
use countersign_sigv4::{AccessKeyId, AmzDate};
use countersign_state::{Share, UnixMillis};
use http::{HeaderMap, Method, Request};
use sha2::{Digest as _, Sha256};

use super::spec::Spec;
use super::{name_of_opening, page};
use crate::issuer::{Issuer, Shared};
use crate::lifetime::{Bounds, Life};
use crate::links::workbench::{Asker, Workbench};
use crate::plan::{Plan, Ttl, plan};
use crate::problem::Problem;
use crate::signing::Maker;

const TOKEN_LETTERS: usize = 43;

/// The public paths.
pub(crate) fn router(issuer: &Issuer) -> Router {
    Router::new()
        .route("/_share/{token}", get(open).post(open))
        .with_state(issuer.clone())
}

async fn open(
    State(issuer): State<Issuer>,
    Path(token): Path<String>,
    request: Request<Body>,
) -> Response {
    let request_id = format!("{:016X}", rand::random::<u64>());
    let Some(origin) = request.extensions().get::<CallOrigin>() else {
        return page::gone();
    };
    if origin.transport == Transport::Plain && !issuer.shared.options.plain_http {
        return page::insecure();
    }
    let asker = Asker {
        origin,
        request_id: &request_id,
    };
    let country = request.extensions().get::<Country>();
    let country = country.copied().unwrap_or(Country::NotLookedUp);
    let looks_ahead = looks_ahead(request.headers());
    let manner = match *request.method() {
        _ if looks_ahead => Manner::Asks,
        Method::GET => Manner::Follows,
        Method::POST if !is_from_elsewhere(request.headers()) => Manner::Presses,
        Method::POST => return page::gone(),
        _ => Manner::Asks,
    };
    match opened(&issuer.shared, asker, &token, country, manner).await {
        Ok(Opened::Url(url)) => page::moved(&url),
        Ok(Opened::Page) => page::button(),
        Ok(Opened::Nothing) if looks_ahead => page::not_ahead(),
        Ok(Opened::Nothing) => page::alive(),
        Err(Gone) => page::gone(),
    }
}

/// How somebody comes.
#[derive(Clone, Copy, Eq, PartialEq)]
enum Manner {
    /// Only to know whether something is there.
    Asks,
    /// By the address.
    Follows,
    /// By the button of the page.
    Presses,
}

/// What a share that lives leads to.
enum Opened {
    Nothing,
    Page,
    Url(String),
}

/// Nothing is to be had, for whatever reason; the reason is in the log.
struct Gone;

impl From<Problem> for Gone {
    fn from(_: Problem) -> Self {
        Self
    }
}

/// What a share leads to.
async fn opened(
    issuer: &Shared,
    asker: Asker<'_>,
    token: &str,
    country: Country,
    manner: Manner,
) -> Result<Opened, Gone> {
    let gone = |reason: &str| {
        tracing::info!(
            request_id = asker.request_id,
            reason,
            "a share was not opened"
        );
        Gone
    };
    if token.len() != TOKEN_LETTERS {
        return Err(gone("it is no token"));
    }
    let digest: [u8; 32] = Sha256::digest(token.as_bytes()).into();
    let state = issuer.directory.state();
    let found = state.find_share(digest).await;
    let found = found.map_err(|error| {
        tracing::error!(request_id = asker.request_id, %error, "the state failed");
        Gone
    })?;
    let share = found.ok_or_else(|| gone("there is no such share"))?;
    let now = UnixMillis(issuer.now_ms());
    if !share.is_live_at(now) {
        return Err(gone("it is over, revoked or used up"));
    }
    // The URL of minutes is signed now, after what was revoked; the share was made before (threat D11).
    if let Some(by) = revoked_by(issuer, &share)? {
        return Err(gone(&format!("what it was made for is revoked: {by}")));
    }
    let spec: Spec = serde_json::from_str(&share.spec).map_err(|_| gone("it cannot be read"))?;
    let maker = maker_of(issuer, &share).ok_or_else(|| gone("its maker's session is gone"))?;
    let plan = plan(&spec.opening(share.max_opens.is_some()), "")?;
    let client = asker.origin.address;
    // Whoever may not download may not use up an opening either (threat D4).
    let met = plan
        .restrictions
        .check_client(client, country, issuer.now());
    if let Err(not_met) = met {
        return Err(gone(&not_met.to_string()));
    }
    let ends_at = AmzDate::from_unix(share.expires_at.0.div_euclid(1_000));
    let life = life(issuer, &plan, ends_at, issuer.now())?;
    let key = issuer.link_key(&maker, &life)?;
    let name_at = |number| match share.max_opens {
        None => spec.name.clone(),
        Some(_) => name_of_opening(share.id, Some(number)),
    };
    let next = share.opens.saturating_add(1);
    let bench = |number| {
        let key = Arc::clone(&key);
        Workbench::set_up(issuer, asker, &plan, life, key, name_at(number))
    };
    let url = bench(next).await?.rehearse_download().await?;
    // Scanners follow every address that they find, and press no buttons (threat D3).
    let has_button = spec.has_page() && share.max_opens.is_some();
    match manner {
        Manner::Asks => return Ok(Opened::Nothing),
        Manner::Follows if has_button => return Ok(Opened::Page),
        Manner::Presses if !has_button => return Err(gone("it has no button")),
        Manner::Follows | Manner::Presses => {}
    }
    let counted = state.open_share(digest, now).await.ok().flatten();
    let counted = counted.ok_or_else(|| gone("its last opening was taken"))?;
    tracing::info!(request_id = asker.request_id, share = %share.id, "opened a share");
    // Somebody else may have opened it meanwhile.
    if counted.opens == next || share.max_opens.is_none() {
        return Ok(Opened::Url(url));
    }
    let url = bench(counted.opens).await?.rehearse_download().await?;
    Ok(Opened::Url(url))
}

/// The life of the URL that a share is swapped for.
pub(super) fn life(
    issuer: &Shared,
    plan: &Plan,
    ends_at: AmzDate,
    now: AmzDate,
) -> Result<Life, Problem> {
    let (bucket, key) = (plan.bucket.as_str(), plan.key.sample().as_str());
    let ceiling_s = issuer
        .options
        .guardrails
        .ceiling_s(Direction::Download, bucket, key);
    let bounds = Bounds {
        default_s: super::OPENED_S,
        ceiling_s,
        session_end: Some(ends_at),
        now,
    };
    let ttl = Ttl {
        asked_s: Some(super::OPENED_S),
        exact: false,
    };
    Life::of(ttl, None, &bounds).map_err(|error| Problem::refused(error.to_string()))
}

/// What revokes all that was made for the share's object, subject or maker when the share was.
fn revoked_by(issuer: &Shared, share: &Share) -> Result<Option<RevokedBy>, Gone> {
    let known = issuer.revocations().known().ok_or(Gone)?;
    let bucket = BucketName::parse(&share.bucket).map_err(|_| Gone)?;
    let none = AccessKeyId::new("");
    Ok(known.find(&RevocationFacts {
        link: Some(share.id),
        access_key_id: none.as_str(),
        principal_id: &share.principal_id,
        subject: share.subject.as_deref(),
        bucket: Some(&bucket),
        key: Some(&share.key),
        signed_at: Some(AmzDate::from_unix(share.created_at.0.div_euclid(1_000))),
        // Of a session it is asked when the URL is rehearsed.
        session_issued_at: None,
        is_registered: true,
    }))
}

fn maker_of(issuer: &Shared, share: &Share) -> Option<Maker> {
    if share.session.is_empty() {
        return Some(Maker::LongTerm {
            principal_id: share.principal_id.as_str().into(),
            last_s: None,
        });
    }
    let token = std::str::from_utf8(&share.session).ok()?;
    let opened = issuer.directory.ring().open(token).ok()?;
    Some(Maker::Session(Arc::new(opened.session)))
}

/// Whether the page of another site pressed the button.
fn is_from_elsewhere(headers: &HeaderMap) -> bool {
    let site = headers.get("sec-fetch-site");
    site.is_some_and(|site| site == "cross-site" || site == "same-site")
}

/// Whether a browser fetches what nobody asked for yet.
fn looks_ahead(headers: &HeaderMap) -> bool {
    ["sec-purpose", "purpose", "x-moz", "x-purpose"]
        .iter()
        .any(|name| {
            let value = headers.get(*name).and_then(|value| value.to_str().ok());
            value.is_some_and(|value| {
                let value = value.to_ascii_lowercase();
                value.contains("prefetch")
                    || value.contains("preview")
                    || value.contains("prerender")
            })
        })
}
