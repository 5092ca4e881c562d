use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::sync::{Arc, Condvar, Mutex, mpsc};

use axum::{Extension, Router};
use countersign_directory::{Clock, Directory, SystemClock, TimeSource};
use countersign_gate::{CallOrigin, Guardrails};
use countersign_objects::{LocalStore, Options};
use countersign_state::StateUrl;

use super::Server;
use crate::{Guests, Limits, Settings};

/// A clock that keeps whoever asks it on a worker's thread waiting, and tells who asked.
#[derive(Clone)]
struct BusyClock {
    askers: mpsc::Sender<String>,
    may_go: Arc<(Mutex<bool>, Condvar)>,
}

impl TimeSource for BusyClock {
    fn unix_ms(&self) -> i64 {
        let asker = std::thread::current().name().unwrap_or("").to_owned();
        let is_worker = asker.starts_with("worker-");
        let _ = self.askers.send(asker);
        if is_worker {
            let (may_go, changed) = &*self.may_go;
            let may_go = may_go.lock().unwrap();
            drop(changed.wait_while(may_go, |may_go| !*may_go).unwrap());
        }
        1_700_000_000_000
    }
}

fn settings() -> Settings {
    let anywhere = SocketAddr::from(([127, 0, 0, 1], 0));
    Settings {
        listen: anywhere,
        admin_listen: anywhere,
        issuer_listen: None,
        workers: 1,
        region: "us-east-1".to_owned(),
        guardrails: Guardrails::safe(),
        public_authority: None,
        base_hosts: Vec::new(),
        tls: None,
        trusted_proxies: Vec::new(),
        proxy_protocol: false,
        country_table: None,
        limits: Limits::default(),
        cors: None,
    }
}

fn ask(address: SocketAddr, path: &str) -> TcpStream {
    ask_host("localhost", address, "GET", path)
}

fn ask_host(host: &str, address: SocketAddr, method: &str, path: &str) -> TcpStream {
    let mut stream = TcpStream::connect(address).unwrap();
    let head = format!(
        "{method} {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\
         Content-Type: application/x-www-form-urlencoded; charset=utf-8\r\nContent-Length: 0\r\n\r\n"
    );
    stream.write_all(head.as_bytes()).unwrap();
    stream
}

fn answer_of(mut stream: TcpStream) -> String {
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer
}

#[tokio::test]
async fn l1_a_busy_worker_keeps_nobody_from_health_nor_the_node_from_hearing() {
    let directory = tempfile::tempdir().unwrap();
    let (askers, asked) = mpsc::channel();
    let clock = BusyClock {
        askers,
        may_go: Arc::default(),
    };
    let server = Server::start(
        settings(),
        known(&directory, Clock::new(clock.clone())).await,
        LocalStore::open(directory.path(), Options::default()).unwrap(),
        Guests::default(),
    )
    .unwrap();

    let waiting = ask(server.address(), "/");
    while asked.recv().unwrap() != "worker-0" {}
    // The only worker does nothing any more. The keeper goes on, again and again.
    for _ in 0..2 {
        assert_eq!(asked.recv().unwrap(), "keeper");
    }
    let health = answer_of(ask(server.admin_address(), "/health"));
    assert!(health.starts_with("HTTP/1.1 200"), "{health}");
    let metrics = answer_of(ask(server.admin_address(), "/metrics"));
    assert!(metrics.starts_with("HTTP/1.1 200"), "{metrics}");

    let (may_go, changed) = &*clock.may_go;
    *may_go.lock().unwrap() = true;
    changed.notify_all();
    assert!(answer_of(waiting).starts_with("HTTP/1.1 403"));
    server.stop();
}

/// Answers every request with the name of the door and of the client.
fn guest(door: &'static str) -> Router {
    Router::new().fallback(move |Extension(origin): Extension<CallOrigin>| async move {
        format!("{door} to {} for {}", origin.address, origin.authority)
    })
}

