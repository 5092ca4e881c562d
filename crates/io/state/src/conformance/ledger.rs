//! What an engine has to do with counted uses. How they are counted is tested with the ledger itself; here
//! it is that nothing is lost, counted twice or given out before it is written.

use std::net::IpAddr;

use countersign_gate::{ClientNetwork, LinkId, Receipt, Redeemed, Redemption, SESSION_MS, UseOf};

use super::{Case, NOW};
use crate::{LinkUse, StateError, StateStore, UnixMillis};

pub(super) fn cases() -> Vec<Case> {
    vec![
        ("a use is counted, joined, refused and given back", |s| {
            Box::pin(counts_uses(s))
        }),
        ("d1: of many at once exactly as many succeed as may", |s| {
            Box::pin(counts_exactly(s))
        }),
        ("d1: many links at once do not disturb each other", |s| {
            Box::pin(keeps_links_apart(s))
        }),
        ("a link belongs to the first network of many", |s| {
            Box::pin(binds_once(s))
        }),
        ("d4: a burnt link is armed again", |s| {
            Box::pin(arms_again(s))
        }),
        ("uses are listed by link", |s| Box::pin(lists_uses(s))),
        ("d9: uses are forgotten when their link is dead", |s| {
            Box::pin(forgets_uses(s))
        }),
        ("a use that nobody waits for is not spent", |s| {
            Box::pin(passes_over_the_abandoned(s))
        }),
        ("uses do not move the token", |s| {
            Box::pin(leaves_the_token(s))
        }),
    ]
}

fn link(number: u8) -> LinkId {
    LinkId::from_bytes([number; 16])
}

fn once(link: LinkId, limit: u32) -> Redemption {
    Redemption {
        link,
        limit: Some(limit),
        network: network(1),
        binds: false,
        what: UseOf::Whole,
        now_ms: NOW.0,
        forget_at_ms: NOW.0 + 1_000,
    }
}

fn network(third: u8) -> ClientNetwork {
    ClientNetwork::of(IpAddr::from([198, 51, third, 1]))
}

fn download(link: LinkId, limit: u32, bytes: u64) -> Redemption {
    Redemption {
        what: UseOf::Download {
            bytes,
            object_bytes: 100,
            object: 7,
            is_partial: true,
        },
        ..once(link, limit)
    }
}

fn receipt(redeemed: Redeemed) -> Receipt {
    match redeemed {
        Redeemed::Joined(receipt) | Redeemed::New(receipt) => receipt,
        other => panic!("{other:?}"),
    }
}

async fn found(store: &dyn StateStore, link: LinkId) -> LinkUse {
    store.find_link_use(link).await.unwrap().unwrap()
}

/// Asks for all of it at once, so that an engine may gather it.
async fn all_at_once(store: &dyn StateStore, asked: &[Redemption]) -> Vec<Redeemed> {
    let mut waiting: Vec<_> = asked.iter().map(|one| store.redeem_use(one)).collect();
    let mut answers = Vec::new();
    std::future::poll_fn(|context| {
        // Every future is polled before any is waited for.
        let mut is_pending = false;
        waiting.retain_mut(|one| match one.as_mut().poll(context) {
            std::task::Poll::Ready(answer) => {
                answers.push(answer.unwrap());
                false
            }
            std::task::Poll::Pending => {
                is_pending = true;
                true
            }
        });
        if is_pending {
            std::task::Poll::Pending
        } else {
            std::task::Poll::Ready(())
        }
    })
    .await;
    answers
}

async fn counts_uses(store: &dyn StateStore) {
    assert_eq!(store.find_link_use(link(1)).await.unwrap(), None);
    let first = store.redeem_use(&download(link(1), 2, 100)).await.unwrap();
    let first = receipt(first);
    let joined = store.redeem_use(&download(link(1), 2, 60)).await.unwrap();
    assert_eq!(joined, Redeemed::Joined(Receipt { bytes: 60, ..first }));
    let state = found(store, link(1)).await;
    assert_eq!((state.used, state.limit, state.bound), (1, Some(2), None));
    assert_eq!((state.first_at, state.last_at), (NOW, NOW));
    assert_eq!(state.sessions.len(), 1);
    assert_eq!(state.sessions[0].bytes_left, Some(40));
    assert_eq!(
        (state.sessions[0].requests, state.sessions[0].network),
        (2, network(1))
    );

    let later = Redemption {
        now_ms: NOW.0 + SESSION_MS,
        ..download(link(1), 2, 1)
    };
    let second = receipt(store.redeem_use(&later).await.unwrap());
    let elsewhere = Redemption {
        network: network(2),
        ..later
    };
    let refused = store.redeem_use(&elsewhere).await.unwrap();
    assert_eq!(refused, Redeemed::Exhausted { used: 2 });
    let unchanged = found(store, link(1)).await;
    store.refund_use(&second).await.unwrap();
    let state = found(store, link(1)).await;
    assert_eq!((unchanged.used, state.used), (2, 1));
    // What was given back is given back once, and what is unknown is passed over.
    for unknown in [
        second,
        Receipt {
            link: link(9),
            ..first
        },
    ] {
        store.refund_use(&unknown).await.unwrap();
    }
    assert_eq!(found(store, link(1)).await, state);
    assert_eq!(store.find_link_use(link(9)).await.unwrap(), None);
    receipt(store.redeem_use(&elsewhere).await.unwrap());
}

