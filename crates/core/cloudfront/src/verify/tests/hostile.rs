//! What holders of a good signature, and strangers, might try.

use std::net::IpAddr;

use super::super::Verifier;
use crate::testing::{
    END, KEY_PAIR_ID, NOW, client, group, private_key, public_key, signed_query, vectors, verify,
};
use crate::{
    CloudFrontError, EpochTime, KeyGroup, Permitted, Policy, QueryCover, Resource, Signer,
    TrustedKey, alphabet,
};

const URL: &str = "https://media.example.com/films/one.mp4";

fn signer(key: &str) -> Signer {
    Signer::new(KEY_PAIR_ID, private_key(key)).unwrap()
}

fn send(url: &str) -> Result<Permitted, CloudFrontError> {
    verify(&Verifier::new(&group("rsa2048")), url, "", NOW, client())
}

/// A URL under a policy with this resource.
fn under(resource: &str, url: &str) -> Result<Permitted, CloudFrontError> {
    let policy = Policy::new(Resource::parse(resource).unwrap(), END);
    let query = signed_query("rsa2048", policy.to_json().as_bytes());
    let separator = if url.contains('?') { '&' } else { '?' };
    send(&format!("{url}{separator}{query}"))
}

#[test]
fn k1_policies_for_everything_are_refused_unless_that_is_accepted() {
    let keys = group("rsa2048");
    let without = br#"{"Statement":[{"Condition":{"DateLessThan":{"AWS:EpochTime":1767225600}}}]}"#;
    let bare = br#"{"Statement":[{"Resource":"*","Condition":{"DateLessThan":{"AWS:EpochTime":1767225600}}}]}"#;
    for policy in [&without[..], &bare[..]] {
        let url = format!("{URL}?{}", signed_query("rsa2048", policy));
        assert_eq!(send(&url), Err(CloudFrontError::ResourceUnbounded));
        let permissive = Verifier::new(&keys).accepting_unbounded();
        assert!(verify(&permissive, &url, "", NOW, client()).is_ok());
    }
}

#[test]
fn k2_signed_policies_that_are_not_understood_are_refused() {
    for vector in vectors("policies.jsonl") {
        let policy = vector["policy"].as_str().unwrap();
        let url = format!("{URL}?{}", signed_query("rsa2048", policy.as_bytes()));
        if vector["taken"] == false {
            let refused = send(&url).unwrap_err();
            assert!(
                matches!(refused, CloudFrontError::PolicyMalformed(_)),
                "{vector}: {refused}"
            );
            assert_eq!(refused.code().as_str(), "MalformedPolicy");
        }
    }
}

#[test]
fn k2_a_policy_is_not_read_before_its_signature_matches() {
    let url = format!("{URL}?{}", signed_query("rsa2048", b"nonsense"));
    let (before, after) = url.split_once("&Signature=").unwrap();
    let other = if after.starts_with('A') { 'B' } else { 'A' };
    let forged = format!("{before}&Signature={other}{}", &after[1..]);
    assert_eq!(send(&forged), Err(CloudFrontError::SignatureMismatch));
}

#[test]
fn k3_a_url_does_not_borrow_from_cookies() {
    let keys = group("rsa2048");
    let policy = Policy::new(
        Resource::parse("https://media.example.com/films/*").unwrap(),
        END,
    );
    let cookies = signer("rsa2048").sign_cookies(&policy).unwrap();
    let cookie: Vec<String> = cookies
        .pairs()
        .map(|(name, value)| format!("{name}={value}"))
        .collect();
    let cookie = cookie.join("; ");
    let send = |url: &str| verify(&Verifier::new(&keys), url, &cookie, NOW, client());
    assert!(send(URL).is_ok());
    let expired = signer("rsa2048")
        .sign_url(URL, EpochTime::from_unix(1))
        .unwrap();
    assert!(matches!(
        send(&expired),
        Err(CloudFrontError::Expired { .. })
    ));
    assert!(matches!(
        send(&format!("{URL}?Expires=1767225600")),
        Err(CloudFrontError::Missing { .. })
    ));
}

