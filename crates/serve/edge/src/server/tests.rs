use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::sync::{Arc, Condvar, Mutex, mpsc};
use std::time::Duration;

use countersign_gate::Guardrails;
use countersign_objects::{LocalStore, Options};
use countersign_state::StateUrl;

use super::Server;
use crate::{Clock, Guests, Limits, Settings, TimeSource};

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
        max_staleness: Duration::from_secs(5),
    }
}

fn ask(address: SocketAddr, path: &str) -> TcpStream {
    let mut stream = TcpStream::connect(address).unwrap();
    let head = format!("GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
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
        Clock::new(clock.clone()),
        countersign_state::open(&StateUrl::Sqlite, directory.path()).unwrap(),
        LocalStore::open(directory.path(), Options::default()).unwrap(),
        Guests::default(),
    )
    .await
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
