//! What a caller says to be true of the request that is simulated.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

use countersign_aws_query::Reader;
use countersign_policy::{Context, Value, Values};
use countersign_sigv4::AmzDate;
use countersign_state::UnixMillis;

use crate::refused::Refused;
use crate::shapes;

/// A condition key as it was given.
pub(super) struct Entry<'r> {
    name: &'r str,
    values: Vec<&'r str>,
    kind: &'r str,
}

/// All that is given.
pub(super) struct Given<'e> {
    keys: BTreeMap<String, Held<'e>>,
    missed: RefCell<BTreeSet<String>>,
}

enum Held<'e> {
    Many(&'e [&'e str]),
    One(Value<'e>),
}

impl<'r> Entry<'r> {
    pub(super) fn read(entry: &mut Reader<'r, '_>) -> Self {
        let name = entry.required("ContextKeyName", &shapes::CONTEXT_KEY);
        let values = entry.texts(
            "ContextKeyValues",
            1..=shapes::MOST_TAGS,
            &shapes::CONTEXT_VALUE,
        );
        Self {
            name,
            values: values.unwrap_or_default(),
            kind: entry.required("ContextKeyType", &shapes::CONTEXT_TYPE),
        }
    }

    fn held(&self) -> Option<Held<'_>> {
        if self.kind.ends_with("List") {
            return Some(Held::Many(&self.values));
        }
        let [value] = self.values.as_slice() else {
            return None;
        };
        let value = match self.kind {
            "boolean" => Value::Bool(value.parse().ok()?),
            "date" => Value::Date(date_ms(value)?),
            "ip" => Value::Address(value.parse::<IpAddr>().ok()?),
            // A fraction stays text, which the evaluator reads.
            "numeric" => value.parse().map_or(Value::Text(value), Value::Number),
            _ => Value::Text(value),
        };
        Some(Held::One(value))
    }
}

impl<'e> Given<'e> {
    /// What is given, and what follows from who asks and from the time of day.
    pub(super) fn read(
        entries: &'e [Entry<'e>],
        tags: &'e [(String, String)],
        now: UnixMillis,
    ) -> Result<Self, Refused> {
        let mut keys = BTreeMap::new();
        keys.insert("aws:currenttime".to_owned(), Held::One(Value::Date(now.0)));
        let seconds = now.0.div_euclid(1_000);
        keys.insert(
            "aws:epochtime".to_owned(),
            Held::One(Value::Number(seconds)),
        );
        for (key, value) in tags {
            let key = format!("aws:principaltag/{}", key.to_lowercase());
            keys.insert(key, Held::One(Value::Text(value)));
        }
        for entry in entries {
            let held = entry.held().ok_or_else(|| {
                let Entry { name, kind, .. } = entry;
                Refused::invalid_input(format!("The value of context key {name} is no {kind}."))
            })?;
            keys.insert(entry.name.to_lowercase(), held);
        }
        Ok(Self {
            keys,
            missed: RefCell::default(),
        })
    }

    /// The keys that a policy asked for and that were not given, in lower case.
    pub(super) fn missed(&self) -> Vec<String> {
        self.missed.borrow().iter().cloned().collect()
    }
}

impl Context for Given<'_> {
    fn values(&self, key: &str) -> Values<'_> {
        match self.keys.get(key) {
            Some(Held::Many(values)) => Values::Many(values),
            Some(Held::One(value)) => Values::One(*value),
            None => {
                self.missed.borrow_mut().insert(key.to_owned());
                Values::Absent
            }
        }
    }
}

/// An instant, as seconds since 1970 or in ISO 8601.
fn date_ms(text: &str) -> Option<i64> {
    if let Ok(seconds) = text.parse::<i64>() {
        return seconds.checked_mul(1_000);
    }
    let basic: String = text.chars().filter(|c| !"-:".contains(*c)).collect();
    AmzDate::parse(&basic)?.unix().checked_mul(1_000)
}

#[cfg(test)]
mod tests;
