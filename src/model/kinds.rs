//! What a receivable posting is: invoice, receipt, credit note and the other ways a balance moves.

/// The kind of an item, in the order that breaks ties between counterpart classes (FEC.md 5).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ItemKind {
    /// Balance brought forward from the year before.
    Opening,
    /// A claim on the customer.
    Invoice,
    /// A negative claim.
    CreditNote,
    /// Money that came in.
    Receipt,
    /// A receipt that the bank took back: what it had settled is open again.
    ReturnedReceipt,
    /// Money paid back to the customer: a credit note, an overpayment or a receipt that settled nothing.
    Refund,
    /// A claim given up.
    WriteOff,
    /// Discount for early payment.
    Discount,
    /// Set against what we owe the same party.
    Offset,
    /// Moved between receivable accounts.
    Transfer,
    /// Sold to a factor.
    Factored,
    /// Anything else.
    Adjustment,
}

impl ItemKind {
    /// Every kind.
    pub const ALL: [Self; 12] = [
        Self::Opening,
        Self::Invoice,
        Self::CreditNote,
        Self::Receipt,
        Self::ReturnedReceipt,
        Self::Refund,
        Self::WriteOff,
        Self::Discount,
        Self::Offset,
        Self::Transfer,
        Self::Factored,
        Self::Adjustment,
    ];

    /// The code in files, tables and SQL.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Opening => "opening",
            Self::Invoice => "invoice",
            Self::CreditNote => "credit_note",
            Self::Receipt => "receipt",
            Self::ReturnedReceipt => "returned_receipt",
            Self::Refund => "refund",
            Self::WriteOff => "write_off",
            Self::Discount => "discount",
            Self::Offset => "offset",
            Self::Transfer => "transfer",
            Self::Factored => "factored",
            Self::Adjustment => "adjustment",
        }
    }

    /// The kind a code names; case does not count.
    #[must_use]
    pub fn parse(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.code().eq_ignore_ascii_case(code.trim()))
    }

    /// Whether a debit item of this kind is a claim: what says how a customer pays, and what cash is expected for.
    #[must_use]
    pub const fn is_claim(self) -> bool {
        matches!(self, Self::Invoice | Self::Opening | Self::Transfer)
    }

    /// The sign an unsigned amount of this kind takes: +1 what is owed to us, −1 what lowers it, `None` either.
    #[must_use]
    pub const fn sign(self) -> Option<i64> {
        match self {
            Self::Invoice | Self::ReturnedReceipt | Self::Refund => Some(1),
            Self::CreditNote | Self::Receipt | Self::WriteOff | Self::Discount | Self::Offset | Self::Factored => {
                Some(-1)
            }
            Self::Opening | Self::Transfer | Self::Adjustment => None,
        }
    }
}
