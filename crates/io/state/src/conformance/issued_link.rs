//! What an engine has to do with records of the issuer's links.

use countersign_gate::LinkId;

use super::{Case, NOW};
use crate::{
    LinkFilter, LinkRecord, MAX_ANSWER_BYTES, MAX_RESTRICTIONS_BYTES, Quota, Recorded,
    RememberedAnswer, StateError, StateStore, UnixMillis,
};

pub(super) fn cases() -> Vec<Case> {
    vec![
        ("links are recorded and found", |s| Box::pin(records(s))),
        (
            "a principal has no more living links than it may have",
            |s| Box::pin(holds_the_quota(s)),
        ),
        ("many who record at once keep the quota", |s| {
            Box::pin(holds_the_quota_among_many(s))
        }),
        ("a repeated request is answered again", |s| {
            Box::pin(answers_again(s))
        }),
        ("links are listed by what they are", |s| Box::pin(lists(s))),
        ("records are forgotten a day after the end", |s| {
            Box::pin(forgets(s))
        }),
    ]
}

pub(super) const HOUR: i64 = 60 * 60 * 1_000;
const MANY: Quota = Quota {
    live_links: 1_000_000,
};

fn at(offset: i64) -> UnixMillis {
    UnixMillis(NOW.0 + offset)
}

fn record(number: u8, principal: &str) -> LinkRecord {
    LinkRecord {
        link: LinkId::from_bytes([number; 16]),
        name: format!("name-{number}"),
        principal_id: principal.to_owned(),
        principal_arn: format!("arn:{principal}"),
        subject: Some(format!("subject-{}", number % 2)),
        verb: "get".to_owned(),
        shape: "url".to_owned(),
        bucket: "photos".to_owned(),
        key: format!("a/{number}"),
        created_at: at(i64::from(number)),
        expires_at: at(HOUR),
        restrictions: "{\"uses\":1}".to_owned(),
        request_id: "r".to_owned(),
    }
}

fn answer(principal: &str, key: u8, request: u8) -> RememberedAnswer {
    RememberedAnswer {
        principal_id: principal.to_owned(),
        key_digest: [key; 32],
        request_digest: [request; 32],
        sealed_answer: vec![request, 0, 255],
        expires_at: at(2 * HOUR),
    }
}

async fn records(store: &dyn StateStore) {
    let token = store.pulse().await.unwrap().change_token;
    let plain = LinkRecord {
        subject: None,
        ..record(2, "AIDA2")
    };
    let both = [record(1, "AIDA1"), plain];
    let recorded = store.record_links(&both, MANY, None, NOW).await.unwrap();
    assert_eq!(recorded, Recorded::New);
    for one in &both {
        assert_eq!(store.find_link(one.link).await.unwrap().as_ref(), Some(one));
    }
    let unknown = LinkId::from_bytes([9; 16]);
    assert_eq!(store.find_link(unknown).await.unwrap(), None);
    assert_eq!(store.pulse().await.unwrap().change_token, token);
    let nothing = store.record_links(&[], MANY, None, NOW).await.unwrap();
    assert_eq!(nothing, Recorded::New);

    let longer = |length: usize| "r".repeat(length + 1);
    let wrong = [
        LinkRecord {
            restrictions: longer(MAX_RESTRICTIONS_BYTES),
            ..record(3, "AIDA1")
        },
        LinkRecord {
            key: "\0".to_owned(),
            ..record(3, "AIDA1")
        },
    ];
    for wrong in wrong {
        let refused = store.record_links(&[wrong], MANY, None, NOW).await;
        assert!(refused.is_err());
    }
    let large = RememberedAnswer {
        sealed_answer: vec![0; MAX_ANSWER_BYTES + 1],
        ..answer("AIDA1", 1, 1)
    };
    let third = [record(3, "AIDA1")];
    let refused = store.record_links(&third, MANY, Some(&large), NOW);
    assert!(matches!(refused.await, Err(StateError::TooLong { .. })));
    let three = LinkId::from_bytes([3; 16]);
    assert_eq!(store.find_link(three).await.unwrap(), None);
}

