//! Whole calls through the router, with a clock that the tests move.

use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use axum::body::{Body, to_bytes};
use countersign_directory::{Clock, Directory, Options, TimeSource};
use countersign_gate::{CallOrigin, Transport};
use countersign_oidc::Verifier;
use countersign_request::{Header, RequestHead};
use countersign_sigv4::presign::Signer;
use countersign_sigv4::sign::sign;
use countersign_sigv4::{AmzDate, SecretAccessKey, SigningKey, sha256_hex};
use countersign_state::{
    NewCredential, NewRole, NewUser, RoleName, SqliteStore, StateStore, UnixMillis, UserKind,
    UserName,
};
use http::Request;
use tempfile::TempDir;
use tower::ServiceExt as _;

use super::router;
use crate::{Settings, Sts};

const NOW_S: i64 = 1_800_000_000;
const HOST: &str = "files.example.com";
const WHO: &str = "Action=GetCallerIdentity&Version=2011-06-15";
const TRUST: &str = r#"{"Version": "2012-10-17", "Statement": {"Effect": "Allow",
    "Action": "sts:AssumeRole", "Principal": {"AWS": "arn:aws:iam::000000000000:user/ann"}}}"#;

#[derive(Clone)]
struct Hands(Arc<AtomicI64>);

impl TimeSource for Hands {
    fn unix_ms(&self) -> i64 {
        self.0.load(Ordering::Relaxed)
    }
}

/// A key, or a session with its token.
#[derive(Clone)]
struct Key {
    id: String,
    secret: String,
    token: Option<String>,
}

struct World {
    _on: TempDir,
    hands: Hands,
    sts: Arc<Sts>,
    ann: Key,
}

impl World {
    async fn new(settings: Settings) -> Self {
        let on = TempDir::new().unwrap();
        let state: Arc<dyn StateStore> = Arc::new(SqliteStore::open(on.path()).unwrap());
        let now = UnixMillis(NOW_S * 1_000);
        let ann = UserName::parse("ann").unwrap();
        let user = NewUser::new(&ann, UserKind::Ordinary);
        state.create_user(&user, now).await.unwrap();
        let credential = NewCredential::generate().unwrap();
        let key = Key {
            id: credential.id.as_str().to_owned(),
            secret: credential.secret.expose().to_owned(),
            token: None,
        };
        let made = state.create_access_key(&ann, credential, now);
        made.await.unwrap();
        let role = NewRole::new(&RoleName::parse("app").unwrap(), TRUST);
        state.create_role(&role, now).await.unwrap();
        let hands = Hands(Arc::new(AtomicI64::new(NOW_S * 1_000)));
        let options = Options::new("eu-central-1");
        let known = Directory::open(state, Clock::new(hands.clone()), options);
        let known = Arc::new(known.await.unwrap());
        let verifier = Arc::new(Verifier::new(countersign_oidc::Options::default()).unwrap());
        Self {
            _on: on,
            hands,
            sts: Arc::new(Sts::new(known, verifier, settings)),
            ann: key,
        }
    }

    fn pass(&self, seconds: i64) {
        self.hands.0.fetch_add(seconds * 1_000, Ordering::Relaxed);
    }

    /// A call with this body, signed now.
    fn signed(&self, key: &Key, body: &str) -> Request<Body> {
        let now = AmzDate::from_unix(self.hands.unix_ms() / 1_000);
        let secret = SecretAccessKey::new(key.secret.as_str());
        let signing = SigningKey::derive(&secret, now.format().day(), "eu-central-1", "sts");
        let signer = Signer {
            access_key_id: &key.id,
            session_token: key.token.as_deref(),
            region: "eu-central-1",
            service: "sts",
            key: &signing,
        };
        let head = RequestHead {
            method: "POST",
            path: "/",
            query: "",
            headers: &[Header {
                name: "host",
                value: HOST.as_bytes(),
            }],
        };
        let hash = sha256_hex(body.as_bytes());
        let signed = sign(&head, hash.as_str(), &signer, now).unwrap();
        let mut request = Request::post("/");
        for (name, value) in signed.headers {
            request = request.header(name, value);
        }
        request.body(Body::from(body.to_owned())).unwrap()
    }

    async fn sent(&self, mut request: Request<Body>, transport: Transport) -> (u16, String) {
        request.extensions_mut().insert(CallOrigin {
            address: IpAddr::from([203, 0, 113, 7]),
            transport,
            tls: None,
            authority: HOST.into(),
        });
        self.answered(request).await
    }

    async fn answered(&self, request: Request<Body>) -> (u16, String) {
        let answer = router(Arc::clone(&self.sts))
            .oneshot(request)
            .await
            .unwrap();
        assert_eq!(answer.headers()["cache-control"], "no-store, private");
        let status = answer.status().as_u16();
        let body = to_bytes(answer.into_body(), usize::MAX).await.unwrap();
        (status, String::from_utf8(body.to_vec()).unwrap())
    }

    async fn call(&self, key: &Key, body: &str) -> (u16, String) {
        self.sent(self.signed(key, body), Transport::Secure).await
    }
}