async fn server_with_guests(directory: &tempfile::TempDir, settings: Settings) -> Server {
    let guests = Guests {
        public: Some(guest("public")),
        admin: Some(guest("admin")),
    };
    let known = known(directory, Clock::new(SystemClock)).await;
    let objects = LocalStore::open(directory.path(), Options::default()).unwrap();
    Server::start(settings, known, objects, guests).unwrap()
}

async fn known(directory: &tempfile::TempDir, clock: Clock) -> Arc<Directory> {
    let state = countersign_state::open(&StateUrl::Sqlite, directory.path()).unwrap();
    let options = countersign_directory::Options::new("us-east-1");
    Arc::new(Directory::open(state, clock, options).await.unwrap())
}

#[tokio::test]
async fn a_guest_gets_what_no_bucket_can_have_and_nothing_else() {
    let directory = tempfile::tempdir().unwrap();
    let base_hosts = vec!["s3.test".to_owned()];
    let settings = Settings {
        base_hosts,
        ..settings()
    };
    let server = server_with_guests(&directory, settings).await;
    let of = |host: &str, method: &str, path: &str| {
        answer_of(ask_host(host, server.address(), method, path))
    };
    for (host, method, path) in [
        ("s3.test", "GET", "/_share/x"),
        ("localhost", "POST", "/"),
        (
            "localhost",
            "GET",
            "/?Action=GetCallerIdentity&Version=2011-06-15",
        ),
    ] {
        let answer = of(host, method, path);
        let theirs = format!("public to 127.0.0.1 for {host}");
        assert!(answer.ends_with(&theirs), "{method} {path}: {answer}");
        assert!(answer.contains("x-amz-request-id: "), "{answer}");
    }
    for (host, method, path) in [
        ("bucket.s3.test", "GET", "/_share/x"),
        ("bucket.s3.test", "POST", "/"),
        ("bucket.s3.test", "GET", "/?Action=A&Version=V"),
        ("localhost", "GET", "/bucket/_share"),
        ("localhost", "GET", "/%5Fshare"),
        ("localhost", "GET", "/?Action=A"),
        ("localhost", "GET", "/"),
        ("localhost", "PUT", "/"),
        ("localhost", "POST", "/bucket"),
        ("localhost", "POST", "//"),
    ] {
        let answer = of(host, method, path);
        assert!(!answer.contains("public to"), "{method} {path}: {answer}");
    }
    server.stop();
}

#[tokio::test]
async fn a9_a_proxy_and_s3_read_the_host_of_a_guests_request_alike() {
    let directory = tempfile::tempdir().unwrap();
    let settings = Settings {
        base_hosts: vec!["s3.test".to_owned()],
        trusted_proxies: vec!["127.0.0.1/32".parse().unwrap()],
        ..settings()
    };
    let server = server_with_guests(&directory, settings).await;
    let of = |forwarded: &str| {
        let host = format!("inside\r\nX-Forwarded-Host: {forwarded}");
        answer_of(ask_host(&host, server.address(), "GET", "/_share/x"))
    };
    assert!(of("s3.test").ends_with("for s3.test"), "{}", of("s3.test"));
    // This is the object `_share/x` of a bucket.
    let answer = of("bucket.s3.test");
    assert!(!answer.contains("public to"), "{answer}");
    server.stop();
}

#[tokio::test]
async fn operators_have_their_guest_beside_health_and_on_a_listener_of_its_own() {
    let directory = tempfile::tempdir().unwrap();
    let settings = Settings {
        issuer_listen: Some(SocketAddr::from(([127, 0, 0, 1], 0))),
        ..settings()
    };
    let server = server_with_guests(&directory, settings).await;
    let (admin, own) = (server.admin_address(), server.issuer_address().unwrap());
    assert!(answer_of(ask(admin, "/health")).ends_with("ok\n"));
    assert!(answer_of(ask(admin, "/v1/links")).ends_with("admin to 127.0.0.1 for localhost"));
    assert!(answer_of(ask(own, "/v1/links")).ends_with("admin to 127.0.0.1 for localhost"));
    assert!(answer_of(ask(own, "/metrics")).ends_with("admin to 127.0.0.1 for localhost"));
    server.stop();
}
