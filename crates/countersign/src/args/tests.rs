use clap::{CommandFactory as _, Parser as _};

use super::{Args, Command};

#[test]
fn the_command_line_is_consistent() {
    Args::command().debug_assert();
}

#[test]
fn every_flag_of_serve_is_an_environment_variable_of_its_name() {
    let args = Args::command();
    let serve = args.find_subcommand("serve").unwrap();
    for argument in serve.get_arguments() {
        let name = argument.get_long().unwrap();
        if ["check", "help", "json"].contains(&name) {
            continue;
        }
        let expected = format!("COUNTERSIGN_{}", name.to_uppercase().replace('-', "_"));
        assert_eq!(
            argument.get_env().unwrap().to_str(),
            Some(expected.as_str())
        );
    }
}

#[test]
fn exit_codes_are_in_the_help() {
    let help = Args::command().render_help().to_string();
    for line in [
        "0  done",
        "1  refused",
        "2  the command line",
        "3  the configuration",
        "4  the state",
    ] {
        assert!(help.contains(line), "{help}");
    }
}

#[test]
fn json_may_stand_anywhere() {
    for words in [
        ["countersign", "--json", "key", "list"],
        ["countersign", "key", "list", "--json"],
    ] {
        assert!(Args::try_parse_from(words).unwrap().json);
    }
}

#[test]
fn a_life_over_a_week_is_refused() {
    let words = |life| {
        [
            "countersign",
            "presign",
            "s3://photos/k",
            "--expires-in",
            life,
        ]
    };
    for life in ["0", "604801", "-1", "soon"] {
        assert!(Args::try_parse_from(words(life)).is_err(), "{life}");
    }
    assert!(Args::try_parse_from(words("604800")).is_ok());
}

#[test]
fn a_switch_may_be_turned_off_again() {
    let switch = |flag: &str| {
        let args = Args::try_parse_from(["countersign", "serve", flag]).unwrap();
        let Command::Serve(serve) = args.command else {
            unreachable!("serve was typed")
        };
        serve.tls_self_signed
    };
    assert_eq!(switch("--tls-self-signed"), Some(true));
    assert_eq!(switch("--tls-self-signed=no"), Some(false));
}
