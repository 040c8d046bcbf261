//! How cells of a workbook look.

use rust_xlsxwriter::{Color, Format, FormatAlign, FormatBorder};

use crate::model::{AnswerColumn, ColumnKind};
use crate::report::Language;
use crate::report::input::PageInput;

/// Formats by what a cell holds.
pub(super) struct Styles {
    pub(super) title: Format,
    pub(super) note: Format,
    pub(super) command: Format,
    pub(super) comment: Format,
    pub(super) header: Format,
    pub(super) header_number: Format,
    pub(super) text: Format,
    /// A text that looks like a formula.
    pub(super) marked: Format,
    pub(super) number_text: Format,
    pub(super) money: Format,
    pub(super) whole: Format,
    pub(super) decimal: Format,
    pub(super) ratio: Format,
    pub(super) day: Format,
    pub(super) month: Format,
    pub(super) link: Format,
    /// The header of a column that a person fills in, and its cells.
    pub(super) entry_header: Format,
    pub(super) entry_text: Format,
    pub(super) entry_date: Format,
    pub(super) entry_amount: Format,
}

impl Styles {
    pub(super) fn new(input: &PageInput) -> Self {
        let top = || Format::new().set_align(FormatAlign::Top);
        let (day, month) = match input.language {
            Language::Fr => ("dd/mm/yyyy", "mmm yyyy"),
            Language::En => ("dd mmm yyyy", "mmm yyyy"),
        };
        let header = Format::new()
            .set_bold()
            .set_text_wrap()
            .set_align(FormatAlign::Bottom)
            .set_border_bottom(FormatBorder::Thin)
            .set_background_color(Color::RGB(0x00EA_F3F3));
        let quiet = Color::RGB(0x005C_676D);
        // what is typed stays a text, even where it begins like a formula
        let entry = |number_format: &str| {
            top()
                .set_background_color(Color::RGB(0x00FF_FBEA))
                .set_border(FormatBorder::Thin)
                .set_border_color(Color::RGB(0x00B9_B08A))
                .set_num_format(number_format)
        };
        Self {
            entry_header: header.clone().set_background_color(Color::RGB(0x00F6_EBC4)),
            entry_text: entry("@").set_text_wrap(),
            entry_date: entry(day).set_align(FormatAlign::Left),
            entry_amount: entry(&number_format(input.decimals)),
            title: Format::new().set_bold().set_font_size(15),
            note: Format::new().set_font_color(quiet),
            command: Format::new().set_font_color(quiet).set_font_name("Courier New").set_font_size(9),
            comment: Format::new().set_italic().set_text_wrap().set_align(FormatAlign::Top),
            header_number: header.clone().set_align(FormatAlign::Right),
            header,
            text: top(),
            marked: top().set_quote_prefix(),
            number_text: top().set_align(FormatAlign::Right).set_quote_prefix(),
            money: top().set_num_format(money_format(input.currency_code, input.decimals)),
            whole: top().set_num_format("#,##0"),
            decimal: top().set_num_format("#,##0.0"),
            ratio: top().set_num_format("0.0%"),
            day: top().set_num_format(day).set_align(FormatAlign::Left),
            month: top().set_num_format(month).set_align(FormatAlign::Left),
            link: Format::new().set_font_color(Color::RGB(0x000D_5C68)).set_align(FormatAlign::Top),
        }
    }

    /// The format of a column's values; texts have none.
    pub(super) fn of(&self, column: &AnswerColumn) -> Option<&Format> {
        match column.kind {
            ColumnKind::Money => Some(&self.money),
            ColumnKind::Ratio => Some(&self.ratio),
            ColumnKind::Decimal => Some(&self.decimal),
            ColumnKind::Int => Some(&self.whole),
            ColumnKind::Date if column.name == "month_end_date" => Some(&self.month),
            ColumnKind::Date => Some(&self.day),
            ColumnKind::Text | ColumnKind::Flag => None,
        }
    }
}

/// The decimals of the currency, with its own code; red below zero. `XXX` is no currency.
fn money_format(currency_code: &str, decimals: u8) -> String {
    let number = number_format(decimals);
    let is_code = currency_code.len() == 3 && currency_code.bytes().all(|byte| byte.is_ascii_uppercase());
    if is_code && currency_code != "XXX" {
        format!("{number}\\ \"{currency_code}\";[Red]\\-{number}\\ \"{currency_code}\"")
    } else {
        format!("{number};[Red]\\-{number}")
    }
}

fn number_format(decimals: u8) -> String {
    if decimals == 0 { "#,##0".to_owned() } else { format!("#,##0.{:0<1$}", "", usize::from(decimals)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_bear_their_currency_and_nothing_else_gets_into_the_format() {
        assert!(money_format("EUR", 2).starts_with("#,##0.00\\ \"EUR\";"));
        assert!(
            money_format("JPY", 0).starts_with("#,##0\\ \"JPY\";") && money_format("TND", 3).starts_with("#,##0.000\\")
        );
        assert!(!money_format("XXX", 2).contains("XXX"));
        assert!(!money_format("\"]x", 2).contains('x'));
    }
}
