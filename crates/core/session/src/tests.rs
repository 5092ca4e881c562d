//! What a token is good for, and everything it must not be opened as.

use countersign_sigv4::SessionToken;

use crate::{
    Federation, LONGEST_TOKEN, MOST_PACKED_BYTES, OpenError, Purpose, SealError, SealingKey,
    SealingRing, Session, SessionTag, SubjectKind, TemporaryCredentials,
};

mod laws;

const NOW: i64 = 1_768_478_400;

fn key(id: u32, byte: u8) -> SealingKey {
    SealingKey::new(id, &[byte; 32], NOW * 1_000 + i64::from(id))
}

fn ring() -> SealingRing {
    SealingRing::new([key(1, 1), key(2, 2)])
}

fn of_user() -> Session {
    Session::new(
        SubjectKind::User,
        "AIDA2345672345672345A",
        Purpose::Sts,
        (NOW, NOW + 43_200),
        [7; 16],
    )
}

fn of_role() -> Session {
    Session {
        kind: SubjectKind::Role,
        principal_id: "AROA2345672345672345A".into(),
        is_chained: true,
        name: Some("build@example.com".into()),
        source_identity: Some("ann".into()),
        federation: Some(Federation {
            provider: "arn:aws:iam::000000000000:oidc-provider/id.example.com".into(),
            subject: "repo:org/app:ref:refs/heads/main".into(),
        }),
        policy: Some("{\"Statement\": []} — ü".into()),
        policy_arns: vec!["arn:aws:iam::000000000000:policy/readers".into()],
        tags: vec![
            SessionTag {
                key: "team".into(),
                value: "blue".into(),
                is_transitive: true,
            },
            SessionTag {
                key: "empty".into(),
                value: "".into(),
                is_transitive: false,
            },
        ],
        ..of_user()
    }
}

fn seal(session: &Session) -> TemporaryCredentials {
    ring().seal(session).expect("it fits")
}

fn token(credentials: &TemporaryCredentials) -> &str {
    credentials.session_token.expose()
}

#[test]
fn what_is_sealed_is_what_is_opened() {
    for session in [of_user(), of_role()] {
        let credentials = seal(&session);
        let opened = ring().open(token(&credentials)).expect("ours");
        assert_eq!(opened.session, session);
        assert_eq!(opened.access_key_id, credentials.access_key_id);
        assert_eq!(
            opened.secret_access_key.expose(),
            credentials.secret_access_key.expose()
        );
        assert_eq!(credentials.expires_at_s, session.expires_at_s);
    }
}

#[test]
fn an_access_key_id_looks_like_one_of_a_session() {
    let credentials = seal(&of_user());
    let id = credentials.access_key_id.as_str();
    assert_eq!(id.len(), 20, "{id}");
    let is_letter = |c: char| c.is_ascii_uppercase() || ('2'..='7').contains(&c);
    assert!(id.starts_with("ASIA") && id.chars().all(is_letter), "{id}");
    assert!(credentials.secret_access_key.expose().len() >= 40);
}

#[test]
fn the_token_of_an_ordinary_session_is_short() {
    let length = |session: &Session| token(&seal(session)).len();
    assert!(length(&of_user()) < 130, "{}", length(&of_user()));
    let of_build = Session {
        kind: SubjectKind::Role,
        name: Some("build-1234".into()),
        ..of_user()
    };
    assert!(length(&of_build) < 150);
    assert!(length(&of_role()) < 400);
}

#[test]
fn sealing_again_gives_the_same_credentials_and_salt_gives_others() {
    let (one, again) = (seal(&of_user()), seal(&of_user()));
    assert_eq!(token(&one), token(&again));
    assert_eq!(one.access_key_id, again.access_key_id);
    let salted = seal(&Session {
        salt: [8; 16],
        ..of_user()
    });
    assert_ne!(token(&one), token(&salted));
    assert_ne!(one.access_key_id, salted.access_key_id);
}

#[test]
fn a_token_outlives_the_rotation_and_dies_with_its_key() {
    let old = SealingRing::new([key(1, 1)])
        .seal(&of_user())
        .expect("fits");
    assert!(ring().open(token(&old)).is_ok());
    let forgotten = SealingRing::new([key(2, 2)]).open(token(&old));
    assert_eq!(forgotten.err(), Some(OpenError::UnknownKey { id: 1 }));
    // What is sealed for an instant before the rotation comes out as it did then.
    let again = ring().seal_as_of(&of_user(), NOW * 1_000 + 1);
    assert_eq!(token(&again.expect("fits")), token(&old));
    let later = ring().seal_as_of(&of_user(), NOW * 1_000 + 2);
    assert_eq!(token(&later.expect("fits")), token(&seal(&of_user())));
}

#[test]
fn h2_a_token_of_another_ring_is_not_authentic() {
    let foreign = SealingRing::new([key(2, 99)]);
    let foreign = foreign.seal(&of_user()).expect("fits");
    assert_eq!(
        ring().open(token(&foreign)).err(),
        Some(OpenError::NotAuthentic)
    );
}

