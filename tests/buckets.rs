//! Lake and sources in a bucket of a real S3 server, which the test starts: answers as from a folder, and commits of
//! which only one can win.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use encours::demo::DemoOptions;
use hyper::header::IF_NONE_MATCH;
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto::Builder;
use s3s::auth::SimpleAuth;
use s3s::service::{S3Service, S3ServiceBuilder};
use s3s_fs::FileSystem;
use tokio::net::TcpListener;

use crate::books::Ledger;
use crate::cluster::Machines;
use crate::desk::{Desk, Said};

const KEY: &str = "AKIAENCOURS";
const SECRET: &str = "a-secret-of-the-test";

/// What the server was asked.
#[derive(Default)]
struct Counts {
    /// Writes of log entries that asked for there to be none yet.
    conditional: AtomicUsize,
    /// Milliseconds that each entry of a log takes, so that loads at once meet.
    entry_delay: AtomicUsize,
    /// Writes of log entries that did not.
    unconditional: AtomicUsize,
    /// Writes that were refused for that.
    refused: AtomicUsize,
}

/// An S3 server over a folder of its own, with one bucket, `books`.
pub struct Server {
    _runtime: tokio::runtime::Runtime,
    folder: tempfile::TempDir,
    address: String,
    counts: Arc<Counts>,
}

impl Server {
    pub fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join("books")).unwrap();
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
        let mut service = S3ServiceBuilder::new(FileSystem::new(folder.path()).unwrap());
        service.set_auth(SimpleAuth::from_single(KEY, SECRET));
        let service = service.build();
        let listener = runtime.block_on(TcpListener::bind("127.0.0.1:0")).unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let counts = Arc::new(Counts::default());
        runtime.spawn(serve(listener, service, counts.clone()));
        Self { _runtime: runtime, folder, address, counts }
    }

    /// Tells a command where the server is and how to open it.
    pub fn environment(&self, command: &mut Command) {
        command
            .env("AWS_ENDPOINT_URL", &self.address)
            .env("AWS_ALLOW_HTTP", "true")
            .env("AWS_REGION", "eu-west-3")
            .env("AWS_ACCESS_KEY_ID", KEY)
            .env("AWS_SECRET_ACCESS_KEY", SECRET);
    }

    fn command(&self, desk: &Desk, arguments: &[&str]) -> Command {
        let mut command = desk.command(arguments);
        self.environment(&mut command);
        command
    }

    fn run(&self, desk: &Desk, arguments: &[&str]) -> Said {
        Said::of(&mut self.command(desk, arguments))
    }

    /// Puts a file into the bucket.
    fn put(&self, name: &str, bytes: impl AsRef<[u8]>) -> String {
        let path = self.folder.path().join("books").join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, bytes).unwrap();
        format!("s3://books/{name}")
    }
}

async fn serve(listener: TcpListener, service: S3Service, counts: Arc<Counts>) {
    // this server looks and then writes; S3 does both in one step
    let one_at_a_time = Arc::new(tokio::sync::Mutex::new(()));
    while let Ok((connection, _)) = listener.accept().await {
        let (service, counts, one_at_a_time) = (service.clone(), counts.clone(), one_at_a_time.clone());
        let answer = service_fn(move |request: hyper::Request<hyper::body::Incoming>| {
            let (service, counts, one_at_a_time) = (service.clone(), counts.clone(), one_at_a_time.clone());
            async move {
                let path = request.uri().path();
                let is_entry = request.method() == hyper::Method::PUT && path.contains("/_delta_log/0");
                let is_conditional = request.headers().get(IF_NONE_MATCH).is_some_and(|value| value == "*");
                if !is_entry {
                    return hyper::service::Service::call(&service, request).await;
                }
                let delay = u64::try_from(counts.entry_delay.load(Ordering::Relaxed)).unwrap();
                tokio::time::sleep(std::time::Duration::from_millis(delay)).await;
                let _alone = one_at_a_time.lock().await;
                let count = if is_conditional { &counts.conditional } else { &counts.unconditional };
                count.fetch_add(1, Ordering::Relaxed);
                let answered = hyper::service::Service::call(&service, request).await;
                if answered.as_ref().is_ok_and(|answer| answer.status() == hyper::StatusCode::PRECONDITION_FAILED) {
                    counts.refused.fetch_add(1, Ordering::Relaxed);
                }
                answered
            }
        });
        tokio::spawn(async move {
            drop(Builder::new(TokioExecutor::new()).serve_connection(TokioIo::new(connection), answer).await);
        });
    }
}

/// Answers that between them read every kind of table, as CSV, by the name of their query.
fn answers(ask: impl Fn(&[&str]) -> Said) -> BTreeMap<&'static str, String> {
    let names = ["receivables", "aging", "open_items", "payers", "worklist", "cash_forecast", "comments"];
    let answer = |name: &'static str| {
        let said = ask(&["query", name, "--as-of", "2025-12-31", "--output", "csv"]);
        assert!(said.status < 2, "{name}: {}", said.stderr);
        (name, said.stdout)
    };
    names.map(answer).into()
}

