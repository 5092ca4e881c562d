//! The way of one request, from its head to its answer.
//!
//! Read, look up, decide, serve. When everything needed is in memory, which is the common case for
//! a download, all of it happens in one go, without a heap-allocated future and without leaving
//! this thread; otherwise the same steps go on in a future.
//!
//! A browser's form carries its claim in the body, so its fields are read first, and no more of it.
//!
//! INVARIANT: no byte of a body is looked at, and none of an object is touched, before the gate's
//! permit; but for the fields of a form, which are bounded. What a refused client still sends is thrown
//! away, up to a bound.

use std::cell::RefCell;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Instant;

use countersign_gate::{
    Asks, Authorized, Country, Decided, Inquiry, Refusal, RestrictionName, SourceInquiry,
    TagQuestion, decide,
};
use countersign_request::{Query, RequestHead};
use countersign_s3::{Fault, Operation, PostForm, refuse_unsupported};
use countersign_sigv4::chunked::StreamingSignature;
use countersign_sigv4::verify::Workspace;
use countersign_sigv4::{AmzDate, AnyClaim, PayloadMode};
use http::Request;
use http::request::Parts;
use hyper::body::Incoming;

use crate::answer;
use crate::client_address::Peer;
use crate::cross_origin;
use crate::edge::Edge;
use crate::head::{self, Behind};
use crate::lingering::linger_after;
use crate::lookup::{Found, HeldKey, Sought};
use crate::operations::post_form::{IncomingForm, boundary_of};
use crate::operations::{self, Task, landing_page, post_object};
use crate::reading::{Reading, refuse_query};
use crate::redeeming::Counted;
use crate::request_id::RequestId;
use crate::serving::Serving;
use crate::settling::{Settled, finish, settle};

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
enum Considered {
    /// It is a form, whose fields must be read before anything can be decided.
    Form,
    /// The state must be asked for these.
    LookUp {
        access_key_id: Option<Box<str>>,
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

/// Serves one request.
pub(crate) fn serve(edge: &Arc<Edge>, peer: Peer, request: Request<Incoming>) -> Serving {
    let begun = Instant::now();
    let id = RequestId::next();
    let (parts, body) = request.into_parts();
    let considered = consider(edge, &peer, &parts, None, None);
    // The page of another origin may read an answer, also a refusal, as far as the bucket's rules go.
    let ruled_by = cross_origin::bucket_of(edge, &peer, &parts);
    let rules_known = ruled_by
        .as_deref()
        .is_none_or(|name| edge.lookups.bucket_in_memory(name).is_some());
    let considered = match considered {
        Considered::Settled(settled) if rules_known => {
            linger_after(&settled, &parts, body);
            let answer = settle(edge, id, &parts, settled);
            let cors = cross_origin::answer_in_memory(edge, &parts, ruled_by.as_deref());
            return Serving::Now(Some(finish(edge, id, begun, cors, answer)));
        }
        unfinished => unfinished,
    };
    let edge = Arc::clone(edge);
    Serving::Later(Box::pin(async move {
        let (settled, body) = match considered {
            Considered::Form => form(&edge, &peer, &parts, body).await,
            considered => go_on(&edge, &peer, &parts, body, considered).await,
        };
        if let Some(body) = body {
            linger_after(&settled, &parts, body);
        }
        let answer = settle(&edge, id, &parts, settled);
        let cors = cross_origin::answer_of(&edge, &parts, ruled_by.as_deref()).await;
        finish(&edge, id, begun, cors, answer)
    }))
}

/// Looks up what memory did not know, decides again, and carries out what is permitted. The body comes
/// back, unless it is gone.
async fn go_on(
    edge: &Arc<Edge>,
    peer: &Peer,
    parts: &Parts,
    mut body: Incoming,
    considered: Considered,
) -> (Settled, Option<Incoming>) {
    match look_up(edge, peer, parts, None, considered).await {
        Considered::Settled(settled) => (settled, Some(body)),
        Considered::Permitted(task) => {
            let operation = Some(task.permit.operation());
            let depends = task.has_rules && is_read(parts);
            let (mut outcome, body) = match task.counted_as_a_whole() {
                None => {
                    let outcome = operations::perform(edge, *task, parts, &mut body).await;
                    (outcome, Some(body))
                }
                Some(counted) => {
                    let (on, parts) = (Arc::clone(edge), parts.clone());
                    let carry_out = |mut body| async move {
                        let outcome = operations::perform(&on, *task, &parts, &mut body).await;
                        (outcome, body)
                    };
                    counted.whole(edge, body, carry_out).await
                }
            };
            if let Ok(answer) = &mut outcome
                && depends
            {
                cross_origin::note_dependence(answer);
            }
            (Settled { operation, outcome }, body)
        }
        Considered::Form | Considered::LookUp { .. } | Considered::TagsNeeded(_) => {
            (undecided(), Some(body))
        }
    }
}

/// Reads the fields of a form, decides, and stores its file if that is permitted. A body that is no form
/// comes back.
async fn form(
    edge: &Arc<Edge>,
    peer: &Peer,
    parts: &Parts,
    body: Incoming,
) -> (Settled, Option<Incoming>) {
    let settled = |outcome| Settled {
        operation: Some(Operation::PostObject),
        outcome,
    };
    let mut incoming = match boundary_of(parts) {
        Ok(boundary) => IncomingForm::open(edge, boundary, body),
        Err(refusal) => return (settled(Err(refusal)), Some(body)),
    };
    let (outcome, incoming) = match incoming.fields().await {
        Err(refusal) => (Err(refusal), Some(incoming)),
        Ok(form) => {
            let considered = consider(edge, peer, parts, None, Some(&form));
            match look_up(edge, peer, parts, Some(&form), considered).await {
                Considered::Settled(settled) => (settled.outcome, Some(incoming)),
                Considered::Permitted(task) => match task.counted {
                    None => {
                        let stored = post_object::perform(edge, &task, &form, &mut incoming).await;
                        (stored, Some(incoming))
                    }
                    Some(counted) => {
                        let on = Arc::clone(edge);
                        let carry_out = |mut incoming| async move {
                            let stored =
                                post_object::perform(&on, &task, &form, &mut incoming).await;
                            (stored, incoming)
                        };
                        counted.whole(edge, incoming, carry_out).await
                    }
                },
                Considered::Form | Considered::LookUp { .. } | Considered::TagsNeeded(_) => {
                    (undecided().outcome, Some(incoming))
                }
            }
        }
    };
    if let (Err(_), Some(mut incoming)) = (&outcome, incoming) {
        incoming.take_rest().await;
    }
    (settled(outcome), None)
}

/// Asks the state and the index for what memory did not know, and decides again, until nothing is missing.
async fn look_up(
    edge: &Arc<Edge>,
    peer: &Peer,
    parts: &Parts,
    form: Option<&PostForm>,
    considered: Considered,
) -> Considered {
    let found = match considered {
        Considered::LookUp {
            access_key_id,
            bucket,
            source_bucket,
        } => {
            let sought = Sought {
                access_key_id: access_key_id.as_deref(),
                bucket: bucket.as_deref(),
                source_bucket: source_bucket.as_deref(),
            };
            let found = edge.lookups.fetch(sought).await;
            found.map_err(|error| answer::without_state(&error))
        }
        Considered::TagsNeeded(needed) => {
            let (question, found) = *needed;
            let tags = edge.objects.existing_tags(&question).await;
            tags.map(|tags| Found {
                existing_tags: Some(tags),
                ..found
            })
            .map_err(answer::internal)
        }
        known => return known,
    };
    let considered = match found {
        Ok(found) => consider(edge, peer, parts, Some(found), form),
        Err(refusal) => Considered::Settled(Settled {
            operation: None,
            outcome: Err(refusal),
        }),
    };
    match considered {
        // With what was looked up the tags may turn out to be needed; after that nothing can be missing.
        Considered::TagsNeeded(needed) => {
            let again = look_up(edge, peer, parts, form, Considered::TagsNeeded(needed));
            Box::pin(again).await
        }
        considered => considered,
    }
}

fn undecided() -> Settled {
    Settled {
        operation: None,
        outcome: Err(answer::internal(
            "nothing was found and nothing was missing",
        )),
    }
}

/// Reads, looks up and decides; answers at once what memory can answer.
fn consider(
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
        bucket: reading.address.bucket.as_deref().filter(|_| known_signer),
        source_bucket: copied
            .as_ref()
            .map(|source| source.bucket.as_str())
            .filter(|_| known_signer),
    };
    let Some(found) = found.or_else(|| edge.lookups.in_memory(&sought)) else {
        return Ok(Considered::LookUp {
            access_key_id: sought.access_key_id.map(Into::into),
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
        .and_then(|claim| edge.lookups.key_for(claim, found.key.as_deref()));
    let key = held.as_ref().map_or_else(
        || edge.lookups.decoy(reading.claim.as_ref()),
        HeldKey::as_verification_key,
    );
    let inquiry = Inquiry {
        head: &head,
        query,
        address: &reading.address,
        operation: reading.operation,
        claim: reading.claim.as_ref(),
        credential: found.key.as_ref().map(|known| &known.credential),
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
        edge.lookups.region(),
        workspace,
    )?;
    drop(revocations);
    let permit = match decided {
        Decided::Permitted(permit) => *permit,
        Decided::TagsNeeded(question) => {
            return Ok(Considered::TagsNeeded(Box::new((question, found))));
        }
    };
    if pressed {
        landing_page::check_pressed(&head)?;
    }
    if let Some(known) = &found.key {
        known.note_use(now_ms);
    }
    let fields = reading
        .fields()
        .map_err(|error| Refusal::from(Fault::from(error)))?;
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

/// Whether the answer may be kept by a cache.
fn is_read(parts: &Parts) -> bool {
    matches!(parts.method, http::Method::GET | http::Method::HEAD)
}

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
