mod server;

use std::fs;
use std::net::TcpListener;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use countersign_gate::{
    ClientNetwork, LinkId, Redeemed, Redemption, Revocation, RevocationTarget, UseOf,
};
use countersign_sigv4::{AccessKeyId, AmzDate, SecretAccessKey};

use self::server::Server;
use super::PostgresStore;
use crate::{
    NewCredential, NewUser, RevocationEntry, StateError, StateStore, StateUrl, UnixMillis,
    UserKind, UserName, conformance,
};

const NOW: UnixMillis = UnixMillis(1_700_000_000_000);
/// For tests that lose nothing if the machine crashes.
const FAST: [&str; 2] = ["fsync=off", "max_connections=200"];

fn wait<T>(answer: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap()
        .block_on(answer)
}

fn once(limit: u32) -> Redemption {
    Redemption {
        link: LinkId::from_bytes([1; 16]),
        limit: Some(limit),
        network: ClientNetwork::of([192, 0, 2, 1].into()),
        binds: false,
        what: UseOf::Whole,
        now_ms: NOW.0,
        forget_at_ms: NOW.0 + 1,
    }
}

fn revocation() -> Revocation {
    Revocation {
        target: RevocationTarget::Link(LinkId::from_bytes([1; 16])),
        signed_until: AmzDate::from_unix(0),
        ends_transfers: true,
        made_at_ms: NOW.0,
        expires_at_ms: NOW.0 + 1,
    }
}

fn user(name: &str) -> UserName {
    UserName::parse(name).unwrap()
}

#[test]
fn postgres_passes_the_conformance_suite() {
    let Some(server) = Server::start(&FAST) else {
        return;
    };
    for (name, case) in conformance::all() {
        println!("{name}");
        let url = wait(server.database());
        let (_directory, store) = server.store(&url);
        wait(case(&store));
    }
}

#[test]
fn nodes_that_start_at_once_agree_on_one_schema_and_one_master_key() {
    let Some(server) = Server::start(&FAST) else {
        return;
    };
    let url = wait(server.database());
    let shared = tempfile::tempdir().unwrap();
    // Those that share a data directory share the key it is given; the others have none.
    let opened: Vec<_> = std::thread::scope(|scope| {
        let nodes: Vec<_> = (0..6)
            .map(|number| {
                let (url, shared) = (&url, shared.path());
                scope.spawn(move || {
                    let own = tempfile::tempdir().unwrap();
                    let directory = if number % 2 == 0 { shared } else { own.path() };
                    PostgresStore::open(url, directory).map(drop)
                })
            })
            .collect();
        nodes.into_iter().map(|node| node.join().unwrap()).collect()
    });
    let right = opened.iter().filter(|result| result.is_ok()).count();
    let without = |result: &&Result<(), StateError>| {
        matches!(result, Err(StateError::MasterKeyMissing { .. }))
    };
    let without = opened.iter().filter(without).count();
    // Whoever came first made the key.
    assert!([(3, 3), (1, 5)].contains(&(right, without)), "{opened:?}");
}

#[test]
fn a_node_with_a_foreign_key_or_an_older_release_does_not_start() {
    let Some(server) = Server::start(&FAST) else {
        return;
    };
    let url = wait(server.database());
    let (directory, first) = server.store(&url);
    let credential = NewCredential {
        id: AccessKeyId::new("AKIA1"),
        secret: SecretAccessKey::new("s3cr3t"),
    };
    wait(async {
        first
            .create_user(&NewUser::new(&user("app"), UserKind::Ordinary), NOW)
            .await
            .unwrap();
        first
            .create_access_key(&user("app"), credential, NOW)
            .await
            .unwrap();
    });

    let node = tempfile::tempdir().unwrap();
    let path = node.path().join("master.key");
    let open = || PostgresStore::open(&url, node.path());
    assert_eq!(
        open().err(),
        Some(StateError::MasterKeyMissing { path: path.clone() })
    );
    assert!(!path.exists());
    fs::copy(directory.path().join("master.key"), &path).unwrap();
    let second = open().unwrap();
    let id = AccessKeyId::new("AKIA1");
    let found = wait(second.find_access_key(&id)).unwrap().unwrap();
    assert_eq!(found.secret.expose(), "s3cr3t");
    fs::write(&path, [7; 32]).unwrap();
    assert_eq!(open().err(), Some(StateError::MasterKeyWrong { path }));

    wait(server.execute("test_0", "UPDATE schema_version SET version = 999"));
    let older = PostgresStore::open(&url, directory.path()).err();
    assert_eq!(older, Some(StateError::SchemaTooNew));
}

