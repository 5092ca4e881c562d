use std::net::IpAddr;

use countersign_gate::{ClientNetwork, LinkId, Receipt, Redeemed, Redemption, SESSION_MS, UseOf};
use proptest::prelude::*;

use super::{LinkUse, MAX_SESSIONS, rearm, redeem, refund, text};
use crate::UnixMillis;

const NOW: i64 = 1_700_000_000_000;
const LINK: LinkId = LinkId::from_bytes([7; 16]);

fn network(third: u8) -> ClientNetwork {
    ClientNetwork::of(IpAddr::from([203, 0, third, 9]))
}

fn download(limit: u32, third: u8, bytes: u64) -> Redemption {
    Redemption {
        link: LINK,
        limit: Some(limit),
        network: network(third),
        binds: false,
        what: UseOf::Download {
            bytes,
            object_bytes: 100,
            object: 7,
            is_partial: true,
        },
        now_ms: NOW,
        forget_at_ms: NOW + 1,
    }
}

fn whole(limit: u32) -> Redemption {
    Redemption {
        what: UseOf::Whole,
        ..download(limit, 1, 0)
    }
}

fn bound(asked: Redemption) -> Redemption {
    Redemption {
        binds: true,
        ..asked
    }
}

fn unused() -> LinkUse {
    LinkUse::unused(LINK, UnixMillis(NOW))
}

fn new(redeemed: Redeemed) -> Receipt {
    match redeemed {
        Redeemed::New(receipt) => receipt,
        other => panic!("{other:?}"),
    }
}

fn joined(redeemed: Redeemed) -> Receipt {
    match redeemed {
        Redeemed::Joined(receipt) => receipt,
        other => panic!("{other:?}"),
    }
}

#[test]
fn ranges_of_one_network_are_one_use_up_to_twice_the_object() {
    let mut state = unused();
    new(redeem(&mut state, &download(1, 1, 100)));
    joined(redeem(&mut state, &download(1, 1, 60)));
    joined(redeem(&mut state, &download(1, 1, 40)));
    let used = Redeemed::Exhausted { used: 1 };
    assert_eq!(redeem(&mut state, &download(1, 1, 1)), used);
    assert_eq!(redeem(&mut state, &download(1, 2, 1)), used);
    assert_eq!(state.used, 1);
}

#[test]
fn a_session_ends_after_ten_minutes() {
    let mut state = unused();
    let at = |offset| Redemption {
        now_ms: NOW + offset,
        ..download(2, 1, 10)
    };
    new(redeem(&mut state, &at(0)));
    joined(redeem(&mut state, &at(SESSION_MS - 1)));
    new(redeem(&mut state, &at(SESSION_MS)));
    assert_eq!((state.used, state.sessions.len()), (2, 1));
    assert_eq!(state.last_at, UnixMillis(NOW + SESSION_MS));
}

#[test]
fn a_clock_that_runs_behind_joins_and_does_not_turn_time_back() {
    let mut state = unused();
    new(redeem(&mut state, &download(1, 1, 10)));
    let behind = Redemption {
        now_ms: NOW - 5_000,
        forget_at_ms: NOW - 5_000,
        ..download(1, 1, 10)
    };
    joined(redeem(&mut state, &behind));
    assert_eq!(
        (state.last_at, state.forget_at),
        (UnixMillis(NOW), UnixMillis(NOW + 1))
    );
}

#[test]
fn every_whole_use_counts() {
    let mut state = unused();
    let first = new(redeem(&mut state, &whole(2)));
    let second = new(redeem(&mut state, &whole(2)));
    assert_ne!(first.number, second.number);
    assert_eq!(
        redeem(&mut state, &whole(2)),
        Redeemed::Exhausted { used: 2 }
    );
    assert!(refund(&mut state, &first));
    new(redeem(&mut state, &whole(2)));
    // A download does not join what cannot be joined.
    assert_eq!(
        redeem(&mut state, &download(2, 1, 0)),
        Redeemed::Exhausted { used: 2 }
    );
}

#[test]
fn the_first_network_is_the_only_one_until_its_use_is_given_back() {
    let mut state = unused();
    let receipt = new(redeem(&mut state, &bound(download(5, 1, 100))));
    let elsewhere = bound(download(5, 2, 100));
    assert_eq!(redeem(&mut state, &elsewhere), Redeemed::BoundElsewhere);
    // Binding is what a URL says of itself: another URL of the same name that does not is not held to it.
    new(redeem(&mut state, &download(5, 3, 100)));
    assert!(refund(&mut state, &receipt));
    assert_eq!(redeem(&mut state, &elsewhere), Redeemed::BoundElsewhere);

    let mut alone = unused();
    let receipt = new(redeem(&mut alone, &bound(download(5, 1, 100))));
    assert!(refund(&mut alone, &receipt));
    new(redeem(&mut alone, &elsewhere));
    assert_eq!(alone.bound, Some(network(2)));
}

