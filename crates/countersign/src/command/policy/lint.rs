//! What is allowed to stand in a policy and is unwise all the same.
//!
//! The document was taken already, so its shape is known; only what a warning needs is looked at.

use countersign_policy::condition_key;
use serde::Serialize;
use serde_json::{Map, Value};

/// Something unwise.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
pub(super) struct Warning {
    /// The statement, by its id or its number; none if it is the whole document.
    pub(super) statement: Option<String>,
    /// What.
    pub(super) message: String,
}

impl Warning {
    /// A bucket's policy that gives something to everybody.
    pub(super) fn public() -> Self {
        Self {
            statement: None,
            message: "it gives something to every user there is; S3 calls that public".to_owned(),
        }
    }
}

/// What is unwise about a document that was taken.
pub(super) fn warnings(text: &str) -> Vec<Warning> {
    let Ok(document) = serde_json::from_str::<Value>(text) else {
        return Vec::new();
    };
    let mut found = Vec::new();
    if document.get("Version").and_then(Value::as_str) != Some("2012-10-17") {
        found.push(Warning {
            statement: None,
            message: "without \"Version\": \"2012-10-17\" no policy variable is replaced"
                .to_owned(),
        });
    }
    let statements = match document.get("Statement") {
        Some(Value::Array(statements)) => statements.as_slice(),
        Some(one) => std::slice::from_ref(one),
        None => &[],
    };
    for (at, statement) in statements.iter().filter_map(Value::as_object).enumerate() {
        let sid = statement.get("Sid").and_then(Value::as_str);
        let name = sid.map_or_else(|| (at + 1).to_string(), str::to_owned);
        found.extend(of_statement(statement).into_iter().map(|message| Warning {
            statement: Some(name.clone()),
            message,
        }));
    }
    found
}

fn of_statement(statement: &Map<String, Value>) -> Vec<String> {
    let mut found = Vec::new();
    let allows = statement.get("Effect").and_then(Value::as_str) == Some("Allow");
    if statement.contains_key("NotPrincipal") {
        let message = "NotPrincipal denies everybody who is not listed by every name they have, root and \
                       account too; a condition on aws:PrincipalArn is easier to get right";
        found.push(message.to_owned());
    }
    if allows {
        found.extend(of_allow(statement));
        found.extend(of_trust(statement));
    }
    let condition = statement.get("Condition").and_then(Value::as_object);
    for (operator, keys) in condition.into_iter().flatten() {
        for (key, values) in keys.as_object().into_iter().flatten() {
            found.extend(of_condition(operator, key, values, allows, condition));
        }
    }
    found
}

/// Wildcards, where they give.
fn of_allow(statement: &Map<String, Value>) -> Vec<String> {
    let lists = |element: &str, test: &dyn Fn(&str) -> bool| {
        statement
            .get(element)
            .is_some_and(|value| texts(value).any(test))
    };
    let mut found = Vec::new();
    let gives_all = lists("Action", &|action| matches!(action, "*" | "s3:*"));
    let anywhere = lists("Resource", &|resource| {
        matches!(resource, "*" | "arn:aws:s3:::*")
    });
    if gives_all && anywhere {
        found.push("it allows everything there is".to_owned());
    } else if lists("Action", &writes_policies) {
        let message = "its wildcard includes s3:PutBucketPolicy, by which its holder can give away the \
                       bucket";
        found.push(message.to_owned());
    }
    for element in ["NotAction", "NotResource"] {
        if statement.contains_key(element) {
            let message =
                format!("{element} with Allow gives all that is not listed, also what is new");
            found.push(message);
        }
    }
    found
}

/// An identity provider that is trusted in whatever it says.
fn of_trust(statement: &Map<String, Value>) -> Option<String> {
    let principal = statement.get("Principal").and_then(Value::as_object)?;
    let conditions = statement.get("Condition").and_then(Value::as_object);
    let keys = || {
        let of_operators = conditions.into_iter().flat_map(Map::values);
        let keys = of_operators.filter_map(Value::as_object);
        keys.flat_map(Map::keys)
    };
    let compares_claim = |provider: &str| {
        keys().any(|key| {
            key.rsplit_once(':').is_some_and(|(of, claim)| {
                of.eq_ignore_ascii_case(provider) && !claim.eq_ignore_ascii_case("aud")
            })
        })
    };
    let whole = texts(principal.get("Federated")?)
        .filter_map(|arn| Some(arn.split_once(":oidc-provider/")?.1))
        .find(|provider| !compares_claim(provider))?;
    Some(format!(
        "it trusts every token that {whole} ever signs for its audience; compare `{whole}:sub`"
    ))
}

fn of_condition(
    operator: &str,
    key: &str,
    values: &Value,
    allows: bool,
    condition: Option<&Map<String, Value>>,
) -> Vec<String> {
    let mut found = Vec::new();
    if allows && operator.starts_with("ForAllValues:") && !requires(condition, key) {
        found.push(format!(
            "ForAllValues is also true where `{key}` is absent; add \"Null\": {{\"{key}\": \"false\"}}"
        ));
    }
    if condition_key(key).is_some_and(|facts| !facts.present) {
        found.push(format!(
            "requests here never have `{key}`, so the condition is decided by its absence"
        ));
    }
    let is_short = |text: &str| text.parse().is_ok_and(|age: i64| (1..1_000).contains(&age));
    if key.eq_ignore_ascii_case("s3:signatureAge") && texts(values).any(is_short) {
        found.push(
            "`s3:signatureAge` is in milliseconds, and this is less than a second".to_owned(),
        );
    }
    found
}

/// Whether another condition of the statement insists on the key.
fn requires(condition: Option<&Map<String, Value>>, key: &str) -> bool {
    let null = condition.and_then(|condition| condition.get("Null"));
    let keys = null.and_then(Value::as_object).into_iter().flatten();
    keys.filter(|(name, _)| name.eq_ignore_ascii_case(key))
        .any(|(_, value)| *value == Value::Bool(false) || texts(value).any(|text| text == "false"))
}

/// Whether a pattern of actions with a wildcard includes the right to write a bucket's policy.
fn writes_policies(pattern: &str) -> bool {
    let Some((beginning, "")) = pattern.split_once('*') else {
        return false;
    };
    "s3:putbucketpolicy".starts_with(&beginning.to_ascii_lowercase())
}

/// The texts of a value that is one or a list; a number is its digits.
fn texts(value: &Value) -> impl Iterator<Item = &str> {
    let list = match value {
        Value::Array(list) => list.as_slice(),
        one => std::slice::from_ref(one),
    };
    list.iter().filter_map(Value::as_str)
}
