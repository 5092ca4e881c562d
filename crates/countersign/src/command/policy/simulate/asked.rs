//! The request that is simulated, as typed: its action and its condition keys.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

use countersign_policy::{
    Context, Family, KeyFacts, Value, Values, condition_key, condition_keys, known_actions,
};
use countersign_state::UnixMillis;

use super::SimulationError;
use crate::args::QueryPair;
use crate::suggestion;

/// The condition keys of a request, as they were given.
pub(super) struct Given<'a> {
    keys: BTreeMap<String, OneOrMore<'a>>,
    /// What a policy asked for and was not given.
    missed: RefCell<BTreeSet<String>>,
}

/// The values of a key.
enum OneOrMore<'a> {
    More(Vec<&'a str>),
    One(Value<'a>),
}

/// An action as AWS writes it; `s3:` may be left out.
///
/// # Errors
/// [`SimulationError::Action`] if there is none of this name.
pub(super) fn action(typed: &str) -> Result<&'static str, SimulationError> {
    let name = if typed.contains(':') {
        typed.to_owned()
    } else {
        format!("s3:{typed}")
    };
    let found = known_actions().find(|known| known.eq_ignore_ascii_case(&name));
    found.ok_or_else(|| SimulationError::Action {
        action: typed.to_owned(),
        nearest: suggestion::nearest(&name, known_actions()).map(str::to_owned),
    })
}

impl<'a> Given<'a> {
    /// Reads what was typed. The user's tags and the time of day are there in any case.
    ///
    /// # Errors
    /// [`SimulationError`] if a key or its value cannot be.
    pub(super) fn read(
        typed: &'a [QueryPair],
        tags: &'a [(String, String)],
        now: UnixMillis,
    ) -> Result<Self, SimulationError> {
        let mut keys = BTreeMap::new();
        let one = OneOrMore::One;
        keys.insert("aws:currenttime".to_owned(), one(Value::Date(now.0)));
        let seconds = now.0.div_euclid(1_000);
        keys.insert("aws:epochtime".to_owned(), one(Value::Number(seconds)));
        for (key, value) in tags {
            let key = format!("aws:principaltag/{}", key.to_lowercase());
            keys.insert(key, one(Value::Text(value)));
        }
        let mut typed_before = BTreeSet::new();
        for QueryPair { name, value } in typed {
            let facts = facts_of(name)?;
            let key = name.to_lowercase();
            let is_first = typed_before.insert(key.clone());
            match keys.get_mut(&key).filter(|_| !is_first) {
                Some(OneOrMore::More(values)) => values.push(value),
                Some(OneOrMore::One(_)) => {
                    return Err(SimulationError::SeveralValues { key: name.clone() });
                }
                None if facts.several => {
                    keys.insert(key, OneOrMore::More(vec![value.as_str()]));
                }
                None => {
                    keys.insert(key, one(read(facts, name, value)?));
                }
            }
        }
        Ok(Self {
            keys,
            missed: RefCell::default(),
        })
    }

    /// The keys that a policy asked for and that were not given.
    pub(super) fn missed(&self) -> Vec<String> {
        self.missed.borrow().iter().cloned().collect()
    }
}

impl Context for Given<'_> {
    fn values(&self, key: &str) -> Values<'_> {
        match self.keys.get(key) {
            Some(OneOrMore::One(value)) => Values::One(*value),
            Some(OneOrMore::More(values)) => Values::Many(values),
            None => {
                self.missed.borrow_mut().insert(spelled(key));
                Values::Absent
            }
        }
    }
}

fn facts_of(key: &str) -> Result<&'static KeyFacts, SimulationError> {
    let names = || condition_keys().iter().map(|facts| facts.name);
    condition_key(key).ok_or_else(|| SimulationError::Key {
        key: key.to_owned(),
        nearest: suggestion::nearest(key, names()).map(str::to_owned),
    })
}

/// The key as AWS writes it, if it is not that of a tag or a claim.
fn spelled(key: &str) -> String {
    match condition_key(key) {
        Some(facts) if facts.name.eq_ignore_ascii_case(key) => facts.name.to_owned(),
        _ => key.to_owned(),
    }
}

fn read<'a>(facts: &KeyFacts, key: &str, text: &'a str) -> Result<Value<'a>, SimulationError> {
    let value = |expected| SimulationError::Value {
        key: key.to_owned(),
        value: text.to_owned(),
        expected,
    };
    match facts.family {
        Family::Address => {
            let address: Result<IpAddr, _> = text.parse();
            let address = address.map_err(|_| value("an IP address"))?;
            Ok(Value::Address(address))
        }
        Family::Bool => match text {
            "true" => Ok(Value::Bool(true)),
            "false" => Ok(Value::Bool(false)),
            _ => Err(value("`true` or `false`")),
        },
        Family::Date => {
            let instant: Result<jiff::Timestamp, _> = text.parse();
            let instant = instant.map_err(|_| value("an instant such as 2026-11-23T12:00:00Z"))?;
            Ok(Value::Date(instant.as_millisecond()))
        }
        Family::Epoch => {
            let seconds = text.parse().map_err(|_| value("seconds since 1970"))?;
            Ok(Value::Number(seconds))
        }
        Family::Number if !is_number(text) => Err(value("a number")),
        // Fractions, as in `1.2`, come as text.
        Family::Number => Ok(text.parse().map_or(Value::Text(text), Value::Number)),
        Family::Any | Family::Arn | Family::Text => Ok(Value::Text(text)),
    }
}

fn is_number(text: &str) -> bool {
    !text.is_empty()
        && text
            .bytes()
            .all(|b| b.is_ascii_digit() || b"-.".contains(&b))
}
