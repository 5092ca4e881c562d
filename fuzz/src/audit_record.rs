//! Laws of the record: its reader and its verifier.

use countersign_audit::verify::{ChainFault, Report, Verifier};
use countersign_audit::{AuditEvent, Body, Digest, DigestPublicKey, EventJson, Record};

/// The public key of `vectors/audit`.
const TRUSTED: DigestPublicKey = DigestPublicKey::from_bytes([
    0x05, 0xe9, 0x91, 0x89, 0xbd, 0xc6, 0x2c, 0x2e, 0xe8, 0xe3, 0x26, 0xfd, 0x2b, 0xc3, 0xe5, 0x9e,
    0xd8, 0xc2, 0xc2, 0x4f, 0x63, 0x22, 0x7e, 0xe5, 0x78, 0xd5, 0xe7, 0x87, 0xd9, 0x04, 0x3e, 0xd8,
]);

/// Holds what may lie in a file of the record to its laws: an event that was read is written and read back
/// equal, in one line; a record has no other reading once a byte of it is flipped; and a verifier says
/// the same of a segment, however it comes in pieces.
///
/// # Panics
/// If a law is broken.
pub fn audit_record(data: &[u8]) {
    check_event(data);
    for line in data.split(|byte| *byte == b'\n').take(16) {
        if let Ok(record) = Record::read(line) {
            check_record(line, &record);
        }
    }
    let whole = verified(data, data.len().max(1));
    for length in [1, 7, 1_000] {
        assert_eq!(verified(data, length), whole, "pieces change the verdict");
    }
    if let Ok(report) = &whole {
        assert!(report.first <= report.end.head.seq);
    }
    // Nobody signed this, or the key of the vectors did: then it is read as it was written.
    if let Ok(digest) = Digest::read(data, &[TRUSTED]) {
        assert!(digest.to + 1 >= digest.from || digest.from == 0);
    }
    let mut verifier = Verifier::new(vec![TRUSTED]);
    let _ = verifier.digest("digest", data);
}

fn check_event(data: &[u8]) {
    let Ok(event) = AuditEvent::read_json(data) else {
        return;
    };
    let json = EventJson::of(&event);
    assert!(!json.as_bytes().iter().any(|byte| *byte < b' '));
    let again = AuditEvent::read_json(json.as_bytes());
    assert_eq!(again.as_ref(), Ok(&event));
}

fn check_record(line: &[u8], record: &Record<'_>) {
    assert!(record.seq > 0);
    if let Body::Event(event) = record.body {
        check_event(event);
    }
    let mut flipped = line.to_vec();
    let at = usize::try_from(record.seq).unwrap_or(0) * 31 % line.len();
    if let Some(byte) = flipped.get_mut(at) {
        *byte ^= 1;
    }
    assert!(
        Record::read(&flipped).is_err(),
        "a flipped byte is not noticed"
    );
}

/// What a verifier says of a chain of one segment, given in pieces.
fn verified(data: &[u8], length: usize) -> Result<Report, ChainFault> {
    let mut verifier = Verifier::new(Vec::new()).while_written();
    verifier.begin_segment("segment")?;
    for piece in data.chunks(length) {
        verifier.feed(piece)?;
    }
    verifier.finish()
}
