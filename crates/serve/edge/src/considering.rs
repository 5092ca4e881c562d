//! A request is considered: read, looked up in memory, decided, and answered if memory can.
//!
//! What is missing is said, so that it can be fetched and the request considered again from the beginning; so
//! nothing here waits, and nothing is kept between two considerations but what was found.
//!
//! INVARIANT: what comes from here is a question, a refusal, the answer to a browser's preflight, or has the gate's
//! permit.

use std::cell::RefCell;
use std::net::IpAddr;

use countersign_gate::{
    Asks, Authorized, Country, Decided, Inquiry, Refusal, RestrictionName, SourceInquiry,
    TagQuestion, decide,
};
use countersign_request::{Query, RequestHead};
use countersign_s3::{Fault, Operation, PostForm, refuse_unsupported};
use countersign_sigv4::chunked::StreamingSignature;
use countersign_sigv4::verify::Workspace;
use countersign_sigv4::{AmzDate, AnyClaim, PayloadMode, SessionToken};
use http::request::Parts;

use crate::client_address::Peer;
use crate::cross_origin;
use crate::edge::Edge;
use crate::head::{self, Behind};
use crate::operations::{self, Task, landing_page};
use crate::reading::{Reading, refuse_query};
use crate::redeeming::Counted;
use crate::settling::Settled;
use countersign_directory::{Found, HeldKey, Sought};

/// Buffers that requests on one thread use one after the other.
#[derive(Default)]
struct Scratch {
    query: Query,
    workspace: Workspace,
}

thread_local! {
    static SCRATCH: RefCell<Scratch> = RefCell::default();
}

/// What became of a request when it was considered.
pub(crate) enum Considered {
    /// It is a form, whose fields must be read before anything can be decided.
    Form,
    /// The state must be asked for these.
    LookUp {
        access_key_id: Option<Box<str>>,
        session_token: Option<SessionToken>,
        bucket: Option<Box<str>>,
        source_bucket: Option<Box<str>>,
    },
    /// The policies ask for the tags of an object, with what was found already.
    TagsNeeded(Box<(TagQuestion, Found)>),
    /// It is permitted and takes longer.
    Permitted(Box<Task>),
    /// There is nothing more to do but to answer.
    Settled(Settled),
}

/// Reads, looks up and decides; answers at once what memory can answer.
pub(crate) fn consider(
    edge: &Edge,
    peer: &Peer,
    parts: &Parts,
    found: Option<Found>,
    form: Option<&PostForm>,
) -> Considered {
    SCRATCH.with_borrow_mut(|scratch| {
        let mut operation = None;
        let outcome = consider_with(edge, peer, parts, found, form, scratch, &mut operation);
        outcome.unwrap_or_else(|refusal| {
            Considered::Settled(Settled {
                operation,
                outcome: Err(refusal),
            })
        })
    })
}

