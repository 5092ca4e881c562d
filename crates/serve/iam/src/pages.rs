//! Pages of lists: `Marker`, `MaxItems`, `IsTruncated`.
//!
//! A marker is the key of the last item of the page before, made opaque, so a list may change between two pages and nothing
//! that stays is shown twice or left out.

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use countersign_aws_query::{Reader, Xml};

use crate::refused::Refused;
use crate::shapes;

/// How many items a page has if nobody says.
const USUAL: u32 = 100;
const MOST: u32 = 1_000;

/// Which page is asked for.
#[derive(Clone, Copy, Debug)]
pub(crate) struct PageAsked<'r> {
    marker: Option<&'r str>,
    most: u32,
}

/// A page of a list.
#[derive(Debug)]
pub(crate) struct Page<T> {
    /// What is on it.
    pub(crate) items: Vec<T>,
    /// The marker of the next, if there is one.
    next: Option<String>,
}

impl<'r> PageAsked<'r> {
    /// Reads which page a call asks for.
    pub(crate) fn read(call: &mut Reader<'r, '_>) -> Self {
        Self {
            marker: call.optional("Marker", &shapes::MARKER),
            most: call.integer("MaxItems", 1..=MOST).unwrap_or(USUAL),
        }
    }

    /// The page of `items` that is asked for; `key` orders them and is different for each.
    pub(crate) fn of<T>(
        &self,
        mut items: Vec<T>,
        key: impl Fn(&T) -> String,
    ) -> Result<Page<T>, Refused> {
        items.sort_by_cached_key(|item| key(item));
        if let Some(marker) = self.marker {
            let after = read_marker(marker)
                .ok_or_else(|| Refused::invalid_input(format!("Invalid Marker: {marker}")))?;
            items.retain(|item| key(item) > after);
        }
        let most = usize::try_from(self.most).unwrap_or(usize::MAX);
        let more = items.len() > most;
        items.truncate(most);
        let next = items
            .last()
            .filter(|_| more)
            .map(|last| write_marker(&key(last)));
        Ok(Page { items, next })
    }
}

impl<T> Page<T> {
    /// Writes how the list goes on.
    pub(crate) fn write_end(&self, xml: &mut Xml) {
        xml.boolean("IsTruncated", self.next.is_some());
        xml.optional_text("Marker", self.next.as_deref());
    }
}

fn write_marker(key: &str) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(key)
}

fn read_marker(marker: &str) -> Option<String> {
    let key = BASE64_URL_SAFE_NO_PAD.decode(marker).ok()?;
    String::from_utf8(key).ok()
}

#[cfg(test)]
mod tests;