#[test]
fn a_lake_and_sources_in_a_bucket_answer_as_in_a_folder() {
    let server = Server::start();
    let options = DemoOptions { customer_count: 60, invoice_count: 700, ..DemoOptions::default() };
    let here = Desk::demo(&options);
    let there = Desk::new();
    let mut sources: Vec<PathBuf> =
        std::fs::read_dir(here.path("sources")).unwrap().map(|entry| entry.unwrap().path()).collect();
    // what is allocated comes with the items or after them
    sources.sort_by_key(|path| (path.file_stem().is_some_and(|name| name == "allocations"), path.clone()));
    sources.retain(|path| path.extension().is_some_and(|ending| ending == "txt" || ending == "csv"));
    let addresses: Vec<String> = sources
        .iter()
        .map(|path| {
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            server.put(&format!("sources/{name}"), std::fs::read(path).unwrap())
        })
        .collect();
    let lake = ["--lake", "s3://books/lakes/of 2025"];
    let addresses: Vec<&str> = addresses.iter().map(String::as_str).collect();
    // in two loads, so that the second reads what the bucket holds beside what waits here
    let (first, second) = addresses.split_at(addresses.len() / 2);
    for part in [first, second] {
        let said = server.run(&there, &[&["load"], part, &lake].concat()).ended(0);
        assert!(said.stdout.contains("lines read: "), "{}", said.stdout);
    }
    let expected = answers(|arguments| here.run(arguments));
    let found = answers(|arguments| server.run(&there, &[arguments, &lake].concat()));
    for (name, answer) in &expected {
        assert_eq!(&found[name], answer, "{name}");
    }
    println!("{} answers of a bucket are those of a folder", expected.len());
    assert!(!there.path("lake").exists() && !there.path("s3:").exists(), "nothing of the lake lies here");
    // a source loaded again is known; what is missing or refused is said
    let said = server.run(&there, &[&["load"], &addresses[..1], &lake].concat()).ended(0);
    assert!(said.stdout.contains("already holds"), "{}", said.stdout);
    let said = server.run(&there, &[&["load", "s3://books/none.csv"][..], &lake].concat()).ended(2);
    assert!(
        said.stderr.contains("s3://books/none.csv") && said.stderr.contains("hint: check the name"),
        "{}",
        said.stderr
    );
    assert_eq!(server.counts.unconditional.load(Ordering::Relaxed), 0, "a log entry is never written over another");
    // the past, the loads and the page
    server.run(&there, &[&["query", "receivables", "--known-at", "1"][..], &lake].concat());
    let history = server.run(&there, &[&["history", "--output", "csv"][..], &lake].concat()).ended(0);
    assert_eq!(history.stdout.lines().count(), 3, "{}", history.stdout);
    server.run(&there, &[&["report", "controller", "--as-of", "2025-12-31"][..], &lake].concat());
    assert!(there.path("out/controller-2025-12-31-en.html").is_file());
    server.run(&there, &[&["check"][..], &lake].concat());
    server.run(&there, &[&["inspect", addresses[0]][..], &lake].concat()).ended(0);
}

#[test]
fn loads_at_once_into_a_bucket_all_end_up_in_and_none_is_written_over() {
    let server = Server::start();
    server.counts.entry_delay.store(400, Ordering::Relaxed);
    let desk = Desk::new();
    let lake = ["--lake", "s3://books/lake"];
    let files: Vec<_> = (1..=4)
        .map(|number| {
            let ledger = Ledger::new(2024).invoice("C1", "F1", "2024-03-05", &format!("{number}00.00"));
            desk.file(&format!("{}FEC20241231.txt", number.to_string().repeat(9)), ledger.text())
        })
        .collect();
    let loads: Vec<_> = files
        .iter()
        .map(|file| server.command(&desk, &[&["load", file.to_str().unwrap()][..], &lake].concat()).spawn().unwrap())
        .collect();
    for mut load in loads {
        assert!(load.wait().unwrap().success());
    }
    let asked = ["query", "receivables", "--as-of", "2024-12-31", "--output", "csv"];
    let said = server.run(&desk, &[&asked[..], &lake].concat()).ended(0);
    assert!(said.stdout.contains("2024-12-31,1000.00,"), "{}", said.stdout);
    let history = server.run(&desk, &[&["history", "--output", "csv"][..], &lake].concat()).ended(0);
    assert_eq!(history.stdout.lines().count(), 5, "{}", history.stdout);
    let (conditional, refused) =
        (server.counts.conditional.load(Ordering::Relaxed), server.counts.refused.load(Ordering::Relaxed));
    println!("{conditional} entries of logs were asked to be written, {refused} refused since others were first");
    assert!(refused > 0, "loads at once met each other");
    assert_eq!(server.counts.unconditional.load(Ordering::Relaxed), 0, "a log entry is never written over another");
}

