//! The history of Koffer's tables, one file per step; see `migration/README.md`.

pub use sea_orm_migration::prelude::*;

mod drafts;
mod m20261122_000001_content;
mod m20261122_000002_reading;
mod m20261122_000003_traces;
mod m20261122_000004_files;
mod m20261122_000005_accounts;
mod m20261122_000006_sessions;
mod m20261122_000101_theme_field;
mod m20261122_000102_tool;
mod m20261122_000103_case;
mod m20261122_000104_report;
mod m20261122_000105_download;
mod m20261122_000106_municipality;
mod m20261122_000107_organisation;
mod m20261122_000108_event;
mod m20261122_000109_news_item;
mod m20261122_000110_programme;
mod m20261122_000111_assistant;
mod m20261122_000201_editing;
mod m20261122_000203_together;
mod m20261122_000301_file_facts;
mod m20261122_000302_media;

pub struct Migrator;

#[async_trait::async_trait]
impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![
            Box::new(m20261122_000001_content::Migration),
            Box::new(m20261122_000002_reading::Migration),
            Box::new(m20261122_000003_traces::Migration),
            Box::new(m20261122_000004_files::Migration),
            Box::new(m20261122_000005_accounts::Migration),
            Box::new(m20261122_000006_sessions::Migration),
            Box::new(m20261122_000101_theme_field::Migration),
            Box::new(m20261122_000102_tool::Migration),
            Box::new(m20261122_000103_case::Migration),
            Box::new(m20261122_000104_report::Migration),
            Box::new(m20261122_000105_download::Migration),
            Box::new(m20261122_000106_municipality::Migration),
            Box::new(m20261122_000107_organisation::Migration),
            Box::new(m20261122_000108_event::Migration),
            Box::new(m20261122_000109_news_item::Migration),
            Box::new(m20261122_000110_programme::Migration),
            Box::new(m20261122_000111_assistant::Migration),
            Box::new(m20261122_000201_editing::Migration),
            Box::new(m20261122_000203_together::Migration),
            Box::new(m20261122_000301_file_facts::Migration),
            Box::new(m20261122_000302_media::Migration),
        ]
    }
}
