//! The rules of multipart uploads: part numbers, checksums, and how parts become an object.
//!
//! Source: "Uploading and copying objects using multipart upload" and "Checking object integrity".
//! The tag of the object is the MD5 of its parts' MD5s with their number behind; its checksum is made
//! from those of the parts, either the same way (composite) or so that it is that of the whole object.

mod assemble;
mod checksum_plan;
mod promised;

pub use assemble::{
    AskedPart, AssembleError, Assembled, MIN_PART_BYTES, StoredPart, assemble, require_checksums,
};
pub use checksum_plan::{ChecksumPlan, ChecksumPlanError};
pub use promised::{Promised, PromisedError};

use countersign_request::Query;

use crate::Fault;

/// The largest part number.
pub const MAX_PART_NUMBER: u16 = 10_000;

/// Reads a part number.
///
/// # Errors
/// The fault of a text that is none.
pub fn part_number(text: &str) -> Result<u16, Fault> {
    let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    text.parse()
        .ok()
        .filter(|number| digits && (1..=MAX_PART_NUMBER).contains(number))
        .ok_or_else(|| {
            let sentence = "Part number must be an integer between 1 and 10000, inclusive";
            Fault::invalid_argument(sentence, "partNumber", text)
        })
}

/// Reads the most entries of a page from a parameter such as `max-parts`; 1000 without it.
///
/// # Errors
/// The fault of a text that is no number between 0 and 2147483647.
pub fn page_size(query: &Query, name: &'static str) -> Result<usize, Fault> {
    let Some(text) = query.first(name).filter(|text| !text.is_empty()) else {
        return Ok(crate::MAX_PAGE);
    };
    let number: Option<i32> = text.parse().ok().filter(|number| *number >= 0);
    let number = number.and_then(|number| usize::try_from(number).ok());
    number
        .map(|number| number.min(crate::MAX_PAGE))
        .ok_or_else(|| {
            let sentence = format!("Argument {name} must be an integer between 0 and 2147483647");
            Fault::invalid_argument(sentence, name, text)
        })
}

#[cfg(test)]
mod tests;