#[test]
fn a_link_without_a_limit_is_bound_all_the_same() {
    let mut state = unused();
    let unlimited = |third| Redemption {
        limit: None,
        ..bound(download(0, third, 100))
    };
    for _ in 0..3 {
        new(redeem(&mut state, &unlimited(1)));
        joined(redeem(&mut state, &unlimited(1)));
    }
    assert_eq!(redeem(&mut state, &unlimited(2)), Redeemed::BoundElsewhere);
    assert_eq!((state.used, state.limit), (3, None));
}

#[test]
fn a_use_is_given_back_only_when_nobody_else_took_part() {
    let mut state = unused();
    let first = new(redeem(&mut state, &download(1, 1, 100)));
    let second = joined(redeem(&mut state, &download(1, 1, 100)));
    assert!(refund(&mut state, &first));
    assert_eq!(state.used, 1);
    joined(redeem(&mut state, &download(1, 1, 100)));
    assert!(refund(&mut state, &second));
    assert_eq!(state.used, 1, "one request still takes part");
    assert!(refund(&mut state, &second));
    assert_eq!((state.used, state.sessions.len()), (0, 0));
    assert!(
        !refund(&mut state, &first),
        "there is nothing left to give back"
    );
    assert_eq!(state.used, 0);
}

#[test]
fn d4_an_owner_arms_a_burnt_link_again_and_old_receipts_fit_nothing() {
    let mut state = unused();
    let burnt = new(redeem(&mut state, &bound(whole(1))));
    rearm(&mut state);
    let other = Redemption {
        network: network(2),
        ..bound(whole(1))
    };
    new(redeem(&mut state, &other));
    assert!(!refund(&mut state, &burnt));
    assert_eq!(state.used, 1);
}

#[test]
fn urls_that_share_a_name_share_the_count_each_with_its_own_limit() {
    let mut state = unused();
    new(redeem(&mut state, &whole(2)));
    new(redeem(&mut state, &whole(2)));
    assert_eq!(
        redeem(&mut state, &whole(1)),
        Redeemed::Exhausted { used: 2 }
    );
    new(redeem(&mut state, &whole(3)));
    assert_eq!(state.limit, Some(3));
}

#[test]
fn numbers_at_their_ends_do_not_wrap() {
    let mut state = unused();
    let huge = Redemption {
        limit: None,
        what: UseOf::Download {
            bytes: u64::MAX,
            object_bytes: u64::MAX,
            object: 7,
            is_partial: true,
        },
        now_ms: i64::MAX,
        ..download(0, 1, 0)
    };
    state.used = u32::MAX;
    state.next_number = u64::MAX;
    let receipt = new(redeem(&mut state, &huge));
    assert_eq!((state.used, receipt.number), (u32::MAX, u64::MAX));
    assert_eq!(
        redeem(&mut state, &whole(u32::MAX)),
        Redeemed::Exhausted { used: u32::MAX }
    );
}

#[test]
fn sessions_are_written_and_read_back_and_nothing_else_is_read() {
    let mut state = unused();
    new(redeem(&mut state, &download(9, 1, 30)));
    new(redeem(&mut state, &whole(9)));
    let v6 = Redemption {
        network: ClientNetwork::of("2001:db8::1".parse().unwrap()),
        ..download(9, 0, 5)
    };
    new(redeem(&mut state, &v6));
    let written = text::write(&state.sessions);
    assert_eq!(
        written,
        "1 203.0.1.0/24 1700000000000 170 1 0000000000000007\n\
         2 203.0.1.0/24 1700000000000 - 1 0000000000000000\n\
         3 2001:db8::/64 1700000000000 195 1 0000000000000007\n"
    );
    assert_eq!(text::read(&written), Some(state.sessions));
    assert_eq!(text::read(""), Some(Vec::new()));
    for damaged in [
        "1 203.0.1.0/24 1700000000000 170 1",
        "1 203.0.1.0/24 1700000000000 170 1 7 1",
        "1 203.0.1.0/24 1700000000000 170 1 x",
        "1 203.0.1.7/24 1700000000000 170 1 7",
        "x 203.0.1.0/24 1700000000000 170 1 7",
        "1 203.0.1.0/24 1700000000000 -1 1 7",
        "\n",
    ] {
        assert_eq!(text::read(damaged), None, "{damaged:?}");
    }
}

