//! What the API is, in OpenAPI 3.1, made from the very types that it reads and writes.
//!
//! INVARIANT: docs/openapi.json is this document, byte for byte; a test holds them together, and writes the file
//! anew where `COUNTERSIGN_WRITE_OPENAPI` is set.

use std::sync::OnceLock;

use utoipa::openapi::security::{ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::{Modify, OpenApi};

use crate::router;

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Countersign issuer",
        description = "Links on demand. Each call is signed with SigV4 for the service `countersign`, or carries an \
                       OpenID Connect token as bearer. Sizes are bytes, spans are seconds, instants are RFC 3339 in UTC.",
        license(name = "Apache-2.0", identifier = "Apache-2.0"),
    ),
    paths(
        router::create,
        router::create_many,
        router::create_revocation,
        router::document,
        router::inspect,
        router::list,
        router::revoke,
        router::who,
    ),
    modifiers(&Schemes),
    tags(
        (name = "links", description = "Links: made, listed, inspected and revoked"),
        (name = "revocations", description = "Everything of a kind at once"),
        (name = "callers", description = "Who calls, and what can be called"),
    ),
)]
struct Document;

/// How callers say who they are.
struct Schemes;

impl Modify for Schemes {
    fn modify(&self, document: &mut utoipa::openapi::OpenApi) {
        let components = document.components.get_or_insert_with(Default::default);
        let signature =
            "AWS Signature Version 4 in the `Authorization` header, for the service `countersign`";
        let value = ApiKeyValue::with_description("Authorization", signature);
        components.add_security_scheme("sigv4", SecurityScheme::ApiKey(ApiKey::Header(value)));
        let bearer = HttpBuilder::new()
            .scheme(HttpAuthScheme::Bearer)
            .bearer_format("JWT")
            .description(Some("a token of a registered OpenID Connect provider"))
            .build();
        components.add_security_scheme("bearer", SecurityScheme::Http(bearer));
    }
}

/// The document.
pub(crate) fn text() -> &'static str {
    static TEXT: OnceLock<String> = OnceLock::new();
    TEXT.get_or_init(|| {
        let mut text = Document::openapi().to_pretty_json().unwrap_or_default();
        text.push('\n');
        text
    })
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    #[test]
    fn the_document_in_docs_is_the_one_that_is_served() {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../docs/openapi.json");
        if std::env::var_os("COUNTERSIGN_WRITE_OPENAPI").is_some() {
            std::fs::write(&path, super::text()).unwrap();
        }
        let written = std::fs::read_to_string(&path).unwrap();
        let hint = "run the tests of countersign-issuer with COUNTERSIGN_WRITE_OPENAPI=1";
        assert!(
            written == super::text(),
            "docs/openapi.json is out of date: {hint}"
        );
    }
}
