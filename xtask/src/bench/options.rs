//! The options of `cargo xtask bench`.

use anyhow::{Context, Result, bail};

/// What to measure, and how thoroughly.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Options {
    /// Only parts and cases whose name contains this.
    pub(crate) only: Option<String>,
    /// Few and short rounds: to see that everything works, not to quote figures.
    pub(crate) quick: bool,
    /// Interleaved rounds of each case.
    pub(crate) rounds: usize,
}

impl Options {
    pub(crate) fn parse(args: &[String]) -> Result<Self> {
        let mut options = Self {
            only: None,
            quick: false,
            rounds: 0,
        };
        let mut args = args.iter();
        while let Some(arg) = args.next() {
            let mut value = || {
                args.next()
                    .with_context(|| format!("`{arg}` needs a value"))
            };
            match arg.as_str() {
                "--only" => options.only = Some(value()?.clone()),
                "--quick" => options.quick = true,
                "--rounds" => options.rounds = value()?.parse().context("`--rounds`: no number")?,
                _ => bail!("unknown option `{arg}`; there are --quick, --only TEXT, --rounds N"),
            }
        }
        if options.rounds == 0 {
            options.rounds = if options.quick { 1 } else { 5 };
        }
        Ok(options)
    }

    /// Whether the part or case called `name` is to be measured.
    pub(crate) fn wants(&self, name: &str) -> bool {
        self.only
            .as_ref()
            .is_none_or(|only| name.contains(only.as_str()))
    }

    /// How long one round of one case lasts at one peer, in seconds.
    pub(crate) fn round_seconds(&self) -> f64 {
        if self.quick { 0.3 } else { 1.0 }
    }
}

#[cfg(test)]
mod tests;
