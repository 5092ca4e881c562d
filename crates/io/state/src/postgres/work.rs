//! A transaction that is open, as the verbs see it.

use std::cell::Cell;

use deadpool_postgres::Transaction;
use tokio_postgres::Row;
use tokio_postgres::types::ToSql;

use super::Engine;
use super::failure::Failure;
use crate::master_key::MasterKey;

/// The parameters of a statement.
pub(super) type Parameters<'a> = &'a [&'a (dyn ToSql + Sync)];

/// An open transaction. Statements are prepared once for each connection.
pub(super) struct Work<'a> {
    engine: &'a Engine,
    transaction: Transaction<'a>,
    rows_changed: Cell<u64>,
}

impl<'a> Work<'a> {
    pub(super) fn new(engine: &'a Engine, transaction: Transaction<'a>) -> Self {
        Self {
            engine,
            transaction,
            rows_changed: Cell::new(0),
        }
    }

    /// The key that secrets are sealed under.
    pub(super) fn master_key(&self) -> &'a MasterKey {
        &self.engine.master_key
    }

    /// Whether the server passes on notifications.
    pub(super) fn notifies(&self) -> bool {
        self.engine.notifies
    }

    /// Asks for rows.
    pub(super) async fn rows(
        &self,
        sql: &str,
        parameters: Parameters<'_>,
    ) -> Result<Vec<Row>, Failure> {
        let statement = self.transaction.prepare_cached(sql).await?;
        Ok(self.transaction.query(&statement, parameters).await?)
    }

    /// Asks for the one row there may be.
    pub(super) async fn row(
        &self,
        sql: &str,
        parameters: Parameters<'_>,
    ) -> Result<Option<Row>, Failure> {
        let statement = self.transaction.prepare_cached(sql).await?;
        Ok(self.transaction.query_opt(&statement, parameters).await?)
    }

    /// Changes rows, and says how many.
    pub(super) async fn change(
        &self,
        sql: &str,
        parameters: Parameters<'_>,
    ) -> Result<u64, Failure> {
        let statement = self.transaction.prepare_cached(sql).await?;
        let changed = self.transaction.execute(&statement, parameters).await?;
        self.rows_changed.set(self.rows_changed.get() + changed);
        Ok(changed)
    }

    /// How many rows were changed so far.
    pub(super) fn rows_changed(&self) -> u64 {
        self.rows_changed.get()
    }

    pub(super) async fn commit(self) -> Result<(), tokio_postgres::Error> {
        self.transaction.commit().await
    }

    pub(super) async fn roll_back(self) -> Result<(), tokio_postgres::Error> {
        self.transaction.rollback().await
    }
}
