//! What a query holds of authentication, found in one look over its pairs.
//!
//! Names are case-sensitive; a variant in another case, or a second value, is a fault rather than
//! ignored, so that no reader of the request can see something the verifier did not (threat A5).
//! SigV2's three parameters are looked for too, to tell its users what is wrong (threat A13).

use countersign_request::Query;

use crate::ClaimError;
use crate::signed_headers::is_amz;

/// Every query parameter that authenticates, as S3 spells it. The first six are required.
pub const AUTH_PARAMETERS: [&str; 9] = [
    "X-Amz-Algorithm",
    "X-Amz-Credential",
    "X-Amz-Date",
    "X-Amz-Expires",
    "X-Amz-SignedHeaders",
    "X-Amz-Signature",
    "X-Amz-Security-Token",
    "X-Amz-Region-Set",
    "X-Amz-Content-Sha256",
];

/// How many of [`AUTH_PARAMETERS`] every presigned URL has.
const REQUIRED: usize = 6;

/// The authentication parameters of one query.
pub(super) struct AuthParameters<'a> {
    /// Which signing scheme the query speaks of.
    pub(super) mechanism: QueryMechanism,
    values: [Option<&'a str>; AUTH_PARAMETERS.len()],
    fault: Option<Fault<'a>>,
}

/// Which signing scheme a query speaks of.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum QueryMechanism {
    /// SigV4 and SigV2.
    Both,
    /// Neither.
    None,
    /// SigV2, perhaps without all its parts.
    SigV2 {
        /// Whether all three parts are there.
        complete: bool,
    },
    /// SigV4.
    SigV4,
}

/// The six required values, then those that may be absent.
type Values<'a> = ([&'a str; REQUIRED], [Option<&'a str>; 3]);

/// Why the values cannot be used: the first thing wrong, in the order sent.
#[derive(Clone, Copy)]
enum Fault<'a> {
    CaseVariant { name: &'static str, found: &'a str },
    Repeated { name: &'static str },
}

impl<'a> AuthParameters<'a> {
    /// Looks over the pairs of `query`.
    pub(super) fn of(query: &'a Query) -> Self {
        let mut found = Self {
            mechanism: QueryMechanism::None,
            values: [None; AUTH_PARAMETERS.len()],
            fault: None,
        };
        let (mut id, mut signature, mut expires) = (false, false, false);
        for (name, value) in query.pairs() {
            match name {
                "AWSAccessKeyId" => id = true,
                "Signature" => signature = true,
                "Expires" => expires = true,
                _ => found.note(name, value),
            }
        }
        let version_4 = found.values.iter().take(REQUIRED).any(Option::is_some);
        found.mechanism = match (version_4, id || signature) {
            (false, false) => QueryMechanism::None,
            (true, false) => QueryMechanism::SigV4,
            (false, true) => QueryMechanism::SigV2 {
                complete: id && signature && expires,
            },
            (true, true) => QueryMechanism::Both,
        };
        found
    }

    #[inline]
    fn note(&mut self, name: &'a str, value: &'a str) {
        let at = position(name).or_else(|| position_ignoring_case(name));
        let Some((at, known)) = at.and_then(|at| Some((at, *AUTH_PARAMETERS.get(at)?))) else {
            return;
        };
        let slot = self.values.get_mut(at);
        let repeated = slot.and_then(|slot| slot.replace(value)).is_some();
        let fault = if known != name {
            Some(Fault::CaseVariant {
                name: known,
                found: name,
            })
        } else {
            repeated.then_some(Fault::Repeated { name: known })
        };
        self.fault = self.fault.or(fault);
    }

    /// The values of the required parameters and of the others, each in the order of
    /// [`AUTH_PARAMETERS`].
    ///
    /// # Errors
    /// [`ClaimError::CaseVariant`] and [`ClaimError::Repeated`] for what came first, then
    /// [`ClaimError::MissingParameter`].
    pub(super) fn values(&self) -> Result<Values<'a>, ClaimError> {
        match self.fault {
            Some(Fault::CaseVariant { name, found }) => {
                let found = found.to_owned();
                return Err(ClaimError::CaseVariant { name, found });
            }
            Some(Fault::Repeated { name }) => return Err(ClaimError::Repeated { name }),
            None => {}
        }
        for (value, name) in self.values.iter().zip(AUTH_PARAMETERS).take(REQUIRED) {
            if value.is_none_or(str::is_empty) {
                return Err(ClaimError::MissingParameter { name });
            }
        }
        let [a, b, c, d, e, f, token, region_set, sha256] = self.values;
        let required = [a, b, c, d, e, f].map(Option::unwrap_or_default);
        Ok((required, [token, region_set, sha256]))
    }
}

/// Where `name` stands in [`AUTH_PARAMETERS`].
///
/// COST: a `match` compares with constants, in place; the search through the table that it replaced
/// showed in the profile of verifying.
#[inline]
fn position(name: &str) -> Option<usize> {
    Some(match name {
        "X-Amz-Algorithm" => 0,
        "X-Amz-Credential" => 1,
        "X-Amz-Date" => 2,
        "X-Amz-Expires" => 3,
        "X-Amz-SignedHeaders" => 4,
        "X-Amz-Signature" => 5,
        "X-Amz-Security-Token" => 6,
        "X-Amz-Region-Set" => 7,
        "X-Amz-Content-Sha256" => 8,
        _ => return None,
    })
}

fn position_ignoring_case(name: &str) -> Option<usize> {
    if !is_amz(name) {
        return None;
    }
    AUTH_PARAMETERS
        .iter()
        .position(|known| known.eq_ignore_ascii_case(name))
}

#[cfg(test)]
mod tests {
    use super::{AUTH_PARAMETERS, position, position_ignoring_case};

    #[test]
    fn every_parameter_is_found_where_the_table_has_it() {
        for (at, name) in AUTH_PARAMETERS.iter().enumerate() {
            assert_eq!(position(name), Some(at), "{name}");
            assert_eq!(position(&name.to_lowercase()), None, "{name}");
            assert_eq!(
                position_ignoring_case(&name.to_lowercase()),
                Some(at),
                "{name}"
            );
        }
        for other in ["", "X-Amz-", "X-Amz-Dates", "X-Amz-Dat", "x-id"] {
            assert_eq!(
                position(other).or(position_ignoring_case(other)),
                None,
                "{other}"
            );
        }
    }
}