#[test]
fn h2_no_other_spelling_of_a_token_is_opened() {
    let credentials = seal(&of_role());
    let token = token(&credentials);
    let alphabet = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    for at in 0..token.len() {
        for letter in alphabet.iter().step_by(7) {
            let mut changed = token.as_bytes().to_vec();
            if changed[at] == *letter {
                continue;
            }
            changed[at] = *letter;
            let changed = String::from_utf8(changed).expect("ascii");
            assert!(ring().open(&changed).is_err(), "{at}");
        }
        assert!(ring().open(&token[..at]).is_err(), "{at}");
    }
    for around in ["=", "==", "A", " ", "\n", "."] {
        assert!(ring().open(&format!("{token}{around}")).is_err());
        assert!(ring().open(&format!("{around}{token}")).is_err());
    }
    assert!(ring().open(&token.replace('-', "+")).is_err() || !token.contains('-'));
    assert!(ring().open(&format!("{token}{token}")).is_err());
}

#[test]
fn h2_a_key_id_cannot_be_exchanged() {
    let credentials = seal(&of_user());
    let mut bytes = crate::token::Parts::read(token(&credentials))
        .expect("ours")
        .bytes;
    bytes[4] = 1;
    let moved = crate::token::write(&bytes);
    assert_eq!(ring().open(&moved).err(), Some(OpenError::NotAuthentic));
    bytes[0] = 2;
    let newer = crate::token::write(&bytes);
    let unknown = OpenError::UnknownVersion { version: 2 };
    assert_eq!(ring().open(&newer).err(), Some(unknown));
}

#[test]
fn what_is_no_token_at_all_is_malformed() {
    for text in ["", "A", "AQAAAAE", "FwoGZXIvYXdzEJr//////////wEaD", "ü"] {
        assert_eq!(
            ring().open(text).err(),
            Some(OpenError::Malformed),
            "{text}"
        );
    }
    let long = "A".repeat(LONGEST_TOKEN + 1);
    assert_eq!(ring().open(&long).err(), Some(OpenError::Malformed));
}

#[test]
fn a_nonce_that_was_not_made_of_the_session_is_not_authentic() {
    // As somebody would seal who had the encrypting key and chose the nonce.
    let key = key(2, 2);
    let header = crate::token::header(2);
    let nonce = [9; 12];
    let mut text = of_user().to_bytes().expect("fits");
    key.encrypt(header, nonce, &mut text).expect("sealed");
    let bytes = [&header[..], &nonce, &text].concat();
    let forged = crate::token::write(&bytes);
    assert_eq!(ring().open(&forged).err(), Some(OpenError::NotAuthentic));
}

#[test]
fn what_does_not_fit_is_not_sealed() {
    let with_policy = |bytes: usize| Session {
        policy: Some("x".repeat(bytes).into()),
        ..of_user()
    };
    assert!(ring().seal(&with_policy(MOST_PACKED_BYTES - 2)).is_ok());
    assert_eq!(
        ring().seal(&with_policy(MOST_PACKED_BYTES)).err(),
        Some(SealError::TooLarge {
            bytes: MOST_PACKED_BYTES + 2,
            limit: MOST_PACKED_BYTES
        })
    );
    let long_name = Session {
        name: Some("x".repeat(513).into()),
        ..of_user()
    };
    assert_eq!(
        ring().seal(&long_name).err(),
        Some(SealError::TextTooLong { limit: 512 })
    );
    let over = Session {
        expires_at_s: NOW - 1,
        ..of_user()
    };
    assert_eq!(ring().seal(&over).err(), Some(SealError::NoLife));
    let none = SealingRing::default();
    assert_eq!(none.seal(&of_user()).err(), Some(SealError::NoKey));
}

#[test]
fn the_longest_session_has_a_token_that_is_taken() {
    let text = |length: usize| -> Box<str> { "x".repeat(length).into() };
    let longest = Session {
        principal_id: text(512),
        name: Some(text(512)),
        source_identity: Some(text(512)),
        federation: Some(Federation {
            provider: text(512),
            subject: text(512),
        }),
        policy: Some(text(MOST_PACKED_BYTES - 2)),
        issued_at_s: i64::MAX / 2,
        expires_at_s: i64::MAX,
        ..of_role()
    };
    let longest = Session {
        policy_arns: Vec::new(),
        tags: Vec::new(),
        ..longest
    };
    let credentials = seal(&longest);
    assert!(token(&credentials).len() <= LONGEST_TOKEN);
    let opened = ring().open(token(&credentials)).expect("ours");
    assert_eq!(opened.session, longest);
}

#[test]
fn b6_the_session_of_links_ends_with_the_one_it_was_made_from() {
    let made = of_role().for_links(NOW + 600, [1; 16]);
    assert_eq!(made.expires_at_s, NOW + 600);
    assert_eq!(made.purpose, Purpose::Issuer);
    let made = of_role().for_links(NOW + 604_800, [1; 16]);
    assert_eq!(made.expires_at_s, NOW + 43_200);
    // What narrows the one narrows the other, and what is revoked of the one is of the other.
    let same = Session {
        purpose: Purpose::Sts,
        salt: of_role().salt,
        ..made
    };
    assert_eq!(same, of_role());
}

#[test]
fn f7_nothing_secret_is_shown() {
    let credentials = seal(&of_user());
    let shown = format!("{:?} {:?}", ring(), credentials);
    let hidden = [
        credentials.secret_access_key.expose(),
        SessionToken::expose(&credentials.session_token),
    ];
    for secret in hidden {
        assert!(!shown.contains(secret), "{shown}");
    }
}
