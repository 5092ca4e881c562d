use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::Path;

use super::{ServeError, start};
use crate::command::runtime;
use crate::config::{self, Overrides};

fn typed(directory: &Path, listen: SocketAddr) -> Overrides {
    Overrides {
        data_dir: Some(directory.to_owned()),
        listen: Some(listen),
        admin_listen: Some(SocketAddr::from((Ipv4Addr::LOCALHOST, 0))),
        ..Overrides::default()
    }
}

#[test]
fn a_start_that_fails_leaves_the_first_keys_for_the_next() {
    let directory = tempfile::tempdir().unwrap();
    let taken = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let config = |listen| {
        config::load(None, typed(directory.path(), listen))
            .unwrap()
            .config
    };
    runtime().unwrap().block_on(async {
        let failed = start(config(taken.local_addr().unwrap())).await.map(drop);
        assert!(matches!(failed, Err(ServeError::Server(_))));

        let running = start(config(SocketAddr::from((Ipv4Addr::LOCALHOST, 0))))
            .await
            .unwrap();
        assert!(running.first_keys.is_some());

        let second = start(config(SocketAddr::from((Ipv4Addr::LOCALHOST, 0))))
            .await
            .map(drop);
        assert!(
            second.unwrap_err().is_about_data(),
            "one server a directory"
        );
        running.stop().await.unwrap();
    });
}