/// What may happen to a link.
#[derive(Clone, Debug)]
enum Step {
    Redeem {
        third: u8,
        bytes: u64,
        whole: bool,
        wait_ms: i64,
    },
    RefundOneOf(usize),
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let redeem = (0..3u8, 0..=100u64, any::<bool>(), 0..SESSION_MS).prop_map(
        |(third, bytes, whole, wait_ms)| Step::Redeem {
            third,
            bytes,
            whole,
            wait_ms,
        },
    );
    let step = prop_oneof![3 => redeem, 1 => any::<usize>().prop_map(Step::RefundOneOf)];
    prop::collection::vec(step, 0..200)
}

proptest! {
    /// Whatever happens: what was delivered is never more than the limit allows, and memory is bounded.
    #[test]
    fn d1_no_history_delivers_more_than_the_limit(steps in steps(), limit in 1..6u32, binds: bool) {
        let (mut state, mut now_ms) = (unused(), NOW);
        let mut held: Vec<(Receipt, u8)> = Vec::new();
        for step in steps {
            match step {
                Step::Redeem { third, bytes, whole, wait_ms } => {
                    now_ms += wait_ms / 8;
                    let what = if whole { UseOf::Whole } else { UseOf::Download { bytes, object_bytes: 100, object: 7, is_partial: true } };
                    let asked = Redemption { what, binds, now_ms, ..download(limit, third, bytes) };
                    match redeem(&mut state, &asked) {
                        Redeemed::New(receipt) | Redeemed::Joined(receipt) => held.push((receipt, third)),
                        Redeemed::BoundElsewhere => prop_assert!(binds),
                        Redeemed::Exhausted { used } => prop_assert_eq!(used, limit),
                    }
                }
                Step::RefundOneOf(at) if !held.is_empty() => {
                    let (receipt, _) = held.swap_remove(at % held.len());
                    refund(&mut state, &receipt);
                }
                Step::RefundOneOf(_) => {}
            }
            let mut uses: Vec<u64> = held.iter().map(|(receipt, _)| receipt.number).collect();
            uses.sort_unstable();
            uses.dedup();
            prop_assert!(uses.len() <= limit as usize);
            prop_assert!(uses.len() <= state.used as usize, "what is held was counted");
            for number in uses {
                let bytes: u64 = held.iter().filter(|(r, _)| r.number == number).map(|(r, _)| r.bytes).sum();
                prop_assert!(bytes <= 200);
                let networks: Vec<u8> = held.iter().filter(|(r, _)| r.number == number).map(|(_, n)| *n).collect();
                prop_assert!(networks.windows(2).all(|pair| pair[0] == pair[1]));
            }
            if binds {
                prop_assert!(held.windows(2).all(|pair| pair[0].1 == pair[1].1));
            }
            prop_assert!(state.sessions.len() <= MAX_SESSIONS);
            let written = text::write(&state.sessions);
            prop_assert_eq!(text::read(&written), Some(state.sessions.clone()));
        }
    }
}

#[test]
fn who_asks_for_all_of_it_again_wants_another_use() {
    let mut state = unused();
    let all = |bytes| Redemption {
        what: UseOf::Download {
            bytes,
            object_bytes: 100,
            object: 7,
            is_partial: false,
        },
        ..download(2, 1, 0)
    };
    assert!(matches!(redeem(&mut state, &all(100)), Redeemed::New(_)));
    assert!(matches!(
        redeem(&mut state, &download(2, 1, 60)),
        Redeemed::Joined(_)
    ));
    assert!(matches!(redeem(&mut state, &all(100)), Redeemed::New(_)));
    assert_eq!(
        redeem(&mut state, &all(100)),
        Redeemed::Exhausted { used: 2 }
    );
}

#[test]
fn a_use_of_one_object_carries_no_other() {
    let mut state = unused();
    let of = |object| Redemption {
        what: UseOf::Download {
            bytes: 10,
            object_bytes: 100,
            object,
            is_partial: true,
        },
        ..download(1, 1, 0)
    };
    assert!(matches!(redeem(&mut state, &of(1)), Redeemed::New(_)));
    assert!(matches!(redeem(&mut state, &of(1)), Redeemed::Joined(_)));
    assert_eq!(redeem(&mut state, &of(2)), Redeemed::Exhausted { used: 1 });
}
