use super::*;
use crate::resource::Resource;
use crate::testing::{END, KEY_PAIR_ID, pem, private_key, public_key};

fn signer() -> Signer {
    Signer::new(KEY_PAIR_ID, private_key("p256")).unwrap()
}

#[test]
fn what_could_not_be_verified_is_not_signed() {
    let late = EpochTime::from_unix(2_147_483_648);
    assert_eq!(
        signer().sign_url("https://a/b", late),
        Err(SignError::ExpiresTooLate)
    );
    assert!(matches!(
        signer().sign_url("a/b", END),
        Err(SignError::Url(_))
    ));
    assert!(matches!(
        signer().sign_url("https://a/b?Expires=1", END),
        Err(SignError::Url(_))
    ));
    let policy = Policy::new(Resource::parse("https://a/b*").unwrap(), END);
    assert_eq!(
        signer().sign_url_with("https://a/c", &policy),
        Err(SignError::NotCovered)
    );
    assert!(Signer::new("K 1", private_key("p256")).is_err());
}

#[test]
fn the_same_is_signed_the_same() {
    for key in ["rsa2048", "p256"] {
        let sign = || {
            let signer = Signer::new(KEY_PAIR_ID, private_key(key)).unwrap();
            signer.sign_url("https://a/b", END).unwrap()
        };
        assert_eq!(sign(), sign());
    }
}

#[test]
fn private_keys_are_read_in_each_of_their_forms() {
    for (form, name) in [("rsa2048.pkcs8", "rsa2048"), ("p256.sec1", "p256")] {
        let key = PrivateKey::from_pem(&pem(form)).unwrap();
        assert_eq!(key.public_key(), &public_key(name));
    }
    assert!(PrivateKey::from_pem(&pem("p256.public")).is_err());
    assert!(
        PrivateKey::from_pem("-----BEGIN EC PRIVATE KEY-----\nAA==\n-----END EC PRIVATE KEY-----")
            .is_err()
    );
}

#[test]
fn k6_cookies_are_for_one_host_https_and_no_script() {
    let policy = Policy::new(Resource::parse("https://a/b/*").unwrap(), END);
    let cookies = signer().sign_cookies(&policy).unwrap();
    let lines: Vec<String> = cookies.set_cookie_lines("/b/").unwrap().collect();
    let names: Vec<&str> = lines
        .iter()
        .map(|line| line.split('=').next().unwrap())
        .collect();
    assert_eq!(
        names,
        [
            "CloudFront-Policy",
            "CloudFront-Signature",
            "CloudFront-Key-Pair-Id",
            "CloudFront-Hash-Algorithm"
        ]
    );
    for line in &lines {
        assert!(line.ends_with("; Path=/b/; Secure; HttpOnly"), "{line}");
        assert!(!line.contains("Domain"), "{line}");
    }
    for path in ["", "b", "/b; Domain=example.com", "/b\r\nX: y", "/ü"] {
        assert!(cookies.set_cookie_lines(path).is_none(), "{path}");
    }
    let canned = signer().sign_cookies_for("https://a/b/c", END).unwrap();
    assert_eq!(
        canned.pairs().next(),
        Some(("CloudFront-Expires", "1767225600"))
    );
}
