//! Which customer: two companies may give the same code to different ones.

use std::fmt;

/// A company and its code for a customer.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CustomerKey {
    /// The company; empty where the lake holds none.
    pub company_id: String,
    /// The customer.
    pub customer_id: String,
}

impl CustomerKey {
    /// The customer of a company.
    #[must_use]
    pub fn new(company_id: impl Into<String>, customer_id: impl Into<String>) -> Self {
        Self { company_id: company_id.into(), customer_id: customer_id.into() }
    }
}

impl fmt::Display for CustomerKey {
    /// `company/customer`, or the customer alone where there is no company.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.company_id.is_empty() {
            formatter.write_str(&self.customer_id)
        } else {
            write!(formatter, "{}/{}", self.company_id, self.customer_id)
        }
    }
}
