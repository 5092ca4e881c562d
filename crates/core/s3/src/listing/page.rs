//! Building one page from keys in order.

use super::{ListParameters, ListPosition};

/// One page of a listing.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Page<T> {
    /// The objects whose keys are told.
    pub objects: Vec<T>,
    /// The common prefixes that stand for all others.
    pub common_prefixes: Vec<String>,
    /// Where the next page begins, if there is one.
    pub next: Option<ListPosition>,
}

/// What to offer after the key just offered.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Step {
    /// The next key.
    Continue,
    /// The first key not below these bytes: all before it are under a prefix that was told.
    SkipTo(Vec<u8>),
    /// Nothing: the page is complete.
    Stop,
}

/// Gathers a page from keys offered in ascending byte order.
#[derive(Clone, Debug)]
pub struct PageBuilder<'p, T> {
    parameters: &'p ListParameters,
    first_candidate: Vec<u8>,
    page: Page<T>,
    last: ListPosition,
}

/// The common prefix that `key` is under, if it is: the text up to and with the first `delimiter`
/// behind `prefix`.
#[must_use]
pub fn common_prefix<'k>(key: &'k str, prefix: &str, delimiter: &str) -> Option<&'k str> {
    let at = key.strip_prefix(prefix)?.find(delimiter)?;
    key.get(..prefix.len() + at + delimiter.len())
}

impl<'p, T> PageBuilder<'p, T> {
    /// An empty page for these parameters. Offer keys from
    /// [`ListParameters::first_candidate`] on.
    #[must_use]
    pub fn new(parameters: &'p ListParameters) -> Self {
        let page = Page {
            objects: Vec::new(),
            common_prefixes: Vec::new(),
            next: None,
        };
        let first_candidate = parameters.first_candidate();
        Self {
            parameters,
            first_candidate,
            page,
            last: ListPosition::Start,
        }
    }

    /// Takes the next key; `object` is only called if the object is told by itself.
    pub fn offer(&mut self, key: &str, object: impl FnOnce() -> T) -> Step {
        if self.parameters.max_keys == 0 {
            return Step::Stop;
        }
        if !key.starts_with(self.parameters.prefix.as_str()) {
            // Keys are in order: before the prefix more may come, behind it none.
            let before = key.as_bytes() < self.parameters.prefix.as_bytes();
            return if before { Step::Continue } else { Step::Stop };
        }
        if key.as_bytes() < self.first_candidate.as_slice() {
            return Step::Continue;
        }
        let delimiter = self.parameters.delimiter.as_deref();
        let rolled_up = delimiter.and_then(|d| common_prefix(key, &self.parameters.prefix, d));
        if let (Some(prefix), ListPosition::AfterPrefix(told)) = (rolled_up, &self.last)
            && prefix == told
        {
            return Step::SkipTo(self.last.first_candidate());
        }
        if self.page.objects.len() + self.page.common_prefixes.len() == self.parameters.max_keys {
            self.page.next = Some(self.last.clone());
            return Step::Stop;
        }
        if let Some(prefix) = rolled_up {
            self.page.common_prefixes.push(prefix.to_owned());
            self.last = ListPosition::AfterPrefix(prefix.to_owned());
            return Step::SkipTo(self.last.first_candidate());
        }
        self.page.objects.push(object());
        self.last = ListPosition::AfterKey(key.to_owned());
        Step::Continue
    }

    /// The page, once offering stopped or there are no more keys.
    #[must_use]
    pub fn finish(self) -> Page<T> {
        self.page
    }
}

#[cfg(test)]
mod tests;
