use super::{V2FormClaim, V2SigningKey, verify};
use crate::{PayloadMode, SecretAccessKey, VerifyError};

const POLICY: &str = "eyJleHBpcmF0aW9uIjoiMjAyNi0wMS0xNVQxMzowMDowMFoiLCJjb25kaXRpb25zIjpbXX0=";
const SECRET: &str = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";

fn key(secret: &str) -> V2SigningKey {
    V2SigningKey::new(&SecretAccessKey::new(secret))
}

fn claim(signature: &str) -> V2FormClaim<'_> {
    V2FormClaim {
        access_key_id: "AKID",
        signature,
        session_token: None,
    }
}

#[test]
fn secrets_of_any_length_sign_as_other_writers_do() {
    // Made with Python's hmac and hashlib.
    for (secret, signature) in [
        (SECRET.to_owned(), "oq22jFMovLY1Q2hC1BamQqB8L+c="),
        ("x".repeat(64), "znSaIReWeTe+hLwNsI7V3dKuySk="),
        ("y".repeat(65), "RJUPEqfpadLIXz936SUH7dszzVE="),
        ("z".repeat(200), "cwG/Z84C8itG6C5U/q1C+1g4e14="),
        (String::new(), "eUW8rFsSI6NSrtazrDKmxOxzTUQ="),
    ] {
        let key = key(&secret);
        assert_eq!(key.sign(POLICY), signature);
        let verified = verify(POLICY, &claim(signature), &key).unwrap();
        assert_eq!(verified.payload, PayloadMode::Unsigned);
    }
}

#[test]
fn a12_only_the_signature_itself_in_its_one_spelling_is_accepted() {
    let key = key(SECRET);
    let good = key.sign(POLICY);
    let changed: Vec<String> = (0..good.len())
        .map(|at| {
            let other = if good.as_bytes()[at] == b'A' {
                "B"
            } else {
                "A"
            };
            format!("{}{other}{}", &good[..at], &good[at + 1..])
        })
        .collect();
    let respelled = [
        String::new(),
        good.trim_end_matches('=').to_owned(),
        format!("{good}="),
        format!("{good}\n"),
        format!(" {good}"),
        good.to_lowercase(),
        format!("{good}AAAA"),
        good[..4].to_owned(),
        // The two bits behind the last byte are not zero.
        good.replace("c=", "d="),
    ];
    assert!(good.ends_with("c="), "{good}");
    for signature in changed.iter().chain(&respelled) {
        let verdict = verify(POLICY, &claim(signature), &key);
        let Err(VerifyError::SignatureMismatch { ours }) = verdict else {
            panic!("{signature:?} is accepted");
        };
        assert_eq!(ours.string_to_sign, POLICY);
        assert_eq!(ours.signature_provided, *signature);
        assert_eq!(ours.canonical_request, "");
    }
}

#[test]
fn another_policy_or_another_secret_is_refused() {
    let signature = key(SECRET).sign(POLICY);
    for (policy, secret) in [
        (&POLICY[1..], SECRET),
        (&*POLICY.to_lowercase(), SECRET),
        ("", SECRET),
        (POLICY, "another"),
        (POLICY, ""),
    ] {
        assert!(verify(policy, &claim(&signature), &key(secret)).is_err());
    }
}

#[test]
fn a6_a_fingerprint_names_the_signing_and_holds_no_signature() {
    let fingerprint = |secret: &str, policy: &str| {
        let key = key(secret);
        let signature = key.sign(policy);
        verify(policy, &claim(&signature), &key)
            .unwrap()
            .fingerprint
    };
    let one = fingerprint(SECRET, POLICY);
    assert_eq!(one, fingerprint(SECRET, POLICY));
    assert_ne!(one, fingerprint("another", POLICY));
    assert_ne!(one, fingerprint(SECRET, "e30="));
    let signature = key(SECRET).mac(POLICY.as_bytes());
    assert!(
        !one.windows(8)
            .any(|part| signature.windows(8).any(|other| part == other))
    );
}

#[test]
fn f7_debug_output_holds_no_secret() {
    assert_eq!(format!("{:?}", key(SECRET)), "V2SigningKey(…)");
}
