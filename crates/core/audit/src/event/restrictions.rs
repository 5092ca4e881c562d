//! What a signer restricted a link to, as names and values.

use std::fmt;

use serde::de::{MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use crate::Text;

/// Names (`x-cs-*`) and values, in the order of their names. Empty for most links, and then it takes no memory.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct RestrictionList<'a>(Vec<(Text<'a>, Text<'a>)>);

/// The most that are kept. There are fewer names; a request with more is refused.
const MOST: usize = 16;
/// The most bytes of a name that are kept. No name has half as many.
const LONGEST_NAME: usize = 64;

impl<'a> RestrictionList<'a> {
    /// The list of these names and values. Of a name that stands twice the first value counts; such a
    /// request is refused anyway.
    pub fn of(pairs: impl IntoIterator<Item = (&'a str, &'a str)>) -> Self {
        let short = |name: &'a str| name.get(..name.floor_char_boundary(LONGEST_NAME));
        let texts = |(name, value): (&'a str, &'a str)| {
            (Text::of(short(name).unwrap_or_default()), Text::of(value))
        };
        let mut list: Vec<_> = pairs.into_iter().map(texts).collect();
        list.sort_by(|a, b| a.0.cmp(&b.0));
        list.dedup_by(|b, a| a.0 == b.0);
        list.truncate(MOST);
        Self(list)
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Names and values.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
    }
}

impl Serialize for RestrictionList<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(name, value)| (name, value)))
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for RestrictionList<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Members;
        impl<'de> Visitor<'de> for Members {
            type Value = RestrictionList<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("restrictions, each once and in order")
            }

            fn visit_map<M: MapAccess<'de>>(self, mut map: M) -> Result<Self::Value, M::Error> {
                let mut list: Vec<(Text<'de>, Text<'de>)> = Vec::new();
                while let Some(entry) = map.next_entry::<Text<'de>, Text<'de>>()? {
                    if list.last().is_some_and(|last| last.0 >= entry.0) {
                        return Err(de::Error::invalid_value(de::Unexpected::Map, &self));
                    }
                    list.push(entry);
                }
                Ok(RestrictionList(list))
            }
        }
        deserializer.deserialize_map(Members)
    }
}