#[test]
fn k3_a_custom_policy_is_not_taken_for_a_canned_one() {
    // The bytes under both signatures are the same, so each may be presented as the other; neither gets wider by it.
    let wide = Policy::new(
        Resource::parse("https://media.example.com/films/*").unwrap(),
        END,
    );
    let signature = alphabet::encode(
        &private_key("rsa2048")
            .sign(wide.to_json().as_bytes())
            .unwrap(),
    );
    let canned = |url: &str| {
        send(&format!(
            "{url}?Expires={END}&Signature={signature}&Key-Pair-Id={KEY_PAIR_ID}&Hash-Algorithm=SHA256"
        ))
    };
    assert!(canned("https://media.example.com/films/*").is_ok());
    assert_eq!(canned(URL), Err(CloudFrontError::SignatureMismatch));
}

#[test]
fn k3_a_url_cannot_write_conditions_into_a_canned_policy() {
    // Signed: a policy of two conditions. Asked: a URL which, put into a canned policy, would make the same bytes.
    let policy = br#"{"Statement":[{"Resource":"https://h/a","Condition":{"IpAddress":{"AWS:SourceIp":"10.0.0.1/32"}},"X":"","Condition":{"DateLessThan":{"AWS:EpochTime":1767225600}}}]}"#;
    let signature = alphabet::encode(&private_key("rsa2048").sign(policy).unwrap());
    let path = r#"/a","Condition":{"IpAddress":{"AWS:SourceIp":"10.0.0.1/32"}},"X":""#;
    let url = format!(
        "https://h{path}?Expires={END}&Signature={signature}&Key-Pair-Id={KEY_PAIR_ID}&Hash-Algorithm=SHA256"
    );
    assert_eq!(send(&url), Err(CloudFrontError::UrlNotPlain));
}

#[test]
fn k4_a_signature_over_one_hash_is_not_one_over_the_other() {
    let keys = group("rsa2048");
    let url = signer("rsa2048").sign_url(URL, END).unwrap();
    let permissive = Verifier::new(&keys).accepting_sha1();
    for other in ["", "&Hash-Algorithm=SHA1"] {
        let url = url.replace("&Hash-Algorithm=SHA256", other);
        assert_eq!(
            verify(&permissive, &url, "", NOW, client()),
            Err(CloudFrontError::SignatureMismatch)
        );
    }
}

#[test]
fn k5_no_other_spelling_of_a_signature_or_policy_is_taken() {
    let policy = Policy::new(Resource::parse(URL).unwrap(), END);
    let url = format!(
        "{URL}?{}",
        signed_query("rsa2048", policy.to_json().as_bytes())
    );
    assert!(send(&url).is_ok());
    let (before, after) = url.split_once("Signature=").unwrap();
    let (signature, rest) = after.split_once('&').unwrap();
    let dense = signature.trim_end_matches('_');
    let standard = signature
        .replace('-', "%2B")
        .replace('~', "/")
        .replace('_', "=");
    // The last letter of 256 bytes is one of `AQgw`; the one behind it has bits that mean nothing.
    let slack: String = {
        let (last, head) = (dense.chars().last().unwrap(), &dense[..dense.len() - 1]);
        let next = char::from(u8::try_from(last).unwrap() + 1);
        format!("{head}{next}__")
    };
    for other in [
        dense,
        &standard,
        &format!("{signature}_"),
        &slack,
        &format!("{signature}%0A"),
    ] {
        let outcome = send(&format!("{before}Signature={other}&{rest}"));
        assert_eq!(
            outcome,
            Err(CloudFrontError::SignatureNotEncoded),
            "{other}"
        );
    }
    assert_eq!(
        send(&url.replacen("Policy=", "Policy=%20", 1)),
        Err(CloudFrontError::PolicyNotEncoded)
    );
}

#[test]
fn k5_the_end_of_a_canned_policy_has_one_spelling() {
    let url = signer("rsa2048").sign_url(URL, END).unwrap();
    for other in [
        "01767225600",
        "%2B1767225600",
        "1767225600.0",
        "1767225600%20",
        "",
        "4294967296",
        "-1",
    ] {
        let respelled = url.replace("Expires=1767225600", &format!("Expires={other}"));
        assert_eq!(
            send(&respelled),
            Err(CloudFrontError::ExpiresMalformed),
            "{other}"
        );
    }
}

