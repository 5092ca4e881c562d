use std::sync::Arc;
use std::time::Duration;

use countersign_gate::LinkId;
use countersign_s3::ErrorCode;
use tokio::time::Instant;

use super::{FEW, MOST_TRANSFERS, Pace, PacedTransfer, Paces};

fn pace(number: usize, rate: u64) -> Pace {
    Pace {
        link: LinkId::named("user", &number.to_string()),
        rate,
    }
}

#[test]
fn l4_transfers_of_one_link_share_its_rate() {
    let (paces, begun) = (Paces::default(), Instant::now());
    let pace = pace(1, 1_000);
    // Ten connections, ten pieces each, all of them at once.
    let turns: Vec<Duration> = (0..100)
        .map(|_| paces.next_turn(&pace, 100, begun) - begun)
        .collect();
    let expected: Vec<Duration> = (0..100).map(|n| Duration::from_millis(n * 100)).collect();
    assert_eq!(turns, expected);
}

#[test]
fn l4_asking_again_for_a_little_gains_nothing() {
    let paces = Paces::default();
    let pace = pace(1, 1_000);
    let mut now = Instant::now();
    let begun = now;
    let mut moved = 0;
    // Each request takes one piece, and the next one comes as soon as it is answered.
    for _ in 0..50 {
        now = paces.next_turn(&pace, 100, now);
        moved += 100;
    }
    assert_eq!(moved, 5_000);
    assert_eq!(now - begun, Duration::from_millis(4_900));
}

#[test]
fn time_that_was_not_used_is_not_saved_up() {
    let paces = Paces::default();
    let pace = pace(1, 1_000);
    let begun = Instant::now();
    assert_eq!(paces.next_turn(&pace, 1_000, begun), begun);
    let later = begun + Duration::from_secs(60);
    assert_eq!(paces.next_turn(&pace, 1_000, later), later);
    let after = later + Duration::from_secs(1);
    assert_eq!(paces.next_turn(&pace, 1_000, later), after);
}

#[test]
fn links_do_not_wait_for_each_other_and_are_forgotten() {
    let paces = Paces::default();
    let begun = Instant::now();
    for number in 0..10 * FEW {
        let now = begun + Duration::from_millis(number as u64);
        assert_eq!(paces.next_turn(&pace(number, 1_000_000), 1_000, now), now);
    }
    let held = paces.lately.lock().unwrap().next.len();
    assert!(held <= FEW, "{held}");
}

#[test]
fn pieces_are_small_where_the_rate_is() {
    assert_eq!(pace(1, 1_024).piece(), 128);
    assert_eq!(pace(1, 1_000_000_000_000).piece(), 256 * 1024);
    assert_eq!(pace(1, 3).time_for(1), Duration::from_nanos(333_333_334));
}

#[test]
fn l4_a_slowed_link_has_so_many_transfers_and_no_more() {
    let paces = Arc::new(Paces::default());
    // Other rates of the same link do not count anew.
    let begin = |number| PacedTransfer::begin(&paces, pace(1, 1_000 + number));
    let mut transfers: Vec<PacedTransfer> = (0..MOST_TRANSFERS as u64)
        .map(|number| begin(number).unwrap())
        .collect();
    let refused = begin(0).err().unwrap();
    assert_eq!(refused.fault().code(), ErrorCode::SlowDown);
    PacedTransfer::begin(&paces, pace(2, 1_000)).unwrap();
    transfers.pop();
    transfers.push(begin(0).unwrap());
    assert!(begin(0).is_err());
    transfers.clear();
    assert!(paces.under_way.lock().unwrap().is_empty());
}
