//! The issuer API: links on demand, with the exact request to send.
