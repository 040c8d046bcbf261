//! Reading receivables out of a ledger: lines become items, letters become allocations, years become one history.
//!
//! In: entries, which tell the kind of their receivable lines; then the lines of one customer, by receivable account, over
//! all fiscal years in the lake. Of lists: returns, receipts and who is said to have settled whom.
//! Out: items, allocations, opening gaps; and control balances by a path of their own. Refused: nothing; what cannot be
//! known is left open and counted. Imports `model` only. The rules are those of a French FEC (LPF art. A47 A-1).

mod account;
mod control;
mod customer;
mod entries;
mod identity;
mod lettering;
mod lines;
mod listed;
mod pool;
mod returns;
#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a case that cannot be made must stop the test")]
mod tests;
mod transfers;

pub use account::{AccountHistory, Derived, Rules};
pub use control::{ControlMovement, control_balances};
pub use customer::CustomerHistory;
pub use entries::{CounterpartKinds, Entry};
pub use lines::{FiscalYear, Line};
pub use listed::{ListedAllocation, ListedReceipt, ListedReturn, allocations_of_returns};
