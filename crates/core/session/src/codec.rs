//! A session as bytes.
//!
//! Flags, salt, two varints for beginning and life, then length-prefixed texts; what is absent takes no byte but
//! its flag. It is compact because it stands in every URL that is signed with the session.
//!
//! INVARIANT: one session, one spelling: varints are as short as they can be, flags say what follows, nothing
//! follows the end. INVARIANT: every length is bounded before anything is kept.

use crate::session::{Federation, MOST_PACKED_BYTES, Purpose, Session, SessionTag, SubjectKind};
use crate::token::SealError;

/// The most bytes of a text that is not part of the packed size, such as a name or a subject.
const MOST_TEXT: usize = 512;
/// The most bytes of the rest: flags, salt, times, and five texts.
const MOST_FIXED: usize = 64 + 5 * (MOST_TEXT + 2);
/// The most bytes of a session.
pub(crate) const MOST_PLAINTEXT: usize = MOST_FIXED + MOST_PACKED_BYTES;
/// The most bytes of a varint: 63 bits.
const MOST_VARINT: u32 = 9;

const IS_ROLE: u8 = 1;
const FOR_ISSUER: u8 = 1 << 1;
const IS_CHAINED: u8 = 1 << 2;
const HAS_NAME: u8 = 1 << 3;
const HAS_SOURCE_IDENTITY: u8 = 1 << 4;
const HAS_FEDERATION: u8 = 1 << 5;
const HAS_POLICY: u8 = 1 << 6;
const HAS_LISTS: u8 = 1 << 7;

/// Writes a session.
pub(crate) fn encode(session: &Session) -> Result<Vec<u8>, SealError> {
    let bytes = session.packed_bytes();
    if bytes > MOST_PACKED_BYTES {
        let limit = MOST_PACKED_BYTES;
        return Err(SealError::TooLarge { bytes, limit });
    }
    let life = session.expires_at_s.checked_sub(session.issued_at_s);
    let times = [Some(session.issued_at_s), life].map(|time| time.and_then(|s| s.try_into().ok()));
    let [Some(issued_at), Some(life)] = times else {
        return Err(SealError::NoLife);
    };
    let has_lists = !session.policy_arns.is_empty() || !session.tags.is_empty();
    let flags = flag(IS_ROLE, session.kind == SubjectKind::Role)
        | flag(FOR_ISSUER, session.purpose == Purpose::Issuer)
        | flag(IS_CHAINED, session.is_chained)
        | flag(HAS_NAME, session.name.is_some())
        | flag(HAS_SOURCE_IDENTITY, session.source_identity.is_some())
        | flag(HAS_FEDERATION, session.federation.is_some())
        | flag(HAS_POLICY, session.policy.is_some())
        | flag(HAS_LISTS, has_lists);
    let mut out = Vec::with_capacity(96 + bytes);
    out.push(flags);
    out.extend_from_slice(&session.salt);
    write_varint(&mut out, issued_at);
    write_varint(&mut out, life);
    write_text(&mut out, &session.principal_id, MOST_TEXT)?;
    let federation = session.federation.as_ref();
    let texts = [
        session.name.as_deref(),
        session.source_identity.as_deref(),
        federation.map(|federation| &*federation.provider),
        federation.map(|federation| &*federation.subject),
    ];
    for text in texts.into_iter().flatten() {
        write_text(&mut out, text, MOST_TEXT)?;
    }
    if let Some(policy) = &session.policy {
        write_text(&mut out, policy, MOST_PACKED_BYTES)?;
    }
    if has_lists {
        write_varint(&mut out, session.policy_arns.len() as u64);
        for arn in &session.policy_arns {
            write_text(&mut out, arn, MOST_PACKED_BYTES)?;
        }
        write_varint(&mut out, session.tags.len() as u64);
        for tag in &session.tags {
            out.push(u8::from(tag.is_transitive));
            write_text(&mut out, &tag.key, MOST_PACKED_BYTES)?;
            write_text(&mut out, &tag.value, MOST_PACKED_BYTES)?;
        }
    }
    Ok(out)
}

