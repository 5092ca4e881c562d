use countersign_policy::{PolicyDocument, PolicyKind};
use countersign_state::UserName;

use super::*;

fn of(error: StateError) -> (u16, &'static str) {
    let fault = Refused::from(error).fault;
    (fault.status(), fault.code())
}

fn name() -> UserName {
    UserName::parse("ann").unwrap()
}

#[test]
fn what_the_state_refuses_has_the_codes_of_iam() {
    assert_eq!(
        of(StateError::NoSuchUser { name: name() }),
        (404, "NoSuchEntity")
    );
    assert_eq!(
        of(StateError::UserAlreadyExists { name: name() }),
        (409, "EntityAlreadyExists")
    );
    let holds = "access keys";
    let not_empty = StateError::UserNotEmpty {
        name: name(),
        holds,
    };
    assert_eq!(of(not_empty), (409, "DeleteConflict"));
    assert_eq!(
        of(StateError::TooManyPolicies { limit: 10 }),
        (409, "LimitExceeded")
    );
    assert_eq!(of(StateError::RootUnbound), (400, "UnmodifiableEntity"));
}

#[test]
fn trouble_of_our_own_tells_its_reason_to_the_log_alone() {
    let refused = Refused::from(StateError::OutcomeUnknown);
    assert_eq!(
        (refused.fault.status(), refused.fault.code()),
        (500, "InternalFailure")
    );
    assert!(!refused.fault.message().contains("commit"));
    assert!(refused.reason.unwrap().contains("commit"));
    assert_eq!(of(StateError::Busy), (503, "ServiceUnavailable"));
}

#[test]
fn a_policy_that_is_not_taken_is_refused_with_its_place() {
    let error = PolicyDocument::parse("{}", PolicyKind::Identity).unwrap_err();
    let refused = Refused::from(error);
    assert_eq!(refused.fault.code(), "MalformedPolicyDocument");
    assert!(refused.fault.message().starts_with("line 1, column "));
}
