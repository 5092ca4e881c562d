use tokio::sync::oneshot;

use super::*;

const NOW: UnixMillis = UnixMillis(1_700_000_000_000);
const MANY: Quota = Quota { live_links: 100 };

fn record(number: u8, principal: &str) -> LinkRecord {
    LinkRecord {
        link: LinkId::from_bytes([number; 16]),
        name: String::new(),
        principal_id: principal.to_owned(),
        principal_arn: String::new(),
        subject: None,
        verb: String::new(),
        shape: String::new(),
        bucket: String::new(),
        key: String::new(),
        created_at: NOW,
        expires_at: NOW,
        restrictions: String::new(),
        request_id: String::new(),
    }
}

fn answer_of(principal: &str) -> RememberedAnswer {
    RememberedAnswer {
        principal_id: principal.to_owned(),
        key_digest: [1; 32],
        request_digest: [2; 32],
        sealed_answer: vec![3],
        expires_at: UnixMillis(NOW.0 + 1),
    }
}

fn job(links: &[LinkRecord], quota: Quota, answer: Option<RememberedAnswer>) -> Job {
    Job {
        ask: Box::new(Ask {
            links: links.to_vec(),
            quota,
            answer,
            now: NOW,
        }),
        answer: oneshot::channel().0,
    }
}

#[test]
fn one_batch_counts_what_its_own_jobs_add() {
    let quota = Quota { live_links: 3 };
    let jobs = [
        job(&[record(1, "a"), record(2, "a")], quota, None),
        job(&[record(3, "a"), record(4, "a")], quota, None),
        job(&[record(5, "a")], quota, None),
        job(&[record(5, "a"), record(1, "a")], quota, None),
        job(&[record(6, "b")], quota, None),
    ];
    let (changes, outcomes) = evaluate(&jobs, Rows::default());
    let exceeded = Err(StateError::QuotaExceeded { limit: 3 });
    let new = || Ok(Recorded::New);
    assert_eq!(outcomes, [new(), exceeded, new(), new(), new()]);
    let written: Vec<u8> = changes
        .links
        .iter()
        .map(|one| one.link.as_bytes()[0])
        .collect();
    assert_eq!(written, [1, 2, 5, 6]);
    let hour = record(1, "a").hour();
    let counts: Vec<_> = changes.counts.into_iter().collect();
    assert_eq!(counts, [(("a", hour), 3), (("b", hour), 1)]);
}

#[test]
fn two_of_one_request_in_one_batch_are_one() {
    let jobs = [
        job(&[record(1, "a")], MANY, Some(answer_of("a"))),
        job(&[record(2, "a")], MANY, Some(answer_of("a"))),
    ];
    let (changes, outcomes) = evaluate(&jobs, Rows::default());
    let repeated = Recorded::Repeated {
        request_digest: [2; 32],
        sealed_answer: vec![3],
    };
    assert_eq!(outcomes, [Ok(Recorded::New), Ok(repeated)]);
    assert_eq!((changes.links.len(), changes.answers.len()), (1, 1));
}

#[test]
fn a_refused_job_leaves_no_answer_behind() {
    let none = Quota { live_links: 0 };
    let jobs = [
        job(&[record(1, "a")], none, Some(answer_of("a"))),
        job(&[record(1, "a")], MANY, Some(answer_of("a"))),
    ];
    let (changes, outcomes) = evaluate(&jobs, Rows::default());
    assert!(outcomes[0].is_err());
    assert_eq!(outcomes[1], Ok(Recorded::New));
    assert_eq!((changes.links.len(), changes.answers.len()), (1, 1));
}

#[test]
fn everybody_whose_counters_or_answers_matter_is_locked() {
    let jobs = [
        job(&[record(1, "b")], MANY, Some(answer_of("c"))),
        job(&[], MANY, Some(answer_of("a"))),
    ];
    assert_eq!(
        principals(&jobs).into_iter().collect::<Vec<_>>(),
        ["a", "b", "c"]
    );
    assert_eq!(answer_keys(&jobs).len(), 2);
    assert_eq!(links(&jobs).len(), 1);
}
