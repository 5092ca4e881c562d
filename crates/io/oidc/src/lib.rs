//! OpenID Connect tokens: discovery, keys, and what a token proves.
