use crate::{Fault, Pattern, QueryRequest, Reader, Shape};

const NAME: Shape = Shape::text(2, 8).of(Pattern {
    shown: "[\\w+=,.@-]*",
    holds: |text| {
        text.chars()
            .all(|c| c.is_ascii_alphanumeric() || "_+=,.@-".contains(c))
    },
});

fn read<T>(body: &str, take: impl FnOnce(&mut Reader<'_, '_>) -> T) -> Result<T, Fault> {
    QueryRequest::parse("", body.as_bytes()).unwrap().read(take)
}

fn validation(message: &str) -> Fault {
    Fault::validation(message.to_owned())
}

fn code_and_message<T: std::fmt::Debug>(outcome: Result<T, Fault>) -> (String, String) {
    let fault = outcome.unwrap_err();
    (fault.code().to_owned(), fault.message().to_owned())
}

#[test]
fn a_text_that_violates_its_pattern_is_refused_in_the_words_of_aws() {
    let outcome = read("RoleSessionName=Session1:2", |call| {
        call.required("RoleSessionName", &Shape::text(2, 64).of(NAME_PATTERN))
            .to_owned()
    });
    let words = "1 validation error detected: Value 'Session1:2' at 'roleSessionName' failed to satisfy \
                 constraint: Member must satisfy regular expression pattern: [\\w+=,.@-]*";
    assert_eq!(outcome, Err(validation(words)));
}

const NAME_PATTERN: Pattern = Pattern {
    shown: "[\\w+=,.@-]*",
    holds: |text| {
        text.chars()
            .all(|c| c.is_ascii_alphanumeric() || "_+=,.@-".contains(c))
    },
};

#[test]
fn all_violations_are_named_at_once() {
    let outcome = read("UserName=a&Status=active", |call| {
        call.required("UserName", &NAME);
        call.required("Status", &Shape::one_of(&["Active", "Inactive"]));
        call.required("AccessKeyId", &NAME);
    });
    let words = "3 validation errors detected: \
                 Value 'a' at 'userName' failed to satisfy constraint: Member must have length greater than or equal to 2; \
                 Value 'active' at 'status' failed to satisfy constraint: Member must satisfy enum value set: [Active, Inactive]; \
                 Value null at 'accessKeyId' failed to satisfy constraint: Member must not be null";
    assert_eq!(outcome, Err(validation(words)));
}

#[test]
fn what_is_secret_or_endless_is_not_repeated() {
    let (_, message) = code_and_message(read("Token=secret-token", |call| {
        call.required("Token", &Shape::text(1, 4).unshown())
            .to_owned()
    }));
    assert!(!message.contains("secret"), "{message}");
    let long = format!("Name={}", "x".repeat(10_000));
    let (_, message) =
        code_and_message(read(&long, |call| call.required("Name", &NAME).to_owned()));
    assert!(
        message.contains("x…' at 'name'") && message.len() < 1_200,
        "{message}"
    );
}

#[test]
fn integers_are_held_to_their_range_and_to_their_spelling() {
    let read = |body: &str| read(body, |call| call.integer("DurationSeconds", 900..=43_200));
    assert_eq!(read("").unwrap(), None);
    assert_eq!(read("DurationSeconds=900").unwrap(), Some(900));
    for (text, bound) in [
        ("899", "greater than or equal to 900"),
        ("43201", "less than or equal to 43200"),
        ("-1", "greater than or equal to 900"),
        ("99999999999999999999", "less than or equal to 43200"),
        ("-99999999999999999999", "greater than or equal to 900"),
    ] {
        let words = format!(
            "1 validation error detected: Value '{text}' at 'durationSeconds' failed to satisfy constraint: \
             Member must have value {bound}"
        );
        assert_eq!(
            read(&format!("DurationSeconds={text}")),
            Err(validation(&words))
        );
    }
    for text in ["", "-", "1.5", "1e3", "+900", "%2B900", "x", "0x10"] {
        let (code, _) = code_and_message(read(&format!("DurationSeconds={text}")));
        assert_eq!(code, "MalformedInput", "{text}");
    }
}

#[test]
fn booleans_are_two_words() {
    let read = |body: &str| read(body, |call| call.boolean("SetAsDefault"));
    assert_eq!(read("SetAsDefault=true").unwrap(), Some(true));
    assert_eq!(read("SetAsDefault=false").unwrap(), Some(false));
    assert_eq!(read("").unwrap(), None);
    assert_eq!(
        code_and_message(read("SetAsDefault=TRUE")).0,
        "MalformedInput"
    );
}

fn tags(body: &str) -> Result<Option<Vec<(String, String)>>, Fault> {
    read(body, |call| {
        call.list("Tags", 0..=3, |tag| {
            let key = tag.required("Key", &NAME).to_owned();
            (key, tag.required("Value", &Shape::text(0, 4)).to_owned())
        })
    })
}