async fn holds_the_quota(store: &dyn StateStore) {
    let quota = Quota { live_links: 3 };
    let exceeded = StateError::QuotaExceeded { limit: 3 };
    let two = [record(1, "AIDA1"), record(2, "AIDA1")];
    store.record_links(&two, quota, None, NOW).await.unwrap();
    let more = [record(3, "AIDA1"), record(4, "AIDA1")];
    let refused = store.record_links(&more, quota, None, NOW).await;
    assert_eq!(refused.unwrap_err(), exceeded, "as a whole or not at all");
    assert_eq!(store.find_link(more[0].link).await.unwrap(), None);
    // What is recorded already is not counted again.
    let again = store.record_links(&two, quota, None, NOW).await.unwrap();
    assert_eq!(again, Recorded::New);
    let stable = [record(1, "AIDA1"), record(3, "AIDA1"), record(3, "AIDA1")];
    store.record_links(&stable, quota, None, NOW).await.unwrap();
    let refused = store.record_links(&more, quota, None, NOW).await;
    assert_eq!(refused.unwrap_err(), exceeded);
    let others = [record(5, "AIDA2")];
    store.record_links(&others, quota, None, NOW).await.unwrap();
    // In the hour after that in which they end, they count no more.
    let later = at(2 * HOUR);
    let renewed = LinkRecord {
        expires_at: at(3 * HOUR),
        ..record(6, "AIDA1")
    };
    let renewed = [renewed];
    store
        .record_links(&renewed, quota, None, later)
        .await
        .unwrap();
    let refused = Quota { live_links: 0 };
    let seventh = [record(7, "AIDA3")];
    let refused = store.record_links(&seventh, refused, None, NOW);
    assert_eq!(
        refused.await.unwrap_err(),
        StateError::QuotaExceeded { limit: 0 }
    );
}

async fn holds_the_quota_among_many(store: &dyn StateStore) {
    let quota = Quota { live_links: 10 };
    let records: Vec<[LinkRecord; 1]> = (1..=30).map(|n| [record(n, "AIDA1")]).collect();
    let asked: Vec<_> = records
        .iter()
        .map(|record| store.record_links(record, quota, None, NOW))
        .collect();
    let mut recorded = 0;
    for asked in asked {
        recorded += usize::from(asked.await.is_ok());
    }
    assert_eq!(recorded, 10);
    let all = store.list_links(&LinkFilter::default(), 100, None).await;
    assert_eq!(all.unwrap().len(), 10);
}

async fn answers_again(store: &dyn StateStore) {
    let (key, request) = (1, 2);
    let first = answer("AIDA1", key, request);
    let links = [record(1, "AIDA1")];
    let recorded = store.record_links(&links, MANY, Some(&first), NOW).await;
    assert_eq!(recorded.unwrap(), Recorded::New);
    let found = store.find_answer("AIDA1", [key; 32], NOW).await.unwrap();
    assert_eq!(found.as_ref(), Some(&first));

    let other = [record(2, "AIDA1")];
    let second = answer("AIDA1", key, 3);
    let repeated = store.record_links(&other, MANY, Some(&second), NOW).await;
    let expected = Recorded::Repeated {
        request_digest: first.request_digest,
        sealed_answer: first.sealed_answer.clone(),
    };
    assert_eq!(repeated.unwrap(), expected);
    assert_eq!(store.find_link(other[0].link).await.unwrap(), None);

    // Others, and other keys, have answers of their own.
    for answer in [answer("AIDA2", key, 3), answer("AIDA1", 9, 3)] {
        let recorded = store.record_links(&[], MANY, Some(&answer), NOW).await;
        assert_eq!(recorded.unwrap(), Recorded::New);
    }
    // What was refused leaves no answer behind.
    let refused = answer("AIDA1", 7, 7);
    let quota = Quota { live_links: 0 };
    let exceeded = store.record_links(&other, quota, Some(&refused), NOW).await;
    assert!(exceeded.is_err());
    assert_eq!(
        store.find_answer("AIDA1", [7; 32], NOW).await.unwrap(),
        None
    );

    // When its time is over, the key is free.
    let later = at(2 * HOUR);
    assert_eq!(
        store.find_answer("AIDA1", [key; 32], later).await.unwrap(),
        None
    );
    let second = RememberedAnswer {
        expires_at: at(4 * HOUR),
        ..second
    };
    let recorded = store.record_links(&other, MANY, Some(&second), later).await;
    assert_eq!(recorded.unwrap(), Recorded::New);
    let found = store.find_answer("AIDA1", [key; 32], later).await.unwrap();
    assert_eq!(found, Some(second));
    store.forget_expired(later).await.unwrap();
    let kept = store.find_answer("AIDA1", [key; 32], later).await.unwrap();
    assert!(kept.is_some());
    assert_eq!(
        store.find_answer("AIDA2", [key; 32], NOW).await.unwrap(),
        None
    );
}

