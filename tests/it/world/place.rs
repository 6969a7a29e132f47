//! Where a world keeps its data, and how the program is told.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    process::Command,
    sync::{
        OnceLock,
        atomic::{AtomicBool, AtomicU32, Ordering},
    },
};

use sea_orm::{
    ConnectOptions, ConnectionTrait as _, Database, DatabaseConnection, DbBackend, Statement,
};

use super::{janitor, port, postgres::Cluster};
use crate::s3_server::S3Server;

/// On what the worlds of this run stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Backend {
    /// SQLite, and files on the disk.
    Sqlite,
    /// PostgreSQL, and files in an S3 bucket.
    Postgres,
}

impl Backend {
    pub fn of_this_run() -> Self {
        match std::env::var("KOFFER_TEST_BACKEND").as_deref() {
            Err(_) | Ok("sqlite") => Self::Sqlite,
            Ok("postgres") => Self::Postgres,
            Ok(other) => panic!("KOFFER_TEST_BACKEND is sqlite or postgres, not {other}"),
        }
    }
}

/// The key of every house of this run; a test can know what was signed with it.
pub const SECRET_KEY: &str = "this-key-is-only-for-the-tests-0123456789";

pub struct Place {
    /// Where its own files lie; `data` inside is what the program gets.
    pub folder: PathBuf,
    pub port: u16,
    /// The name of its database and of its part of the bucket.
    name: String,
    settings: BTreeMap<String, String>,
    /// Whether the first account has the password that the tests know.
    password: AtomicBool,
}

impl Place {
    pub fn new() -> Self {
        let place = Self::unfilled();
        if Backend::of_this_run() == Backend::Postgres {
            Cluster::running().create(&place.name, None);
        }
        place
    }

    /// A place with the same in it. Nobody may be using this one.
    pub fn copy(&self) -> Self {
        let place = Self::unfilled();
        place.password.store(self.knows_password(), Ordering::Relaxed);
        copy_folder(&self.data(), &place.data());
        if Backend::of_this_run() == Backend::Postgres {
            Cluster::running().create(&place.name, Some(&self.name));
            copy_folder(&s3().path(&self.name), &s3().path(&place.name));
        }
        place
    }

    /// Another address for the same database and files.
    ///
    /// The processes around one SQLite share its folder; those around one PostgreSQL need not.
    pub fn sibling(&self) -> Self {
        let mut place =
            Self { name: self.name.clone(), settings: self.settings.clone(), ..Self::unfilled() };
        place.password.store(self.knows_password(), Ordering::Relaxed);
        if Backend::of_this_run() == Backend::Sqlite {
            place.set(&[("KOFFER_DATA", self.data().to_str().unwrap())]);
        }
        place
    }

    fn unfilled() -> Self {
        static NUMBER: AtomicU32 = AtomicU32::new(1);
        let name = format!("world_{}", NUMBER.fetch_add(1, Ordering::Relaxed));
        Self {
            folder: janitor::folder(&name),
            port: port::free(),
            name,
            settings: BTreeMap::new(),
            password: AtomicBool::new(false),
        }
    }

    pub fn knows_password(&self) -> bool {
        self.password.load(Ordering::Relaxed)
    }

    pub fn remember_password(&self) {
        self.password.store(true, Ordering::Relaxed);
    }

    pub fn set(&mut self, settings: &[(&str, &str)]) {
        self.settings
            .extend(settings.iter().map(|(name, value)| ((*name).into(), (*value).into())));
    }

    pub fn data(&self) -> PathBuf {
        self.folder.join("data")
    }

