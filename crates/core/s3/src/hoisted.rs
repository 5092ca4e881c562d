//! Query parameters of a presigned request that stand for headers.
//!
//! Some signers (the JavaScript SDK above all) move `x-amz-*` headers into the query; S3 then reads
//! them as if they had been sent as headers, and the same for `If-Match` and its kin. The parameters
//! of the signature itself stand for nothing, and two leftovers of the JavaScript SDK, the CRC32 of
//! an empty body and the name of its algorithm, are ignored as S3 ignores them.

/// The parameters that authenticate the request.
const AUTHENTICATION: [&str; 10] = [
    "x-amz-algorithm",
    "x-amz-content-sha256",
    "x-amz-credential",
    "x-amz-date",
    "x-amz-expires",
    "x-amz-region-set",
    "x-amz-s3session-token",
    "x-amz-security-token",
    "x-amz-signature",
    "x-amz-signedheaders",
];

const CONDITIONS: [&str; 4] = [
    "if-match",
    "if-modified-since",
    "if-none-match",
    "if-unmodified-since",
];

const EMPTY_BODY_CRC32: &str = "AAAAAA==";

/// Whether a query parameter of a presigned request stands for the header of the same name.
#[must_use]
pub fn stands_for_header(name: &str, value: &str) -> bool {
    let among = |names: &[&str]| names.iter().any(|n| n.eq_ignore_ascii_case(name));
    if !has_amz_prefix(name) {
        return among(&CONDITIONS);
    }
    !among(&AUTHENTICATION) && !is_leftover(name, value)
}

/// Whether a name begins with `x-amz-`, in any case.
pub(crate) fn has_amz_prefix(name: &str) -> bool {
    name.split_at_checked(6)
        .is_some_and(|(start, _)| start.eq_ignore_ascii_case("x-amz-"))
}

// QUIRK: the presigner of the JavaScript SDK v3 signs the default checksum of an empty body into
// every PUT; whoever uses the URL has another body and cannot know.
fn is_leftover(name: &str, value: &str) -> bool {
    name.eq_ignore_ascii_case("x-amz-sdk-checksum-algorithm")
        || (name.eq_ignore_ascii_case("x-amz-checksum-crc32") && value == EMPTY_BODY_CRC32)
}

#[cfg(test)]
mod tests;
