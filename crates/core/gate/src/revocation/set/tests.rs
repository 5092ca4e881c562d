//! What revokes what, and for how long.

use countersign_s3::BucketName;
use countersign_sigv4::{AccessKeyId, AmzDate};

use super::{RevocationFacts, RevocationSet, RevokedBy};
use crate::{LinkId, Revocation, RevocationTarget};

const SIGNED: i64 = 1_700_000_000;
const HOUR_MS: i64 = 3_600_000;

fn bucket() -> BucketName {
    BucketName::parse("photos").expect("a name")
}

fn facts(bucket: &BucketName) -> RevocationFacts<'_> {
    RevocationFacts {
        link: Some(LinkId::named("AIDAALICE", "one")),
        access_key_id: "AKIAALICE",
        principal_id: "AIDAALICE",
        subject: Some("customer-7"),
        bucket: Some(bucket),
        key: Some("2026/summer/a.jpg"),
        signed_at: Some(AmzDate::from_unix(SIGNED)),
        session_issued_at: Some(AmzDate::from_unix(SIGNED - 60)),
        is_registered: false,
    }
}

fn revocation(target: RevocationTarget) -> Revocation {
    Revocation {
        target,
        signed_until: AmzDate::from_unix(SIGNED),
        ends_transfers: false,
        made_at_ms: SIGNED * 1_000,
        expires_at_ms: SIGNED * 1_000 + HOUR_MS,
    }
}

fn targets() -> Vec<(RevocationTarget, RevokedBy)> {
    let prefix = |prefix: &str| RevocationTarget::Prefix {
        bucket: bucket(),
        prefix: prefix.into(),
    };
    vec![
        (
            RevocationTarget::AccessKey(AccessKeyId::new("AKIAALICE")),
            RevokedBy::AccessKey,
        ),
        (
            RevocationTarget::Link(LinkId::named("AIDAALICE", "one")),
            RevokedBy::Link,
        ),
        (
            RevocationTarget::Object {
                bucket: bucket(),
                key: "2026/summer/a.jpg".into(),
            },
            RevokedBy::Object,
        ),
        (prefix(""), RevokedBy::Prefix),
        (prefix("2026/"), RevokedBy::Prefix),
        (prefix("2026/summer/a.jpg"), RevokedBy::Prefix),
        (
            RevocationTarget::Sessions {
                principal_id: "AIDAALICE".into(),
            },
            RevokedBy::Session,
        ),
        (
            RevocationTarget::Subject("customer-7".into()),
            RevokedBy::Subject,
        ),
        (
            RevocationTarget::User {
                user_id: "AIDAALICE".into(),
            },
            RevokedBy::User,
        ),
    ]
}

fn set_of(revocations: impl IntoIterator<Item = Revocation>) -> RevocationSet {
    let mut set = RevocationSet::default();
    for revocation in revocations {
        set.add(revocation);
    }
    set
}

#[test]
fn each_kind_revokes_what_it_names() {
    let bucket = bucket();
    for (target, by) in targets() {
        let set = set_of([revocation(target)]);
        assert_eq!(set.find(&facts(&bucket)), Some(by));
        assert_eq!(set.len(), 1);
    }
}

#[test]
fn what_names_something_else_revokes_nothing() {
    let bucket = bucket();
    let elsewhere = BucketName::parse("photos2").expect("a name");
    let others = [
        RevocationTarget::AccessKey(AccessKeyId::new("AKIABOB")),
        RevocationTarget::Link(LinkId::named("AIDABOB", "one")),
        RevocationTarget::Object {
            bucket: bucket.clone(),
            key: "2026/summer/a.jpg.bak".into(),
        },
        RevocationTarget::Object {
            bucket: elsewhere.clone(),
            key: "2026/summer/a.jpg".into(),
        },
        RevocationTarget::Prefix {
            bucket: bucket.clone(),
            prefix: "2025".into(),
        },
        RevocationTarget::Prefix {
            bucket: elsewhere,
            prefix: "".into(),
        },
        RevocationTarget::Subject("customer-77".into()),
    ];
    let set = set_of(others.map(revocation));
    assert_eq!(set.find(&facts(&bucket)), None);
}