/// Reads a session; none if that is not how [`encode`] would write one.
pub(crate) fn decode(bytes: &[u8]) -> Option<Session> {
    let mut rest = Rest(bytes);
    let flags = rest.byte()?;
    let has = |flag: u8| flags & flag != 0;
    let salt = rest.take(16)?.try_into().ok()?;
    let issued_at_s = i64::try_from(rest.varint()?).ok()?;
    let life = i64::try_from(rest.varint()?).ok()?;
    let principal_id = rest.text(MOST_TEXT)?;
    let mut text_if = |flag| match has(flag) {
        true => rest.text(MOST_TEXT).map(Some),
        false => Some(None),
    };
    let name = text_if(HAS_NAME)?;
    let source_identity = text_if(HAS_SOURCE_IDENTITY)?;
    let federation = match text_if(HAS_FEDERATION)? {
        Some(provider) => Some(Federation {
            provider,
            subject: rest.text(MOST_TEXT)?,
        }),
        None => None,
    };
    let policy = match has(HAS_POLICY) {
        true => Some(rest.text(MOST_PACKED_BYTES)?),
        false => None,
    };
    let (mut policy_arns, mut tags) = (Vec::new(), Vec::new());
    if has(HAS_LISTS) {
        for _ in 0..rest.count()? {
            policy_arns.push(rest.text(MOST_PACKED_BYTES)?);
        }
        for _ in 0..rest.count()? {
            let is_transitive = match rest.byte()? {
                0 => false,
                1 => true,
                _ => return None,
            };
            tags.push(SessionTag {
                key: rest.text(MOST_PACKED_BYTES)?,
                value: rest.text(MOST_PACKED_BYTES)?,
                is_transitive,
            });
        }
        if policy_arns.is_empty() && tags.is_empty() {
            return None;
        }
    }
    let session = Session {
        kind: match has(IS_ROLE) {
            true => SubjectKind::Role,
            false => SubjectKind::User,
        },
        principal_id,
        purpose: match has(FOR_ISSUER) {
            true => Purpose::Issuer,
            false => Purpose::Sts,
        },
        issued_at_s,
        expires_at_s: issued_at_s.checked_add(life)?,
        salt,
        is_chained: has(IS_CHAINED),
        name,
        source_identity,
        federation,
        policy,
        policy_arns,
        tags,
    };
    let fits = session.packed_bytes() <= MOST_PACKED_BYTES;
    (rest.0.is_empty() && fits).then_some(session)
}

fn flag(flag: u8, is_so: bool) -> u8 {
    if is_so { flag } else { 0 }
}

fn write_text(out: &mut Vec<u8>, text: &str, limit: usize) -> Result<(), SealError> {
    if text.len() > limit {
        return Err(SealError::TextTooLong { limit });
    }
    write_varint(out, text.len() as u64);
    out.extend_from_slice(text.as_bytes());
    Ok(())
}

fn write_varint(out: &mut Vec<u8>, mut number: u64) {
    while number >= 0x80 {
        let [low, ..] = number.to_le_bytes();
        out.push(low | 0x80);
        number >>= 7;
    }
    let [low, ..] = number.to_le_bytes();
    out.push(low);
}

/// What is left to read.
struct Rest<'a>(&'a [u8]);

impl<'a> Rest<'a> {
    fn byte(&mut self) -> Option<u8> {
        let (first, rest) = self.0.split_first()?;
        self.0 = rest;
        Some(*first)
    }

    fn take(&mut self, length: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(length)?;
        self.0 = rest;
        Some(taken)
    }

    fn varint(&mut self) -> Option<u64> {
        let mut number = 0;
        for at in 0..MOST_VARINT {
            let byte = self.byte()?;
            number |= u64::from(byte & 0x7f) << (7 * at);
            if byte & 0x80 == 0 {
                // A last byte of zero could be left out: not the one spelling.
                return (at == 0 || byte != 0).then_some(number);
            }
        }
        None
    }

    /// How many items follow: each takes a byte at least, so no more than what is left.
    fn count(&mut self) -> Option<u64> {
        let count = self.varint()?;
        (count <= self.0.len() as u64).then_some(count)
    }

    fn text(&mut self, limit: usize) -> Option<Box<str>> {
        let length = usize::try_from(self.varint()?).ok()?;
        if length > limit {
            return None;
        }
        let text = std::str::from_utf8(self.take(length)?).ok()?;
        Some(text.into())
    }
}
