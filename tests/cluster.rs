//! The cluster as real processes on this machine: one scheduler, two executors, answers as without it.

use std::io::{BufRead, BufReader};
use std::net::{TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use encours::demo::DemoOptions;
use encours::engine::{Cluster, Room, Scope};
use encours::model::{Answer, Value};
use encours::store::Place;

use crate::desk::{Asked, Desk, day};

/// A scheduler and its executors, ended with it.
pub struct Machines {
    scheduler: Child,
    executors: Vec<Child>,
    pub address: String,
}

impl Machines {
    fn start(executor_count: usize) -> Self {
        Self::start_with(executor_count, |_| ())
    }

    /// With an environment of their own.
    pub fn start_with(executor_count: usize, environment: impl Fn(&mut Command)) -> Self {
        let options = ["--port", "0", "--executor-timeout", "4", "--look-every", "1", "--parts", "2"];
        let mut scheduler = serve("scheduler", &options, &environment);
        let mut said = String::new();
        BufReader::new(scheduler.stderr.take().unwrap()).read_line(&mut said).unwrap();
        let address = said.trim().strip_prefix("scheduler on ").unwrap_or_else(|| panic!("{said}")).to_owned();
        let mut machines = Self { scheduler, executors: Vec::new(), address };
        for _ in 0..executor_count {
            machines.executor(&environment);
        }
        machines
    }

    /// One more executor, which has taken its place when this returns.
    fn executor(&mut self, environment: &dyn Fn(&mut Command)) {
        let (port, task_port) = (free_port(), free_port());
        let (results, tasks) = (port.to_string(), task_port.to_string());
        let options = ["--scheduler", &self.address, "--port", &results, "--task-port", &tasks];
        let more = ["--cores", "2", "--memory", "1024", "--heartbeat", "1"];
        self.executors.push(serve("executor", &[&options[..], &more].concat(), environment));
        // it registers with the scheduler before it takes tasks
        within(Duration::from_mins(1), || TcpStream::connect(("127.0.0.1", task_port)).is_ok());
        std::thread::sleep(Duration::from_millis(500));
    }
}

impl Drop for Machines {
    fn drop(&mut self) {
        for process in self.executors.iter_mut().chain([&mut self.scheduler]) {
            drop(process.kill());
            drop(process.wait());
        }
    }
}

fn serve(part: &str, options: &[&str], environment: &dyn Fn(&mut Command)) -> Child {
    let mut command = Command::new(env!("CARGO_BIN_EXE_encours"));
    let (stdin, stdout, stderr) = (Stdio::null(), Stdio::null(), Stdio::piped());
    environment(&mut command);
    command.args(["cluster", part]).args(options).stdin(stdin).stdout(stdout).stderr(stderr).spawn().unwrap()
}

fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

fn within(patience: Duration, is_done: impl Fn() -> bool) {
    let start = Instant::now();
    while !is_done() {
        assert!(start.elapsed() < patience, "nothing after {patience:?}");
        std::thread::sleep(Duration::from_millis(50));
    }
}

/// Hundredths of a second that processors have worked for a process, as Linux counts them.
fn worked_hundredths(process: u32) -> u64 {
    let text = std::fs::read_to_string(format!("/proc/{process}/stat")).unwrap();
    // after the name in brackets: user and system time are the 12th and 13th
    let counts: Vec<&str> = text.rsplit(')').next().unwrap().split_whitespace().collect();
    counts[11..13].iter().map(|count| count.parse::<u64>().unwrap()).sum()
}

fn sorted(answer: &Answer) -> Vec<Vec<Value<'_>>> {
    let mut rows: Vec<_> = answer.rows().collect();
    rows.sort_by_cached_key(|row| format!("{row:?}"));
    rows
}

fn company() -> Desk {
    Desk::demo(&DemoOptions { customer_count: 80, invoice_count: 1600, ..DemoOptions::default() })
}

