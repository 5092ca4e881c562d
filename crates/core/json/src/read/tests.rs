//! What holds for any text; the sentences and places are tested where policies are read.

use proptest::prelude::*;

use super::*;

/// What `serde_json` makes of the same text, to compare with.
fn as_serde(value: &Value<'_>) -> serde_json::Value {
    match value {
        Value::Array(nodes) => nodes.iter().map(|node| as_serde(&node.value)).collect(),
        Value::Bool(truth) => (*truth).into(),
        Value::Null => serde_json::Value::Null,
        Value::Number(digits) => serde_json::from_str(digits).unwrap(),
        Value::Object(members) => members
            .iter()
            .map(|member| {
                (
                    member.name.clone().into_owned(),
                    as_serde(&member.node.value),
                )
            })
            .collect::<serde_json::Map<_, _>>()
            .into(),
        Value::String(text) => text.as_ref().into(),
    }
}

proptest! {
    #[test]
    fn whatever_is_read_is_read_alike_by_others(
        text in r#"([\[\]{},: \n"]|"a"|"b\\u0061"|\\n|-?[0-9]{1,3}(\.[0-9])?|true|null){0,12}"#,
    ) {
        if let Ok(node) = read(&text) {
            prop_assert_eq!(as_serde(&node.value), serde_json::from_str::<serde_json::Value>(&text).unwrap());
        }
    }
}

#[test]
fn k2_a_name_occurs_once_however_it_is_spelt() {
    let error = read(r#"{"a": 1, "\u0061": 2}"#).unwrap_err();
    assert_eq!(error.to_string(), "`a` occurs twice at byte 9");
}