#[test]
fn d1_three_nodes_redeem_exactly_as_often_as_may_be() {
    const LIMIT: u32 = 37;
    let Some(server) = Server::start(&FAST) else {
        return;
    };
    let url = wait(server.database());
    let (directory, first) = server.store(&url);
    let open = || PostgresStore::open(&url, directory.path()).unwrap();
    let nodes = [first, open(), open()];
    let (new, refused) = (AtomicU32::new(0), AtomicU32::new(0));
    std::thread::scope(|scope| {
        for node in &nodes {
            for _ in 0..4 {
                scope.spawn(|| {
                    let asked = once(LIMIT);
                    let waiting: Vec<_> = (0..84).map(|_| node.redeem_use(&asked)).collect();
                    for one in waiting {
                        match wait(one).unwrap() {
                            Redeemed::New(_) => new.fetch_add(1, Ordering::Relaxed),
                            Redeemed::Exhausted { used: LIMIT } => {
                                refused.fetch_add(1, Ordering::Relaxed)
                            }
                            other => panic!("{other:?}"),
                        };
                    }
                });
            }
        }
    });
    let counted = (new.into_inner(), refused.into_inner());
    assert_eq!(counted, (LIMIT, 3 * 4 * 84 - LIMIT));
}

#[test]
fn d6_d7_what_was_acknowledged_survives_a_crash_of_the_server() {
    // With the disk in earnest, and a server that would rather not wait for it.
    let settings = ["synchronous_commit=off", "wal_writer_delay=10s"];
    let Some(mut server) = Server::start(&settings) else {
        return;
    };
    let url = wait(server.database());
    let (_directory, store) = server.store(&url);
    for _ in 0..3 {
        assert!(matches!(
            wait(store.redeem_use(&once(9))),
            Ok(Redeemed::New(_))
        ));
        let serial = wait(store.revoke(&revocation())).unwrap();
        server.kill();
        let lost = wait(store.pulse()).unwrap_err();
        assert!(matches!(lost, StateError::Unreachable { .. }), "{lost:?}");
        server.run(&settings);
        // The same store goes on by itself.
        let feed = wait(store.revocations_since(serial - 1)).unwrap();
        let revocation = revocation();
        assert_eq!(feed.entries, [RevocationEntry { serial, revocation }]);
    }
    let state = wait(store.find_link_use(once(9).link)).unwrap().unwrap();
    assert_eq!(state.used, 3);
}

#[test]
fn d7_a_use_that_cannot_be_read_fails_its_own_link_and_no_other() {
    let Some(server) = Server::start(&FAST) else {
        return;
    };
    let url = wait(server.database());
    let (_directory, store) = server.store(&url);
    wait(store.redeem_use(&once(9))).unwrap();
    wait(server.execute("test_0", "UPDATE link_use SET sessions = 'torn'"));
    let damaged = once(9);
    let sound = Redemption {
        link: LinkId::from_bytes([2; 16]),
        ..once(99)
    };
    // They wait together, so that many of them share a transaction.
    let waiting: Vec<_> = (0..20)
        .map(|_| (store.redeem_use(&damaged), store.redeem_use(&sound)))
        .collect();
    for (damaged, sound) in waiting {
        assert_eq!(
            wait(damaged),
            Err(StateError::unexpected("link_use.sessions"))
        );
        assert!(matches!(wait(sound), Ok(Redeemed::New(_))));
    }
}

