//! The names of condition operators.

use crate::catalogue::Family;
use crate::error::{Fault, PolicyProblem, shown};
use crate::suggest;

/// An operator, taken apart.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Operator {
    pub(crate) qualifier: Qualifier,
    pub(crate) if_exists: bool,
    pub(crate) negated: bool,
    pub(crate) comparison: Comparison,
}

/// How the several values of a key count.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Qualifier {
    AllValues,
    AnyValue,
    None,
}

/// What an operator compares.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Comparison {
    Address,
    Arn,
    Binary,
    Bool,
    Date(Ordering),
    Null,
    Numeric(Ordering),
    Text,
    TextIgnoringCase,
    TextLike,
}

/// How a value must lie to that of the policy.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Ordering {
    Equal,
    Greater,
    GreaterOrEqual,
    Less,
    LessOrEqual,
}

use Comparison as C;
use Ordering as O;

/// Name, comparison, whether negated.
const OPERATORS: [(&str, Comparison, bool); 26] = [
    ("ArnEquals", C::Arn, false),
    ("ArnLike", C::Arn, false),
    ("ArnNotEquals", C::Arn, true),
    ("ArnNotLike", C::Arn, true),
    ("BinaryEquals", C::Binary, false),
    ("Bool", C::Bool, false),
    ("DateEquals", C::Date(O::Equal), false),
    ("DateGreaterThan", C::Date(O::Greater), false),
    ("DateGreaterThanEquals", C::Date(O::GreaterOrEqual), false),
    ("DateLessThan", C::Date(O::Less), false),
    ("DateLessThanEquals", C::Date(O::LessOrEqual), false),
    ("DateNotEquals", C::Date(O::Equal), true),
    ("IpAddress", C::Address, false),
    ("NotIpAddress", C::Address, true),
    ("NumericEquals", C::Numeric(O::Equal), false),
    ("NumericGreaterThan", C::Numeric(O::Greater), false),
    (
        "NumericGreaterThanEquals",
        C::Numeric(O::GreaterOrEqual),
        false,
    ),
    ("NumericLessThan", C::Numeric(O::Less), false),
    ("NumericLessThanEquals", C::Numeric(O::LessOrEqual), false),
    ("NumericNotEquals", C::Numeric(O::Equal), true),
    ("StringEquals", C::Text, false),
    ("StringEqualsIgnoreCase", C::TextIgnoringCase, false),
    ("StringLike", C::TextLike, false),
    ("StringNotEquals", C::Text, true),
    ("StringNotEqualsIgnoreCase", C::TextIgnoringCase, true),
    ("StringNotLike", C::TextLike, true),
];

impl Operator {
    /// Reads a name such as `ForAnyValue:StringNotLikeIfExists`.
    pub(crate) fn read(name: &str, at: usize) -> Result<Self, Fault> {
        let (qualifier, rest) = match name.split_once(':') {
            Some(("ForAllValues", rest)) => (Qualifier::AllValues, rest),
            Some(("ForAnyValue", rest)) => (Qualifier::AnyValue, rest),
            _ => (Qualifier::None, name),
        };
        if name == "Null" {
            return Ok(Self {
                qualifier,
                if_exists: false,
                negated: false,
                comparison: Comparison::Null,
            });
        }
        let (base, if_exists) = match rest.strip_suffix("IfExists") {
            Some(base) => (base, true),
            None => (rest, false),
        };
        match OPERATORS.iter().find(|(known, ..)| *known == base) {
            Some((_, comparison, negated)) => Ok(Self {
                qualifier,
                if_exists,
                negated: *negated,
                comparison: *comparison,
            }),
            None => Err(unknown(name, at)),
        }
    }
}

fn unknown(name: &str, at: usize) -> Fault {
    let fault = Fault::new(
        at,
        PolicyProblem::OperatorUnknown {
            operator: shown(name),
        },
    );
    let (qualifier, rest) = name.split_once(':').unwrap_or(("", name));
    if rest == "Null" || rest == "NullIfExists" {
        return fault.hint("`Null` takes no prefix and no suffix");
    }
    let known_qualifier = suggest::nearest(qualifier, ["ForAllValues", "ForAnyValue"]);
    let base = rest
        .len()
        .checked_sub("IfExists".len())
        .and_then(|end| rest.split_at_checked(end))
        .filter(|(_, suffix)| suffix.eq_ignore_ascii_case("IfExists"));
    let names = OPERATORS.iter().map(|(name, ..)| *name).chain(["Null"]);
    let suffix = if base.is_some() { "IfExists" } else { "" };
    let known = suggest::nearest(base.map_or(rest, |(base, _)| base), names);
    match (qualifier, known_qualifier, known) {
        ("", _, Some(known)) => fault.did_you_mean(Some(format!("{known}{suffix}"))),
        (_, Some(qualifier), Some(known)) => {
            fault.did_you_mean(Some(format!("{qualifier}:{known}{suffix}")))
        }
        _ => fault,
    }
}

impl Comparison {
    /// Whether keys of the family are compared so.
    pub(crate) fn takes(self, family: Family) -> bool {
        match (self, family) {
            (Self::Null, _) | (_, Family::Any) => true,
            (Self::Address, family) => family == Family::Address,
            (Self::Arn, family) => family == Family::Arn,
            (Self::Binary, family) => family == Family::Text,
            (Self::Bool, family) => family == Family::Bool,
            (Self::Date(_), family) => matches!(family, Family::Date | Family::Epoch),
            (Self::Numeric(_), family) => matches!(family, Family::Epoch | Family::Number),
            (Self::Text | Self::TextIgnoringCase | Self::TextLike, family) => {
                matches!(family, Family::Arn | Family::Text)
            }
        }
    }

    /// An operator that does compare keys of the family.
    pub(crate) const fn example(family: Family) -> &'static str {
        match family {
            Family::Address => "IpAddress",
            Family::Any | Family::Text => "StringEquals",
            Family::Arn => "ArnLike",
            Family::Bool => "Bool",
            Family::Date | Family::Epoch => "DateLessThan",
            Family::Number => "NumericLessThan",
        }
    }
}

impl Ordering {
    pub(crate) fn holds<T: Ord>(self, value: &T, of_policy: &T) -> bool {
        match self {
            Self::Equal => value == of_policy,
            Self::Greater => value > of_policy,
            Self::GreaterOrEqual => value >= of_policy,
            Self::Less => value < of_policy,
            Self::LessOrEqual => value <= of_policy,
        }
    }
}

/// Reads `true` or `false`, in any case.
pub(crate) fn parse_bool(text: &str) -> Option<bool> {
    if text.eq_ignore_ascii_case("true") {
        Some(true)
    } else if text.eq_ignore_ascii_case("false") {
        Some(false)
    } else {
        None
    }
}