async fn counts_exactly(store: &dyn StateStore) {
    const LIMIT: u32 = 7;
    let answers = all_at_once(store, &[once(link(1), LIMIT); 200]).await;
    let mut numbers: Vec<u64> = answers
        .iter()
        .filter_map(|answer| match answer {
            Redeemed::New(receipt) => Some(receipt.number),
            _ => None,
        })
        .collect();
    numbers.sort_unstable();
    numbers.dedup();
    assert_eq!(numbers.len(), LIMIT as usize);
    let refused = Redeemed::Exhausted { used: LIMIT };
    let refused = answers.iter().filter(|answer| **answer == refused).count();
    assert_eq!((answers.len(), refused), (200, 200 - LIMIT as usize));
    assert_eq!(found(store, link(1)).await.used, LIMIT);
}

async fn keeps_links_apart(store: &dyn StateStore) {
    let asked: Vec<Redemption> = (0..240u8).map(|n| once(link(n % 40), 3)).collect();
    let answers = all_at_once(store, &asked).await;
    let new = answers
        .iter()
        .filter(|a| matches!(a, Redeemed::New(_)))
        .count();
    assert_eq!(new, 40 * 3);
    for number in 0..40 {
        assert_eq!(found(store, link(number)).await.used, 3);
    }
}

async fn binds_once(store: &dyn StateStore) {
    let asked: Vec<Redemption> = (0..100u8)
        .map(|n| Redemption {
            network: network(n % 10),
            binds: true,
            limit: None,
            ..once(link(1), 0)
        })
        .collect();
    let answers = all_at_once(store, &asked).await;
    let new = answers
        .iter()
        .filter(|a| matches!(a, Redeemed::New(_)))
        .count();
    let elsewhere = answers
        .iter()
        .filter(|a| **a == Redeemed::BoundElsewhere)
        .count();
    assert_eq!((new, elsewhere), (10, 90));
    let state = found(store, link(1)).await;
    assert_eq!((state.used, state.limit), (10, None));
    assert!(
        state
            .sessions
            .iter()
            .all(|s| Some(s.network) == state.bound)
    );
}

async fn arms_again(store: &dyn StateStore) {
    let refused = store.rearm_link(link(1)).await.unwrap_err();
    assert_eq!(refused, StateError::NoSuchLink { link: link(1) });
    let bound = Redemption {
        binds: true,
        ..once(link(1), 1)
    };
    let burnt = receipt(store.redeem_use(&bound).await.unwrap());
    store.rearm_link(link(1)).await.unwrap();
    let state = found(store, link(1)).await;
    assert_eq!((state.used, state.bound), (0, None));
    let owner = Redemption {
        network: network(2),
        ..bound
    };
    receipt(store.redeem_use(&owner).await.unwrap());
    store.refund_use(&burnt).await.unwrap();
    let state = found(store, link(1)).await;
    assert_eq!((state.used, state.bound), (1, Some(network(2))));
}

async fn lists_uses(store: &dyn StateStore) {
    for number in [200, 3, 127, 128] {
        store.redeem_use(&once(link(number), 1)).await.unwrap();
    }
    let mut listed = Vec::new();
    let mut after = None;
    loop {
        let page = store.list_link_uses(2, after).await.unwrap();
        assert!(page.len() <= 2);
        let Some(last) = page.last() else { break };
        after = Some(last.link);
        listed.extend(page.iter().map(|state| state.link));
    }
    assert_eq!(listed, [3, 127, 128, 200].map(link));
    assert_eq!(
        store.list_link_uses(usize::MAX, None).await.unwrap().len(),
        4
    );
}

async fn forgets_uses(store: &dyn StateStore) {
    for (number, forget_at_ms) in [(1, NOW.0 + 10), (2, NOW.0 + 20), (3, NOW.0 + 10)] {
        let asked = Redemption {
            forget_at_ms,
            ..once(link(number), 5)
        };
        store.redeem_use(&asked).await.unwrap();
    }
    // A later use lengthens the memory, an earlier one does not shorten it.
    for forget_at_ms in [NOW.0 + 30, NOW.0 + 5] {
        let asked = Redemption {
            forget_at_ms,
            ..once(link(3), 5)
        };
        store.redeem_use(&asked).await.unwrap();
    }
    for (at, links) in [(9, 0), (10, 1), (10, 0), (29, 1), (30, 1)] {
        let forgotten = store.forget_expired(UnixMillis(NOW.0 + at)).await.unwrap();
        assert_eq!((forgotten.links, forgotten.revocations), (links, 0), "{at}");
    }
    assert!(store.list_link_uses(10, None).await.unwrap().is_empty());
}

async fn passes_over_the_abandoned(store: &dyn StateStore) {
    for _ in 0..20 {
        drop(store.redeem_use(&once(link(1), 1)));
    }
    // Whether it was never counted or given back, it is there for whoever waits.
    receipt(store.redeem_use(&once(link(1), 1)).await.unwrap());
    assert_eq!(found(store, link(1)).await.used, 1);
}

async fn leaves_the_token(store: &dyn StateStore) {
    let before = store.pulse().await.unwrap();
    let spent = receipt(store.redeem_use(&once(link(1), 1)).await.unwrap());
    store.refund_use(&spent).await.unwrap();
    store.rearm_link(link(1)).await.unwrap();
    store.forget_expired(UnixMillis(i64::MAX)).await.unwrap();
    assert_eq!(store.pulse().await.unwrap(), before);
}
