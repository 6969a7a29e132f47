//! The API for any kind: what is general about GraphQL here, and GraphQL over HTTP.
//!
//! Resolvers translate and delegate; the reading itself is behind `content/read.rs`.
//! What a kind shows of its own is in `kinds/`.

pub mod account;
pub mod batch;
pub mod book;
pub mod change;
pub mod connection;
pub mod editing;
pub mod entry;
pub mod error;
pub mod file;
pub mod filter;
pub mod gate;
pub mod http;
pub mod image;
pub mod limit;
pub mod order;
pub mod problem;
pub mod published;
pub mod rich_text;
pub mod scalar;
pub mod site;
pub mod visit;
pub mod witness;
