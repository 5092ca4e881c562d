//! `name:value` and `name=value`, as typed for headers and query parameters.

use std::str::FromStr;

/// A header that the user of a URL must send. The name is lower case.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct HeaderPair {
    /// The name.
    pub(crate) name: String,
    /// The value, without white space around it.
    pub(crate) value: String,
}

impl FromStr for HeaderPair {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (name, value) = text
            .split_once(':')
            .ok_or("write a header as name:value, like content-type:image/png")?;
        let name = name.trim().to_ascii_lowercase();
        let is_token = |b: u8| b.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&b);
        if name.is_empty() || !name.bytes().all(is_token) {
            return Err(format!("`{name}` is not a header name"));
        }
        if name == "host" {
            return Err("`host` is always signed".to_owned());
        }
        if value.chars().any(char::is_control) {
            return Err(format!("the value of `{name}` has control characters"));
        }
        Ok(Self {
            name,
            value: value.trim().to_owned(),
        })
    }
}

/// A query parameter that is part of a URL.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct QueryPair {
    /// The name.
    pub(crate) name: String,
    /// The value; empty if none was typed.
    pub(crate) value: String,
}

impl FromStr for QueryPair {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (name, value) = text.split_once('=').unwrap_or((text, ""));
        if name.is_empty() {
            return Err("write a parameter as name=value, or name alone".to_owned());
        }
        Ok(Self {
            name: name.to_owned(),
            value: value.to_owned(),
        })
    }
}
