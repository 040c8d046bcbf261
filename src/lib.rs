//! Encours: accounts-receivable analytics and collections, for the engineer.
//!
//! Ledgers and payment histories go in, a Delta lake holds them, SQL answers, pages come out:
//!
//! ```text
//!  ledgers ─► ingest ─► lake ─► engine ─► report ─► html · svg · xlsx · csv · json · parquet
//!  FEC CSV    ▲ │         ▲    DataFusion  │
//!  XLSX XML   │ ▼         │    queries/    └────► worklist ─► a list, a workbook and an agenda for each
//!             │ rejects  ledger     │   ▲                                                   │
//!             │                     ▼   │                                                   │
//!             │                   forecast (claims → chances, ranges, back-test)              │
//!             ├────────────────────── results, reasons and promises, filled in ◄──────────────┘
//!             └─ messages and events ◄─ outreach (words ─► outbox ─► channels ─► receipts)
//! ```
//!
//! Each room has one door, its `mod.rs`, which says what comes in, what goes out and what is refused. Each heavy crate
//! has one door too: `parquet` in `ingest/staging/`, `deltalake-core` in `lake/`, `datafusion` in `engine/`,
//! Ballista in `engine/cluster/`, `object_store` in `store/`, `plotters` in `report/chart/`, `rust_xlsxwriter` in `report/workbook/`, `icalendar` in `worklist/agenda.rs`, `typst` in `outreach/typeset.rs`, `lettre` in `outreach/`, `clap` in
//! `cli/`. All rooms may import [`model`], which imports none; [`engine`] may read [`lake`], both may ask [`store`] where files are;
//! `commands` sees all.
//! Policy is data (`data/reference`), any figure a controller could argue about is SQL (`queries`), mechanics are Rust.
//!
//! Histories are never asked item by item. A load (`commands/load/prepare`) follows each item that it adds or touches and
//! keeps what questions need: `open_changes` (what changed of the open amounts, by day, due date and day of issue), `closed_items`,
//! `unsettled_items`, `uneven_items` (followed step by step at question time, as contested ones are), sums by day. They
//! are made of mechanics only: which bucket, which account, which figure is still SQL. Rows are added, never changed, so
//! that the past is asked as known then.
//!
//! `RUST_LOG=encours=debug` tells of each result its rows, its memory and its time: whatever is slow is found there first, then
//! with `encours query --sql "explain analyze …"`.
//!
//! A place is a folder or a prefix in a bucket ([`store::Place`]); files are named by addresses, so that lake and engine do
//! not care which. On a cluster ([`engine::Cluster`]) nothing but the plan travels: what a session computed and later
//! questions read lies as Parquet beside the lake, where executors find it, instead of in memory.
//!
//! What a load called done is on the disk ([`store`] puts no file before it is flushed), and what is read of a lake is all there or
//! nothing is answered (`lake/soundness.rs`; checksums stand in `loads`). `lake/repair.rs` brings back, `lake/leftovers.rs` clears,
//! and `tests/campaign` tries all that. [`memory`] bounds what a run may take.
//!
//! A header that nobody knows gets a proposal (`ingest/tabular/propose`): words brought to concepts (`data/reference/column_words.csv`),
//! then what columns hold and what adds up; what cannot be told is asked. SQL of mappings is evaluated by the engine
//! (`engine/cell_sql.rs`) behind a trait of [`model`], a block of rows at a time (`ingest/tabular/shaped.rs`). A list of what is open on
//! a day is kept as it is (`listed_items`); items, receipts and allocations follow from all lists of a company
//! (`commands/load/open_lists.rs`). A journal under other headers than the law's is written as a FEC would be, line by line, before it
//! is read as one (`ingest/fec/journal.rs`), and must balance. What two sources tell of the same invoices is refused
//! (`commands/load/doubles.rs`), or the second gives details only (`commands/load/master.rs`).
//!
//! What no SQL computes is derived beside it: [`forecast`] takes answers, batch by batch, and gives tables that queries
//! read and publish as any other ([`engine::Derivation`]).
//!
//! Whom to write to is SQL (`queries/outreach`: `reminder_plan` and `reminder_excluded` sum to what is overdue);
//! `commands/remind` carries a plan on: facts (`facts.rs`) fill templates (`reports/messages`), the bytes wait in an
//! outbox ([`outreach::Outbox`]), and each leaves at most once, its line of the journal on the disk before its first byte. What became
//! of it is loaded as any other file is (`message_events`), and the next plan goes by it.
//!
//! Pages lead to each other (`report/ways.rs`, `commands/report/all.rs`), tiles and rows to the items behind them; filters hold for all
//! tables of a page (`report/filters.rs`). What nobody loaded is left out and named once (`report/needs.rs`). A list is worked in where it is
//! read (`report/cockpit.rs`): what is typed stays in the browser and comes back as any other file.
//!
//! A report is a file of panels (`reports/<report>.toml`), words (`reports/words.*.toml`) and one template; whom to act on
//! is the query `worklist`, and the room of that name only carries it to people. What they write beside it comes back
//! through [`ingest`] as actions.
//!
//! What the program says is English where it is said; `reports/messages.fr.toml` holds the French of each message, found by its
//! pattern ([`speech`]). A message without its line there fails a test.
//!
//! Money is exact ([`model::Money`]: thousandths, shown with the decimals of its currency); estimates are not money and live in [`forecast`] alone; every view of the past takes `$as_of`; the clock is read once, in `commands`.

pub mod cli;
mod commands;
pub mod demo;
pub mod engine;
pub mod error;
pub mod forecast;
pub mod ingest;
pub mod lake;
pub mod ledger;
pub mod memory;
pub mod model;
pub mod outreach;
pub mod report;
pub mod settings;
pub mod speech;
pub mod store;
pub mod worklist;
