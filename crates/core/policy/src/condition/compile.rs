//! From the JSON of a `Condition` element to compiled conditions.

use std::borrow::Cow;
use std::collections::BTreeSet;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::address::Network;
use super::number::Decimal;
use super::operator::{Comparison, Operator, Qualifier, parse_bool};
use super::{Condition, Test, date};
use crate::arn::ArnPattern;
use crate::catalogue::{self, KeyFacts};
use crate::error::{Fault, PolicyProblem, shown};
use crate::json::{Member, Node, Value};
use crate::pattern::{Pattern, Syntax, Variables};
use crate::suggest;

/// What holds for the statement that conditions stand in.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Rules {
    /// Whether variables are replaced in this version of the language.
    pub(crate) variables: Variables,
    /// Whether the statement can ever concern a request here. Where it cannot, the keys of other
    /// services are nothing to us.
    pub(crate) concerns_us: bool,
}

/// A value with its place.
type Text<'n> = (Cow<'n, str>, usize);

/// Compiles the value of a `Condition` element.
pub(crate) fn compile(node: &Node<'_>, rules: Rules) -> Result<Vec<Condition>, Fault> {
    let mut conditions = Vec::new();
    // An empty element is what many tools write for none; an empty operator is an accident.
    if matches!(&node.value, Value::Object(members) if members.is_empty()) {
        return Ok(conditions);
    }
    for of_operator in members(node, "Condition")? {
        let operator = Operator::read(&of_operator.name, of_operator.at)?;
        let keys = members(&of_operator.node, &of_operator.name)?;
        let mut names = BTreeSet::new();
        for of_key in keys {
            if !names.insert(of_key.name.to_lowercase()) {
                return Err(Fault::new(
                    of_key.at,
                    PolicyProblem::NameRepeated {
                        name: shown(&of_key.name),
                    },
                )
                .hint("condition keys are the same in any case"));
            }
            if let Some(condition) = one(operator, &of_operator.name, of_key, rules)? {
                conditions.push(condition);
            }
        }
    }
    Ok(conditions)
}

/// One condition; `None` if its key is another service's and the statement is about nothing here.
fn one(
    operator: Operator,
    operator_name: &str,
    of_key: &Member<'_>,
    rules: Rules,
) -> Result<Option<Condition>, Fault> {
    let name = &*of_key.name;
    let Some(facts) = catalogue::find(name) else {
        if !rules.concerns_us && is_foreign(name) {
            return Ok(None);
        }
        let key = shown(name);
        return Err(Fault::new(of_key.at, PolicyProblem::KeyUnknown { key })
            .did_you_mean(catalogue::nearest_key(name)));
    };
    if !operator.comparison.takes(facts.family) {
        let fault = Fault::new(
            of_key.at,
            PolicyProblem::KeyFamily {
                operator: shown(operator_name),
                key: shown(name),
            },
        );
        let example = Comparison::example(facts.family);
        return Err(fault.hint(format!("compare it with `{example}` or its kin")));
    }
    if facts.several
        && operator.qualifier == Qualifier::None
        && operator.comparison != Comparison::Null
    {
        return Err(Fault::new(
            of_key.at,
            PolicyProblem::QualifierMissing { key: shown(name) },
        ));
    }
    Ok(Some(Condition {
        key: name.to_lowercase().into(),
        qualifier: operator.qualifier,
        if_exists: operator.if_exists,
        negated: operator.negated,
        test: test(operator, facts, &values(&of_key.node, name)?, rules)?,
    }))
}

/// Whether a key is well-formed and of a service that is not ours.
fn is_foreign(key: &str) -> bool {
    key.split_once(':').is_some_and(|(service, rest)| {
        let ours = ["aws", "countersign", "iam", "s3", "sts"];
        let is_name = |c: char| c.is_ascii_alphanumeric() || c == '-';
        !rest.is_empty()
            && service.chars().all(is_name)
            && !ours.iter().any(|name| name.eq_ignore_ascii_case(service))
    })
}

