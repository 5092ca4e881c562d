//! Who and what is known: keys, sessions, roles and buckets, from memory or from the state.