#[test]
fn lists_are_read_in_the_order_of_their_numbers() {
    let given = tags(
        "Tags.member.2.Key=bb&Tags.member.2.Value=2&Tags.member.1.Value=&Tags.member.1.Key=aa",
    );
    let pair = |key: &str, value: &str| (key.to_owned(), value.to_owned());
    assert_eq!(given.unwrap(), Some(vec![pair("aa", ""), pair("bb", "2")]));
    assert_eq!(tags("").unwrap(), None);
    assert_eq!(tags("Tags=").unwrap(), Some(Vec::new()));
}

#[test]
fn lists_with_gaps_or_absurd_numbers_are_refused() {
    for body in [
        "Tags.member.2.Key=aa&Tags.member.2.Value=",
        "Tags.member.1.Key=aa&Tags.member.1.Value=&Tags.member.3.Key=cc&Tags.member.3.Value=",
        "Tags.member.0.Key=aa",
        "Tags.member.01.Key=aa",
        "Tags.member.-1.Key=aa",
        "Tags.member.x.Key=aa",
        "Tags.member.501.Key=aa",
        "Tags.member.99999999999999999999999.Key=aa",
        "Tags.member..Key=aa",
        "Tags.1.Key=aa",
        "Tags.Member.1.Key=aa",
        "tags.member.1.Key=aa&tags.member.1.Value=",
        "Tags=aa",
        "Tags.member.1=aa",
        "Tags.member.1=aa&Tags.member.1.Key=aa&Tags.member.1.Value=",
    ] {
        assert_eq!(code_and_message(tags(body)).0, "MalformedInput", "{body}");
    }
}

#[test]
fn members_are_named_by_their_place() {
    let (_, message) = code_and_message(tags("Tags.member.1.Key=aa"));
    assert!(
        message.contains("Value null at 'tags.1.member.value'"),
        "{message}"
    );
    let four: Vec<String> = (1..=4)
        .map(|n| format!("Tags.member.{n}.Key=k{n}&Tags.member.{n}.Value="))
        .collect();
    let (_, message) = code_and_message(tags(&four.join("&")));
    assert!(
        message.contains("Value at 'tags' failed to satisfy constraint: Member must have length less than or equal to 3"),
        "{message}"
    );
}

#[test]
fn lists_of_texts_hold_texts_alone() {
    let texts = |body: &str| {
        read(body, |call| {
            let texts = call.texts("TagKeys", 0..=50, &NAME);
            texts.map(|texts| texts.join(","))
        })
    };
    assert_eq!(
        texts("TagKeys.member.1=aa&TagKeys.member.2=bb").unwrap(),
        Some("aa,bb".to_owned())
    );
    assert_eq!(texts("TagKeys=").unwrap(), Some(String::new()));
    assert_eq!(
        code_and_message(texts("TagKeys.member.1.Key=aa")).0,
        "MalformedInput"
    );
    assert_eq!(
        code_and_message(texts("TagKeys.member.1=aa&TagKeys.member.1.x=aa")).0,
        "MalformedInput"
    );
    let (_, message) = code_and_message(texts("TagKeys.member.1=a+b"));
    assert!(
        message.contains("Value 'a b' at 'tagKeys.1.member' failed"),
        "{message}"
    );
}

#[test]
fn lists_lie_within_structures() {
    let entries = read(
        "E.member.1.Name=k&E.member.1.Values.member.1=aa&E.member.1.Values.member.2=bb",
        |call| {
            call.list("E", 0..=10, |entry| {
                let values = entry.texts("Values", 1..=5, &NAME).unwrap_or_default();
                values.into_iter().map(str::to_owned).collect::<Vec<_>>()
            })
        },
    );
    assert_eq!(
        entries.unwrap(),
        Some(vec![vec!["aa".to_owned(), "bb".to_owned()]])
    );
}

#[test]
fn h3_a_session_policy_in_another_spelling_is_refused_rather_than_ignored() {
    for body in [
        "policy=%7B%7D",
        "POLICY=x",
        "policyArns.member.1.arn=x",
        "PolicyARNs.member.1.arn=x",
    ] {
        let outcome = read(body, |call| {
            call.optional("Policy", &Shape::text(1, 2_048));
            call.list("PolicyArns", 0..=10, |arn| {
                arn.required("arn", &NAME).to_owned()
            });
        });
        assert_eq!(code_and_message(outcome).0, "MalformedInput", "{body}");
    }
}

#[test]
fn parameters_that_nobody_asked_for_are_ignored() {
    let name = read(
        "UserName=alice&Unknown=1&X-Amz-Date=2&PolicyName=p",
        |call| call.required("UserName", &NAME).to_owned(),
    );
    assert_eq!(name.unwrap(), "alice");
}