fn consider_with(
    edge: &Edge,
    peer: &Peer,
    parts: &Parts,
    found: Option<Found>,
    form: Option<&PostForm>,
    scratch: &mut Scratch,
    operation: &mut Option<Operation>,
) -> Result<Considered, Refusal> {
    let Scratch { query, workspace } = scratch;
    let headers = headers_of(edge, peer, parts)?;
    let head = head::request_head(parts, &headers);
    query
        .parse(head.query)
        .map_err(|error| refuse_query(error, head.path))?;
    // The button of a landing page sends what was signed as a GET.
    let pressed = landing_page::is_pressed(&head, query);
    let head = if pressed {
        RequestHead {
            method: "GET",
            ..head
        }
    } else {
        head
    };
    let mut reading = Reading::of(&head, query, &edge.addressing)?;
    *operation = Some(reading.operation);
    if reading.operation == Operation::PostObject {
        let Some(form) = form else {
            return reading.refuse_second_claim().map(|()| Considered::Form);
        };
        reading = reading.with_form(form)?;
    }
    let client = peer.client_of(&head, &edge.settings.trusted_proxies);
    let copied = reading.copied()?;
    let is_preflight = reading.operation == Operation::CorsPreflight;
    let known_signer = reading.claim.is_some() || is_preflight;
    let sought = Sought {
        access_key_id: reading.claim.as_ref().map(AnyClaim::access_key_id),
        session_token: reading.claim.as_ref().and_then(AnyClaim::session_token),
        bucket: reading.address.bucket.as_deref().filter(|_| known_signer),
        source_bucket: copied
            .as_ref()
            .map(|source| source.bucket.as_str())
            .filter(|_| known_signer),
    };
    let Some(found) = found.or_else(|| edge.directory.in_memory(&sought)) else {
        return Ok(Considered::LookUp {
            access_key_id: sought.access_key_id.map(Into::into),
            session_token: sought.session_token.map(SessionToken::new),
            bucket: sought.bucket.map(Into::into),
            source_bucket: sought.source_bucket.map(Into::into),
        });
    };
    if is_preflight {
        let outcome = Ok(cross_origin::preflight(
            edge,
            &reading,
            found.bucket.as_deref(),
        )?);
        return Ok(Considered::Settled(Settled {
            operation: *operation,
            outcome,
        }));
    }
    let source = copied.as_ref().map(|source| SourceInquiry {
        bucket_name: &source.bucket,
        bucket: found.source_bucket.as_ref().map(|known| &known.reference),
        bucket_policy: found.source_bucket.as_ref().map(|known| &known.policy),
        key: &source.key,
        version: source.version.as_deref(),
    });
    let now_ms = edge.clock.unix_ms();
    let endings = edge.revocations.endings();
    let revocations = edge.revocations.known();
    let held = reading
        .claim
        .as_ref()
        .and_then(|claim| edge.directory.key_for(claim, &found));
    let key = held.as_ref().map_or_else(
        || edge.directory.decoy(reading.claim.as_ref()),
        HeldKey::as_verification_key,
    );
    let fields = reading.fields();
    let inquiry = Inquiry {
        head: &head,
        query,
        fields: fields.as_ref().copied(),
        address: &reading.address,
        operation: reading.operation,
        claim: reading.claim.as_ref(),
        credential: found.credential(),
        key: Some(key),
        bucket: found.bucket.as_ref().map(|known| &known.reference),
        bucket_policy: found.bucket.as_ref().map(|known| &known.policy),
        existing_tags: found.existing_tags.as_ref(),
        source: source.as_ref(),
        form,
        tls: peer.tls_version,
        transport: client.transport,
        client: client.address,
        country: country_of(edge, client.address, &reading, found.asks()),
        revocations: revocations.as_deref(),
        now: AmzDate::from_unix(now_ms.div_euclid(1_000)),
    };
    let decided = decide(
        &inquiry,
        &edge.settings.guardrails,
        edge.directory.region(),
        workspace,
    )?;
    drop(revocations);
    let permit = match decided {
        Decided::Permitted(permit) => permit,
        Decided::TagsNeeded(question) => {
            return Ok(Considered::TagsNeeded(Box::new((*question, found))));
        }
    };
    if pressed {
        landing_page::check_pressed(&head)?;
    }
    if let Ok(known) = &found.key {
        known.note_use(now_ms);
        if known.is_retiring() {
            let agent = head.header_text("user-agent");
            edge.directory
                .note_caller(known, client.address, agent, permit.link(), now_ms);
        }
    }
    let fields = fields.map_err(|error| Refusal::from(Fault::from(error)))?;
    refuse_unsupported(&fields, reading.operation)
        .map_err(|error| Refusal::from(error.fault_of(reading.operation)))?;
    let has_rules = cross_origin::has_rules(edge, found.bucket.as_deref());
    let counted = Counted::of(
        &permit,
        client.address,
        now_ms,
        edge.settings.guardrails.clock_skew_s,
    );
    let shows_page = !pressed && landing_page::is_due(&permit);
    if counted.is_none()
        && !shows_page
        && let Some(mut answer) =
            operations::answer_from_memory(edge, &permit, &reading, &fields, now_ms, endings)?
    {
        if has_rules {
            cross_origin::note_dependence(&mut answer);
        }
        return Ok(Considered::Settled(Settled {
            operation: *operation,
            outcome: Ok(answer),
        }));
    }
    let location = permit
        .key()
        .filter(|_| operations::tells_location(permit.operation()))
        .map(|key| reading.location_of(key, client.transport));
    let streaming = streaming_signature(&permit, &reading, held);
    Ok(Considered::Permitted(Box::new(Task {
        permit,
        streaming,
        now_ms,
        location,
        counted,
        shows_page,
        endings,
        has_rules,
    })))
}

/// The country of a client, if the link or a policy asks for it: most do not, and need no look-up.
fn country_of(edge: &Edge, client: IpAddr, reading: &Reading<'_>, asks: Asks) -> Country {
    if asks.country || reading.names_restriction(RestrictionName::Country) {
        edge.countries.country_of(client)
    } else {
        Country::NotLookedUp
    }
}

/// The headers that count, from a client or a trusted proxy.
pub(crate) fn headers_of<'a>(
    edge: &'a Edge,
    peer: &Peer,
    parts: &'a Parts,
) -> Result<head::Headers<'a>, Refusal> {
    let behind = if peer.trusted {
        let public_authority = edge.settings.public_authority.as_deref();
        Behind::TrustedProxy { public_authority }
    } else {
        Behind::Nobody
    };
    head::headers_of(parts, behind, edge.settings.limits.head_bytes)
        .map_err(|error| Refusal::from(Fault::from(error)))
}

/// The chain of chunk signatures that a streamed body goes on from the verified one.
fn streaming_signature(
    permit: &Authorized,
    reading: &Reading<'_>,
    held: Option<HeldKey>,
) -> Option<StreamingSignature> {
    let claim = reading.claim.as_ref()?.v4()?;
    match (permit.payload(), held?) {
        (PayloadMode::StreamingHmac { .. }, HeldKey::Hmac(key)) => {
            Some(StreamingSignature::hmac(claim, (*key).clone()))
        }
        (PayloadMode::StreamingEcdsa { .. }, HeldKey::Ecdsa(key)) => {
            Some(StreamingSignature::ecdsa(claim, key))
        }
        _ => None,
    }
}