async fn lists(store: &dyn StateStore) {
    let records: Vec<LinkRecord> = (1..=9)
        .map(|n| LinkRecord {
            bucket: if n < 4 { "docs" } else { "photos" }.to_owned(),
            key: if n == 5 {
                "a%_/x".to_owned()
            } else {
                format!("a/{n}")
            },
            expires_at: at(i64::from(n) * HOUR),
            // Two of the same moment.
            created_at: at(i64::from(n / 2)),
            ..record(n, if n == 9 { "AIDA9" } else { "AIDA1" })
        })
        .collect();
    store.record_links(&records, MANY, None, NOW).await.unwrap();
    let numbers = async |filter: LinkFilter| {
        let found = store.list_links(&filter, 100, None).await.unwrap();
        found
            .iter()
            .map(|one| one.link.as_bytes()[0])
            .collect::<Vec<_>>()
    };
    let some = |text: &str| Some(text.to_owned());
    let all = numbers(LinkFilter::default()).await;
    assert_eq!(all, [8, 9, 6, 7, 4, 5, 2, 3, 1], "the latest first");
    let principal = LinkFilter {
        principal_id: some("AIDA9"),
        ..LinkFilter::default()
    };
    assert_eq!(numbers(principal).await, [9]);
    let subject = LinkFilter {
        subject: some("subject-0"),
        ..LinkFilter::default()
    };
    assert_eq!(numbers(subject).await, [8, 6, 4, 2]);
    let place = LinkFilter {
        bucket: some("photos"),
        key_prefix: some("a/"),
        ..LinkFilter::default()
    };
    assert_eq!(numbers(place).await, [8, 9, 6, 7, 4]);
    let literal = LinkFilter {
        key_prefix: some("a%_"),
        ..LinkFilter::default()
    };
    assert_eq!(numbers(literal).await, [5]);
    let live = LinkFilter {
        live_at: Some(at(7 * HOUR)),
        ..LinkFilter::default()
    };
    assert_eq!(numbers(live).await, [8, 9]);

    let (mut pages, mut after) = (Vec::new(), None);
    loop {
        let filter = LinkFilter::default();
        let page = store.list_links(&filter, 2, after).await.unwrap();
        after = page.last().map(LinkRecord::position);
        pages.extend(page.iter().map(|one| one.link.as_bytes()[0]));
        if page.len() < 2 {
            break;
        }
    }
    assert_eq!(pages, all);
}

async fn forgets(store: &dyn StateStore) {
    let records: Vec<LinkRecord> = (1..=3)
        .map(|n| LinkRecord {
            expires_at: at(i64::from(n) * HOUR),
            ..record(n, "AIDA1")
        })
        .collect();
    store.record_links(&records, MANY, None, NOW).await.unwrap();
    let day_later = at(25 * HOUR);
    let forgotten = store.forget_expired(day_later).await.unwrap();
    assert_eq!((forgotten.records, forgotten.links), (1, 0));
    assert_eq!(store.find_link(records[0].link).await.unwrap(), None);
    assert!(store.find_link(records[1].link).await.unwrap().is_some());
    let forgotten = store.forget_expired(at(1_000 * HOUR)).await.unwrap();
    assert_eq!(forgotten.records, 2);
}
