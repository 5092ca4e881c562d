use std::net::{IpAddr, Ipv4Addr};

use axum::body::Body;
use countersign_directory::{Clock, Options, SystemClock};
use countersign_state::SqliteStore;
use http::Method;
use tempfile::TempDir;
use tower::ServiceExt as _;

use super::*;

const CALL: &str = "Action=ListUsers&Version=2010-05-08";

async fn service(folder: &TempDir, plain_http: bool) -> Router {
    let state = Arc::new(SqliteStore::open(folder.path()).unwrap());
    let options = Options::new("eu-central-1");
    let directory = Directory::open(state, Clock::new(SystemClock), options);
    Iam::new(Arc::new(directory.await.unwrap()), plain_http).router()
}

fn request(transport: Transport, kind: &str, body: impl Into<Body>) -> Request {
    let origin = CallOrigin {
        address: IpAddr::V4(Ipv4Addr::LOCALHOST),
        transport,
        tls: None,
        authority: "localhost".into(),
    };
    http::Request::builder()
        .method(Method::POST)
        .uri("/")
        .header(CONTENT_TYPE, kind)
        .extension(origin)
        .body(body.into())
        .unwrap()
}

async fn answer(router: Router, request: Request) -> (u16, String) {
    let response = router.oneshot(request).await.unwrap();
    let status = response.status().as_u16();
    let body = to_bytes(response.into_body(), MOST_BYTES).await.unwrap();
    (status, String::from_utf8(body.to_vec()).unwrap())
}

async fn refusal(plain_http: bool, request: Request) -> (u16, String) {
    let folder = TempDir::new().unwrap();
    let (status, body) = answer(service(&folder, plain_http).await, request).await;
    let code = body
        .split("<Code>")
        .nth(1)
        .and_then(|rest| rest.split('<').next());
    (status, code.unwrap_or_default().to_owned())
}

#[tokio::test]
async fn g4_calls_over_plain_http_from_elsewhere_are_refused_unless_allowed() {
    let plain = || request(Transport::Plain, FORM, CALL);
    assert_eq!(
        refusal(false, plain()).await,
        (403, "AccessDenied".to_owned())
    );
    let unsigned = (403, "MissingAuthenticationToken".to_owned());
    assert_eq!(refusal(true, plain()).await, unsigned);
    for transport in [Transport::Loopback, Transport::Secure] {
        let call = request(transport, FORM, CALL);
        assert_eq!(refusal(false, call).await, unsigned, "{transport:?}");
    }
}

#[tokio::test]
async fn a_call_whose_client_nobody_vouches_for_is_our_own_fault() {
    let mut call = request(Transport::Secure, FORM, CALL);
    call.extensions_mut().clear();
    assert_eq!(
        refusal(false, call).await,
        (500, "InternalFailure".to_owned())
    );
}

#[tokio::test]
async fn what_is_no_form_or_too_large_is_refused_before_anything_is_looked_up() {
    for kind in [
        "application/json",
        "",
        "multipart/form-data",
        "application/x-www-form-urlencodedx",
    ] {
        let call = request(Transport::Secure, kind, CALL);
        assert_eq!(
            refusal(false, call).await,
            (400, "MalformedInput".to_owned()),
            "{kind}"
        );
    }
    let call = request(Transport::Secure, FORM, "a".repeat(MOST_BYTES + 1));
    assert_eq!(refusal(false, call).await.0, 413);
}

#[tokio::test]
async fn a_form_may_name_its_character_set() {
    let kind = "Application/X-WWW-Form-Urlencoded ; charset=utf-8";
    let call = request(Transport::Secure, kind, CALL);
    assert_eq!(refusal(false, call).await.1, "MissingAuthenticationToken");
}

#[test]
fn actions_that_only_tell_change_nothing() {
    for name in ["GetUser", "ListRoles", "SimulatePrincipalPolicy"] {
        assert!(!changes(name), "{name}");
    }
    for name in [
        "CreateUser",
        "PutUserPolicy",
        "AttachRolePolicy",
        "UntagUser",
        "SetDefaultPolicyVersion",
    ] {
        assert!(changes(name), "{name}");
    }
}
