//! What `${filename}` stands for.
//!
//! Some browsers send a whole path; S3 keeps the part after the last separator (aws-semantics 4.2).
//! Whoever uploads chooses this text freely, so it cannot bring a separator or a control character
//! into a key that the signer wrote (threat E8).

/// The last segment of a file's name as the browser sent it, without control characters.
#[must_use]
pub fn base_name(sent: &str) -> String {
    let last = sent.rsplit(['/', '\\']).next().unwrap_or_default();
    last.chars().filter(|c| !c.is_control()).collect()
}

#[cfg(test)]
mod tests;
