//! The head of one HTTP request, borrowed from whatever received it.

/// One header line: name in any case, value as bytes without the surrounding white space.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Header<'a> {
    /// The field name. Compared without regard to ASCII case.
    pub name: &'a str,
    /// The field value as sent.
    pub value: &'a [u8],
}

/// Method, target and headers of a request, exactly as they came off the wire.
///
/// `path` and `query` are the two halves of the request target, not decoded: for
/// `GET /b/a%20c?x=1` they are `/b/a%20c` and `x=1`. With HTTP/2 the caller adds the `:authority`
/// as a `host` header, so that there is one place to look.
#[derive(Clone, Copy, Debug)]
pub struct RequestHead<'a> {
    /// The method, upper case, such as `GET`.
    pub method: &'a str,
    /// The raw path, beginning with `/`.
    pub path: &'a str,
    /// The raw query without its `?`; empty if there is none.
    pub query: &'a str,
    /// All headers, repeated ones in the order received.
    pub headers: &'a [Header<'a>],
}

impl<'a> RequestHead<'a> {
    /// The first value of the header with this name.
    #[inline]
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&'a [u8]> {
        self.values(name).next()
    }

    /// The first value of the header with this name, if it is UTF-8.
    #[inline]
    #[must_use]
    pub fn header_text(&self, name: &str) -> Option<&'a str> {
        self.header(name)
            .and_then(|value| std::str::from_utf8(value).ok())
    }

    /// Every value of the header with this name, in the order received.
    #[inline]
    pub fn values<'n>(&self, name: &'n str) -> impl Iterator<Item = &'a [u8]> + use<'a, 'n> {
        self.headers
            .iter()
            .filter(move |h| h.name.eq_ignore_ascii_case(name))
            .map(|h| h.value)
    }

    /// Whether a header with this name is there.
    #[inline]
    #[must_use]
    pub fn has_header(&self, name: &str) -> bool {
        self.header(name).is_some()
    }
}
