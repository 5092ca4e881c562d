//! What a SigV4 or SigV4A URL grants.

use countersign_gate::{RestrictionError, Restrictions};
use countersign_request::{Header, Query, RequestHead};
use countersign_s3::{Level, Operation, recognize};
use countersign_sigv4::{AUTH_PARAMETERS, AmzDate, Claim, ClaimError, Placement};
use serde::Serialize;

use crate::command::url::Url;
use crate::render::restrictions::{Worded, in_words};

const METHODS: [&str; 5] = ["GET", "HEAD", "PUT", "POST", "DELETE"];

/// What a signed query says.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
pub(super) struct Grant {
    /// The public name of the credential.
    pub(super) access_key_id: String,
    /// Whether a session token is in the URL.
    pub(super) temporary: bool,
    /// The region, or the region set of SigV4A.
    pub(super) region: Option<String>,
    /// The service.
    pub(super) service: String,
    /// When it was signed.
    #[serde(skip)]
    pub(super) signed_at: AmzDate,
    /// How long it lives.
    pub(super) life_s: u32,
    /// Headers that must be sent with the values that were signed; `host` goes without saying.
    pub(super) headers_to_send: Vec<String>,
    /// Whether `host` is signed, without which no server accepts it.
    pub(super) host_is_signed: bool,
    /// The parameters beside those that authenticate.
    pub(super) parameters: Vec<Parameter>,
    /// What its signer restricts it to, in words.
    pub(super) restrictions: Vec<Worded>,
    /// The restrictions themselves, or why no server holds them.
    #[serde(skip)]
    pub(super) restricted: Result<Option<Box<Restrictions>>, RestrictionError>,
    /// What each verb would do. Only one of them was signed, and the URL does not show which.
    pub(super) operations: Vec<Possible>,
}

/// A parameter of the query.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
pub(super) struct Parameter {
    /// Its name.
    pub(super) name: String,
    /// Its value.
    pub(super) value: String,
}

/// What the URL does with one verb.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
pub(super) struct Possible {
    /// The verb.
    pub(super) method: &'static str,
    /// The operation.
    #[serde(serialize_with = "named")]
    pub(super) operation: Operation,
}

/// Reads the claim in a query.
pub(super) fn read(
    url: &Url<'_>,
    query: &Query,
    level: Level,
) -> Result<Option<Grant>, ClaimError> {
    let headers = [Header {
        name: "host",
        value: url.authority.as_bytes(),
    }];
    let head = RequestHead {
        method: "GET",
        path: url.path,
        query: url.query,
        headers: &headers,
    };
    let Some(claim) = Claim::find(&head, query)? else {
        return Ok(None);
    };
    let Placement::Query { expires_s: life_s } = claim.placement else {
        return Ok(None);
    };
    let signed: Vec<&str> = claim
        .signed_headers
        .iter()
        .flat_map(|headers| headers.names())
        .collect();
    let operations = possible(&head, query, level);
    let restricted = Restrictions::of(query.pairs());
    let words = restricted.as_ref().ok().and_then(Option::as_deref);
    let restrictions = words.map(in_words).unwrap_or_default();
    Ok(Some(Grant {
        access_key_id: claim.access_key_id.to_owned(),
        temporary: claim.session_token.is_some(),
        region: claim.scope.region.or(claim.region_set).map(str::to_owned),
        service: claim.scope.service.to_owned(),
        signed_at: claim.date,
        life_s,
        host_is_signed: signed.contains(&"host"),
        headers_to_send: signed
            .iter()
            .filter(|name| **name != "host")
            .map(|name| (*name).to_owned())
            .collect(),
        parameters: parameters(query),
        restrictions,
        restricted,
        operations,
    }))
}

impl Grant {
    /// The end of its life.
    pub(super) fn expires_at(&self) -> AmzDate {
        self.signed_at.plus_seconds(i64::from(self.life_s))
    }

    /// Whether one of the verbs that may have been signed would do this.
    pub(super) fn may(&self, test: impl Fn(Operation) -> bool) -> bool {
        self.operations
            .iter()
            .any(|possible| test(possible.operation))
    }

    /// Why a Countersign server refuses its restrictions, if it does: one is none, or no verb that may have
    /// been signed can be held to all of them.
    pub(super) fn refused_restriction(&self) -> Option<RestrictionError> {
        let restrictions = match &self.restricted {
            Err(error) => return Some(error.clone()),
            Ok(restrictions) => restrictions.as_deref()?,
        };
        let mut refused = None;
        for possible in &self.operations {
            match restrictions.check_fit(possible.operation) {
                Ok(()) => return None,
                Err(error) => refused = refused.or(Some(error)),
            }
        }
        refused
    }

    /// The value of a parameter, whatever the case of its name.
    pub(super) fn parameter(&self, name: &str) -> Option<&str> {
        let found = self
            .parameters
            .iter()
            .find(|p| p.name.eq_ignore_ascii_case(name));
        found.map(|parameter| parameter.value.as_str())
    }
}

fn parameters(query: &Query) -> Vec<Parameter> {
    let authenticates = |name: &str| {
        AUTH_PARAMETERS
            .iter()
            .any(|known| known.eq_ignore_ascii_case(name))
    };
    let others = query.pairs().filter(|(name, _)| !authenticates(name));
    others
        .map(|(name, value)| Parameter {
            name: name.to_owned(),
            value: value.to_owned(),
        })
        .collect()
}

/// What every verb would do. An `x-id`, which AWS's newer SDKs sign along, settles which one it is.
fn possible(head: &RequestHead<'_>, query: &Query, level: Level) -> Vec<Possible> {
    let all: Vec<Possible> = METHODS
        .into_iter()
        .filter_map(|method| {
            let operation = recognize(level, query, &RequestHead { method, ..*head }).ok()?;
            Some(Possible { method, operation })
        })
        .collect();
    let told = query.first("x-id");
    let matching: Vec<Possible> = all
        .iter()
        .filter(|possible| told == Some(possible.operation.name()))
        .cloned()
        .collect();
    if matching.is_empty() { all } else { matching }
}

fn named<S: serde::Serializer>(operation: &Operation, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(operation.name())
}
