use super::grouped;

#[test]
fn digits_are_grouped_in_threes() {
    assert_eq!(grouped(7.4), "7");
    assert_eq!(grouped(123.0), "123");
    assert_eq!(grouped(1_234.0), "1,234");
    assert_eq!(grouped(57_862_000.0), "57,862,000");
}