fn element<'a>(document: &'a str, name: &str) -> &'a str {
    let (_, rest) = document
        .split_once(&format!("<{name}>"))
        .unwrap_or_else(|| panic!("{document}"));
    rest.split_once(&format!("</{name}>")).unwrap().0
}

fn session_of(document: &str) -> Key {
    Key {
        id: element(document, "AccessKeyId").to_owned(),
        secret: element(document, "SecretAccessKey").to_owned(),
        token: Some(element(document, "SessionToken").to_owned()),
    }
}

fn assume(seconds: u32) -> String {
    format!(
        "Action=AssumeRole&Version=2011-06-15&RoleArn=arn%3Aaws%3Aiam%3A%3A000000000000%3Arole%2Fapp\
         &RoleSessionName=s1&DurationSeconds={seconds}"
    )
}

#[tokio::test]
async fn b6_a_session_is_good_until_its_last_second_and_not_after() {
    let world = World::new(Settings::default()).await;
    let (status, document) = world.call(&world.ann, &assume(900)).await;
    assert_eq!(status, 200, "{document}");
    assert_eq!(element(&document, "Expiration"), "2027-01-15T08:15:00Z");
    let session = session_of(&document);
    world.pass(900);
    let (status, document) = world.call(&session, WHO).await;
    assert_eq!(status, 200, "{document}");
    let arn = element(&document, "Arn");
    assert_eq!(arn, "arn:aws:sts::000000000000:assumed-role/app/s1");
    world.pass(1);
    let (status, document) = world.call(&session, WHO).await;
    assert_eq!((status, element(&document, "Code")), (403, "ExpiredToken"));
    let sentence = "The security token included in the request is expired";
    assert_eq!(element(&document, "Message"), sentence);
}

#[tokio::test]
async fn two_sessions_that_begin_in_the_same_second_are_two() {
    let world = World::new(Settings::default()).await;
    let (_, one) = world.call(&world.ann, &assume(900)).await;
    let (_, other) = world.call(&world.ann, &assume(900)).await;
    assert_ne!(session_of(&one).id, session_of(&other).id);
    assert_ne!(session_of(&one).token, session_of(&other).token);
}

#[tokio::test]
async fn credentials_do_not_travel_over_plain_http_unless_the_operator_says_so() {
    let strict = World::new(Settings::default()).await;
    let lax = World::new(Settings { plain_http: true }).await;
    let bodies = [assume(900), WHO.to_owned()];
    for body in bodies {
        for (transport, expected) in [
            (Transport::Secure, 200),
            (Transport::Loopback, 200),
            (Transport::Plain, 403),
        ] {
            let request = strict.signed(&strict.ann, &body);
            let (status, document) = strict.sent(request, transport).await;
            assert_eq!(status, expected, "{transport:?} {document}");
        }
        let request = lax.signed(&lax.ann, &body);
        assert_eq!(lax.sent(request, Transport::Plain).await.0, 200);
    }
    let token = "Action=AssumeRoleWithWebIdentity&Version=2011-06-15&WebIdentityToken=a.b.c";
    let request = Request::post("/").body(Body::from(token)).unwrap();
    let (status, document) = strict.sent(request, Transport::Plain).await;
    assert_eq!((status, element(&document, "Code")), (403, "AccessDenied"));
}

#[tokio::test]
async fn a_call_that_cannot_be_read_is_refused_in_the_form_of_the_protocol() {
    let world = World::new(Settings::default()).await;
    for (body, expected) in [
        ("a=1&a=2".to_owned(), (400, "MalformedInput")),
        ("a=%ff".to_owned(), (400, "MalformedInput")),
        (String::new(), (400, "MissingAction")),
        ("x".repeat(65_537), (413, "RequestEntityTooLarge")),
        (WHO.replace("2011", "2010"), (400, "InvalidAction")),
    ] {
        let request = Request::post("/").body(Body::from(body)).unwrap();
        let (status, document) = world.sent(request, Transport::Secure).await;
        assert_eq!((status, element(&document, "Code")), expected);
        assert!(element(&document, "RequestId").len() == 36);
    }
    // Nothing is believed of a call of which no listener says where it comes from.
    let request = world.signed(&world.ann, WHO);
    let (status, document) = world.answered(request).await;
    assert_eq!(
        (status, element(&document, "Code")),
        (500, "InternalFailure")
    );
}

#[tokio::test]
async fn a_role_that_changes_is_known_as_it_is() {
    let world = World::new(Settings::default()).await;
    assert_eq!(world.call(&world.ann, &assume(900)).await.0, 200);
    let denied = TRUST.replace("user/ann", "user/bob");
    let directory = &world.sts.directory;
    let name = RoleName::parse("app").unwrap();
    let changed = directory.state().set_trust_policy(&name, &denied);
    changed.await.unwrap();
    directory.invalidate();
    let (status, document) = world.call(&world.ann, &assume(900)).await;
    assert_eq!((status, element(&document, "Code")), (403, "AccessDenied"));
}
