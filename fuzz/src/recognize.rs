//! Laws of the one recognizer.

use countersign_request::Query;
use countersign_s3::{Addressing, Operation};

use crate::wire::with_head;

/// Holds the recognizer to its laws: it has one answer, at the level that was addressed, a GET or
/// HEAD never writes, and a sub-resource never falls back to the object itself.
///
/// # Panics
/// If a law is broken.
pub fn recognize(data: &[u8]) {
    with_head(data, |head| {
        let Ok(query) = Query::of(head.query) else {
            return;
        };
        let host = head.header_text("host").unwrap_or("127.0.0.1:9000");
        let Ok(address) = Addressing::new(["s3.example.com"]).resolve(host, head.path) else {
            return;
        };
        let level = address.level();
        let answer = countersign_s3::recognize(level, &query, head);
        assert_eq!(countersign_s3::recognize(level, &query, head), answer);
        let Ok(operation) = answer else { return };
        if operation == Operation::CorsPreflight {
            assert_eq!(head.method, "OPTIONS");
            return;
        }
        if operation != Operation::WriteGetObjectResponse {
            assert_eq!(operation.level(), level, "{operation}");
        }
        // CreateSession is a GET that makes credentials, and S3's own.
        if matches!(head.method, "GET" | "HEAD") && operation != Operation::CreateSession {
            assert!(operation.is_read_only(), "{operation} by {}", head.method);
        }
        let plain = [
            Operation::DeleteObject,
            Operation::GetObject,
            Operation::HeadObject,
            Operation::PutObject,
        ];
        if plain.contains(&operation) {
            for name in [
                "acl",
                "policy",
                "tagging",
                "retention",
                "uploads",
                "torrent",
            ] {
                assert!(!query.has(name), "{operation} in spite of `{name}`");
            }
        }
    });
}