#[test]
fn k7_a_key_of_another_group_lets_nobody_in() {
    let url = signer("rsa2048").sign_url(URL, END).unwrap();
    let elsewhere = KeyGroup::new([TrustedKey::new("K9", public_key("rsa2048")).unwrap()]).unwrap();
    let refused = verify(&Verifier::new(&elsewhere), &url, "", NOW, client()).unwrap_err();
    assert_eq!(refused.code().as_str(), "InvalidKey");
    // Nor does another key under the same id.
    let other = group("p256");
    assert_eq!(
        verify(&Verifier::new(&other), &url, "", NOW, client()),
        Err(CloudFrontError::SignatureMismatch)
    );
}

#[test]
fn k7_keys_are_rotated_with_an_overlap_and_then_are_gone() {
    let url = signer("rsa2048").sign_url(URL, END).unwrap();
    let until = EpochTime::from_unix(END.unix() - 100);
    let old = TrustedKey::new(KEY_PAIR_ID, public_key("rsa2048"))
        .unwrap()
        .until(until);
    let new = TrustedKey::new("K9", public_key("p256")).unwrap();
    let keys = KeyGroup::new([old, new]).unwrap();
    let send = |url: &str, now| {
        verify(
            &Verifier::new(&keys),
            url,
            "",
            EpochTime::from_unix(now),
            client(),
        )
    };
    let permitted = send(&url, until.unix() - 1).unwrap();
    assert_eq!(permitted.expires_at, until);
    let refused = send(&url, until.unix()).unwrap_err();
    assert_eq!(refused.code().as_str(), "InvalidKey");
    let renewed = Signer::new("K9", private_key("p256"))
        .unwrap()
        .sign_url(URL, END)
        .unwrap();
    assert!(send(&renewed, until.unix()).is_ok());
}

#[test]
fn restrictions_must_be_signed_to_the_letter() {
    let signed = signer("rsa2048")
        .sign_url(&format!("{URL}?x-cs-uses=3"), END)
        .unwrap();
    assert_eq!(send(&signed).unwrap().query_cover, QueryCover::Literal);
    assert_eq!(
        send(&signed.replace("uses=3", "uses=4")),
        Err(CloudFrontError::SignatureMismatch)
    );
    assert_eq!(
        send(&signed.replace("x-cs-uses=3&", "")),
        Err(CloudFrontError::SignatureMismatch)
    );

    let asked = format!("{URL}?x-cs-rate=4096");
    let exact = r"https://media.example.com/films/*\?x-cs-rate=4096";
    assert_eq!(
        under(exact, &asked).unwrap().query_cover,
        QueryCover::Literal
    );
    for loose in [
        r"https://media.example.com/films/*",
        r"https://media.example.com/films/*\?x-cs-rate=*",
        r"https://media.example.com/films/*\?x-cs-rate=????",
    ] {
        for asked in [
            &asked,
            &asked.replace("x-cs", "X-CS"),
            &asked.replace("x-cs", "%78-cs"),
        ] {
            let outcome = under(loose, asked);
            assert!(
                matches!(
                    outcome,
                    Err(CloudFrontError::RestrictionNotSigned { .. }
                        | CloudFrontError::ResourceMismatch { .. })
                ),
                "{loose} {asked}: {outcome:?}"
            );
        }
    }
    // Left out, it is not covered either.
    assert!(under(exact, URL).is_err());
}

#[test]
fn a_parameter_that_was_not_signed_is_refused_unless_a_wildcard_covers_it() {
    let signed = signer("rsa2048").sign_url(URL, END).unwrap();
    assert_eq!(
        send(&format!("{signed}&versionId=1")),
        Err(CloudFrontError::SignatureMismatch)
    );
    assert!(under(URL, &format!("{URL}?versionId=1")).is_err());
    let covered = under(
        "https://media.example.com/films/*",
        &format!("{URL}?versionId=1"),
    );
    assert_eq!(covered.unwrap().query_cover, QueryCover::Wildcard);
}

