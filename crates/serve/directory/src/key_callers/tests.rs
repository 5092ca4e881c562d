use std::net::Ipv4Addr;

use super::*;

fn at(last: u8) -> IpAddr {
    IpAddr::V4(Ipv4Addr::new(192, 0, last, 7))
}

#[test]
fn uses_of_one_caller_become_one_with_the_latest_moment_and_link() {
    let callers = KeyCallers::default();
    let key = AccessKeyId::new("AKIA1");
    let link = LinkId::from_bytes([1; 16]);
    callers.note(&key, at(1), "boto3", None, 5);
    callers.note(&key, at(1), "boto3", Some(link), 9);
    callers.note(&key, at(1), "boto3", None, 7);
    callers.note(&key, at(2), "boto3", None, 1);
    let mut taken = callers.take();
    taken.sort_by_key(|used| used.at);
    assert_eq!(taken.len(), 2);
    assert_eq!((taken[1].at, taken[1].link), (UnixMillis(9), Some(link)));
    assert!(callers.take().is_empty());
}

#[test]
fn l1_callers_that_wait_are_bounded() {
    let callers = KeyCallers::default();
    let key = AccessKeyId::new("AKIA1");
    for number in 0..2 * MOST {
        callers.note(
            &key,
            at(1),
            &format!("{number} {}", "x".repeat(500)),
            None,
            1,
        );
    }
    let taken = callers.take();
    assert_eq!(taken.len(), MOST);
    let longest = taken.iter().map(|used| used.agent.chars().count()).max();
    assert_eq!(longest, Some(MAX_AGENT_CHARACTERS));
}
