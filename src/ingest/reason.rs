//! Why a line is refused: one vocabulary for every format.

/// The reason a line or row is refused alone, while the load goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Reason {
    /// The line has not the fields its header announces.
    FieldCount,
    /// Bytes that are no text in the file's encoding, or NUL.
    TextUnreadable,
    /// A ledger line without an account.
    AccountMissing,
    /// A required cell is empty.
    ValueMissing,
    /// A day that is in no calendar.
    DateImpossible,
    /// Text that is no date.
    DateUnreadable,
    /// Text that is no amount.
    AmountUnreadable,
    /// More decimals than its currency has.
    AmountTooPrecise,
    /// Three digits after the only mark: thousands or thousandths.
    AmountMarkUndecided,
    /// More than 18 digits.
    AmountTooLarge,
    /// Text that is no whole number.
    NumberUnreadable,
    /// Text that is neither yes nor no.
    FlagUnreadable,
    /// A side (`Sens`) that is neither debit nor credit.
    SideUnreadable,
    /// A code that is no ISO 4217 currency.
    CurrencyUnknown,
    /// A currency beside an amount that is not that of its row.
    CurrencyContradicts,
    /// A kind of item nobody knows.
    KindUnknown,
    /// An allocation, dispute or event of an item that is nowhere.
    ItemUnknown,
    /// An item whose identifier an earlier row of the file already bears.
    ItemDuplicate,
    /// A row whose key an earlier row of the file already bears.
    RowDuplicate,
    /// A row of a receipt that gives it another customer, date or currency than its first row.
    ReceiptContradicts,
    /// A result of an action nobody knows.
    ResultUnknown,
    /// A reason of a dispute or delay nobody knows.
    ReasonUnknown,
    /// A promise without a day, or a day without a promise.
    PromiseIncomplete,
    /// A promise for a day before it was made.
    PromisePast,
    /// An amount that is not above zero where one must be.
    AmountNotPositive,
}

impl Reason {
    /// Every reason.
    pub const ALL: [Self; 25] = [
        Self::FieldCount,
        Self::TextUnreadable,
        Self::AccountMissing,
        Self::ValueMissing,
        Self::DateImpossible,
        Self::DateUnreadable,
        Self::AmountUnreadable,
        Self::AmountTooPrecise,
        Self::AmountMarkUndecided,
        Self::AmountTooLarge,
        Self::NumberUnreadable,
        Self::FlagUnreadable,
        Self::SideUnreadable,
        Self::CurrencyUnknown,
        Self::CurrencyContradicts,
        Self::KindUnknown,
        Self::ItemUnknown,
        Self::ItemDuplicate,
        Self::RowDuplicate,
        Self::ReceiptContradicts,
        Self::ResultUnknown,
        Self::ReasonUnknown,
        Self::PromiseIncomplete,
        Self::PromisePast,
        Self::AmountNotPositive,
    ];

    /// The code in `rejects.reason_code`.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::FieldCount => "field_count",
            Self::TextUnreadable => "text_unreadable",
            Self::AccountMissing => "account_missing",
            Self::ValueMissing => "value_missing",
            Self::DateImpossible => "date_impossible",
            Self::DateUnreadable => "date_unreadable",
            Self::AmountUnreadable => "amount_unreadable",
            Self::AmountTooPrecise => "amount_too_precise",
            Self::AmountMarkUndecided => "amount_mark_undecided",
            Self::AmountTooLarge => "amount_too_large",
            Self::NumberUnreadable => "number_unreadable",
            Self::FlagUnreadable => "flag_unreadable",
            Self::SideUnreadable => "side_unreadable",
            Self::CurrencyUnknown => "currency_unknown",
            Self::CurrencyContradicts => "currency_contradicts",
            Self::KindUnknown => "kind_unknown",
            Self::ItemUnknown => "item_unknown",
            Self::ItemDuplicate => "item_duplicate",
            Self::RowDuplicate => "row_duplicate",
            Self::ReceiptContradicts => "receipt_contradicts",
            Self::ResultUnknown => "result_unknown",
            Self::ReasonUnknown => "reason_unknown",
            Self::PromiseIncomplete => "promise_incomplete",
            Self::PromisePast => "promise_past",
            Self::AmountNotPositive => "amount_not_positive",
        }
    }

    /// What happened, as an accountant would say it.
    #[must_use]
    pub const fn sentence(self) -> &'static str {
        match self {
            Self::FieldCount => "the line has not as many fields as the header",
            Self::TextUnreadable => "the line holds bytes that are no text",
            Self::AccountMissing => "the line names no account",
            Self::ValueMissing => "a required value is empty",
            Self::DateImpossible => "the date is in no calendar",
            Self::DateUnreadable => "the date cannot be read",
            Self::AmountUnreadable => "the amount cannot be read",
            Self::AmountTooPrecise => "the amount has more decimals than its currency",
            Self::AmountMarkUndecided => {
                "three digits after the only mark: `1.000` may be one or a thousand; say which mark separates decimals with \
                 `--decimal ,` or `--decimal .`"
            }
            Self::AmountTooLarge => "the amount has more than 18 digits",
            Self::NumberUnreadable => "the whole number cannot be read",
            Self::FlagUnreadable => "the value is neither yes nor no",
            Self::SideUnreadable => "the side is neither debit nor credit",
            Self::CurrencyUnknown => "the currency is not in ISO 4217",
            Self::CurrencyContradicts => "the currency beside the amount is not that of the row",
            Self::KindUnknown => "the kind of item is not known",
            Self::ItemUnknown => "the item is neither in these files nor in the lake",
            Self::ItemDuplicate => "an earlier row of the file bears the same item",
            Self::RowDuplicate => "an earlier row of the file bears the same key",
            Self::ReceiptContradicts => "an earlier row gives the receipt another customer, date or currency",
            Self::ResultUnknown => "the result is none of those in the list",
            Self::ReasonUnknown => "the reason is none of those in the list",
            Self::PromiseIncomplete => "a promise needs its day, and a day or an amount needs the result `promised`",
            Self::PromisePast => "the day promised lies before the day of the contact",
            Self::AmountNotPositive => "the amount promised is not above zero",
        }
    }

    /// The reason a code names.
    #[must_use]
    pub fn parse(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|reason| reason.code() == code)
    }
}

/// A refused line: why, and the value that could not be taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// Why.
    pub reason: Reason,
    /// What was found, as `column=value` or in words.
    pub found: String,
}

impl Refusal {
    /// A refusal for the value of a column.
    #[must_use]
    pub fn of(reason: Reason, column: &str, value: &str) -> Self {
        Self { reason, found: format!("{column}={}", shortened(value, 80)) }
    }
}

/// At most `limit` characters, with an ellipsis where some are left out and NUL made visible.
#[must_use]
pub fn shortened(text: &str, limit: usize) -> String {
    let mut short: String = text.chars().take(limit).map(|c| if c == '\0' { '\u{fffd}' } else { c }).collect();
    if text.chars().nth(limit).is_some() {
        short.push('…');
    }
    short
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_reason_is_found_again_by_its_code() {
        for reason in Reason::ALL {
            assert_eq!(Reason::parse(reason.code()), Some(reason));
            assert!(!reason.sentence().is_empty());
        }
        assert_eq!(Reason::parse("invalid_input"), None);
    }

    #[test]
    fn a_long_value_is_cut_between_characters() {
        assert_eq!(shortened("ééééé", 3), "ééé…");
        assert_eq!(shortened("a\0b", 3), "a\u{fffd}b");
    }
}
