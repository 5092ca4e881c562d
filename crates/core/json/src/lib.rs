//! A strict reader of JSON that knows where everything stands.
//!
//! RFC 8259, with every freedom it leaves closed: a name occurs once in an object, surrogates come in
//! pairs, nesting is bounded and nothing follows the value. A document of trust that two readers
//! understand differently is a hole (threat K2), and an error without a place is of no help, which is
//! why policies are not read with `serde_json`.
//!
//! ```
//! use countersign_json::{Value, read};
//! let node = read(r#"{"Effect": "Allow"}"#)?;
//! let Value::Object(members) = node.value else { unreachable!() };
//! assert_eq!((members[0].at, &*members[0].name), (1, "Effect"));
//! assert!(read(r#"{"a": 1, "\u0061": 2}"#).is_err());
//! # Ok::<(), countersign_json::JsonError>(())
//! ```

mod error;
mod read;

pub use error::{JsonError, JsonProblem};
pub use read::{MAX_DEPTH, Member, Node, Value, read};
