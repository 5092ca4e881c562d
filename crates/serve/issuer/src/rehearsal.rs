//! The rehearsal: what was minted is shown to the gate as its rightful user would send it.
//!
//! It is the same function that the edge asks, with the same credential, key, bucket and guardrails, and the very text
//! of the URL or form. The client, the country and the moment are chosen so that the link's own restrictions hold. So
//! nothing is handed out that the edge would refuse, and nothing that its maker may not do (threat C5): the maker is
//! told instead, with the gate's sentence.
//!
//! INVARIANT: no link leaves the issuer but through here.

use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;

use countersign_gate::{
    BucketPolicy, BucketRef, Country, Credential, Decided, ExistingTags, Guardrails, Inquiry,
    Refusal, Restrictions, RevocationSet, Stranger, TlsVersion, Transport, decide, refuse_claim,
};
use countersign_request::{Header, Query, RequestHead};
use countersign_s3::{Addressing, Fault, Fields, PostForm, recognize, refuse_unsupported};
use countersign_sigv4::verify::{VerificationKey, Workspace};
use countersign_sigv4::{AmzDate, AnyClaim, Claim};

use crate::mint::Endpoint;

/// What the edge knows when the link is used.
pub(crate) struct Stage<'a> {
    pub(crate) guardrails: &'a Guardrails,
    pub(crate) region: &'a str,
    pub(crate) addressing: &'a Addressing,
    pub(crate) endpoint: &'a Endpoint,
    pub(crate) credential: Result<&'a Credential, Stranger>,
    pub(crate) key: VerificationKey<'a>,
    pub(crate) bucket: Option<&'a BucketRef>,
    pub(crate) bucket_policy: Option<&'a Arc<BucketPolicy>>,
    pub(crate) existing_tags: Option<&'a ExistingTags>,
    pub(crate) revocations: Option<&'a RevocationSet>,
    pub(crate) visitor: Visitor,
}

/// Who uses the link, and when.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Visitor {
    pub(crate) address: IpAddr,
    pub(crate) country: Country,
    pub(crate) now: AmzDate,
}

/// The request that is made with a link.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Scene<'a> {
    pub(crate) method: &'a str,
    pub(crate) url: &'a str,
    /// Headers that are sent, `host` apart.
    pub(crate) headers: &'a [(&'a str, &'a str)],
}

impl Visitor {
    /// One whom these restrictions let pass, as far as a client and a moment can; otherwise like the caller.
    pub(crate) fn fitting(restrictions: &Restrictions, caller: IpAddr, now: AmzDate) -> Self {
        let networks = restrictions.networks().unwrap_or_default();
        let countries = restrictions.countries().unwrap_or_default();
        Self {
            address: networks.first().map_or(caller, |network| network.addr()),
            country: countries
                .first()
                .map_or(Country::NotLookedUp, |code| Country::Known(*code)),
            now: restrictions
                .not_before()
                .map_or(now, |earliest| earliest.max(now)),
        }
    }
}

/// Shows a URL to the gate.
///
/// # Errors
/// What the edge would refuse it with.
pub(crate) fn rehearse_url(
    stage: &Stage<'_>,
    scene: &Scene<'_>,
    query: &mut Query,
    workspace: &mut Workspace,
) -> Result<Decided, Refusal> {
    rehearse(stage, scene, None, query, workspace)
}

/// Shows a form to the gate. The fields are those of the form with the name of a file in its key, if it asks for one.
///
/// # Errors
/// What the edge would refuse it with.
pub(crate) fn rehearse_form(
    stage: &Stage<'_>,
    url: &str,
    form: &PostForm,
    query: &mut Query,
    workspace: &mut Workspace,
) -> Result<Decided, Refusal> {
    let scene = Scene {
        method: "POST",
        url,
        headers: &[("content-type", "multipart/form-data; boundary=rehearsal")],
    };
    rehearse(stage, &scene, Some(form), query, workspace)
}

fn rehearse(
    stage: &Stage<'_>,
    scene: &Scene<'_>,
    form: Option<&PostForm>,
    query: &mut Query,
    workspace: &mut Workspace,
) -> Result<Decided, Refusal> {
    let (path, text) = stage.endpoint.target(scene.url);
    let host: &str = &stage.endpoint.authority;
    let mut headers = Vec::with_capacity(scene.headers.len() + 1);
    headers.push(Header {
        name: "host",
        value: host.as_bytes(),
    });
    headers.extend(scene.headers.iter().map(|(name, value)| Header {
        name,
        value: value.as_bytes(),
    }));
    let head = RequestHead {
        method: scene.method,
        path,
        query: text,
        headers: &headers,
    };
    query
        .parse(text)
        .map_err(|error| Refusal::denied(error.to_string()))?;
    let query = &*query;
    let address = stage
        .addressing
        .resolve(host, path)
        .map_err(|error| Refusal::from(Fault::from(error)))?;
    let operation = recognize(address.level(), query, &head)
        .map_err(|error| Refusal::from(Fault::from(error)))?;
    let claim = match form {
        Some(form) => AnyClaim::from_post_form(form.fields()),
        None => Claim::find(&head, query).map(|claim| claim.map(AnyClaim::V4)),
    };
    let place = countersign_gate::ClaimPlace::Query;
    let claim = claim.map_err(|error| refuse_claim(&error, place, None))?;
    let fields = match form {
        Some(_) => Ok(Fields::of_headers(head)),
        None => Fields::of_presigned(head, query),
    };
    let (transport, tls) = transport(stage.endpoint);
    let inquiry = Inquiry {
        head: &head,
        query,
        fields: fields.as_ref().copied(),
        address: &address,
        operation,
        claim: claim.as_ref(),
        credential: stage.credential,
        key: Some(stage.key),
        bucket: stage.bucket,
        bucket_policy: stage.bucket_policy,
        existing_tags: stage.existing_tags,
        source: None,
        form,
        transport,
        tls,
        client: stage.visitor.address,
        country: stage.visitor.country,
        revocations: stage.revocations,
        now: stage.visitor.now,
    };
    let decided = decide(&inquiry, stage.guardrails, stage.region, workspace)?;
    let fields = fields.map_err(|error| Refusal::from(Fault::from(error)))?;
    refuse_unsupported(&fields, operation)
        .map_err(|error| Refusal::from(error.fault_of(operation)))?;
    Ok(decided)
}

/// How a user of the link reaches the server. At an address of this machine only this machine can.
fn transport(endpoint: &Endpoint) -> (Transport, Option<TlsVersion>) {
    if &*endpoint.scheme == "https" {
        return (Transport::Secure, Some(TlsVersion::V1_3));
    }
    let authority = &*endpoint.authority;
    let host = match authority.rsplit_once(':') {
        Some((host, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => host,
        _ => authority,
    };
    let host = host.trim_start_matches('[').trim_end_matches(']');
    let is_loopback = match host.parse::<IpAddr>() {
        Ok(address) => address.is_loopback() || address == IpAddr::V4(Ipv4Addr::UNSPECIFIED),
        Err(_) => host == "localhost" || host.ends_with(".localhost"),
    };
    if is_loopback {
        (Transport::Loopback, None)
    } else {
        (Transport::Plain, None)
    }
}

#[cfg(test)]
mod tests;
