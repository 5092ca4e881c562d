use countersign_json::MAX_DEPTH;

use super::*;

fn error(text: &str) -> String {
    match read(text) {
        Ok(node) => panic!("read as {node:?}"),
        Err(fault) => fault.in_text(text).to_string(),
    }
}

#[test]
fn values_carry_the_byte_at_which_they_begin() {
    let node = read(" {\"a\": [1, \"é\\n\"]}").unwrap();
    let Value::Object(members) = node.value else {
        panic!("no object");
    };
    assert_eq!((node.at, members[0].at, members[0].node.at), (1, 2, 7));
    let Value::Array(values) = &members[0].node.value else {
        panic!("no array");
    };
    assert_eq!(values[0].value, Value::Number("1"));
    assert_eq!(values[1].value, Value::String("é\n".into()));
}

#[test]
fn k2_a_name_that_occurs_twice_is_refused_however_it_is_spelt() {
    assert_eq!(
        error("{\"Effect\": 1,\n \"b\": 2, \"E\\u0066fect\": 3}"),
        "line 2, column 10: `Effect` occurs twice"
    );
}

#[test]
fn what_is_not_json_is_told_with_its_place_and_a_hint() {
    for (text, expected) in [
        (
            "",
            "line 1, column 1: this is not JSON: a value was expected",
        ),
        (
            "{\"a\": 1,}",
            "line 1, column 9: this is not JSON: a name in double quotes was expected; JSON has no comma \
             after the last element",
        ),
        (
            "[1,\n]",
            "line 2, column 1: this is not JSON: a value was expected; JSON has no comma after the last \
             element",
        ),
        (
            "{} // end",
            "line 1, column 4: this is not JSON: the end of the document was expected; JSON has no comments",
        ),
        (
            "{'a': 1}",
            "line 1, column 2: this is not JSON: a name in double quotes was expected; JSON quotes with `\"`",
        ),
        (
            "[1 2]",
            "line 1, column 4: this is not JSON: `,` or `]` was expected",
        ),
        (
            "{\"a\" 1}",
            "line 1, column 6: this is not JSON: `:` was expected",
        ),
        (
            "\"é",
            "line 1, column 3: this is not JSON: `\"` was expected",
        ),
        (
            "[01]",
            "line 1, column 3: this is not JSON: `,` or `]` was expected",
        ),
        (
            "[1.]",
            "line 1, column 4: this is not JSON: a digit was expected",
        ),
        (
            "[-]",
            "line 1, column 3: this is not JSON: a digit was expected",
        ),
        (
            "[tru]",
            "line 1, column 2: this is not JSON: a value was expected",
        ),
        (
            "\"\\x\"",
            "line 1, column 2: this is not JSON: an escape that JSON knows was expected",
        ),
        (
            "\"a\u{1}\"",
            "line 1, column 3: this is not JSON: no control character in a string was expected",
        ),
        (
            "\"\\ud83d\"",
            "line 1, column 2: this is not JSON: four hexadecimal digits of a whole character was expected",
        ),
        (
            "\"\\udc00\\ud83d\"",
            "line 1, column 2: this is not JSON: four hexadecimal digits of a whole character was expected",
        ),
        (
            "\"\\u00+1\"",
            "line 1, column 2: this is not JSON: four hexadecimal digits of a whole character was expected",
        ),
    ] {
        assert_eq!(error(text), expected, "{text}");
    }
}

#[test]
fn nesting_is_bounded() {
    let deep = |depth| "[".repeat(depth) + &"]".repeat(depth);
    assert!(read(&deep(MAX_DEPTH)).is_ok());
    let message = error(&deep(MAX_DEPTH + 1));
    assert!(
        message.ends_with("lie deeper in each other than 12"),
        "{message}"
    );
    assert!(read(&"[".repeat(1_000_000)).is_err());
}

#[test]
fn pairs_of_surrogates_are_one_character() {
    let node = read(r#""\ud83d\ude00\/\u0041""#).unwrap();
    assert_eq!(node.value, Value::String("😀/A".into()));
}
