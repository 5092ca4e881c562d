//! What is drawn by lot for a link, and when: all that a link needs besides its request and the ring.
//!
//! Who knows it makes the very same link again, because sessions and signatures follow from what they are made of. So
//! an answer that must be repeated (`Idempotency-Key`) is remembered as this, and no URL is ever kept anywhere.

use countersign_sigv4::AmzDate;
use serde::{Deserialize, Serialize};

/// What was drawn for one link.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub(crate) struct Drawn {
    /// The instant of asking, in seconds since 1970.
    pub(crate) at_s: i64,
    /// 128 bits for the name of the link.
    name: u128,
    /// 128 bits for the key of the object.
    uuid: u128,
    /// Whether a link came of it.
    #[serde(default)]
    pub(crate) made: bool,
    /// The upload that was begun for it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) upload_id: Option<String>,
}

impl Drawn {
    /// Draws.
    pub(crate) fn at(now: AmzDate) -> Self {
        Self {
            at_s: now.unix(),
            name: rand::random(),
            uuid: rand::random(),
            made: false,
            upload_id: None,
        }
    }

    /// The instant of asking.
    pub(crate) fn now(&self) -> AmzDate {
        AmzDate::from_unix(self.at_s)
    }

    /// The name of the link, for one that is not stable.
    pub(crate) fn name(&self) -> String {
        name_of(&self.name.to_be_bytes())
    }

    /// A UUID of version 4 (RFC 9562).
    pub(crate) fn uuid(&self) -> String {
        let versioned = self.uuid & !(0xf << 76) & !(0b11 << 62) | 4 << 76 | 0b10 << 62;
        let hex = format!("{versioned:032x}");
        let at = |range: std::ops::Range<usize>| hex.get(range).unwrap_or_default();
        [at(0..8), at(8..12), at(12..16), at(16..20), at(20..32)].join("-")
    }
}

/// The name of a link with these 128 bits.
pub(crate) fn name_of(bytes: &[u8; 16]) -> String {
    use base64::Engine as _;
    base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(bytes)
}

#[cfg(test)]
mod tests {
    use countersign_sigv4::AmzDate;

    use super::Drawn;

    #[test]
    fn what_is_drawn_has_the_shape_of_a_uuid_and_of_a_name() {
        let drawn = Drawn::at(AmzDate::from_unix(1));
        let uuid = drawn.uuid();
        assert_eq!(uuid.len(), 36);
        assert_eq!(uuid.as_bytes()[14], b'4');
        assert!(b"89ab".contains(&uuid.as_bytes()[19]));
        assert_eq!(drawn.name().len(), 22);
        let text = serde_json::to_string(&drawn).unwrap();
        assert_eq!(serde_json::from_str::<Drawn>(&text).unwrap(), drawn);
    }
}
