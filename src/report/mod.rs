//! Pages and outputs made from answers.
//!
//! In: [`Answer`](crate::model::Answer)s of the engine, facts of the load, words and templates (`reports/`).
//! Out: one self-contained HTML page ([`render_html`]), the same as a workbook ([`render_workbook`]), or an answer as a
//! table, CSV or JSON ([`outputs`]).
//! Refused: a word, template or column that a page asks for and nobody has ([`ReportError`]).
//!
//! Texts of ledgers are hostile until shown: templates escape them, [`visible`] disarms what no escape reaches.

mod board;
mod chart;
mod cockpit;
mod content_policy;
mod error;
mod filters;
mod format;
mod grid;
mod input;
mod language;
mod needs;
pub mod outputs;
mod page;
mod panels;
#[cfg(test)]
mod sample;
mod search;
mod tables;
mod templates;
#[cfg(test)]
mod tests;
mod tiles;
mod visible;
#[cfg(test)]
mod vocabulary;
mod ways;
mod words;
mod workbook;

pub use board::board_page;
pub use error::ReportError;
pub use format::Formats;
pub use input::{Addressee, Assumption, CheckResult, LoadFacts, PageInput, Seller, SourceFacts};
pub use language::Language;
pub use page::{SILENT_DAYS, render_html};
pub use panels::{Audience, PageSpec, PanelSpec, TableView};
pub use templates::Templates;
pub use visible::visible;
pub use ways::{Card, Way, Ways};
pub use words::Words;
pub use workbook::render_workbook;
