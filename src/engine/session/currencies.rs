//! In which currency answers are: that of the items, or of the books.

use super::Engine;
use crate::engine::EngineError;
use crate::model::Value;

impl Engine {
    /// Whether answers are, or may be, in the currency of the books.
    pub(super) fn is_in_books(&self) -> bool {
        let asked = self.scope.currency_code.as_ref();
        asked.is_none_or(|asked| self.scope.books_currency.as_ref().is_none_or(|books| asked == books))
    }

    /// Whether amounts are in the base currency, not in that of the items.
    #[must_use]
    pub const fn is_in_base(&self) -> bool {
        self.is_in_base
    }

    /// A lake of several currencies, or of another one than its books', answers in the base currency, for which every item
    /// needs a rate.
    pub(super) async fn look_at_currencies(&mut self) -> Result<(), EngineError> {
        let currencies = self
            .sql(
                "select item_days.currency_code, sum(item_days.rate_missing_count) as missing_count \
                 from item_days group by item_days.currency_code order by item_days.currency_code",
            )
            .await?;
        let missing = |row: usize| matches!(currencies.value(row, "missing_count"), Value::Int(count) if count > 0);
        let is_foreign = |row: usize| {
            let books = self.scope.books_currency.as_ref().filter(|_| self.scope.currency_code.is_none());
            books.is_some_and(|books| currencies.value(row, "currency_code").plain() != *books)
        };
        // one currency and no rate: its own amounts are all there is
        self.is_in_base = currencies.len() > 1 || (currencies.len() == 1 && is_foreign(0) && !missing(0));
        self.currencies = (0..currencies.len()).map(|row| currencies.value(row, "currency_code").plain()).collect();
        self.rate_missing = (0..currencies.len()).filter(|_| self.is_in_base).find_map(|row| {
            match currencies.value(row, "missing_count") {
                Value::Int(count) if count > 0 => Some((currencies.value(row, "currency_code").plain(), count)),
                _ => None,
            }
        });
        self.scope.decimals = self.decimals_of(self.currency()).await?;
        Ok(())
    }

    /// The currency that answers are in, where that is known.
    pub(super) fn currency(&self) -> Option<&str> {
        let of_items = self.currencies.first().filter(|_| !self.is_in_base).map(String::as_str);
        of_items.or(self.scope.books_currency.as_deref())
    }

    /// The decimals of a currency; two where it is not known.
    async fn decimals_of(&self, currency: Option<&str>) -> Result<u8, EngineError> {
        let known = self.sql("select currencies.currency_code, currencies.decimal_count from currencies").await?;
        let of_row = |row: usize| match known.value(row, "decimal_count") {
            Value::Int(count) => u8::try_from(count).ok(),
            _ => None,
        };
        let row = (0..known.len()).find(|row| Some(known.value(*row, "currency_code").plain().as_str()) == currency);
        Ok(row.and_then(of_row).unwrap_or(2))
    }
}
