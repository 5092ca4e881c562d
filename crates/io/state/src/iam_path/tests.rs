use super::{IamPath, IamPathError};

#[test]
fn paths_are_framed_by_slashes() {
    for good in ["/", "/a/", "/division/team-1/", "/~!/"] {
        assert_eq!(IamPath::parse(good).unwrap().as_str(), good);
    }
    let long = format!("/{}/", "a".repeat(511));
    for bad in ["", "a", "/a", "a/", "//", "/a b/", "/é/", &long] {
        assert_eq!(IamPath::parse(bad), Err(IamPathError), "{bad}");
    }
}
