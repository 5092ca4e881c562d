//! The issuer, put together: it makes links for the S3 listener's public address, held to that listener's guardrails.

use std::net::SocketAddr;
use std::num::NonZeroU32;
use std::sync::Arc;

use axum::Router;
use countersign_directory::Directory;
use countersign_edge::{Guests, Settings};
use countersign_issuer::{
    Endpoint, ExchangeAsked, ExchangeRefused, Exchanging, Issuer, Options, Rate, TokenExchange,
    routers,
};
use countersign_objects::LocalStore;
use countersign_sts::{Circumstances, Sts, WebIdentityAsked};

use crate::config::Config;

/// The issuer; none if it is switched off.
pub(super) fn issuer(
    config: &Config,
    edge: &Settings,
    known: &Arc<Directory>,
    objects: &LocalStore,
) -> Option<Issuer> {
    let set = &config.issuer;
    let seconds = |span: std::time::Duration| u32::try_from(span.as_secs()).unwrap_or(u32::MAX);
    let number = |number: u32| NonZeroU32::new(number).unwrap_or(NonZeroU32::MIN);
    let rate = |per_second, burst| Rate {
        per_second: number(per_second),
        burst: number(burst),
    };
    let public = edge.public_authority.iter().cloned();
    let options = Options {
        guardrails: edge.guardrails.clone(),
        base_hosts: public.chain(edge.base_hosts.iter().cloned()).collect(),
        bearer_role: set.bearer_role.clone(),
        share_max_s: seconds(set.share_max),
        default_ttl_s: seconds(set.default_ttl),
        principal_rate: rate(set.links_per_second, set.burst),
        subject_rate: rate(set.subject_links_per_second, set.subject_burst),
        live_links: set.live_links_per_principal,
        allowed_origins: set
            .allowed_origins
            .iter()
            .map(ToString::to_string)
            .collect(),
        plain_http: edge.guardrails.plain_http,
    };
    set.enabled
        .then(|| Issuer::new(Arc::clone(known), objects.clone(), options))
}

/// Tokens of identity providers become sessions of roles as STS would have it.
pub(super) struct ByRole(pub(super) Arc<Sts>);

impl TokenExchange for ByRole {
    fn exchange<'a>(&'a self, asked: &'a ExchangeAsked<'a>) -> Exchanging<'a> {
        let wanted = WebIdentityAsked {
            token: asked.token,
            role_arn: asked.role_arn,
            session_name: asked.session_name,
            duration_s: None,
            policy: None,
            policy_arns: &[],
        };
        let circumstances = Circumstances {
            origin: asked.origin,
            user_agent: asked.user_agent,
            now: asked.now,
        };
        Box::pin(async move {
            let begun = self
                .0
                .begin_with_web_identity(&wanted, &circumstances)
                .await;
            let begun = begun.map_err(|refusal| ExchangeRefused {
                status: refusal.fault.status(),
                code: refusal.fault.code().to_owned(),
                message: refusal.fault.message().to_owned(),
                reason: refusal.reason.into_owned(),
            })?;
            Ok(begun.session)
        })
    }
}

/// Adds the issuer's paths to those that the listeners have beside S3.
pub(super) fn join(guests: &mut Guests, issuer: &Issuer) {
    let (admin, public) = routers(issuer);
    let merged = |guest: &mut Option<Router>, router: Router| {
        *guest = Some(match guest.take() {
            Some(there) => there.merge(router),
            None => router,
        });
    };
    merged(&mut guests.admin, admin);
    merged(&mut guests.public, public);
}

/// Where clients know S3.
pub(super) fn endpoint(config: &Config, address: SocketAddr) -> Endpoint {
    match &config.public_url {
        Some(url) => Endpoint {
            scheme: url.scheme.as_str().into(),
            authority: url.authority.as_str().into(),
        },
        None => Endpoint {
            scheme: if config.tls.is_some() {
                "https"
            } else {
                "http"
            }
            .into(),
            authority: address.to_string().into(),
        },
    }
}
