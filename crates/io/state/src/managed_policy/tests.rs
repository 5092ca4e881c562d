use super::PolicyArn;

#[test]
fn an_arn_is_written_as_it_was_read() {
    for arn in [
        "arn:aws:iam::000000000000:policy/Readers",
        "arn:aws:iam::000000000000:policy/team/a/Readers",
        "arn:aws:iam::aws:policy/AdministratorAccess",
    ] {
        assert_eq!(PolicyArn::parse(arn).unwrap().to_string(), arn);
    }
}

#[test]
fn what_names_no_managed_policy_of_this_installation_is_no_arn() {
    for other in [
        "",
        "arn:aws:iam::000000000000:policy",
        "arn:aws:iam::000000000000:policy/",
        "arn:aws:iam::000000000000:policyReaders",
        "arn:aws:iam::000000000000:policy//Readers",
        "arn:aws:iam::000000000000:role/Readers",
        "arn:aws:iam::111111111111:policy/Readers",
        "arn:aws:iam::000000000000:policy/a:b",
    ] {
        assert_eq!(PolicyArn::parse(other), None, "{other}");
    }
}
