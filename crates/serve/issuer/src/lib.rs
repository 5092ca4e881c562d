//! The issuer: links on demand, with the exact request to send.
#![expect(dead_code, reason = "being built")]

mod instant;
mod lifetime;
mod mint;
mod plan;
mod problem;
mod snippets;
mod template;
mod wire;
