//! `demo`: a presigned URL made, used, refused and explained, in one command.
//!
//! The server is the real one, in a directory of its own under the system's temporary directory, on
//! free ports of the loopback interface; the client speaks HTTP to it like any other. Nothing
//! outside of that directory is touched, and it is removed at the end.

mod answer;
mod client;
mod show;

use std::net::{Ipv4Addr, SocketAddr};

use self::client::Client;
use self::show::Show;
use super::serve::{Running, start, stop_requested};
use super::{CommandError, Outcome, runtime};
use crate::args::DemoArgs;
use crate::config::{self, Overrides};
use crate::render::Form;

/// Runs `demo`.
pub(super) fn run(args: &DemoArgs, form: Form) -> Result<Outcome, CommandError> {
    let directory = tempfile::Builder::new()
        .prefix("countersign-demo-")
        .tempdir()?;
    let config = config::load(None, on_free_ports(directory.path()))?.config;
    runtime()?.block_on(async {
        let running = start(config).await?;
        let show = perform(&running, directory.path()).await;
        let show = show.map(|show| if args.once { show.once() } else { show });
        let outcome = match &show {
            Ok(show) => {
                form.print(show)?;
                if !args.once {
                    stop_requested().await?;
                }
                show.outcome()
            }
            Err(_) => Outcome::Negative,
        };
        running.stop().await?;
        show.map(|_| outcome)
    })
}

async fn perform(running: &Running, directory: &std::path::Path) -> Result<Show, CommandError> {
    let keys = running
        .first_keys
        .as_ref()
        .ok_or(CommandError::DemoWithoutKeys)?;
    let app = keys.app.as_ref().ok_or(CommandError::DemoWithoutKeys)?;
    let client = |key| Client::new(&running.s3_url, &running.region, key);
    Show::perform(
        &client(&keys.root)?,
        &client(app)?,
        directory,
        &running.admin_url,
    )
    .await
}

fn on_free_ports(directory: &std::path::Path) -> Overrides {
    let free = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
    Overrides {
        data_dir: Some(directory.join("data")),
        listen: Some(free),
        admin_listen: Some(free),
        ..Overrides::default()
    }
}
