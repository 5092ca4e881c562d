//! What an upload must be, and what a download is called.

use countersign_request::percent::{Component, encode};

use crate::problem::Problem;
use crate::wire::{LinkRequest, Shape, Verb};

/// S3's largest object.
const LARGEST: u64 = 5 * 1_024 * 1_024 * 1_024 * 1_024;
/// S3's smallest part, the last one apart.
const SMALLEST_PART: u64 = 5 * 1_024 * 1_024;
/// S3's largest part.
const LARGEST_PART: u64 = 5 * 1_024 * 1_024 * 1_024;
/// S3 takes 10,000 parts; so many URLs still fit well into one answer, and parts of 5 GiB into the largest object.
const MOST_PARTS: u64 = 2_000;
/// A part of this size is large enough to be fast and small enough to be sent again.
const COMFORTABLE_PART: u64 = 16 * 1_024 * 1_024;
const LONGEST_NAME: usize = 255;

/// What an upload must be.
#[derive(Clone, Debug, Default)]
pub(crate) struct Content {
    /// Its types, as they were asked for.
    pub(crate) types: Vec<String>,
    /// Fewest and most bytes.
    pub(crate) bytes: Option<(u64, u64)>,
    /// Its exact size.
    pub(crate) length: Option<u64>,
    /// Its SHA-256.
    sha256: Option<[u8; 32]>,
}

/// How a large upload is cut.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct PartSizes {
    /// Bytes of the whole.
    pub(crate) size: u64,
    /// Bytes of each part but the last.
    pub(crate) part_size: u64,
}

impl PartSizes {
    /// Number and bytes of each part.
    pub(crate) fn each(self) -> impl Iterator<Item = (u32, u64)> {
        let last = self.size.div_ceil(self.part_size);
        (1..=last).map(move |number| {
            let before = (number - 1).saturating_mul(self.part_size);
            let bytes = self.size.saturating_sub(before).min(self.part_size);
            (u32::try_from(number).unwrap_or(u32::MAX), bytes)
        })
    }
}

impl Content {
    pub(super) fn of(request: &LinkRequest) -> Result<Self, Problem> {
        let asked = request.content.clone().unwrap_or_default();
        let types = asked.types.unwrap_or_default();
        if request.content.as_ref().is_some_and(|c| c.types.is_some()) && types.is_empty() {
            let message = "name at least one type, or leave it out";
            return Err(Problem::invalid("content.types", message));
        }
        let sha256 = asked.sha256.as_deref().map(digest).transpose()?;
        let bytes = match (asked.min_bytes, asked.max_bytes) {
            (None, None) => None,
            (min, max) => Some((min.unwrap_or(0), max.unwrap_or(LARGEST))),
        };
        if let Some((min, max)) = bytes
            && (min > max || max > LARGEST)
        {
            let message = "`min_bytes` must not be over `max_bytes`, nor that over 5 TiB";
            return Err(Problem::invalid("content.max_bytes", message));
        }
        if let (Some(length), Some((min, max))) = (asked.length, bytes)
            && !(min..=max).contains(&length)
        {
            let message = "it is not between `min_bytes` and `max_bytes`";
            return Err(Problem::invalid("content.length", message));
        }
        let content = Self {
            types,
            bytes,
            length: asked.length,
            sha256,
        };
        match request.shape {
            Shape::Form => content.check_form()?,
            Shape::Multipart => content.check_multipart()?,
            Shape::Page | Shape::Share | Shape::Url => {}
        }
        Ok(content)
    }

    /// A form that does not say how much and what may be stored is a present to whoever finds it (threat C2).
    fn check_form(&self) -> Result<(), Problem> {
        if self.bytes.is_none() && self.length.is_none() {
            let message = "a form needs `content.max_bytes`: without it anybody who has it may store anything up to \
                           5 TiB";
            return Err(Problem::refused(message).about("content.max_bytes"));
        }
        if self.types.is_empty() {
            let message = "a form needs `content.types`: without them anybody who has it may store pages and scripts";
            return Err(Problem::refused(message).about("content.types"));
        }
        Ok(())
    }

    fn check_multipart(&self) -> Result<(), Problem> {
        let given = [
            (self.length.is_some(), "content.length"),
            (self.sha256.is_some(), "content.sha256"),
            (self.bytes.is_some(), "content.max_bytes"),
        ];
        if !self.types.is_empty() && self.only_type().is_none() {
            let message = "a multipart upload has its type from the beginning: name exactly one";
            return Err(Problem::invalid("content.types", message));
        }
        match given.into_iter().find(|(is_there, _)| *is_there) {
            Some((_, field)) => {
                let message = "a multipart upload has its size in `multipart.size`, and no checksum as a whole";
                Err(Problem::invalid(field, message))
            }
            None => Ok(()),
        }
    }

