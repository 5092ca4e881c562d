//! The generator against a server of a few lines, plain and over TLS.
//!
//! What a benchmark counts must be what the server saw; a wrong answer must never count as a fast one.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
use std::time::Duration;

use countersign_benches::load::{
    Call, Ending, Expectation, Method, Outcome, Plan, Pool, Target, Trust,
};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ServerConfig, ServerConnection, StreamOwned};

const OBJECT: usize = 300_000;

/// A server that answers every request alike and counts what it is sent.
struct Server {
    address: SocketAddr,
    received: Arc<AtomicU64>,
}

impl Server {
    fn start(status: &'static str, tls: Option<Arc<ServerConfig>>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let received = Arc::new(AtomicU64::new(0));
        let counter = Arc::clone(&received);
        thread::spawn(move || {
            for stream in listener.incoming() {
                let stream = stream.unwrap();
                let counter = Arc::clone(&counter);
                let tls = tls.clone();
                thread::spawn(move || match tls {
                    None => answer_all(stream, status, &counter),
                    Some(config) => {
                        let session = ServerConnection::new(config).unwrap();
                        answer_all(StreamOwned::new(session, stream), status, &counter);
                    }
                });
            }
        });
        Self { address, received }
    }

    fn targets(&self, scheme: &str) -> Vec<Target> {
        (0..4)
            .map(|n| Target::parse(&format!("{scheme}://{}/object-{n}", self.address)).unwrap())
            .collect()
    }
}

fn answer_all(stream: impl Read + Write, status: &str, received: &AtomicU64) {
    let mut stream = BufReader::new(stream);
    loop {
        let mut method = String::new();
        let mut length = 0;
        loop {
            let mut line = String::new();
            if stream.read_line(&mut line).unwrap_or(0) == 0 {
                return;
            }
            if method.is_empty() {
                method = line.split(' ').next().unwrap().to_owned();
            }
            if let Some(value) = line.strip_prefix("Content-Length: ") {
                length = value.trim().parse().unwrap();
            }
            if line == "\r\n" {
                break;
            }
        }
        let body = std::io::copy(&mut (&mut stream).take(length), &mut std::io::sink()).unwrap();
        received.fetch_add(body, Ordering::SeqCst);
        let length = if matches!(&*method, "POST" | "PUT") {
            0
        } else {
            OBJECT
        };
        let mut answer =
            format!("HTTP/1.1 {status}\r\nContent-Length: {length}\r\n\r\n").into_bytes();
        if method == "GET" {
            answer.resize(answer.len() + length, b'x');
        }
        if stream
            .get_mut()
            .write_all(&answer)
            .and_then(|()| stream.get_mut().flush())
            .is_err()
        {
            return;
        }
    }
}

fn plan(method: Method, most_requests: u64) -> Plan {
    Plan {
        call: Call {
            headers: vec!["X-Test: yes".to_owned()],
            body: b"a call".to_vec(),
        },
        ending: Ending::Drain,
        expectation: Expectation {
            statuses: vec![200],
            content_length: Some(OBJECT as u64),
        },
        longest: Duration::from_secs(60),
        method,
        most_requests,
        rate: None,
        upload_length: OBJECT as u64,
        watched: vec![std::process::id()],
    }
}

fn drive(server: &Server, method: Method, requests: u64) -> Outcome {
    let mut pool = Pool::open(3, server.targets("http"), None).unwrap();
    pool.drive(&plan(method, requests)).unwrap()
}

#[test]
fn as_many_requests_are_counted_as_were_asked_for() {
    let server = Server::start("200 OK", None);
    for method in [Method::Get, Method::Head] {
        let outcome = drive(&server, method, 50);
        assert_eq!(
            (outcome.requests, outcome.errors),
            (50, 0),
            "{:?}",
            outcome.first_error
        );
        assert!(outcome.server_cpu_us.unwrap() > 0.0);
    }
    assert_eq!(drive(&server, Method::Get, 50).bytes, 50 * OBJECT as u64);
}

#[test]
fn calls_carry_their_own_body_and_keep_to_a_rate() {
    let server = Server::start("200 OK", None);
    let mut pool = Pool::open(3, server.targets("http"), None).unwrap();
    let plan = Plan {
        rate: Some(200.0),
        ..plan(Method::Post, 20)
    };
    let outcome = pool.drive(&plan).unwrap();
    assert_eq!(
        (outcome.requests, outcome.errors),
        (20, 0),
        "{:?}",
        outcome.first_error
    );
    // The last of twenty has its turn 95 ms after the first, however slow the machine is.
    assert!(outcome.seconds >= 0.095, "{}", outcome.seconds);
    assert_eq!(server.received.load(Ordering::SeqCst), 20 * 6);
}

#[test]
fn uploads_arrive_in_full() {
    let server = Server::start("200 OK", None);
    let outcome = drive(&server, Method::Put, 20);
    assert_eq!(
        (outcome.requests, outcome.errors),
        (20, 0),
        "{:?}",
        outcome.first_error
    );
    assert_eq!(server.received.load(Ordering::SeqCst), 20 * OBJECT as u64);
}

#[test]
fn a_refusal_counts_as_an_error_and_not_as_a_request() {
    let server = Server::start("403 Forbidden", None);
    let outcome = drive(&server, Method::Get, 50);
    assert_eq!((outcome.requests, outcome.errors), (0, 3));
    assert!(outcome.first_error.unwrap().contains("403"));
}

#[test]
fn tls_carries_the_same_bytes_both_ways() {
    let made = rcgen::generate_simple_self_signed(["127.0.0.1".to_owned()]).unwrap();
    let certificate = CertificateDer::from_pem_slice(made.cert.pem().as_bytes()).unwrap();
    let key = PrivateKeyDer::from_pem_slice(made.signing_key.serialize_pem().as_bytes()).unwrap();
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certificate], key)
        .unwrap();
    let server = Server::start("200 OK", Some(Arc::new(config)));
    let trust = Trust::in_certificate(made.cert.pem().as_bytes()).unwrap();
    for method in [Method::Get, Method::Head, Method::Put] {
        let mut pool = Pool::open(3, server.targets("https"), Some(&trust)).unwrap();
        let outcome = pool.drive(&plan(method, 20)).unwrap();
        assert_eq!(
            (outcome.requests, outcome.errors),
            (20, 0),
            "{:?}",
            outcome.first_error
        );
    }
    assert_eq!(server.received.load(Ordering::SeqCst), 20 * OBJECT as u64);
}

#[test]
fn a_plain_answer_to_a_tls_handshake_is_an_error() {
    let made = rcgen::generate_simple_self_signed(["127.0.0.1".to_owned()]).unwrap();
    let trust = Trust::in_certificate(made.cert.pem().as_bytes()).unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let target = Target::parse(&format!("https://{}/", listener.local_addr().unwrap())).unwrap();
    thread::spawn(move || {
        let (mut stream, _): (TcpStream, _) = listener.accept().unwrap();
        stream
            .write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n")
            .unwrap();
    });
    assert!(Pool::open(1, vec![target], Some(&trust)).is_err());
}
