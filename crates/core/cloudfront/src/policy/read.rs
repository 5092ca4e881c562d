//! The strict reader of custom policies.
//!
//! White space means nothing, order means nothing, and everything else means what AWS says or is refused:
//! one statement, known elements and conditions, whole numbers in digits, one network.

use std::net::IpAddr;

use countersign_json::{JsonError, Member, Node, Value};
use ipnet::IpNet;
use thiserror::Error;

use super::Policy;
use crate::epoch_time::EpochTime;
use crate::resource::{Resource, ResourceError};

/// The longest policy, in bytes; more than a URL can carry.
const MAX_BYTES: usize = 8_192;

/// Why a custom policy is not taken.
#[derive(Clone, Debug, Eq, Error, PartialEq)]
#[non_exhaustive]
pub enum PolicyError {
    /// Neither an IPv4 address nor a CIDR range, nor one of IPv6.
    #[error("`AWS:SourceIp` is neither an address nor a CIDR range")]
    AddressMalformed,
    /// An element is missing.
    #[error("`{element}` is missing")]
    ElementMissing {
        /// Its name.
        element: &'static str,
    },
    /// An element that a policy does not have there.
    #[error("`{parent}` has an element that is not known")]
    ElementUnknown {
        /// Where it stands.
        parent: &'static str,
    },
    /// Not JSON, or a name that occurs twice.
    #[error(transparent)]
    Json(#[from] JsonError),
    /// The bytes are not UTF-8.
    #[error("the policy is not UTF-8")]
    NotUtf8,
    /// No such resource.
    #[error(transparent)]
    Resource(#[from] ResourceError),
    /// Not exactly one statement.
    #[error("a policy has one statement, not {found}")]
    Statements {
        /// How many there are.
        found: usize,
    },
    /// Not a moment that a policy may name.
    #[error(
        "`AWS:EpochTime` is no number of seconds up to {}",
        EpochTime::LATEST_IN_POLICY
    )]
    TimeMalformed,
    /// Longer than any URL carries.
    #[error("a policy has at most {limit} bytes")]
    TooLong {
        /// The bound.
        limit: usize,
    },
    /// A value of the wrong type.
    #[error("`{element}` is not {expected}")]
    TypeMismatch {
        /// Its name.
        element: &'static str,
        /// What it must be.
        expected: &'static str,
    },
}

pub(super) fn policy(json: &[u8]) -> Result<Policy, PolicyError> {
    if json.len() > MAX_BYTES {
        return Err(PolicyError::TooLong { limit: MAX_BYTES });
    }
    let text = std::str::from_utf8(json).map_err(|_| PolicyError::NotUtf8)?;
    let root = countersign_json::read(text)?;
    let [statement] = elements(&root, "policy", ["Statement"])?;
    let statement = one_statement(required(statement, "Statement")?)?;
    let [resource, condition] = elements(statement, "Statement", ["Resource", "Condition"])?;
    let condition = required(condition, "Condition")?;
    let [before, after, network] = elements(
        condition,
        "Condition",
        ["DateLessThan", "DateGreaterThan", "IpAddress"],
    )?;
    Ok(Policy {
        resource: resource.map(self::resource).transpose()?,
        expires_at: time(required(before, "DateLessThan")?, "DateLessThan")?,
        not_before: after
            .map(|node| time(node, "DateGreaterThan"))
            .transpose()?,
        network: network.map(self::network).transpose()?,
    })
}

/// The statement, alone or alone in an array.
fn one_statement<'n, 't>(node: &'n Node<'t>) -> Result<&'n Node<'t>, PolicyError> {
    match &node.value {
        Value::Array(nodes) => match nodes.as_slice() {
            [one] => Ok(one),
            several => Err(PolicyError::Statements {
                found: several.len(),
            }),
        },
        _ => Ok(node),
    }
}

fn resource(node: &Node<'_>) -> Result<Resource, PolicyError> {
    Ok(Resource::parse(string(node, "Resource")?)?)
}

fn time(node: &Node<'_>, element: &'static str) -> Result<EpochTime, PolicyError> {
    let [time] = elements(node, element, ["AWS:EpochTime"])?;
    match &required(time, "AWS:EpochTime")?.value {
        Value::Number(digits) => EpochTime::parse(digits).ok_or(PolicyError::TimeMalformed),
        _ => Err(PolicyError::TypeMismatch {
            element: "AWS:EpochTime",
            expected: "a number",
        }),
    }
}

fn network(node: &Node<'_>) -> Result<IpNet, PolicyError> {
    let [network] = elements(node, "IpAddress", ["AWS:SourceIp"])?;
    let text = string(required(network, "AWS:SourceIp")?, "AWS:SourceIp")?;
    let address = || text.parse::<IpAddr>().ok().map(IpNet::from);
    let network = text.parse().ok().or_else(address);
    network.ok_or(PolicyError::AddressMalformed)
}

/// The values of these elements of an object that has no others.
fn elements<'n, 't, const N: usize>(
    node: &'n Node<'t>,
    parent: &'static str,
    known: [&str; N],
) -> Result<[Option<&'n Node<'t>>; N], PolicyError> {
    let Value::Object(members) = &node.value else {
        return Err(PolicyError::TypeMismatch {
            element: parent,
            expected: "an object",
        });
    };
    let is_known = |member: &Member<'_>| known.contains(&&*member.name);
    if !members.iter().all(is_known) {
        return Err(PolicyError::ElementUnknown { parent });
    }
    Ok(known.map(|name| {
        let mut named = members.iter().filter(|member| member.name == name);
        named.next().map(|member| &member.node)
    }))
}

fn required<'n, 't>(
    node: Option<&'n Node<'t>>,
    element: &'static str,
) -> Result<&'n Node<'t>, PolicyError> {
    node.ok_or(PolicyError::ElementMissing { element })
}

fn string<'n>(node: &'n Node<'_>, element: &'static str) -> Result<&'n str, PolicyError> {
    match &node.value {
        Value::String(text) => Ok(text),
        _ => Err(PolicyError::TypeMismatch {
            element,
            expected: "a string",
        }),
    }
}
