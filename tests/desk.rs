//! A desk to try things at: a folder, the `encours` command in it, and the answers of its lake.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;

use encours::demo::{self, DemoOptions};
use encours::engine::{Catalogue, Cluster, Engine, Room, Scope};
use encours::forecast::Forecast;
use encours::lake::{KnownAt, Lake};
use encours::model::{Answer, Date, Value};
use encours::store::Place;

use crate::fixtures;

/// A folder of its own, gone at the end of the test.
pub struct Desk {
    folder: tempfile::TempDir,
}

/// What a session of the tests may hold.
const MEMORY: u64 = 4 << 30;

/// What a command said.
#[derive(Debug)]
pub struct Said {
    pub stdout: String,
    pub stderr: String,
    pub status: i32,
}

impl Said {
    /// Runs a command to its end.
    pub fn of(command: &mut Command) -> Self {
        let output = command.output().unwrap();
        Self {
            stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
            stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
            status: output.status.code().unwrap_or(-1),
        }
    }

    /// The command ended as it should.
    #[track_caller]
    pub fn ended(self, status: i32) -> Self {
        assert_eq!(self.status, status, "status\nstdout: {}\nstderr: {}", self.stdout, self.stderr);
        self
    }

    /// The last line of stdout.
    pub fn last_line(&self) -> &str {
        self.stdout.lines().last().unwrap_or_default()
    }
}

impl Desk {
    pub fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap() }
    }

    /// A desk as `make` leaves it, made once a run: a copy of it.
    pub fn like(name: &str, make: impl FnOnce(&Self)) -> Self {
        let fixture = fixtures::made(name, |folder| {
            let desk = Self::new();
            make(&desk);
            fixtures::copy(desk.folder.path(), folder);
        });
        let desk = Self::new();
        fixtures::copy(&fixture, desk.folder.path());
        desk
    }

    /// A demo company, all its files loaded.
    pub fn demo(options: &DemoOptions) -> Self {
        let DemoOptions { seed, customer_count, invoice_count, last_year_end } = options;
        Self::like(&format!("demo-{seed}-{customer_count}-{invoice_count}-{last_year_end}"), |desk| {
            let written = demo::write(options, &desk.path("sources")).unwrap();
            let files: Vec<PathBuf> = written.files.iter().map(|file| desk.path("sources").join(&file.name)).collect();
            desk.load(&files.iter().map(PathBuf::as_path).collect::<Vec<_>>());
        })
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Writes a file on the desk.
    pub fn file(&self, name: &str, bytes: impl AsRef<[u8]>) -> PathBuf {
        let path = self.path(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, bytes).unwrap();
        path
    }

    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_encours"));
        command
            .args(arguments)
            .current_dir(self.folder.path())
            .env("LC_ALL", "en_GB.UTF-8")
            .env("NO_COLOR", "1")
            .stdin(Stdio::null());
        command
    }

    /// Runs `encours` on the desk.
    pub fn run(&self, arguments: &[&str]) -> Said {
        Said::of(&mut self.command(arguments))
    }

    /// Loads files, which must all be accepted.
    #[track_caller]
    pub fn load(&self, files: &[&Path]) -> Said {
        let files: Vec<&str> = files.iter().map(|file| file.to_str().unwrap()).collect();
        self.run(&[&["load"], files.as_slice()].concat()).ended(0)
    }

    /// The rows of a command that answers in CSV.
    pub fn csv_rows(&self, arguments: &[&str]) -> Vec<Row> {
        rows_of_csv(&self.run(&[arguments, &["--output", "csv", "--quiet"]].concat()).ended(0).stdout)
    }

    /// The lake of the desk, asked as of a day.
    pub fn ask(&self, as_of: &str) -> Asked {
        Asked::of(&self.path("lake"), as_of)
    }
}

/// A lake asked as of a day.
pub struct Asked {
    runtime: tokio::runtime::Runtime,
    engine: Engine,
}

/// A row by column name, in plain text.
pub type Row = BTreeMap<String, String>;

/// The rows of a text in CSV, by column name.
pub fn rows_of_csv(text: &str) -> Vec<Row> {
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let header = reader.headers().unwrap().clone();
    let named = |row: csv::StringRecord| header.iter().map(str::to_owned).zip(row.iter().map(str::to_owned)).collect();
    reader.records().map(|row| named(row.unwrap())).collect()
}

impl Asked {
    pub fn of(lake: &Path, as_of: &str) -> Self {
        Self::scoped(lake, Scope::at(day(as_of)))
    }

    pub fn scoped(lake: &Path, scope: Scope) -> Self {
        Self::by(lake, scope, None)
    }

    /// Asked of a cluster, where one is named.
    pub fn by(lake: &Path, scope: Scope, cluster: Option<&Cluster>) -> Self {
        Self::within(lake, scope, cluster, MEMORY)
    }