#[test]
fn a_load_into_a_bucket_killed_at_any_moment_leaves_the_answers_of_before() {
    let server = Server::start();
    let desk = Desk::new();
    let lake = ["--lake", "s3://books/lake"];
    let first =
        desk.file("111111111FEC20241231.txt", Ledger::new(2024).invoice("C1", "F1", "2024-03-05", "120.00").text());
    server.run(&desk, &[&["load", first.to_str().unwrap()][..], &lake].concat()).ended(0);
    let second =
        desk.file("222222222FEC20241231.txt", Ledger::new(2024).invoice("C2", "F2", "2024-03-06", "12.00").text());
    let open = || {
        let asked = ["query", "receivables", "--as-of", "2024-12-31", "--output", "csv"];
        let said = server.run(&desk, &[&asked[..], &lake].concat()).ended(0);
        said.stdout.lines().nth(1).unwrap().split(',').nth(1).unwrap().to_owned()
    };
    let start = std::time::Instant::now();
    server.run(&desk, &["load", second.to_str().unwrap(), "--lake", "s3://books/other"]).ended(0);
    let undisturbed = start.elapsed();
    let mut was_killed = 0;
    for eighths in 1..=10 {
        let mut load =
            server.command(&desk, &[&["load", second.to_str().unwrap()][..], &lake].concat()).spawn().unwrap();
        let moment = undisturbed * eighths / 8;
        std::thread::sleep(moment);
        was_killed += u32::from(load.try_wait().unwrap().is_none());
        load.kill().unwrap();
        load.wait().unwrap();
        let found = open();
        assert!(found == "120.00" || found == "132.00", "after {moment:?} of {undisturbed:?}: {found}");
        if found == "132.00" {
            break;
        }
    }
    assert!(was_killed > 2, "only {was_killed} loads were killed in mid-work");
    server.run(&desk, &[&["load", second.to_str().unwrap()][..], &lake].concat()).ended(0);
    assert_eq!(open(), "132.00", "the next load heals what the killed ones left");
}

#[test]
fn a_bucket_that_refuses_says_what_to_check_and_no_secret() {
    let server = Server::start();
    let desk = Desk::new();
    let file = desk.file("a.csv", "item_id,customer_id,kind,issued_date,amount\nF1,C1,invoice,2024-03-05,120.00\n");
    let load = ["load", file.to_str().unwrap(), "--lake", "s3://books/lake"];
    let mut command = server.command(&desk, &load);
    command.env("AWS_SECRET_ACCESS_KEY", "another-secret");
    let said = Said::of(&mut command).ended(2);
    assert!(said.stderr.contains("hint: check the bucket's name, AWS_ACCESS_KEY_ID"), "{}", said.stderr);
    assert!(!said.stderr.contains("another-secret") && !said.stdout.contains("another-secret"), "{}", said.stderr);
    // nobody listens
    let mut command = server.command(&desk, &load);
    command.env("AWS_ENDPOINT_URL", "http://127.0.0.1:9");
    let start = std::time::Instant::now();
    let said = Said::of(&mut command).ended(2);
    assert!(said.stderr.contains("AWS_ENDPOINT_URL"), "{}", said.stderr);
    assert!(start.elapsed().as_secs() < 60, "{:?}", start.elapsed());
    // no such bucket, no such lake, no bucket at all
    let said = server.run(&desk, &["load", file.to_str().unwrap(), "--lake", "s3://elsewhere/lake"]).ended(2);
    assert!(said.stderr.contains("hint: "), "{}", said.stderr);
    let said = server.run(&desk, &["query", "receivables", "--lake", "s3://books/none"]).ended(2);
    assert!(said.stderr.contains("there is no lake in `s3://books/none`"), "{}", said.stderr);
    for (lake, found) in [("s3:///lake", "names no bucket"), ("gs://books/lake", "neither a path nor `s3://…`")] {
        let said = server.run(&desk, &["query", "receivables", "--lake", lake]).ended(2);
        assert!(said.stderr.contains(found), "{lake}: {}", said.stderr);
    }
}

#[test]
fn a_cluster_answers_for_a_lake_in_a_bucket() {
    let server = Server::start();
    let desk = Desk::new();
    let lake = ["--lake", "s3://books/lake"];
    let ledger =
        Ledger::new(2024).invoice("C1", "F1", "2024-03-05", "120.00").invoice("C2", "F2", "2024-11-06", "75.00").text();
    let file = desk.file("111111111FEC20241231.txt", ledger);
    server.run(&desk, &[&["load", file.to_str().unwrap()][..], &lake].concat()).ended(0);
    let machines = Machines::start_with(2, |command| server.environment(command));
    for query in ["receivables", "worklist"] {
        let question = ["query", query, "--as-of", "2024-12-31", "--output", "csv"];
        let here = server.run(&desk, &[&question[..], &lake].concat());
        let there = server.run(&desk, &[&question[..], &lake, &["--cluster", &machines.address]].concat());
        assert_eq!((here.status, here.stdout), (there.status, there.stdout), "{query}: {}", there.stderr);
    }
    let left = server.folder.path().join("books/lake/_results");
    let count =
        std::fs::read_dir(left).map_or(0, |left| left.flatten().filter(|entry| holds_files(&entry.path())).count());
    assert_eq!(count, 0, "results go with their session");
}

fn holds_files(path: &std::path::Path) -> bool {
    path.is_file() || std::fs::read_dir(path).unwrap().flatten().any(|entry| holds_files(&entry.path()))
}