    /// The program, with nothing but these settings.
    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = janitor::command(env!("CARGO_BIN_EXE_koffer"));
        for (name, _) in std::env::vars_os() {
            if name
                .to_str()
                .is_some_and(|name| name.starts_with("KOFFER_") || name.starts_with("AWS_"))
            {
                command.env_remove(name);
            }
        }
        command.args(arguments).current_dir(&self.folder).envs(self.environment());
        command
    }

    fn environment(&self) -> BTreeMap<String, String> {
        let mut environment = BTreeMap::from([
            ("KOFFER_LISTEN".to_owned(), format!("127.0.0.1:{}", self.port)),
            ("KOFFER_DATA".to_owned(), self.data().to_str().unwrap().to_owned()),
            // The processes around one database need the same.
            ("KOFFER_SECRET_KEY".to_owned(), SECRET_KEY.to_owned()),
            // All people of a world come from one machine.
            ("KOFFER_LIMIT_SIGN_INS".to_owned(), "1000".to_owned()),
        ]);
        if Backend::of_this_run() == Backend::Postgres {
            environment.insert("KOFFER_DATABASE_URL".into(), Cluster::running().url(&self.name));
            environment.extend(s3().environment().map(|(name, value)| (name.to_owned(), value)));
            let bucket = format!("s3://{}/{}", s3().bucket, self.name);
            environment.insert("KOFFER_FILES".into(), bucket);
        }
        environment.extend(self.settings.clone());
        environment
    }

    /// The rows of all tables in which work leaves traces, as one text to compare.
    pub async fn rows(&self) -> String {
        let database = self.connect().await;
        let mut rows = String::new();
        for table in
            ["entry", "edition", "revision", "live", "link", "term", "change", "log", "file"]
        {
            let counted = format!("SELECT COUNT(*) AS n FROM \"{table}\"");
            let counted = database
                .query_one_raw(Statement::from_string(database.get_database_backend(), counted));
            let number: i64 = counted.await.unwrap().unwrap().try_get("", "n").unwrap();
            rows += &format!("{table}: {number}\n");
        }
        database.close().await.unwrap();
        rows
    }

    /// A number that a statement counts.
    pub async fn number(&self, counted: &str) -> i64 {
        let database = self.connect().await;
        let counted = Statement::from_string(database.get_database_backend(), counted);
        let row = database.query_one_raw(counted).await.unwrap().unwrap();
        let number = row.try_get("", "n").unwrap();
        database.close().await.unwrap();
        number
    }

    /// Changes something behind the program's back.
    pub async fn does(&self, statement: &str) {
        let database = self.connect().await;
        database.execute_unprepared(statement).await.unwrap();
        database.close().await.unwrap();
    }

    pub async fn is_being_written(&self) -> bool {
        // Where there is no database yet, nobody writes.
        let Ok(database) = self.reach().await else { return false };
        let written = match database.get_database_backend() {
            // There is one writer; while somebody writes, nobody else may begin to.
            DbBackend::Sqlite => match database.execute_unprepared("BEGIN IMMEDIATE").await {
                Ok(_) => {
                    database.execute_unprepared("ROLLBACK").await.unwrap();
                    false
                }
                Err(_) => true,
            },
            // Only who has written something has a number.
            _ => {
                let writers = "SELECT COUNT(*) AS n FROM pg_stat_activity \
                               WHERE datname = current_database() AND backend_xid IS NOT NULL";
                let counted = Statement::from_string(DbBackend::Postgres, writers);
                let counted = database.query_one_raw(counted).await.unwrap().unwrap();
                counted.try_get::<i64>("", "n").unwrap() > 0
            }
        };
        database.close().await.unwrap();
        written
    }

    /// Takes away the folder of the files, or the way to the database.
    pub fn cut_off(&self) {
        match Backend::of_this_run() {
            Backend::Sqlite => {
                fs::rename(self.data().join("files"), self.data().join("away")).unwrap()
            }
            Backend::Postgres => Cluster::running().cut_off(&self.name),
        }
    }

    /// Gives it back.
    pub fn bring_back(&self) {
        match Backend::of_this_run() {
            Backend::Sqlite => {
                fs::rename(self.data().join("away"), self.data().join("files")).unwrap()
            }
            Backend::Postgres => Cluster::running().bring_back(&self.name),
        }
    }

    pub async fn sql(&self, statement: &str) -> Result<(), sea_orm::DbErr> {
        let database = self.connect().await;
        let done = database.execute_unprepared(statement).await;
        database.close().await.unwrap();
        done.map(drop)
    }

    pub async fn connect(&self) -> DatabaseConnection {
        self.reach().await.unwrap()
    }

    async fn reach(&self) -> Result<DatabaseConnection, sea_orm::DbErr> {
        let url = match Backend::of_this_run() {
            Backend::Sqlite => format!("sqlite://{}", self.data().join("koffer.db").display()),
            Backend::Postgres => Cluster::running().url(&self.name),
        };
        let mut options = ConnectOptions::new(url);
        options.sqlx_logging(false).max_connections(1);
        options.map_sqlx_sqlite_opts(|sqlite| sqlite.busy_timeout(std::time::Duration::ZERO));
        Database::connect(options).await
    }
}

/// The bucket of this run; its server has a thread of its own, for it outlives every test.
fn s3() -> &'static S3Server {
    static SERVER: OnceLock<S3Server> = OnceLock::new();
    SERVER.get_or_init(|| {
        let (give, take) = std::sync::mpsc::channel();
        std::thread::spawn(move || {
            let runtime =
                tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            runtime.block_on(async move {
                let folder = tempfile::tempdir_in(janitor::root()).unwrap();
                give.send(S3Server::start(folder).await).ok();
                std::future::pending::<()>().await;
            });
        });
        take.recv().unwrap()
    })
}

/// Copies a folder with all that is in it, if it is there.
fn copy_folder(from: &Path, to: &Path) {
    let Ok(inside) = fs::read_dir(from) else { return };
    fs::create_dir_all(to).unwrap();
    for found in inside {
        let found = found.unwrap();
        let target = to.join(found.file_name());
        if found.file_type().unwrap().is_dir() {
            copy_folder(&found.path(), &target);
        } else {
            fs::copy(found.path(), target).unwrap();
        }
    }
    fs::set_permissions(to, fs::metadata(from).unwrap().permissions()).unwrap();
}
