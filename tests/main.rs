//! All tests of the program, in one binary. Table of contents:
//!
//! the tools
//! - [`desk`]            a folder, the command in it, the answers of its lake
//! - [`books`]           small ledgers written by the test itself
//! - [`reports`]         every report of a lake, written
//! - [`spreadsheet`]     workbooks opened, saved and filled in a real spreadsheet
//! - [`fixtures`]        what is expensive to make, made once a run
//! - [`skips`]           tests that cannot run say so, and are counted
//!
//! the figures
//! - [`worked_figures`]  the scenario and worked figures of the metrics' definitions
//! - [`late_payments`]   the late-payment file: published figures, and an independent computation
//! - [`real_ledgers`]    three FEC nobody here wrote: nothing lost, open = control, roll-forward closes
//! - [`checks`]          each check fires on its own broken case, and is silent on a sound one
//! - [`month`]           the controller’s month, computed once more from the items
//! - [`queries`]         every query keeps its header's promises; goldens on the demo company
//! - [`forecasts`]       receipts foretold: the published bars, no look-ahead, sums, small lakes, the demo calibrated
//!
//! the laws
//! - [`years`]           yearly ledgers in any order equal one continuous ledger
//! - [`as_of`]           a lake that holds only what was posted by a day answers for it as the full lake does
//! - [`prepared`]        what loads prepare equals what items and allocations alone say, in any order
//! - [`nothing_lost`]    loads killed, at once, corrected and taken back
//! - [`damage`]          what is done stays done; a lake that lacks something of it answers nothing
//! - [`campaign`]        a small part of `tests/campaign`: kills, loads at once, damage, mutated inputs
//! - [`laws`]            laws over random ledgers
//! - [`payers`]          every feature of every payer of the late-payment file, computed once more
//! - [`payer_rules`]     segments, terms, promises and migration by rules that are data
//! - [`penalties`]       what late payment costs: worked cases, an independent computation day by day
//! - [`planted`]         what is planted in the demo is found: precision and recall over several seeds
//!
//! the program
//! - [`loading`]         FEC cases, CSV and XLSX, mappings, rejects
//! - [`ledgers`]         journals under other headers, years within months, a ledger beside a list
//! - [`claims`]          bounced payments, refunds, claims booked again, last cents, promises, groups, currencies
//! - [`currencies`]      the decimals of each currency, stored exactly and shown
//! - [`terms`]           payment terms: one grammar, the customer's before the company's
//! - [`command_line`]    outputs, exit status, errors
//! - [`pages`]           pages in a real browser: sound, and their figures those of the queries
//! - [`cockpit`]         pages as people work with them in a real browser: filters, results typed into a list
//! - [`ways`]            all pages together: an index, links, one figure a label, no zero for what was never loaded
//! - [`workbooks`]       workbooks in a real spreadsheet: the same, loaded back too
//! - [`worklists`]       lists filled in a real spreadsheet and loaded back; capacity, calendar, portfolio
//! - [`reminders`]       levels, laws, messages written and sent by a real mail server, what comes back
//! - [`simulated_month`] a month of lists: nothing forgotten, more collected than by age or amount alone
//! - [`statements`]      what a customer is sent, and what a controller wrote beside the figures
//! - [`volume`]          generated receivables of any size: the same in every format
//! - [`cluster`]         real processes: the same answers to every query, an executor killed amid a question
//! - [`buckets`]         lake and sources in a real S3 server: the same answers, commits that cannot both win
//! - [`readme`]          the README's commands run
//! - [`tidy`]            the rooms, their doors, and how files look

#![allow(missing_docs, reason = "names of tests are their sentences")]
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test stops where something is not as it says"
)]

mod as_of;
mod bank;
mod books;
mod buckets;
mod campaign;
mod checks;
mod claims;
mod cluster;
mod cockpit;
mod command_line;
mod corpus;
mod currencies;
mod damage;
mod dated_customers;
mod desk;
mod door;
mod fixtures;
mod forecasts;
mod habits;
mod late_payments;
mod laws;
mod ledgers;
mod loading;
mod month;
mod nothing_lost;
mod open_lists;
mod outreach;
mod pages;
mod payer_rules;
mod payers;
mod penalties;
mod planted;
mod prepared;
mod queries;
mod readme;
mod real_ledgers;
mod reports;
mod simulated_month;
mod skips;
mod spreadsheet;
mod statements;
mod terms;
mod tidy;
mod volume;
mod ways;
mod workbooks;
mod worked_figures;
mod worklists;
mod years;

/// The program's own.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;
