use super::*;

#[test]
fn keys_are_found_in_any_case_and_tags_by_their_family() {
    assert_eq!(find("AWS:sourceip").unwrap().name, "aws:SourceIp");
    assert_eq!(
        find("aws:principaltag/dp:exclude").unwrap().family,
        Family::Any
    );
    assert!(find("aws:PrincipalTag/").is_none());
    assert!(find("aws:PrincipalTag").is_none());
    assert!(find("aws:Source").is_none());
    assert!(find("é").is_none());
}

#[test]
fn names_stand_once_and_in_order() {
    let names: Vec<_> = condition_keys()
        .iter()
        .map(|facts| facts.name.to_ascii_lowercase())
        .collect();
    assert!(names.is_sorted());
    assert!(names.windows(2).all(|pair| pair[0] != pair[1]));
    let actions: Vec<_> = s3_actions().map(str::to_ascii_lowercase).collect();
    assert!(actions.is_sorted());
    assert!(actions.windows(2).all(|pair| pair[0] != pair[1]));
}

#[test]
fn every_action_that_a_request_can_need_may_be_named() {
    for operation in countersign_s3::Operation::ALL {
        let needed = [operation.iam_action(), operation.iam_action_on_version()];
        let needed = needed.into_iter().flatten();
        for name in needed.filter(|name| name.starts_with("s3:")) {
            assert!(s3_actions().any(|known| known == name), "{name}");
        }
    }
}

#[test]
fn claims_of_providers_are_keys_by_their_form() {
    for key in [
        "token.actions.githubusercontent.com:sub",
        "Token.Actions.GithubUserContent.com:repository_owner",
        "login.example.com/realms/ours:aud",
        "127.0.0.1:8443/realm:sub",
        "localhost:8080:aud",
        "[::1]:8080:aud",
    ] {
        assert_eq!(
            find(key).map(|facts| facts.family),
            Some(Family::Any),
            "{key}"
        );
    }
    for key in [
        "ec2:InstanceType",
        "githubusercontent:sub",
        "example.com",
        "example.com:",
        ":sub",
        "[::1:aud",
        "example.com:80x:aud",
        "exa mple.com:aud",
    ] {
        assert!(find(key).is_none(), "{key}");
    }
}

#[test]
fn the_actions_of_every_service_stand_once_and_in_order() {
    for service in Service::ALL {
        let names: Vec<_> = service.actions().map(str::to_ascii_lowercase).collect();
        assert!(names.is_sorted());
        assert!(names.windows(2).all(|pair| pair[0] != pair[1]));
        let prefix = format!("{}:", service.prefix());
        assert!(names.iter().all(|name| name.starts_with(&prefix)));
        assert_eq!(Service::of(service.prefix()), Some(service));
    }
    assert!(known_actions().any(|name| name == "sts:TagSession"));
}
