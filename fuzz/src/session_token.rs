//! Laws of session tokens.

use countersign_session::{SealingKey, SealingRing, Session};

/// Holds session tokens to their laws: bytes that are read as a session are the only ones that stand for it;
/// what is sealed is opened again as the same; and no text is opened that was not sealed.
///
/// # Panics
/// If a law is broken.
pub fn session_token(data: &[u8]) {
    let ring = SealingRing::new([SealingKey::new(1, &[1; 32], 0)]);
    if let Some(session) = Session::of_bytes(data) {
        assert_eq!(session.to_bytes().as_deref(), Ok(data));
        let Ok(credentials) = ring.seal(&session) else {
            unreachable!("what has bytes has a token");
        };
        let opened = ring.open(credentials.session_token.expose());
        let Ok(opened) = opened else {
            unreachable!("what was sealed is opened");
        };
        assert_eq!(opened.session, session);
        assert_eq!(opened.access_key_id, credentials.access_key_id);
        assert_eq!(credentials.expires_at_s, session.expires_at_s);
    }
    if let Ok(text) = std::str::from_utf8(data) {
        assert!(ring.open(text).is_err());
    }
}