#[test]
fn every_query_answers_as_it_does_without_a_cluster() {
    let desk = company();
    let machines = Machines::start(2);
    let lake = desk.path("lake");
    let results = lake.join("_results");
    let cluster = Cluster {
        scheduler: format!("http://{}", machines.address).parse().unwrap(),
        results: Place::folder(&results),
        patience: Duration::from_mins(5),
    };
    let scope = || Scope::at(day("2025-12-31"));
    let mut here = Asked::scoped(&lake, scope());
    let mut there = Asked::by(&lake, scope(), Some(&cluster));
    let mut count = 0;
    let rooms = [Room::Base, Room::Metrics, Room::Worklists, Room::Forecasts, Room::Outreach, Room::Checks];
    for room in rooms {
        let expected = here.of_room(room);
        for (name, answer) in there.of_room(room) {
            // what other queries read is in no order
            if room == Room::Base {
                assert_eq!(answer.columns, expected[&name].columns, "{name}");
                assert_eq!(sorted(&answer), sorted(&expected[&name]), "{name}");
            } else {
                assert_eq!(answer, expected[&name], "{name}");
            }
            count += 1;
        }
    }
    for customer in ["C0001", "C0042"] {
        here.about(customer, "2025-10-31");
        there.about(customer, "2025-10-31");
        for room in [Room::Customers, Room::Statements] {
            let expected = here.of_room(room);
            for (name, answer) in there.of_room(room) {
                assert_eq!(answer, expected[&name], "{name} of {customer}");
                count += 1;
            }
        }
    }
    assert!(count > 100, "{count} queries");
    println!("{count} answers of the cluster are those of one process");
    drop(there);
    assert_eq!(std::fs::read_dir(&results).unwrap().count(), 0, "results go with their session");
}

#[test]
fn reports_checks_forecasts_and_sql_are_the_same_through_a_cluster() {
    let desk = company();
    let machines = Machines::start(2);
    let cluster = ["--cluster", machines.address.as_str()];
    for command in [
        &["query", "aging", "--output", "csv"][..],
        &["query", "--sql", "select count(*) as item_count from items", "--output", "csv"],
        &["query", "cash_forecast", "--company", "123456789", "--output", "json"],
        &["check", "--output", "csv"],
        &["forecast", "--by", "segment", "--output", "csv"],
    ] {
        let (here, there) = (desk.run(command), desk.run(&[command, &cluster].concat()));
        assert_eq!((here.status, &here.stdout), (there.status, &there.stdout), "{command:?}: {}", there.stderr);
    }
    for out in ["here", "there"] {
        let place = if out == "there" { &cluster[..] } else { &[] };
        desk.run(&[&["report", "controller", "--out", out], place].concat());
    }
    let page = |out: &str| std::fs::read_to_string(desk.path(out).join("controller-2025-12-31-en.html")).unwrap();
    assert!(page("here") == page("there"), "the page is the same, to the byte");
}

/// A question of as many pairs of items as `times` says, again and again.
fn long_question(times: usize) -> String {
    let numbers = (1..=times).map(|number| format!("({number})")).collect::<Vec<_>>().join(", ");
    format!(
        "select count(*) as pair_count, sum(pairs.first_amount) as first_amount from ( \
               select first_items.amount as first_amount from items as first_items \
               inner join items as second_items on first_items.currency_code = second_items.currency_code \
               inner join (values {numbers}) as times(number) on first_items.amount <> times.number \
               where first_items.amount + second_items.amount > 100 + times.number \
               and first_items.item_id <> second_items.item_id) as pairs"
    )
}