#[test]
fn d2_what_does_not_say_when_it_was_signed_is_concerned() {
    let bucket = bucket();
    let undated = RevocationFacts {
        signed_at: None,
        session_issued_at: None,
        ..facts(&bucket)
    };
    let by_user = |ends_transfers| Revocation {
        ends_transfers,
        ..revocation(RevocationTarget::User {
            user_id: "AIDAALICE".into(),
        })
    };
    let set = set_of([by_user(false)]);
    assert_eq!(set.find(&undated), Some(RevokedBy::User));
    assert_eq!(set.find_ending(&undated), None);
    let set = set_of([by_user(true)]);
    assert_eq!(set.find_ending(&undated), Some(RevokedBy::User));
    // What was not signed by temporary credentials is no session.
    let sessions = RevocationTarget::Sessions {
        principal_id: "AIDAALICE".into(),
    };
    assert_eq!(set_of([revocation(sessions)]).find(&undated), None);
}

#[test]
fn what_is_signed_later_is_not_concerned_but_a_link_is() {
    let bucket = bucket();
    let later = RevocationFacts {
        signed_at: Some(AmzDate::from_unix(SIGNED + 1)),
        session_issued_at: Some(AmzDate::from_unix(SIGNED + 1)),
        ..facts(&bucket)
    };
    for (target, by) in targets() {
        let set = set_of([revocation(target)]);
        let expected = (by == RevokedBy::Link).then_some(by);
        assert_eq!(set.find(&later), expected, "{by:?}");
    }
}

#[test]
fn transfers_end_only_where_that_was_asked() {
    let bucket = bucket();
    for (target, by) in targets() {
        let mut set = set_of([revocation(target.clone())]);
        assert_eq!(set.find_ending(&facts(&bucket)), None);
        set.add(Revocation {
            ends_transfers: true,
            ..revocation(target)
        });
        assert_eq!(set.find_ending(&facts(&bucket)), Some(by));
    }
}

#[test]
fn d9_what_has_expired_is_forgotten_and_nothing_before() {
    let bucket = bucket();
    for (target, _) in targets() {
        let mut set = set_of([revocation(target)]);
        let expires = SIGNED * 1_000 + HOUR_MS;
        set.forget_expired(expires, 10);
        assert!(set.find(&facts(&bucket)).is_some());
        set.forget_expired(expires + 120_000, 10);
        assert!(set.is_empty());
        assert!(set.places.is_empty());
    }
}

#[test]
fn a_second_revocation_keeps_the_first_alive() {
    let bucket = bucket();
    for (target, by) in targets() {
        let longer = Revocation {
            expires_at_ms: SIGNED * 1_000 + 3 * HOUR_MS,
            ..revocation(target.clone())
        };
        let mut set = set_of([longer, revocation(target)]);
        set.forget_expired(SIGNED * 1_000 + 2 * HOUR_MS, 10);
        assert_eq!(set.find(&facts(&bucket)), Some(by));
        set.forget_expired(SIGNED * 1_000 + 4 * HOUR_MS, 10);
        assert!(set.is_empty());
    }
}

#[test]
fn forgetting_goes_in_small_steps() {
    let link = |n: u32| RevocationTarget::Link(LinkId::named("A", &n.to_string()));
    let mut set = set_of((0..100).map(|n| revocation(link(n))));
    let late = SIGNED * 1_000 + 2 * HOUR_MS;
    assert!(set.forget_expired(late, 30));
    assert_eq!(set.len(), 70);
    assert!(!set.forget_expired(late, 71));
    assert!(set.is_empty());
}

#[test]
fn a_prefix_may_end_within_a_character_of_another_key() {
    let bucket = bucket();
    let prefix = RevocationTarget::Prefix {
        bucket: bucket.clone(),
        prefix: "a".into(),
    };
    let set = set_of([revocation(prefix)]);
    let other = RevocationFacts {
        key: Some("é"),
        ..facts(&bucket)
    };
    assert_eq!(set.find(&other), None);
}

#[test]
fn l2_to_add_the_same_again_and_again_takes_no_memory() {
    let targets = || targets().into_iter().map(|(target, _)| revocation(target));
    let mut set = set_of(targets());
    let due = |set: &RevocationSet| {
        let links: usize = set.due_links.values().map(Vec::len).sum();
        links + set.due_others.values().map(Vec::len).sum::<usize>()
    };
    let once = due(&set);
    for _ in 0..100 {
        targets().for_each(|again| set.add(again));
    }
    assert_eq!((due(&set), set.len()), (once, once));
    set.forget_expired(SIGNED * 1_000 + 2 * HOUR_MS, 100);
    assert!(set.is_empty());
}
