//! People read, import, break and restart the real program.
//!
//! Everything here goes through the surface: HTTP and the command line of the binary that was
//! built, with a real database and a real file store. `KOFFER_TEST_BACKEND` says which:
//! `sqlite` (the default) keeps files on the disk, `postgres` keeps them in an S3 bucket.
//! Both are started by the tests themselves; `world.rs` says how.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop where it stands")]

mod bulky;
mod collection;
mod fault_proxy;
mod graphql;
mod people;
mod s3_server;
mod samples;
mod world;

mod accounts;
mod audit_log;
mod awkward_files;
mod backups;
mod batching;
mod bombs;
mod bucket_addresses;
mod comments;
mod crashes;
mod documents;
mod drafts;
mod every_kind;
mod exceptions;
mod export;
mod facets;
mod fallback;
mod file_delivery;
mod file_stores;
mod filters;
mod floors;
mod graphql_over_http;
mod history;
mod housekeeping;
mod import;
mod import_faults;
mod large_files;
mod media_library;
mod nodes;
mod oidc;
mod old_shapes;
mod order;
mod paging;
mod password_reset;
mod permissions;
mod perspective;
mod pictures;
mod presence;
mod previews;
mod rate_limits;
mod records;
mod references;
mod relations;
mod releases;
mod report_page;
mod resumable;
mod running;
mod saved_views;
mod saving;
mod schedules;
mod schema;
mod second_factor;
mod sessions;
mod sign_in;
mod sockets;
mod start;
mod store_faults;
mod sync;
mod tasks;
mod theme_page;
mod tokens;
mod tool_pages;
mod twins;
mod uploads;
mod virus_checks;
mod whole_life;