    /// Asked with so many bytes of memory.
    pub fn within(lake: &Path, scope: Scope, cluster: Option<&Cluster>, memory_limit: u64) -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .thread_stack_size(8 << 20)
            .enable_all()
            .build();
        let runtime = runtime.unwrap();
        let engine = runtime.block_on(async {
            let snapshot = Lake::at(Place::folder(lake)).unwrap().snapshot(&KnownAt::Latest).await.unwrap();
            let references = encours::settings::built_in_references();
            let files = Engine::files_of(&snapshot);
            let mut engine =
                Engine::open(&files, Catalogue::load(&[]).unwrap(), &references, scope, memory_limit, cluster)
                    .await
                    .unwrap();
            engine.set_derivation(Arc::new(Forecast::default()));
            engine
        });
        Self { runtime, engine }
    }

    pub fn months(mut self, months: i64) -> Self {
        self.engine.set_months(months);
        self
    }

    /// Asks about one customer from now on.
    pub fn about(&mut self, customer: &str, since: &str) {
        let customers = self.runtime.block_on(self.engine.customers_of_code(customer)).unwrap();
        self.runtime.block_on(self.engine.set_customers(&customers, Some(day(since)))).unwrap();
    }

    /// Asks about all customers again.
    pub fn about_all(&mut self) {
        self.runtime.block_on(self.engine.set_customers(&[], None)).unwrap();
    }

    pub fn at(&mut self, as_of: &str) -> &mut Self {
        self.engine.set_as_of(day(as_of));
        self
    }

    #[track_caller]
    pub fn answer(&mut self, query: &str) -> Answer {
        match self.runtime.block_on(self.engine.ask(query)) {
            Ok(answer) => answer,
            Err(cause) => panic!("{query}: {cause}"),
        }
    }

    #[track_caller]
    pub fn rows(&mut self, query: &str) -> Vec<Row> {
        rows(&self.answer(query))
    }

    #[track_caller]
    pub fn sql(&mut self, sql: &str) -> Vec<Row> {
        rows(&self.runtime.block_on(self.engine.ask_sql(sql, 600)).unwrap())
    }

    /// Lets results go but for what some queries read.
    pub fn let_go_but(&mut self, names: &[&str]) {
        self.engine.let_go_but(names).unwrap();
    }

    /// Whether the rows of a table or a base result are there to be read.
    pub fn holds(&self, name: &str) -> bool {
        self.runtime.block_on(self.engine.ask_step(&format!("select count(*) as row_count from {name}"))).is_ok()
    }

    /// One value of the first row.
    #[track_caller]
    pub fn first(&mut self, query: &str, column: &str) -> String {
        self.answer(query).value(0, column).plain()
    }

    /// Every query of a reader, by name, but for those of the day's work.
    pub fn all(&mut self) -> BTreeMap<String, Answer> {
        self.of_room(Room::Metrics)
    }

    /// Every query of the day's work, by name.
    pub fn worklists(&mut self) -> BTreeMap<String, Answer> {
        self.of_room(Room::Worklists)
    }

    /// Every query of what is to be expected, by name.
    pub fn forecasts(&mut self) -> BTreeMap<String, Answer> {
        self.of_room(Room::Forecasts)
    }

    #[track_caller]
    pub fn of_room(&mut self, room: Room) -> BTreeMap<String, Answer> {
        let queries = self.engine.catalogue().in_room(room);
        let names: Vec<String> = queries.map(|query| query.header.name.clone()).collect();
        let asked: Vec<&str> = names.iter().map(String::as_str).collect();
        let answers = match self.runtime.block_on(self.engine.ask_all(&asked)) {
            Ok(answers) => answers,
            Err(cause) => panic!("{room:?}: {cause}"),
        };
        names.into_iter().zip(answers).collect()
    }

    pub fn checks(&mut self) -> Vec<String> {
        let checks = self.engine.catalogue().in_room(Room::Checks);
        checks.map(|query| query.header.name.clone()).collect()
    }
}

fn rows(answer: &Answer) -> Vec<Row> {
    let named = |row: Vec<Value>| {
        answer.columns.iter().zip(row).map(|(column, value)| (column.name.clone(), value.plain())).collect()
    };
    answer.rows().map(named).collect()
}

/// An answer with nothing in these columns, such as the file and line that a row comes from.
pub fn without(answer: &Answer, columns: &[&str]) -> Answer {
    let empty: Vec<usize> = columns.iter().filter_map(|column| answer.position(column)).collect();
    let mut other = Answer::new(answer.columns.clone());
    other
        .extend(answer.len(), |column, row| if empty.contains(&column) { Value::Null } else { answer.at(row, column) });
    other
}

pub fn day(text: &str) -> Date {
    text.parse().unwrap()
}