#[test]
fn an_executor_killed_amid_a_question_is_noticed_and_the_answer_still_comes() {
    let desk = company();
    let mut machines = Machines::start(2);
    // the question grows until it is still being answered when an executor is seen at work for it
    for times in [8, 32, 128, 512] {
        let question = ["query", "--sql", &long_question(times), "--output", "csv"];
        let on_cluster = [&question[..], &["--cluster", &machines.address]].concat();
        let start = Instant::now();
        let expected = desk.run(&on_cluster);
        let undisturbed = start.elapsed();
        let worked = |number: usize| worked_hundredths(machines.executors[number].id());
        let before = [worked(0), worked(1)];
        let mut asking = desk.command(&on_cluster);
        let asked = std::thread::spawn(move || (asking.output().unwrap(), Instant::now()));
        // the scheduler may give all of the work to one of the two
        let at_work = || (0..2).find(|&number| worked(number) > before[number] + 15);
        within(Duration::from_mins(2), || asked.is_finished() || at_work().is_some());
        let busy = at_work().filter(|_| !asked.is_finished());
        let Some(busy) = busy else {
            asked.join().unwrap();
            continue;
        };
        let killed = Instant::now();
        machines.executors[busy].kill().unwrap();
        let (output, answered) = asked.join().unwrap();
        let (text, said) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        let after = answered - killed;
        println!("answered {after:.1?} after the executor was killed, {undisturbed:.1?} undisturbed; {said}");
        // one machine does the work of two, and half a minute is for noticing
        assert!(after < undisturbed * 3 + Duration::from_secs(30), "{after:?}");
        assert_eq!(text, expected.stdout, "{said}");
        assert_eq!(text, desk.run(&question).stdout);
        assert_eq!(output.status.code(), Some(expected.status));
        // the cluster goes on with one
        let again = desk.run(&["query", "receivables", "--output", "csv", "--cluster", &machines.address]);
        assert_eq!(again.stdout, desk.run(&["query", "receivables", "--output", "csv"]).stdout, "{}", again.stderr);
        return;
    }
    panic!("no question lasted until an executor was seen at work");
}

#[test]
fn a_cluster_that_cannot_answer_says_what_to_do() {
    let desk = company();
    let nobody = format!("127.0.0.1:{}", free_port());
    let said = desk.run(&["query", "receivables", "--cluster", &nobody]).ended(2);
    assert!(said.stderr.contains("nothing answers there"), "{}", said.stderr);
    assert!(said.stderr.contains("hint: start `encours cluster scheduler`"), "{}", said.stderr);
    let said = desk.run(&["check", "--cluster", "https://there/x"]).ended(2);
    assert!(said.stderr.contains("name the scheduler as `HOST:PORT`"), "{}", said.stderr);
    let mut machines = Machines::start(0);
    let said = desk.run(&["query", "receivables", "--cluster", &machines.address]).ended(2);
    assert!(said.stderr.contains("it has no executor"), "{}", said.stderr);
    machines.executor(&|_| ());
    let results = desk.path("lake").join("_results");
    if results.exists() {
        std::fs::remove_dir_all(&results).unwrap();
    }
    std::fs::write(&results, "in the way").unwrap();
    let said = desk.run(&["query", "receivables", "--cluster", &machines.address]).ended(2);
    assert!(said.stderr.contains("cannot be kept beside the lake"), "{}", said.stderr);
    assert!(said.stderr.contains("hint: questions to a cluster need to write `_results`"), "{}", said.stderr);
    std::fs::remove_file(&results).unwrap();
    // and when the last one dies, the next question says so within seconds
    let question = ["query", "receivables", "--output", "csv", "--cluster", &machines.address];
    let status = desk.run(&question).status;
    assert_ne!(status, 2);
    machines.executors[0].kill().unwrap();
    machines.executors[0].wait().unwrap();
    let start = Instant::now();
    let said = desk.run(&question).ended(2);
    assert!(start.elapsed() < Duration::from_secs(30), "{:?}", start.elapsed());
    assert!(said.stderr.contains("hint: "), "{}", said.stderr);
    println!("after {:.1?}: {}", start.elapsed(), said.stderr);
}
