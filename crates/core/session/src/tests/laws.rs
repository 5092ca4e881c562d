//! Laws of sealing, for any session.

use proptest::collection::vec;
use proptest::option;
use proptest::prelude::{Strategy, any, proptest};

use super::ring;
use crate::{Federation, Purpose, Session, SessionTag, SubjectKind};

fn text(most: usize) -> impl Strategy<Value = Box<str>> {
    vec(any::<char>(), 0..most).prop_map(|chars| chars.into_iter().collect::<String>().into())
}

fn session() -> impl Strategy<Value = Session> {
    let tag =
        (text(12), text(12), any::<bool>()).prop_map(|(key, value, is_transitive)| SessionTag {
            key,
            value,
            is_transitive,
        });
    let federation =
        (text(20), text(20)).prop_map(|(provider, subject)| Federation { provider, subject });
    let fixed = (
        any::<[bool; 3]>(),
        any::<[u8; 16]>(),
        text(30),
        (0..i64::MAX / 2, 0..i64::MAX / 2),
    );
    let texts = (
        option::of(text(20)),
        option::of(text(20)),
        option::of(federation),
        option::of(text(200)),
        vec(text(20), 0..4),
        vec(tag, 0..4),
    );
    (fixed, texts).prop_map(|(fixed, texts)| {
        let ([is_role, is_issuers, is_chained], salt, principal_id, (issued_at_s, life)) = fixed;
        let (name, source_identity, federation, policy, policy_arns, tags) = texts;
        let kind = if is_role {
            SubjectKind::Role
        } else {
            SubjectKind::User
        };
        Session {
            kind,
            principal_id,
            purpose: if is_issuers {
                Purpose::Issuer
            } else {
                Purpose::Sts
            },
            issued_at_s,
            expires_at_s: issued_at_s + life,
            salt,
            is_chained,
            name,
            source_identity,
            federation,
            policy,
            policy_arns,
            tags,
        }
    })
}

proptest! {
    #[test]
    fn opening_gives_back_what_was_sealed(session in session()) {
        let credentials = ring().seal(&session).expect("it fits");
        let opened = ring().open(credentials.session_token.expose()).expect("ours");
        assert_eq!(opened.session, session);
        assert_eq!(opened.access_key_id, credentials.access_key_id);
    }

    #[test]
    fn two_sessions_share_neither_token_nor_key(one in session(), other in session()) {
        let [a, b] = [&one, &other].map(|session| ring().seal(session).expect("it fits"));
        let same = one == other;
        assert_eq!(a.session_token.expose() == b.session_token.expose(), same);
        assert_eq!(a.access_key_id == b.access_key_id, same);
        assert_eq!(a.secret_access_key.expose() == b.secret_access_key.expose(), same);
    }

    #[test]
    fn bytes_that_are_read_are_those_that_are_written(mut bytes in vec(any::<u8>(), 0..120)) {
        // Few flags, so that more of it is read.
        if let Some(flags) = bytes.first_mut() {
            *flags &= 0x1f;
        }
        if let Some(session) = Session::of_bytes(&bytes) {
            assert_eq!(session.to_bytes().expect("it fits"), bytes);
        }
    }

    #[test]
    fn any_text_is_opened_or_refused(text in "\\PC{0,200}") {
        assert!(ring().open(&text).is_err());
    }
}