fn test(
    operator: Operator,
    facts: &KeyFacts,
    values: &[Text<'_>],
    rules: Rules,
) -> Result<Test, Fault> {
    Ok(match operator.comparison {
        Comparison::Address => Test::Address(each(values, |text| {
            Network::parse(text)
                .ok_or_else(|| PolicyProblem::AddressMalformed { value: shown(text) })
        })?),
        Comparison::Arn => Test::Arn(patterns(values, true, rules, ArnPattern::compile)?),
        Comparison::Binary => Test::Binary(each(values, |text| {
            let bytes = STANDARD.decode(text);
            let bytes = bytes.map(Vec::into_boxed_slice);
            bytes.map_err(|_| PolicyProblem::BinaryMalformed { value: shown(text) })
        })?),
        Comparison::Bool => {
            let bools = bools(values)?;
            Test::Bool {
                yes: bools.contains(&true),
                no: bools.contains(&false),
            }
        }
        Comparison::Date(ordering) => Test::Date(
            ordering,
            each(values, |text| {
                date::parse(text).ok_or_else(|| PolicyProblem::DateMalformed { value: shown(text) })
            })?,
        ),
        Comparison::Null => {
            let bools = bools(values)?;
            Test::Null {
                absent: bools.contains(&true),
                present: bools.contains(&false),
            }
        }
        Comparison::Numeric(ordering) => Test::Numeric(
            ordering,
            each(values, |text| {
                let number = Decimal::parse(text);
                number.ok_or_else(|| PolicyProblem::NumberMalformed { value: shown(text) })
            })?,
        ),
        Comparison::Text => Test::Text(patterns(
            &spelt_as_known(values, facts)?,
            false,
            rules,
            Pattern::compile,
        )?),
        Comparison::TextIgnoringCase => Test::TextIgnoringCase(patterns(
            &spelt_as_known(values, facts)?,
            false,
            rules,
            Pattern::compile,
        )?),
        Comparison::TextLike => Test::Text(patterns(values, true, rules, Pattern::compile)?),
    })
}

fn each<T>(
    values: &[Text<'_>],
    parse: impl Fn(&str) -> Result<T, PolicyProblem>,
) -> Result<Box<[T]>, Fault> {
    values
        .iter()
        .map(|(text, at)| {
            if text.contains("${") {
                let place = "a value of this operator";
                return Err(Fault::new(*at, PolicyProblem::VariableForbidden { place }));
            }
            parse(text).map_err(|problem| Fault::new(*at, problem))
        })
        .collect()
}

fn patterns<T>(
    values: &[Text<'_>],
    wildcards: bool,
    rules: Rules,
    compile: impl Fn(&str, Syntax, usize) -> Result<T, Fault>,
) -> Result<Box<[T]>, Fault> {
    let syntax = Syntax {
        wildcards,
        variables: rules.variables,
    };
    values
        .iter()
        .map(|(text, at)| compile(text, syntax, *at))
        .collect()
}

fn bools(values: &[Text<'_>]) -> Result<Box<[bool]>, Fault> {
    each(values, |text| {
        parse_bool(text).ok_or_else(|| PolicyProblem::BoolMalformed { value: shown(text) })
    })
}

/// For a key with a closed list of values, spells each value as the list does, and takes no other.
///
/// AWS's own example denies `s3:authType` of `REST-query-string`; compared by case it would deny nothing.
fn spelt_as_known<'n>(values: &[Text<'n>], facts: &KeyFacts) -> Result<Vec<Text<'n>>, Fault> {
    let known = |(text, at): &Text<'n>| {
        if facts.values.is_empty() || text.contains("${") {
            return Ok((text.clone(), *at));
        }
        match facts.values.iter().find(|v| v.eq_ignore_ascii_case(text)) {
            Some(value) => Ok((Cow::Borrowed(*value), *at)),
            None => Err(Fault::new(
                *at,
                PolicyProblem::ValueUnknown {
                    key: facts.name.into(),
                    value: shown(text),
                },
            )
            .did_you_mean(suggest::nearest(text, facts.values.iter().copied()))),
        }
    };
    values.iter().map(known).collect()
}

/// The values of a key: strings, numbers and booleans, one or an array of them.
fn values<'n>(node: &'n Node<'_>, key: &str) -> Result<Vec<Text<'n>>, Fault> {
    let value = |node: &'n Node<'_>| match &node.value {
        Value::String(text) => Ok((Cow::Borrowed(&**text), node.at)),
        Value::Number(text) => Ok((Cow::Borrowed(*text), node.at)),
        Value::Bool(true) => Ok((Cow::Borrowed("true"), node.at)),
        Value::Bool(false) => Ok((Cow::Borrowed("false"), node.at)),
        _ => Err(Fault::new(
            node.at,
            PolicyProblem::TypeMismatch {
                element: shown(key),
                expected: "a string, number or boolean, or an array of them",
            },
        )),
    };
    match &node.value {
        Value::Array(nodes) if nodes.is_empty() => Err(Fault::new(
            node.at,
            PolicyProblem::Empty {
                element: shown(key),
            },
        )),
        Value::Array(nodes) => nodes.iter().map(value).collect(),
        _ => Ok(vec![value(node)?]),
    }
}

/// The members of an object that has some.
fn members<'n, 't>(node: &'n Node<'t>, element: &str) -> Result<&'n [Member<'t>], Fault> {
    match &node.value {
        Value::Object(members) if members.is_empty() => Err(Fault::new(
            node.at,
            PolicyProblem::Empty {
                element: shown(element),
            },
        )),
        Value::Object(members) => Ok(members),
        _ => Err(Fault::new(
            node.at,
            PolicyProblem::TypeMismatch {
                element: shown(element),
                expected: "an object",
            },
        )),
    }
}
