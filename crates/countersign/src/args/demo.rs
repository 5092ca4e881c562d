//! `countersign demo`

use clap::Args;

/// The options of `demo`.
#[derive(Debug, Args)]
pub(crate) struct DemoArgs {
    /// End after the show instead of staying up until Ctrl-C
    #[arg(long)]
    pub(crate) once: bool,
}
