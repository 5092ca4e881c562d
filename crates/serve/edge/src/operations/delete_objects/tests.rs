use std::cell::Cell;
use std::pin::pin;
use std::task::Poll;

use super::{KEYS_A_TURN, in_turns};

#[tokio::test]
async fn l2_others_get_their_turn_between_the_keys_of_one_request() {
    let keys: Vec<usize> = (0..1_001).collect();
    let judged = Cell::new(0);
    let mut judging = pin!(in_turns(&keys, |key| {
        judged.set(judged.get() + 1);
        key * 2
    }));
    let mut turns = 0;
    let doubled = std::future::poll_fn(|cx| {
        let before = judged.get();
        let outcome = judging.as_mut().poll(cx);
        assert!(judged.get() - before <= KEYS_A_TURN);
        turns += 1;
        outcome
    });
    assert_eq!(doubled.await, (0..=2_000).step_by(2).collect::<Vec<_>>());
    assert_eq!(turns, keys.len().div_ceil(KEYS_A_TURN));
}

#[tokio::test]
async fn a_few_keys_are_judged_at_once() {
    let keys = [1; KEYS_A_TURN];
    let mut judging = pin!(in_turns(&keys, |key| key + 1));
    let outcome = std::future::poll_fn(|cx| Poll::Ready(judging.as_mut().poll(cx))).await;
    assert_eq!(outcome, Poll::Ready(vec![2; KEYS_A_TURN]));
}