#[test]
fn a6_one_signature_has_one_fingerprint_however_it_is_spelled() {
    for key in ["rsa2048", "p256"] {
        let keys = group(key);
        let send = |url: &str| {
            verify(&Verifier::new(&keys), url, "", NOW, client())
                .unwrap()
                .fingerprint
        };
        let url = signer(key).sign_url(&format!("{URL}?a=1"), END).unwrap();
        let first = send(&url);
        let (before, parameters) = url.split_once("&Expires").unwrap();
        let mut parameters: Vec<String> = format!("Expires{parameters}")
            .split('&')
            .map(str::to_owned)
            .collect();
        parameters.reverse();
        assert_eq!(send(&format!("{before}&{}", parameters.join("&"))), first);
        let (prefix, _) = before.split_once('?').unwrap();
        assert_eq!(
            send(&format!("{prefix}?{}&a=1", parameters.join("&"))),
            first
        );
        assert_eq!(
            send(
                &url.replace("Signature", "%53ignature")
                    .replace("Expires=1", "Expires=%31")
            ),
            first
        );
        let other = signer(key).sign_url(&format!("{URL}?a=2"), END).unwrap();
        assert_ne!(send(&other), first);
    }
}

#[test]
fn a6_the_second_spelling_of_an_ecdsa_signature_has_the_same_fingerprint() {
    let url = signer("p256").sign_url(URL, END).unwrap();
    let keys = group("p256");
    let (before, after) = url.split_once("Signature=").unwrap();
    let (encoded, rest) = after.split_once('&').unwrap();
    let der = alphabet::decode(encoded).unwrap();
    let signature = p256::ecdsa::Signature::from_der(&der).unwrap();
    let (r, s) = signature.split_scalars();
    let twin = p256::ecdsa::Signature::from_scalars(r, -*s).unwrap();
    let twin = alphabet::encode(twin.to_der().as_bytes());
    assert_ne!(twin, encoded);
    let send = |url: &str| {
        verify(&Verifier::new(&keys), url, "", NOW, client())
            .unwrap()
            .fingerprint
    };
    assert_eq!(
        send(&format!("{before}Signature={twin}&{rest}")),
        send(&url)
    );
}

#[test]
fn a_kept_policy_is_asked_again_for_each_request() {
    let keys = group("rsa2048");
    let policy = Policy::new(
        Resource::parse("https://media.example.com/films/*").unwrap(),
        END,
    )
    .within("203.0.113.0/24".parse().unwrap());
    let query = signed_query("rsa2048", policy.to_json().as_bytes());
    let query = countersign_request::Query::of(&query).unwrap();
    let claim = crate::Claim::in_query(&query).unwrap().unwrap();
    let asked = |url: &str| crate::AskedUrl::parse(url).unwrap();
    let kept = Verifier::new(&keys)
        .check_signature(&claim, &asked(URL), NOW)
        .unwrap();
    assert!(kept.permit(&asked(URL), NOW, client()).is_ok());
    assert!(
        kept.permit(
            &asked("https://media.example.com/films/two.mp4"),
            NOW,
            client()
        )
        .is_ok()
    );
    assert!(
        kept.permit(&asked("https://media.example.com/other"), NOW, client())
            .is_err()
    );
    assert!(kept.permit(&asked(URL), END, client()).is_err());
    let elsewhere: IpAddr = "198.51.100.1".parse().unwrap();
    assert!(kept.permit(&asked(URL), NOW, elsewhere).is_err());

    let url = signer("rsa2048").sign_url(URL, END).unwrap();
    let query = countersign_request::Query::of(url.split_once('?').unwrap().1).unwrap();
    let claim = crate::Claim::in_query(&query).unwrap().unwrap();
    let kept = Verifier::new(&keys)
        .check_signature(&claim, &asked(URL), NOW)
        .unwrap();
    assert!(kept.permit(&asked(URL), NOW, client()).is_ok());
    assert!(
        kept.permit(
            &asked("https://media.example.com/films/two.mp4"),
            NOW,
            client()
        )
        .is_err()
    );
    assert!(kept.permit(&asked(URL), END, client()).is_err());
}
