use super::*;

#[test]
fn numbers_are_compared_exactly() {
    let number = |text| Decimal::parse(text).unwrap();
    assert_eq!(number("1.20"), number("1.2"));
    assert_eq!(number("-0"), number("0"));
    assert!(number("0.1") < number("0.100000001"));
    assert!(number("-2") < number("-1.5"));
    assert!(number("999999999999999999") > number("999999999999999998.999999999"));
    assert_eq!(
        Decimal::of(Value::Number(900_000)),
        Decimal::parse("900000")
    );
    assert_eq!(
        Decimal::of(Value::Number(i64::MAX)).map(|n| n > number("0")),
        Some(true)
    );
    assert_eq!(Decimal::of(Value::Text("1.3")), Decimal::parse("1.3"));
}

#[test]
fn what_is_no_number_is_none() {
    for text in [
        "",
        "-",
        ".5",
        "5.",
        "1e3",
        "+1",
        "1,5",
        "0x1",
        " 1",
        "1 ",
        "NaN",
        "1.2.3",
        "٣",
        "1234567890123456789",
        "1.1234567890",
    ] {
        assert_eq!(Decimal::parse(text), None, "{text}");
    }
}
