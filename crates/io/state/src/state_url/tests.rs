use std::path::PathBuf;

use tokio_postgres::config::{SslMode, TargetSessionAttrs};

use super::{PostgresUrl, Proof, StateUrl, StateUrlError};

fn postgres(url: &str) -> PostgresUrl {
    match StateUrl::parse(url).unwrap() {
        StateUrl::Postgres(url) => *url,
        StateUrl::Sqlite => panic!("{url}"),
    }
}

#[test]
fn a_server_elsewhere_proves_itself_unless_told_otherwise() {
    let certificate = || Proof::Certificate { roots: None };
    let file = || Proof::Certificate {
        roots: Some(PathBuf::from("/etc/ssl/db.pem")),
    };
    for (url, mode, proof) in [
        ("postgres://db.example/cs", SslMode::Require, certificate()),
        (
            "postgres://localhost,db.example/cs",
            SslMode::Require,
            certificate(),
        ),
        ("postgresql://u@localhost/cs", SslMode::Prefer, Proof::None),
        (
            "postgres://u@127.0.0.1:5433/cs",
            SslMode::Prefer,
            Proof::None,
        ),
        (
            "postgres://u@%2Frun%2Fpostgresql/cs",
            SslMode::Prefer,
            Proof::None,
        ),
        (
            "postgres://db/cs?sslmode=disable",
            SslMode::Disable,
            Proof::None,
        ),
        (
            "postgres://db/cs?sslmode=prefer",
            SslMode::Prefer,
            Proof::None,
        ),
        (
            "postgres://db/cs?sslmode=require",
            SslMode::Require,
            Proof::None,
        ),
        (
            "postgres://db/cs?sslmode=verify-full",
            SslMode::Require,
            certificate(),
        ),
        (
            "postgres://db/cs?sslrootcert=system",
            SslMode::Require,
            certificate(),
        ),
        (
            "postgres://db/cs?sslrootcert=/etc/ssl/db.pem",
            SslMode::Require,
            file(),
        ),
        (
            "postgres://db/cs?sslmode=require&sslrootcert=/etc/ssl/db.pem&application_name=x",
            SslMode::Require,
            file(),
        ),
    ] {
        let read = postgres(url);
        assert_eq!(
            (read.config.get_ssl_mode(), &read.proof),
            (mode, &proof),
            "{url}"
        );
    }
}

#[test]
fn only_a_host_that_takes_writes_is_used() {
    for url in [
        "postgres://a,b/cs?sslmode=require",
        "postgres://a,b/cs?sslmode=require&target_session_attrs=any",
    ] {
        let attributes = postgres(url).config.get_target_session_attrs();
        assert_eq!(attributes, TargetSessionAttrs::ReadWrite);
    }
}

#[test]
fn f7_no_password_is_shown() {
    for url in [
        "postgres://app:hunter2@db.example:5433/cs?sslmode=require",
        "postgres://app:hun@ter2@db.example:5433/cs",
    ] {
        let Ok(read) = StateUrl::parse(url) else {
            continue;
        };
        let shown = format!("{read} {read:?}");
        assert!(!shown.contains("ter2") && !shown.contains("app"), "{shown}");
        assert!(shown.contains("db.example:5433/cs"), "{shown}");
    }
}

#[test]
fn other_places_are_refused() {
    assert_eq!(StateUrl::parse("sqlite:"), Ok(StateUrl::Sqlite));
    for url in [
        "",
        "sqlite",
        "sqlite:/else/where",
        "mysql://db/cs",
        "/var/lib",
    ] {
        assert_eq!(StateUrl::parse(url), Err(StateUrlError::Scheme), "{url}");
    }
    for mode in ["allow", "verify-ca", "", "Require"] {
        let url = format!("postgres://db/cs?sslmode={mode}");
        assert_eq!(StateUrl::parse(&url), Err(StateUrlError::SslMode), "{mode}");
    }
    for url in [
        "postgres:///cs",
        "postgres://db:port/cs",
        "postgres://db/cs?unknown=1",
        "postgres://db/cs?sslrootcert=",
        "postgres://db/cs?sslrootcert=%2Fetc",
    ] {
        let refused = StateUrl::parse(url);
        assert!(
            matches!(refused, Err(StateUrlError::Malformed { .. })),
            "{url}"
        );
    }
}
