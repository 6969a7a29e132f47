//! A world: the program as it was built, running on a database and a file store of its own.
//!
//! The first world of a run lets the program make its own first start, with the bundled
//! collection; every other world is a copy of what that left behind. `janitor.rs` sees to it that
//! nothing outlives the run, however it ends.

mod janitor;
mod place;
mod port;
mod postgres;
mod server;

use std::{
    fs::File,
    path::{Path, PathBuf},
    sync::atomic::{AtomicU32, Ordering},
    time::{Duration, Instant},
};

use tokio::sync::OnceCell;

use crate::people::{Account, Anyone, PASSWORD as CHOSEN, Person, Told};
use place::Place;
use server::Server;

pub use place::SECRET_KEY;
pub use port::free as free_port;
pub use postgres::PASSWORD;

/// A running Koffer, with everything that belongs to it.
pub struct World {
    place: Place,
    server: Option<Server>,
    administrator: OnceCell<Person>,
}

/// The address of the first account of every world.
pub const ADMINISTRATOR: &str = "admin@koffer.localhost";

/// The collection as the first start left it; never served again, only copied.
static TEMPLATE: OnceCell<Place> = OnceCell::const_new();
static SHARED: OnceCell<World> = OnceCell::const_new();

impl World {
    /// The one with the bundled collection that all tests share which only read.
    pub async fn shared() -> &'static Self {
        SHARED.get_or_init(Self::new).await
    }

    /// One of its own, with the bundled collection.
    pub async fn new() -> Self {
        Self::with(&[]).await
    }

    /// One of its own, with the bundled collection and these settings.
    pub async fn with(settings: &[(&str, &str)]) -> Self {
        let mut world = Self::at(bundled().await.copy());
        world.place.set(settings);
        world.starts(&["serve"]).await;
        world
    }

    /// One with nothing in it.
    pub async fn empty() -> Self {
        Self::empty_with(&[]).await
    }

    /// One with nothing in it, and these settings.
    pub async fn empty_with(settings: &[(&str, &str)]) -> Self {
        let mut world = Self::unborn_with(settings);
        world.starts(&["serve", "--empty"]).await;
        world
    }

    /// One that was never started: an empty folder, an empty database.
    pub fn unborn() -> Self {
        Self::unborn_with(&[])
    }

    /// One that was never started, with these settings.
    pub fn unborn_with(settings: &[(&str, &str)]) -> Self {
        let mut place = Place::new();
        place.set(settings);
        Self::at(place)
    }

    fn at(place: Place) -> Self {
        Self { place, server: None, administrator: OnceCell::new() }
    }

    /// Starts the server and waits until it is ready.
    pub async fn starts(&mut self, command: &[&str]) {
        assert!(self.server.is_none(), "it runs already");
        self.server = Some(Server::start(&self.place, command).await);
    }

    /// Starts it again at the same address.
    pub async fn restart(&mut self) {
        self.starts(&["serve"]).await;
    }

    /// Asks the server to stop, waits until it has, and says with which code.
    pub async fn stop(&mut self) -> Option<i32> {
        self.is_told_to_stop();
        self.has_stopped().await
    }

    /// SIGTERM, as service managers send it.
    pub fn is_told_to_stop(&self) {
        self.server.as_ref().expect("it runs").is_told_to_stop();
    }

    /// The code with which the server has ended, once it has.
    pub async fn has_stopped(&mut self) -> Option<i32> {
        self.server.take().expect("it runs").has_stopped().await
    }

    /// The number of the server's process.
    pub fn pid(&self) -> u32 {
        self.server.as_ref().expect("it runs").pid()
    }

    /// Ends the server in the middle of whatever it does.
    pub fn kill(&mut self) {
        drop(self.server.take().expect("it runs"));
    }

    /// Another address for a second process on the same database and files.
    pub fn twin(&self) -> Self {
        Self::at(self.place.sibling())
    }

    /// A second process that the outside reaches at this one's address, as behind a balancer.
    pub fn twin_behind_the_same_address(&self) -> Self {
        let mut twin = self.twin();
        twin.place.set(&[("KOFFER_PUBLIC_URL", &self.url(""))]);
        twin
    }

    /// Changes settings; they count from the next start on.
    pub fn sets(&mut self, settings: &[(&str, &str)]) {
        self.place.set(settings);
    }

    /// Does something to the database that Koffer itself would not do.
    pub async fn sql(&self, statement: &str) -> Result<(), sea_orm::DbErr> {
        self.place.sql(statement).await
    }

    pub fn is_on_postgres(&self) -> bool {
        place::Backend::of_this_run() == place::Backend::Postgres
    }

    /// Makes a part that it needs unreachable.
    pub async fn cuts_a_part_off(&mut self) {
        self.place.cut_off();
    }

    /// Brings that part back.
    pub async fn brings_it_back(&mut self) {
        self.place.bring_back();
    }

    pub fn url(&self, path: &str) -> String {
        format!("http://127.0.0.1:{}{path}", self.place.port)
    }

    /// Somebody without an account.
    pub fn anyone(&self) -> Anyone {
        Anyone::new(self.url("/graphql"))
    }

    /// The first administrator, signed in; always the same one.
    pub async fn administrator(&self) -> Person {
        let signs_in = async || {
            let account = self.first_account().await;
            account.signs_in(&self.url("")).await
        };
        self.administrator.get_or_init(signs_in).await.clone()
    }

    /// Somebody new of this role, signed in, with a password of their own. The scope is what
    /// `GrantInput` takes beside the role: `{ "kinds": ["TOOL"] }`.
    pub async fn person(&self, role: &str, scope: Option<serde_json::Value>) -> Person {
        self.newcomer(role, scope).await.settles_in(&self.url("")).await
    }

    /// Somebody new of this role, who has only been given a password.
    pub async fn newcomer(&self, role: &str, scope: Option<serde_json::Value>) -> Account {
        static NUMBER: AtomicU32 = AtomicU32::new(1);
        let email = format!("{role}-{}@example.org", NUMBER.fetch_add(1, Ordering::Relaxed));
        Account::made_by(&self.administrator().await, &email, role, scope).await
    }

    /// The first account, with a password that we know.
    pub async fn first_account(&self) -> Account {
        if !self.place.knows_password() {
            gives_password(&self.place);
        }
        Account { id: String::new(), email: ADMINISTRATOR.into(), password: CHOSEN.into() }
    }

    /// Runs a command on the same database and files.
    pub async fn koffer(&self, arguments: &[&str]) -> Told {
        Told::by(&mut self.command(arguments)).await
    }

    /// The command itself, for those who want to do something to it.
    pub fn command(&self, arguments: &[&str]) -> tokio::process::Command {
        let mut command = tokio::process::Command::from(self.place.command(arguments));
        command.kill_on_drop(true);
        command
    }

    /// How many statements the server has sent to its database.
    pub async fn statements(&self) -> u64 {
        let metrics = reqwest::get(self.url("/metrics")).await.unwrap().text().await.unwrap();
        let counter =
            |line: &str| line.strip_prefix("koffer_sql_statements_total ")?.parse::<f64>().ok();
        metrics.lines().find_map(counter).expect("the metrics count statements") as u64
    }

    /// The folder of the world, for what a test wants to leave there.
    pub fn folder(&self) -> PathBuf {
        self.place.folder.clone()
    }

    /// The folder that the program got for its data.
    pub fn data(&self) -> PathBuf {
        self.place.data()
    }

    /// What the server has said on stdout and stderr.
    pub fn said(&self) -> String {
        server::said(&self.place)
    }

    /// Everything that a kill or a dry run could have touched: the entries, the feed, the log.
    pub async fn rows(&self) -> String {
        self.place.rows().await
    }

    /// How often something of this name stands in the log.
    pub async fn logged(&self, action: &str) -> i64 {
        self.place.number(&format!("SELECT COUNT(*) AS n FROM log WHERE action = '{action}'")).await
    }

    /// How many lines of the log are somebody's.
    pub async fn logged_by(&self, actor: &str) -> i64 {
        self.place.number(&format!("SELECT COUNT(*) AS n FROM log WHERE actor = '{actor}'")).await
    }

    /// How many rows a table has.
    pub async fn count(&self, table: &str) -> i64 {
        self.place.number(&format!("SELECT COUNT(*) AS n FROM {table}")).await
    }

    /// Waits until a table has no rows left.
    pub async fn empties(&self, table: &str) {
        self.counts(table, 0).await;
    }

    /// Waits until the table has this many rows.
    pub async fn counts(&self, table: &str, rows: i64) {
        let deadline = Instant::now() + Duration::from_secs(30);
        while self.count(table).await != rows {
            assert!(Instant::now() < deadline, "{table} has not {rows} rows: {}", self.said());
        }
    }

    /// Moves the time of all that is planned into the past, while the house is closed.
    pub async fn time_comes(&self) {
        self.place.does("UPDATE schedule SET due_at = '2020-01-01 00:00:00+00:00'").await;
    }

    /// The database itself, for what only another part of Koffer would write.
    pub async fn database(&self) -> sea_orm::DatabaseConnection {
        self.place.connect().await
    }

    /// Whether somebody is in the middle of writing.
    pub async fn is_being_written(&self) -> bool {
        self.place.is_being_written().await
    }
}

/// Where `cargo` found the crate, for tests that look at the source.
pub fn crate_folder() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

async fn bundled() -> &'static Place {
    TEMPLATE
        .get_or_init(async || {
            let place = Place::new();
            let server = Server::start(&place, &["serve"]).await;
            server.is_told_to_stop();
            let code = server.has_stopped().await;
            assert_eq!(code, Some(0), "{}", server::said(&place));
            gives_password(&place);
            place
        })
        .await
}

/// Gives the first account the password that all people here have.
fn gives_password(place: &Place) {
    let typed = place.folder.join("password");
    std::fs::write(&typed, CHOSEN).unwrap();
    let mut command = place.command(&["account", "password", ADMINISTRATOR, "--stdin"]);
    let output = command.stdin(File::open(typed).unwrap()).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    place.remember_password();
}
