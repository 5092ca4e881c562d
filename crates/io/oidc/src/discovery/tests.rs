use std::sync::Arc;

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use rustls::ServerConfig;
use rustls::pki_types::PrivateKeyDer;
use serde_json::json;
use tokio_rustls::TlsAcceptor;

use super::{Discovered, discover};
use crate::fetch::Fetcher;
use crate::testing::{CONFIGURATION, KEYS, TestKey, TestProvider};
use crate::{FetchError, IssuerUrlError, Options};

async fn discovered(provider: &TestProvider) -> Result<Discovered, FetchError> {
    discover(
        &Fetcher::new(&Options::default()).unwrap(),
        &provider.issuer,
        false,
    )
    .await
}

fn configure(provider: &TestProvider, issuer: &str, jwks_uri: &str) {
    let configuration = json!({"issuer": issuer, "jwks_uri": jwks_uri}).to_string();
    provider.answer(CONFIGURATION, 200, "", configuration.as_bytes());
}

fn document(what: &'static str) -> FetchError {
    let document = "the provider's configuration";
    FetchError::Document { document, what }
}

#[tokio::test]
async fn h4_a_configuration_of_another_issuer_is_refused() {
    let provider = TestProvider::start(&[]).await;
    let keys = format!("{}{KEYS}", provider.issuer);
    for issuer in [
        "https://accounts.example.com",
        &format!("{}/tenant", provider.issuer),
        "",
    ] {
        configure(&provider, issuer, &keys);
        let error = discovered(&provider).await.err();
        assert_eq!(error, Some(document("it is of another issuer")));
    }
    assert_eq!(provider.hits(KEYS), 0);
}

#[tokio::test]
async fn g7_keys_are_fetched_over_tls_or_from_the_very_place_of_the_issuer() {
    let (provider, other) = (
        TestProvider::start(&[]).await,
        TestProvider::start(&[]).await,
    );
    for (url, reason) in [
        (format!("{}{KEYS}", other.issuer), IssuerUrlError::Scheme),
        (
            format!(
                "{}{KEYS}",
                provider.issuer.replace("127.0.0.1", "localhost")
            ),
            IssuerUrlError::Scheme,
        ),
        (
            "http://169.254.169.254/latest/meta-data".to_owned(),
            IssuerUrlError::Scheme,
        ),
        ("file:///etc/passwd".to_owned(), IssuerUrlError::Scheme),
        (
            "https://user@accounts.example.com/keys".to_owned(),
            IssuerUrlError::Authority,
        ),
        (
            "https://accounts.example.com/keys#x".to_owned(),
            IssuerUrlError::Path,
        ),
        (
            "https://accounts.example.com/a b".to_owned(),
            IssuerUrlError::Path,
        ),
        (
            "https://accounts.example.com/\r\nx: y".to_owned(),
            IssuerUrlError::Path,
        ),
    ] {
        configure(&provider, &provider.issuer, &url);
        let error = discovered(&provider).await.err();
        assert_eq!(error, Some(FetchError::Url { url, reason }));
    }
    assert_eq!(other.hits(KEYS) + provider.hits(KEYS), 0);
}

#[tokio::test]
async fn g7_keys_at_a_private_address_are_not_asked_for() {
    let provider = TestProvider::start(&[]).await;
    for host in [
        "10.0.0.1",
        "169.254.169.254",
        "[::1]",
        "[fd00::1]",
        "[::ffff:10.0.0.1]",
        "localhost",
    ] {
        configure(&provider, &provider.issuer, &format!("https://{host}/keys"));
        let error = discovered(&provider).await.err();
        assert!(
            matches!(error, Some(FetchError::Address { .. })),
            "{host}: {error:?}"
        );
    }
}

#[tokio::test]
async fn g7_redirects_are_not_followed() {
    let (provider, other) = (
        TestProvider::start(&[]).await,
        TestProvider::start(&[]).await,
    );
    let location = format!("location: {}{KEYS}\r\n", other.issuer);
    for path in [KEYS, CONFIGURATION] {
        provider.answer(path, 302, &location, b"");
        let error = discovered(&provider).await.err();
        let host = "127.0.0.1".to_owned();
        assert_eq!(error, Some(FetchError::Status { host, status: 302 }));
    }
    assert_eq!(other.hits(KEYS), 0);
}

#[tokio::test]
async fn documents_that_are_none_are_refused() {
    let provider = TestProvider::start(&[]).await;
    let strict = "it is no JSON object, or a name stands twice in it";
    for (body, what) in [
        ("", strict),
        ("[]", strict),
        ("{\"issuer\": 1, \"issuer\": 2}", strict),
        ("{}", "it names no issuer"),
    ] {
        provider.answer(CONFIGURATION, 200, "", body.as_bytes());
        assert_eq!(
            discovered(&provider).await.err(),
            Some(document(what)),
            "{body}"
        );
    }
    let issuer = json!({"issuer": provider.issuer}).to_string();
    provider.answer(CONFIGURATION, 200, "", issuer.as_bytes());
    assert_eq!(
        discovered(&provider).await.err(),
        Some(document("it names no jwks_uri"))
    );
}

#[tokio::test]
async fn a_document_without_end_is_not_read_to_its_end() {
    let provider = TestProvider::start(&[]).await;
    provider.answer(KEYS, 200, "", &vec![b' '; 256 * 1024 + 1]);
    let (host, most) = ("127.0.0.1".to_owned(), 256 * 1024);
    assert_eq!(
        discovered(&provider).await.err(),
        Some(FetchError::Oversize { host, most })
    );
}

#[tokio::test]
async fn a_registered_text_that_is_no_issuer_is_not_fetched() {
    let fetcher = Fetcher::new(&Options::default()).unwrap();
    let url = "http://accounts.example.com".to_owned();
    let reason = IssuerUrlError::Scheme;
    let outcome = discover(&fetcher, &url, false).await;
    assert_eq!(outcome.err(), Some(FetchError::Url { url, reason }));
}

#[tokio::test]
async fn a_provider_over_tls_is_asked_if_its_authority_is_trusted() {
    let authority = {
        let mut params = CertificateParams::default();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap()
    };
    let key = KeyPair::generate().unwrap();
    let leaf = CertificateParams::new(vec!["localhost".to_owned()]).unwrap();
    let leaf = leaf.signed_by(&key, &authority).unwrap();
    let tls = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let tls = ServerConfig::builder_with_provider(tls)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(
            vec![leaf.der().clone()],
            PrivateKeyDer::Pkcs8(key.serialize_der().into()),
        )
        .unwrap();
    let signer = TestKey::p256("k");
    let acceptor = TlsAcceptor::from(Arc::new(tls));
    let provider = TestProvider::start_with(&[&signer], Some(acceptor)).await;

    let error = discovered(&provider).await.err();
    assert!(
        matches!(error, Some(FetchError::Connection { .. })),
        "{error:?}"
    );

    let folder = tempfile::tempdir().unwrap();
    let ca_file = folder.path().join("ca.pem");
    std::fs::write(&ca_file, authority.as_ref().pem()).unwrap();
    let trusting = Options {
        ca_file: Some(ca_file),
        ..Options::default()
    };
    let fetcher = Fetcher::new(&trusting).unwrap();
    let found = discover(&fetcher, &provider.issuer, false).await.unwrap();
    assert!(found.keys.set.knows("k"));
}
