use countersign_sigv4::AmzDate;

use super::{Bounds, Life, LifeError};
use crate::plan::Ttl;
use crate::wire::LimitedBy;

const NOW: i64 = 1_800_000_130;

fn bounds(ceiling_s: u32, session_end: Option<i64>) -> Bounds {
    Bounds {
        default_s: 300,
        ceiling_s,
        session_end: session_end.map(AmzDate::from_unix),
        now: AmzDate::from_unix(NOW),
    }
}

fn asked(asked_s: Option<u32>, exact: bool) -> Ttl {
    Ttl { asked_s, exact }
}

#[test]
fn the_shortest_bound_decides_and_is_named() {
    let life = |ttl, bounds| {
        let life = Life::of(asked(ttl, false), None, &bounds).unwrap();
        (life.declared_s, life.left_s, life.limited_by)
    };
    assert_eq!(
        life(Some(60), bounds(900, None)),
        (60, 60, LimitedBy::Requested)
    );
    assert_eq!(
        life(None, bounds(900, None)),
        (300, 300, LimitedBy::Default)
    );
    assert_eq!(
        life(None, bounds(200, None)),
        (200, 200, LimitedBy::Ceiling)
    );
    assert_eq!(
        life(Some(5_000), bounds(900, None)),
        (900, 900, LimitedBy::Ceiling)
    );
    let end = Some(NOW + 100);
    assert_eq!(
        life(Some(5_000), bounds(900, end)),
        (100, 100, LimitedBy::Session)
    );
}

#[test]
fn who_wants_it_exactly_is_refused_rather_than_given_less() {
    let refused = Life::of(asked(Some(901), true), None, &bounds(900, None));
    let by = LimitedBy::Ceiling;
    assert_eq!(refused, Err(LifeError::NotExact { most_s: 900, by }));
    assert!(Life::of(asked(Some(900), true), None, &bounds(900, None)).is_ok());
    let over = Life::of(asked(Some(10), false), None, &bounds(900, Some(NOW)));
    assert_eq!(over, Err(LifeError::SessionOver));
}

#[test]
fn a_stable_link_is_the_same_for_its_whole_window_and_never_lives_shorter_than_asked() {
    let mut seen = std::collections::BTreeSet::new();
    for second in 0..120 {
        let bounds = Bounds {
            now: AmzDate::from_unix(1_800_000_120 + second),
            ..bounds(900, None)
        };
        let life = Life::of(asked(Some(300), true), Some(120), &bounds).unwrap();
        assert!(life.left_s >= 300, "{second}: {}", life.left_s);
        seen.insert((life.signed_at.unix(), life.declared_s));
    }
    assert_eq!(seen.into_iter().collect::<Vec<_>>(), [(1_800_000_120, 420)]);
    let refused = Life::of(asked(None, false), Some(900), &bounds(900, None));
    assert!(matches!(refused, Err(LifeError::WindowTooLong { .. })));
}
