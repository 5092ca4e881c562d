//! The `Content-Disposition` of a part of a form.
//!
//! RFC 7578, section 4.2, with the quoting of the WHATWG form submission algorithm. Names that a
//! lenient reader and a strict one would take differently are refused: what stands inside a quoted
//! file name is never a parameter. `filename*` must not be used in forms, so it means nothing.

use super::PostFormError;

/// What a part calls itself, and how its file was called where it came from.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Disposition {
    /// The name of the field.
    pub name: String,
    /// The name of the file as the browser sent it; none for an ordinary field.
    pub file_name: Option<String>,
}

impl Disposition {
    /// Reads the value of the header.
    ///
    /// # Errors
    /// [`PostFormError::Malformed`] if it is not one name and at most one file name, in UTF-8.
    pub fn parse(value: &[u8]) -> Result<Self, PostFormError> {
        let text = std::str::from_utf8(value)
            .map_err(|_| malformed("the name of a part is not valid utf-8"))?;
        let (kind, mut rest) = text.split_once(';').unwrap_or((text, ""));
        if !kind.trim().eq_ignore_ascii_case("form-data") {
            return Err(malformed("a part is not form-data"));
        }
        let (mut name, mut file_name) = (None, None);
        while !rest.trim_matches(SPACE).is_empty() {
            let (parameter, value, after) =
                parameter(rest).ok_or(malformed("the name of a part cannot be read"))?;
            let slot = if parameter.eq_ignore_ascii_case("name") {
                Some(&mut name)
            } else if parameter.eq_ignore_ascii_case("filename") {
                Some(&mut file_name)
            } else {
                None
            };
            if slot.is_some_and(|slot| slot.replace(value).is_some()) {
                return Err(malformed("a part has two names"));
            }
            rest = after;
        }
        let is_name = |name: &String| !name.is_empty() && !name.chars().any(char::is_control);
        let name = name
            .filter(is_name)
            .ok_or(malformed("a part has no name"))?;
        Ok(Self { name, file_name })
    }
}

const SPACE: [char; 2] = [' ', '\t'];

fn malformed(what: &'static str) -> PostFormError {
    PostFormError::Malformed { what }
}

/// The first parameter of a list: its name, its value, and what stands behind its semicolon.
fn parameter(text: &str) -> Option<(&str, String, &str)> {
    let (name, after) = text.split_once('=')?;
    let name = name.trim_matches(SPACE);
    let is_token = !name.is_empty()
        && name
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&b));
    if !is_token {
        return None;
    }
    let after = after.trim_start_matches(SPACE);
    let (value, after) = match after.strip_prefix('"') {
        Some(quoted) => quoted_value(quoted)?,
        None => plain_value(after)?,
    };
    let after = after.trim_start_matches(SPACE);
    match after.strip_prefix(';') {
        Some(after) => Some((name, value, after)),
        None => after.is_empty().then_some((name, value, after)),
    }
}

fn plain_value(text: &str) -> Option<(String, &str)> {
    let end = text.find(';').unwrap_or(text.len());
    let (value, after) = text.split_at_checked(end)?;
    let value = value.trim_end_matches(SPACE);
    let is_plain = !value.is_empty() && !value.contains([' ', '\t', '"', '=', '\\']);
    is_plain.then(|| (value.to_owned(), after))
}

/// The text up to the closing quote. A backslash escapes a quote or another backslash.
fn quoted_value(text: &str) -> Option<(String, &str)> {
    let mut value = String::new();
    let mut chars = text.chars();
    loop {
        match chars.next()? {
            '"' => return Some((value, chars.as_str())),
            // QUIRK: browsers that send a whole path write its backslashes as they are.
            '\\' => match chars.clone().next() {
                Some(escaped @ ('"' | '\\')) => {
                    chars.next();
                    value.push(escaped);
                }
                _ => value.push('\\'),
            },
            other => value.push(other),
        }
    }
}

#[cfg(test)]
mod tests;
