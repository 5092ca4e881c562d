//! What was asked for.

use anyhow::{Result, bail};

const USAGE: &str = "\
options of `test`:
  --fast        Rust only, no clients
  --no-install  use what is there, install nothing";

/// The options of one run.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) struct Options {
    /// Whether the real clients run.
    pub(super) clients: bool,
    /// Whether missing programs and packages are installed.
    pub(super) install: bool,
}

impl Options {
    /// Reads the arguments.
    pub(super) fn parse(args: &[String]) -> Result<Self> {
        let mut options = Self {
            clients: true,
            install: true,
        };
        for arg in args {
            match arg.as_str() {
                "--fast" => options.clients = false,
                "--no-install" => options.install = false,
                other => bail!("unknown option `{other}`\n\n{USAGE}"),
            }
        }
        Ok(options)
    }
}

#[cfg(test)]
mod tests {
    use super::Options;

    #[test]
    fn options_only_take_away() {
        let parse = |args: &[&str]| {
            let args: Vec<String> = args.iter().map(|&arg| arg.into()).collect();
            Options::parse(&args)
        };
        let all = Options {
            clients: true,
            install: true,
        };
        assert_eq!(parse(&[]).unwrap(), all);
        assert!(!parse(&["--fast"]).unwrap().clients);
        assert!(!parse(&["--no-install"]).unwrap().install);
        assert!(parse(&["--quick"]).is_err());
    }
}
