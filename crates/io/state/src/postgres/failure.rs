//! What can go wrong in a transaction, and what may be done about it.
//!
//! INVARIANT: what failed is tried again only where it is certain that it did not happen: before the
//! commit was sent, or where the server says that it rolled back.

use std::io;

use deadpool_postgres::{HookError, PoolError};
use tokio_postgres::error::SqlState;

use crate::StateError;

/// Why a transaction was not carried out.
#[derive(Debug)]
pub(super) enum Failure {
    /// There was no connection.
    Connection(String),
    /// The rows are not as they were read a moment ago.
    Moved,
    /// The server, or the way to it.
    Server(tokio_postgres::Error),
    /// The verb itself refused.
    State(StateError),
}

impl From<StateError> for Failure {
    fn from(error: StateError) -> Self {
        Self::State(error)
    }
}

impl From<tokio_postgres::Error> for Failure {
    fn from(error: tokio_postgres::Error) -> Self {
        Self::Server(error)
    }
}

impl From<PoolError> for Failure {
    fn from(error: PoolError) -> Self {
        match error {
            PoolError::Backend(error) => Self::Connection(said(&error)),
            PoolError::PostCreateHook(HookError::Backend(error)) => Self::Connection(said(&error)),
            other => Self::Connection(other.to_string()),
        }
    }
}

impl Failure {
    /// Whether the connection must not be used again.
    pub(super) fn spoils_connection(&self) -> bool {
        match self {
            Self::Server(error) => is_lost(error) || is_read_only(error),
            Self::Connection(_) | Self::Moved | Self::State(_) => false,
        }
    }

    /// Whether a transaction that failed so before its commit may be tried again.
    pub(super) fn may_pass(&self) -> bool {
        match self {
            Self::Moved => true,
            Self::Server(error) => was_rolled_back(error) || is_read_only(error) || is_lost(error),
            Self::Connection(_) | Self::State(_) => false,
        }
    }
}

impl From<Failure> for StateError {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Connection(message) => Self::Unreachable { message },
            Failure::Moved => Self::Busy,
            Failure::State(error) => error,
            Failure::Server(error) => match error.code() {
                Some(&SqlState::LOCK_NOT_AVAILABLE) => Self::Busy,
                Some(_) if was_rolled_back(&error) => Self::Busy,
                Some(_) => Self::Database {
                    message: said(&error),
                },
                None if is_lost(&error) => Self::Unreachable {
                    message: said(&error),
                },
                None => Self::Database {
                    message: said(&error),
                },
            },
        }
    }
}

/// What became of a transaction whose commit failed: `None` if nobody knows.
pub(super) fn of_commit(error: tokio_postgres::Error) -> Option<Failure> {
    was_rolled_back(&error).then_some(Failure::Server(error))
}

/// Class 40 is "transaction rollback", but for one code in it that says that nobody knows.
fn was_rolled_back(error: &tokio_postgres::Error) -> bool {
    error.code().is_some_and(|code| {
        code.code().starts_with("40") && *code != SqlState::T_R_STATEMENT_COMPLETION_UNKNOWN
    })
}

/// Whether the connection is gone, or goes because the server stops.
fn is_lost(error: &tokio_postgres::Error) -> bool {
    let source = std::error::Error::source(error);
    let stops = [
        SqlState::ADMIN_SHUTDOWN,
        SqlState::CRASH_SHUTDOWN,
        SqlState::CANNOT_CONNECT_NOW,
    ];
    error.is_closed()
        || source.is_some_and(|source| source.is::<io::Error>())
        || error.code().is_some_and(|code| stops.contains(code))
}

/// A server that takes no writes any more, because another one does now.
fn is_read_only(error: &tokio_postgres::Error) -> bool {
    error.code() == Some(&SqlState::READ_ONLY_SQL_TRANSACTION)
}

/// The server's words, or the reasons one after the other. Details are left out: they may quote rows.
pub(super) fn said(error: &tokio_postgres::Error) -> String {
    if let Some(error) = error.as_db_error() {
        return format!("{} ({})", error.message(), error.code().code());
    }
    let mut text = error.to_string();
    let mut source = std::error::Error::source(error);
    while let Some(reason) = source {
        text = format!("{text}: {reason}");
        source = reason.source();
    }
    text
}
