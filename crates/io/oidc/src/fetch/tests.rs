use std::time::Duration;

use tokio::net::TcpListener;

use super::Fetcher;
use crate::issuer_url::IssuerUrl;
use crate::reach::Reach;
use crate::testing::{KEYS, TestProvider};
use crate::{FetchError, Options, OptionsError};

fn fetcher(timeout: Duration) -> Fetcher {
    let options = Options {
        timeout,
        ..Options::default()
    };
    Fetcher::new(&options).unwrap()
}

#[tokio::test]
async fn g7_a_name_that_resolves_to_this_machine_is_not_connected_to() {
    let provider = TestProvider::start(&[]).await;
    let here = format!("{}{KEYS}", provider.issuer);
    let fetcher = fetcher(Duration::from_secs(5));
    for url in [here.clone(), here.replace("127.0.0.1", "localhost")] {
        let url = IssuerUrl::parse_endpoint(&url).unwrap();
        let error = fetcher.get(&url, Reach::Public).await.unwrap_err();
        assert!(matches!(error, FetchError::Address { .. }), "{error:?}");
        assert!(fetcher.get(&url, Reach::Loopback).await.is_ok());
    }
    assert_eq!(provider.hits(KEYS), 2);
}

#[tokio::test]
async fn a_host_that_says_nothing_is_given_up() {
    let silent = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/", silent.local_addr().unwrap());
    let url = IssuerUrl::parse_endpoint(&url).unwrap();
    let error = fetcher(Duration::from_millis(20))
        .get(&url, Reach::Loopback)
        .await;
    let host = "127.0.0.1".to_owned();
    assert_eq!(error.err(), Some(FetchError::Timeout { host }));
}

#[test]
fn authorities_that_cannot_be_read_are_told() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("ca.pem");
    std::fs::write(&file, "no certificate\n").unwrap();
    for file in [file, folder.path().join("absent.pem")] {
        let options = Options {
            ca_file: Some(file),
            ..Options::default()
        };
        let error = Fetcher::new(&options).unwrap_err();
        assert!(
            matches!(error, OptionsError::Authorities { .. }),
            "{error:?}"
        );
    }
}
