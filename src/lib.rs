//! Encours: accounts-receivable analytics and collections.

pub mod engine;
pub mod lake;
pub mod ledger;
pub mod model;
pub mod ingest { pub mod staging; }
