//! Koffer's tables: columns and nothing else.
//!
//! No functions, no GraphQL: what the columns mean is decided on the floors above.
//! A kind's table and `live` hold what is published, and nothing but what is published.

pub mod account;
pub mod blob;
pub mod change;
pub mod comment;
pub mod edition;
pub mod entry;
pub mod file;
pub mod file_page;
pub mod file_version;
pub mod grant;
pub mod house;
pub mod idempotency;
pub mod identity;
pub mod kind_rule;
pub mod link;
pub mod live;
pub mod log;
pub mod one_time_token;
pub mod presence;
pub mod preview_token;
pub mod recovery_code;
pub mod release;
pub mod release_member;
pub mod review;
pub mod revision;
pub mod saved_view;
pub mod schedule;
pub mod session;
pub mod term;
pub mod upload;
pub mod upload_part;
pub mod variant;

pub mod assistant;
pub mod case;
pub mod download;
pub mod event;
pub mod municipality;
pub mod news_item;
pub mod organisation;
pub mod programme;
pub mod report;
pub mod theme_field;
pub mod tool;
