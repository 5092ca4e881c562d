//! A URL cut into its parts, and nothing more.
//!
//! No URL library: those fold dot segments and rewrite escapes, and then the key shown is not the
//! key that was signed.

/// The parts of a URL, exactly as written. The fragment is dropped, as a client would.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) struct Url<'a> {
    /// `https` or `http`, in whatever case.
    pub(super) scheme: &'a str,
    /// Host and port.
    pub(super) authority: &'a str,
    /// From the slash on; `/` if there is none.
    pub(super) path: &'a str,
    /// Behind the question mark; empty if there is none.
    pub(super) query: &'a str,
}

impl<'a> Url<'a> {
    /// Cuts up `text`, from which white space and quotation marks around it are taken.
    pub(super) fn parse(text: &'a str) -> Option<Self> {
        let text = text.trim().trim_matches(['"', '\'', '<', '>', '`']);
        if text.contains(|c: char| c.is_whitespace() || c.is_control()) {
            return None;
        }
        let (scheme, rest) = text.split_once("://")?;
        if !["http", "https"]
            .iter()
            .any(|known| known.eq_ignore_ascii_case(scheme))
        {
            return None;
        }
        let rest = rest.split('#').next().unwrap_or_default();
        let (place, query) = rest.split_once('?').unwrap_or((rest, ""));
        let (authority, path) = place.split_at(place.find('/').unwrap_or(place.len()));
        // User information is a credential of its own, and no S3 URL has it.
        if authority.is_empty() || authority.contains('@') {
            return None;
        }
        Some(Self {
            scheme,
            authority,
            path: if path.is_empty() { "/" } else { path },
            query,
        })
    }

    /// Whether it speaks TLS.
    pub(super) fn is_https(&self) -> bool {
        self.scheme.eq_ignore_ascii_case("https")
    }

    /// The host, without port and brackets.
    pub(super) fn host(&self) -> &'a str {
        if let Some(rest) = self.authority.strip_prefix('[') {
            return rest.split(']').next().unwrap_or_default();
        }
        self.authority.split(':').next().unwrap_or_default()
    }

    /// Whether the host is this machine.
    pub(super) fn is_loopback(&self) -> bool {
        let host = self.host().to_ascii_lowercase();
        host == "localhost"
            || host.ends_with(".localhost")
            || host
                .parse::<std::net::IpAddr>()
                .is_ok_and(|address| address.is_loopback())
    }
}
