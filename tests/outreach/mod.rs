//! Messages to customers: whom they go to, how they leave, and what comes back.

mod answers;
mod company;
mod effects;
mod insolvency;
mod legal;
mod reminders;
mod sending;
mod servers;