#[test]
fn l7_a_server_that_does_not_answer_is_waited_for_in_bounds() {
    // It accepts connections and says nothing.
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = silent.local_addr().unwrap().port();
    let url = format!("postgres://app@127.0.0.1:{port}/cs");
    let StateUrl::Postgres(url) = StateUrl::parse(&url).unwrap() else {
        unreachable!()
    };
    let directory = tempfile::tempdir().unwrap();
    let refused = PostgresStore::open(&url, directory.path()).err().unwrap();
    assert!(
        matches!(refused, StateError::Unreachable { .. }),
        "{refused:?}"
    );
}

#[test]
fn l7_a_row_that_somebody_keeps_locked_is_waited_for_in_bounds() {
    let Some(server) = Server::start(&FAST) else {
        return;
    };
    let url = wait(server.database());
    let (_directory, store) = server.store(&url);
    wait(store.redeem_use(&once(9))).unwrap();
    wait(async {
        let (client, connection) = url.config.connect(tokio_postgres::NoTls).await.unwrap();
        let connection = tokio::spawn(connection);
        client
            .batch_execute("BEGIN; SELECT 1 FROM link_use FOR UPDATE")
            .await
            .unwrap();
        let refused = store.redeem_use(&once(9)).await.unwrap_err();
        assert_eq!(refused, StateError::Busy);
        client.batch_execute("ROLLBACK").await.unwrap();
        drop(client);
        connection.await.unwrap().unwrap();
        let next = store.redeem_use(&once(9)).await.unwrap();
        assert!(matches!(next, Redeemed::New(_)));
        let state = store.find_link_use(once(9).link).await.unwrap().unwrap();
        assert_eq!(state.used, 2, "what was refused was not counted");
    });
}

#[test]
fn news_of_another_node_are_heard() {
    let Some(server) = Server::start(&FAST) else {
        return;
    };
    let url = wait(server.database());
    let (directory, here) = server.store(&url);
    let there = PostgresStore::open(&url, directory.path()).unwrap();
    let there = Arc::new(there);
    wait(async {
        let before = here.pulse().await.unwrap();
        let telling = Arc::clone(&there);
        // Told again and again, because it takes a moment until somebody listens.
        let teller = tokio::spawn(async move {
            loop {
                telling.revoke(&revocation()).await.unwrap();
                tokio::time::sleep(std::time::Duration::from_millis(20)).await;
            }
        });
        while here.pulse().await.unwrap() == before {
            here.news().await.unwrap();
        }
        teller.abort();
    });
}

#[test]
fn a_server_that_has_to_prove_who_it_is_does_so_or_is_not_used() {
    let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    let (certificate, key) = (made.cert.pem(), made.signing_key.serialize_pem());
    let files = [
        ("server.crt", certificate.as_str()),
        ("server.key", key.as_str()),
        // Nobody comes in without TLS.
        (
            "pg_hba.conf",
            "local all all trust\nhostssl all all 127.0.0.1/32 trust\n",
        ),
    ];
    let Some(server) = Server::start_with(&["ssl=on", "fsync=off"], &files) else {
        return;
    };
    let directory = tempfile::tempdir().unwrap();
    let roots = directory.path().join("roots.pem");
    fs::write(&roots, &certificate).unwrap();
    let roots = roots.display();
    for (host, parameters, is_open) in [
        (
            "localhost",
            format!("sslmode=verify-full&sslrootcert={roots}"),
            true,
        ),
        ("localhost", format!("sslrootcert={roots}"), true),
        // Another name than it proves.
        (
            "127.0.0.1",
            format!("sslmode=require&sslrootcert={roots}"),
            false,
        ),
        // An authority of its own that nobody told us of.
        ("localhost", "sslmode=verify-full".to_owned(), false),
        ("localhost", "sslmode=require".to_owned(), true),
        ("127.0.0.1", "sslmode=prefer".to_owned(), true),
        ("127.0.0.1", "sslmode=disable".to_owned(), false),
        (
            "localhost",
            "sslmode=verify-full&sslrootcert=/nonexistent".to_owned(),
            false,
        ),
    ] {
        let url = server.url_with(host, &parameters);
        let opened = PostgresStore::open(&url, directory.path());
        assert_eq!(
            opened.is_ok(),
            is_open,
            "{host} {parameters}: {:?}",
            opened.err()
        );
    }
}
