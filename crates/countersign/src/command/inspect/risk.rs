//! What is risky about a URL.
//!
//! Facts that can be read off the URL, each with the reason why it matters. The ceilings are those of
//! a Countersign server's safe profile.

use std::fmt;

use countersign_s3::is_active_content;
use serde::Serialize;

use super::grant::Grant;
use super::place::Place;
use crate::command::presign::ceiling_s;
use crate::command::url::Url;
use crate::render::restrictions::{is_aws, names_an_address, no_country};
use crate::render::terminal::{shown, span};

/// One risk.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub(super) enum Risk {
    /// What is answered runs as a page.
    ActiveContentOverride {
        /// The content type that is asked for.
        content_type: String,
    },
    /// The URL may delete.
    Deletes,
    /// The key has segments that other programs fold away.
    DotSegments,
    /// It lives longer than is safe.
    LongLife {
        /// How long.
        seconds: u32,
        /// How long would be safe.
        ceiling_s: u32,
    },
    /// A temporary credential without its token.
    MissingToken,
    /// It reaches more than the data of one object.
    NotObjectData {
        /// The operation.
        operation: &'static str,
    },
    /// Everybody on the way can read and use it.
    PlainHttp,
    /// A restriction names a country that is none.
    NoCountry {
        /// The code.
        code: String,
    },
    /// What is stored will be public.
    PublicAcl {
        /// The canned ACL.
        acl: String,
    },
    /// A restriction that no server holds.
    RestrictionRefused {
        /// What is wrong with it.
        reason: String,
    },
    /// The server does not know restrictions.
    RestrictionsIgnored,
    /// It ends with its session.
    SessionBound,
    /// An old mechanism.
    SignatureVersion2,
    /// A restriction names an address that a client may leave.
    SingleAddress,
    /// An upload may have any content type.
    UnsignedContentType,
}

impl Risk {
    fn sentence(&self) -> String {
        match self {
            Self::ActiveContentOverride { content_type } => format!(
                "makes the answer `{}`, which a browser runs with the rights of this host",
                shown(content_type)
            ),
            Self::Deletes => "may have been signed for DELETE: the verb does not show".to_owned(),
            Self::DotSegments => {
                "browsers and proxies fold `.` and `..` in this key into another key".to_owned()
            }
            Self::LongLife { seconds, ceiling_s } => format!(
                "lives {}; a leaked link is a grant to whoever finds it, and {} would be safe",
                span(u64::from(*seconds)),
                span(u64::from(*ceiling_s)),
            ),
            Self::MissingToken => "signed by a temporary credential (ASIA…) but has no session \
                                   token: AWS refuses it"
                .to_owned(),
            Self::NotObjectData { operation } => {
                format!("may be good for {operation}, which is more than the data of one object")
            }
            Self::PlainHttp => {
                "goes over plain HTTP: everybody on the way can read and use it".to_owned()
            }
            Self::NoCountry { code } => {
                format!("{code} is no country of ISO 3166-1: nobody comes from there")
            }
            Self::RestrictionRefused { reason } => {
                format!("a Countersign server refuses it: {}", shown(reason))
            }
            Self::RestrictionsIgnored => {
                "is for AWS, which passes over its restrictions: there it is not restricted"
                    .to_owned()
            }
            Self::SingleAddress => {
                "a single address shuts out whoever moves, as telephones do".to_owned()
            }
            Self::PublicAcl { acl } => format!("asks for the ACL `{}`", shown(acl)),
            Self::SessionBound => {
                "ends with its session, perhaps long before the time stated".to_owned()
            }
            Self::SignatureVersion2 => "Signature Version 2 covers neither region nor most \
                                        headers, and current servers refuse it; sign with SigV4"
                .to_owned(),
            Self::UnsignedContentType => {
                "if it is for an upload, any content type can be stored: content-type is not signed"
                    .to_owned()
            }
        }
    }
}

impl fmt::Display for Risk {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.sentence())
    }
}

/// Risks of the way the URL travels.
pub(super) fn of_transport(url: &Url<'_>) -> Option<Risk> {
    (!url.is_https() && !url.is_loopback()).then_some(Risk::PlainHttp)
}

/// Risks of what the URL grants.
pub(super) fn of_grant(grant: &Grant, place: Option<&Place>) -> Vec<Risk> {
    let mut risks = Vec::new();
    risks.extend(long_life(grant));
    risks.extend(credential(grant));
    risks.extend(reach(grant));
    let uploads = grant.may(|operation| operation.is_object_data() && !operation.is_read_only());
    let types_are_held = matches!(&grant.restricted, Ok(Some(r)) if r.types().is_some());
    if uploads
        && !types_are_held
        && !grant
            .headers_to_send
            .iter()
            .any(|name| name == "content-type")
    {
        risks.push(Risk::UnsignedContentType);
    }
    if let Some(content_type) = grant.parameter("response-content-type")
        && is_active_content(content_type)
    {
        risks.push(Risk::ActiveContentOverride {
            content_type: content_type.to_owned(),
        });
    }
    if let Some(acl) = grant.parameter("x-amz-acl")
        && acl.starts_with("public")
    {
        risks.push(Risk::PublicAcl {
            acl: acl.to_owned(),
        });
    }
    if place.is_some_and(|place| place.has_dot_segments) {
        risks.push(Risk::DotSegments);
    }
    risks
}

/// Risks of its restrictions, at a server of that authority.
pub(super) fn of_restrictions(grant: &Grant, authority: &str) -> Vec<Risk> {
    let mut risks = Vec::new();
    if let Some(error) = grant.refused_restriction() {
        let reason = error.to_string();
        risks.push(Risk::RestrictionRefused { reason });
    }
    if let Ok(Some(restrictions)) = &grant.restricted {
        if is_aws(authority) {
            risks.push(Risk::RestrictionsIgnored);
        }
        if names_an_address(restrictions) {
            risks.push(Risk::SingleAddress);
        }
        let code = no_country(restrictions).map(str::to_owned);
        risks.extend(code.map(|code| Risk::NoCountry { code }));
    }
    risks
}

/// Judged by the most generous ceiling among the verbs that may have been signed.
fn long_life(grant: &Grant) -> Option<Risk> {
    let ceilings = grant
        .operations
        .iter()
        .map(|possible| ceiling_s(Some(possible.operation)));
    let ceiling_s = ceilings.max().unwrap_or_else(|| ceiling_s(None));
    let seconds = grant.life_s;
    (seconds > ceiling_s).then_some(Risk::LongLife { seconds, ceiling_s })
}

fn credential(grant: &Grant) -> Option<Risk> {
    if grant.temporary {
        return Some(Risk::SessionBound);
    }
    grant
        .access_key_id
        .starts_with("ASIA")
        .then_some(Risk::MissingToken)
}

/// What the possible verbs reach beyond object data. A plain object URL could be one for DELETE, but
/// that it is a GET or a PUT is so much likelier that only an open question is raised.
fn reach(grant: &Grant) -> Option<Risk> {
    let is_plain = grant.may(|operation| operation.is_object_data());
    if is_plain {
        let deletes = grant.may(|operation| operation.name() == "DeleteObject");
        return deletes.then_some(Risk::Deletes);
    }
    let first = grant.operations.first()?;
    Some(Risk::NotObjectData {
        operation: first.operation.name(),
    })
}
