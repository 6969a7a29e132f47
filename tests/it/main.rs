//! People read, import, break and restart the real program.
//!
//! Everything here goes through the surface: HTTP and the command line of the binary that was
//! built, with a real database and a real file store. `KOFFER_TEST_BACKEND` says which:
//! `sqlite` (the default) keeps files on the disk, `postgres` keeps them in an S3 bucket.
//! Both are started by the tests themselves; `world.rs` says how.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop where it stands")]

mod collection;
mod editing;
mod graphql;
mod people;
mod s3_server;
mod world;

mod backups;
mod batching;
mod bombs;
mod comments;
mod drafts;
mod every_kind;
mod export;
mod facets;
mod fallback;
mod file_delivery;
mod file_stores;
mod filters;
mod floors;
mod graphql_over_http;
mod import;
mod import_faults;
mod nodes;
mod order;
mod paging;
mod presence;
mod records;
mod relations;
mod report_page;
mod running;
mod saved_views;
mod schema;
mod sockets;
mod start;
mod sync;
mod tasks;
mod theme_page;
mod tool_pages;
