//! The way of one request, from its head to its answer.
//!
//! Consider (`considering.rs`: read, look up, decide), serve. When everything needed is in memory, which is the common case for
//! a download, all of it happens in one go, without a heap-allocated future and without leaving
//! this thread; otherwise the same steps go on in a future.
//!
//! A browser's form carries its claim in the body, so its fields are read first, and no more of it.
//!
//! INVARIANT: no byte of a body is looked at, and none of an object is touched, before the gate's
//! permit; but for the fields of a form, which are bounded. What a refused client still sends is thrown
//! away, up to a bound.

use std::sync::Arc;
use std::time::Instant;

use axum::Router;
use countersign_directory::{Found, Sought};
use countersign_s3::{Operation, PostForm};
use countersign_sigv4::SessionToken;
use http::Request;
use http::request::Parts;
use hyper::body::Incoming;

use crate::answer;
use crate::client_address::Peer;
use crate::considering::{Considered, consider};
use crate::cross_origin;
use crate::edge::Edge;
use crate::guests;
use crate::lingering::linger_after;

use crate::operations::post_form::{IncomingForm, boundary_of};
use crate::operations::{self, post_object};
use crate::request_id::RequestId;
use crate::serving::Serving;
use crate::settling::{Settled, finish, settle};

/// Serves one request.
pub(crate) fn serve(edge: &Arc<Edge>, peer: Peer, request: Request<Incoming>) -> Serving {
    let begun = Instant::now();
    let id = RequestId::next();
    let (parts, body) = request.into_parts();
    if let Some(router) = guests::of_public(edge, &peer, &parts) {
        let router = router.clone();
        return guest(edge, peer, router, (parts, body), begun, id);
    }
    let considered = consider(edge, &peer, &parts, None, None);
    // The page of another origin may read an answer, also a refusal, as far as the bucket's rules go.
    let ruled_by = cross_origin::bucket_of(edge, &peer, &parts);
    let rules_known = ruled_by
        .as_deref()
        .is_none_or(|name| edge.directory.bucket_in_memory(name).is_some());
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

/// Hands a request to a service beside S3.
fn guest(
    edge: &Arc<Edge>,
    peer: Peer,
    router: Router,
    (parts, body): (Parts, Incoming),
    begun: Instant,
    id: RequestId,
) -> Serving {
    let edge = Arc::clone(edge);
    Serving::Later(Box::pin(async move {
        let asked = parts.clone();
        let outcome = guests::serve(&edge, &peer, router, parts, body).await;
        let settled = Settled {
            operation: None,
            outcome,
        };
        let answer = settle(&edge, id, &asked, settled);
        finish(&edge, id, begun, None, answer)
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
            session_token,
            bucket,
            source_bucket,
        } => {
            let sought = Sought {
                access_key_id: access_key_id.as_deref(),
                session_token: session_token.as_ref().map(SessionToken::expose),
                bucket: bucket.as_deref(),
                source_bucket: source_bucket.as_deref(),
            };
            let found = edge.directory.fetch(sought).await;
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

/// Whether the answer may be kept by a cache.
fn is_read(parts: &Parts) -> bool {
    matches!(parts.method, http::Method::GET | http::Method::HEAD)
}
