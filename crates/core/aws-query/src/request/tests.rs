use super::*;

fn refusal(query: &str) -> (u16, &'static str, String) {
    let fault = QueryRequest::parse(query, b"").unwrap().unknown_action();
    (fault.status(), fault.code(), fault.message().to_owned())
}

#[test]
fn an_unknown_action_is_named_with_its_version() {
    let words = "Could not find operation Fly for version 2011-06-15".to_owned();
    assert_eq!(
        refusal("Action=Fly&Version=2011-06-15"),
        (400, "InvalidAction", words)
    );
    let words = "Could not find operation Fly for version NO_VERSION_SPECIFIED".to_owned();
    assert_eq!(refusal("Action=Fly"), (400, "InvalidAction", words));
}

#[test]
fn a_call_without_an_action_is_told_so() {
    assert_eq!(refusal("Version=2011-06-15").1, "MissingAction");
    assert_eq!(refusal("Action=").1, "MissingAction");
}
