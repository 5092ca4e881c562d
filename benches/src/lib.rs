//! What Countersign costs, measured beside its peers in the same run.
//!
//! `signing` compares signers and verifiers on one core, `deciding` policies, `auditing` the record, `redeeming` counted uses; `load` drives HTTP servers, and
//! `certificate` makes what they need for TLS; `memory` holds connections and watches what that takes.
//!
//! INVARIANT: a figure is only ever compared with another of the same interleaved run, because the
//! machine itself moves between a fast and a slow state.

pub mod arguments;
pub mod contest;
pub mod histogram;
pub mod load;
pub mod processes;