    /// Its one type, if it has to be sent exactly so.
    pub(crate) fn only_type(&self) -> Option<&str> {
        match self.types.as_slice() {
            [only] if !only.ends_with("/*") => Some(only),
            _ => None,
        }
    }

    /// A type that it may have.
    pub(crate) fn sample_type(&self) -> Option<String> {
        let first = self.types.first()?;
        Some(match first.strip_suffix("/*") {
            Some("image") => "image/png".to_owned(),
            Some("text") => "text/plain".to_owned(),
            Some(family) => format!("{family}/x-sample"),
            None => first.clone(),
        })
    }

    /// A size that it may have.
    pub(crate) fn sample_length(&self) -> u64 {
        self.length
            .or(self.bytes.map(|(min, _)| min))
            .unwrap_or_default()
    }

    /// Sizes, for the restriction and for the policy of a form.
    pub(crate) fn range(&self) -> Option<(u64, u64)> {
        self.length.map(|length| (length, length)).or(self.bytes)
    }

    /// Its SHA-256 as S3 writes it.
    pub(crate) fn checksum(&self) -> Option<String> {
        use base64::Engine as _;
        let digest = self.sha256?;
        Some(base64::engine::general_purpose::STANDARD.encode(digest))
    }

    /// What must be sent with it, exactly so.
    pub(super) fn headers(&self) -> Vec<(&'static str, String)> {
        let mut headers = Vec::new();
        if let Some(length) = self.length {
            headers.push(("content-length", length.to_string()));
        }
        if let Some(only) = self.only_type() {
            headers.push(("content-type", only.to_owned()));
        }
        if let Some(checksum) = self.checksum() {
            headers.push(("x-amz-checksum-sha256", checksum));
        }
        headers
    }
}

fn digest(text: &str) -> Result<[u8; 32], Problem> {
    let refuse = || Problem::invalid("content.sha256", "write 64 hexadecimal digits");
    if text.len() != 64 || !text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return Err(refuse());
    }
    let mut digest = [0; 32];
    for (byte, pair) in digest.iter_mut().zip(text.as_bytes().chunks_exact(2)) {
        let pair = std::str::from_utf8(pair).map_err(|_| refuse())?;
        *byte = u8::from_str_radix(pair, 16).map_err(|_| refuse())?;
    }
    Ok(digest)
}

/// How a large upload is cut.
pub(super) fn parts(request: &LinkRequest) -> Result<Option<PartSizes>, Problem> {
    if request.shape != Shape::Multipart || request.verb != Verb::Put {
        return Ok(None);
    }
    let Some(asked) = request.multipart else {
        let message = "the shape `multipart` needs `multipart.size`";
        return Err(Problem::invalid("multipart", message));
    };
    if !(1..=LARGEST).contains(&asked.size) {
        let message = "an object from parts has 1 byte to 5 TiB";
        return Err(Problem::invalid("multipart.size", message));
    }
    // Whole mebibytes, so that people can reckon with it.
    let mebibyte = 1_024 * 1_024;
    let needed = asked.size.div_ceil(MOST_PARTS).div_ceil(mebibyte) * mebibyte;
    let part_size = asked.part_size.unwrap_or(COMFORTABLE_PART.max(needed));
    if !(SMALLEST_PART..=LARGEST_PART).contains(&part_size) {
        let message = "a part has 5 MiB to 5 GiB";
        return Err(Problem::invalid("multipart.part_size", message));
    }
    if asked.size.div_ceil(part_size) > MOST_PARTS {
        let message = format!("that would be more than {MOST_PARTS} parts; take larger ones");
        return Err(Problem::invalid("multipart.part_size", message));
    }
    Ok(Some(PartSizes {
        size: asked.size,
        part_size,
    }))
}

/// How browsers are told to keep a download, and under which name (RFC 6266, RFC 8187; threat A17).
pub(super) fn disposition(name: &str) -> Result<String, Problem> {
    let is_good = (1..=LONGEST_NAME).contains(&name.len())
        && !name
            .chars()
            .any(|c| c.is_control() || matches!(c, '/' | '\\'))
        && !matches!(name, "." | "..");
    if !is_good {
        let message = "a file name has 1 to 255 bytes, and no slashes or control characters";
        return Err(Problem::invalid("download_name", message));
    }
    let is_plain = |byte: u8| (b' '..=b'~').contains(&byte) && !b"\"%".contains(&byte);
    if name.bytes().all(is_plain) {
        return Ok(format!("attachment; filename=\"{name}\""));
    }
    let fallback: String = name
        .chars()
        .map(|c| match u8::try_from(c) {
            Ok(byte) if is_plain(byte) => c,
            _ => '_',
        })
        .collect();
    let encoded = encode(name, Component::Query);
    Ok(format!(
        "attachment; filename=\"{fallback}\"; filename*=UTF-8''{encoded}"
    ))
}
