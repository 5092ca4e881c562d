//! `credential_process`: a program that prints credentials.
//!
//! Reference guide, "Process credential provider": the command is split by quotes and white space and
//! run without a shell; it prints one JSON object of `Version` 1 on standard output.

use std::process::{Command, Stdio};

use countersign_sigv4::{AccessKeyId, SecretAccessKey, SessionToken};
use serde::Deserialize;

use super::error::ProcessFault;
use super::{AwsError, Credentials};

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Printed {
    access_key_id: String,
    secret_access_key: String,
    session_token: Option<String>,
    version: u32,
}

/// Runs the command of a profile.
pub(super) fn run(command: &str, profile: &str) -> Result<Credentials, AwsError> {
    let faulty = |fault| AwsError::Process {
        name: profile.to_owned(),
        fault,
    };
    let words = split(command).ok_or_else(|| faulty(ProcessFault::Quoting))?;
    let (program, arguments) = words
        .split_first()
        .ok_or_else(|| faulty(ProcessFault::NotStarted))?;
    let output = Command::new(program)
        .args(arguments)
        .stdin(Stdio::inherit())
        .stderr(Stdio::inherit())
        .output()
        .map_err(|_| faulty(ProcessFault::NotStarted))?;
    if !output.status.success() {
        return Err(faulty(ProcessFault::Failed));
    }
    let printed: Printed =
        serde_json::from_slice(&output.stdout).map_err(|_| faulty(ProcessFault::NoCredentials))?;
    if printed.version != 1 {
        return Err(faulty(ProcessFault::NoCredentials));
    }
    Ok(Credentials {
        access_key_id: AccessKeyId::new(printed.access_key_id),
        secret: SecretAccessKey::new(printed.secret_access_key),
        session_token: printed.session_token.map(SessionToken::new),
    })
}

/// Splits at white space outside of quotes, as a shell would; `None` if a quote is left open.
fn split(command: &str) -> Option<Vec<String>> {
    let mut words = Vec::new();
    let mut word: Option<String> = None;
    let mut quote: Option<char> = None;
    let mut characters = command.chars();
    while let Some(character) = characters.next() {
        match (quote, character) {
            (Some(open), close) if open == close => quote = None,
            (None, '"' | '\'') => {
                quote = Some(character);
                word.get_or_insert_default();
            }
            (None, space) if space.is_whitespace() => words.extend(word.take()),
            (None | Some('"'), '\\') => word.get_or_insert_default().push(characters.next()?),
            _ => word.get_or_insert_default().push(character),
        }
    }
    words.extend(word);
    quote.is_none().then_some(words)
}

#[cfg(test)]
mod tests {
    use super::split;

    #[test]
    fn commands_are_split_as_a_shell_would() {
        for (command, expected) in [
            ("helper --profile a", Some(vec!["helper", "--profile", "a"])),
            (
                "\"/opt/my helper\"  'x y'",
                Some(vec!["/opt/my helper", "x y"]),
            ),
            (r"a\ b c", Some(vec!["a b", "c"])),
            ("a \"\" b", Some(vec!["a", "", "b"])),
            ("", Some(vec![])),
            ("a 'b", None),
        ] {
            let expected = expected.map(|words| words.into_iter().map(String::from).collect());
            assert_eq!(split(command), expected, "{command}");
        }
    }
}
