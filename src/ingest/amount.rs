//! Amounts as ledgers write them: `777,18` `+000000069,40` `120,00-` `(120,00)` `1 120,00` `1.234,56` `1,2E2`.

use super::Reason;
use crate::model::Money;
use crate::model::money::SCALE;

/// Which mark separates whole units from their parts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decimal {
    /// The comma, as the law wants it in a FEC; a lone point is taken for one too, unless three digits follow.
    French,
    /// The comma; points group thousands.
    Comma,
    /// The point; commas group thousands.
    Dot,
    /// Not settled by the file: a lone mark separates decimals, unless three digits follow.
    Either,
}

impl Decimal {
    /// The mark a user names.
    #[must_use]
    pub fn parse(code: &str) -> Option<Self> {
        match code {
            "," => Some(Self::Comma),
            "." => Some(Self::Dot),
            _ => None,
        }
    }
}

/// Reads an amount; `None` when the text is blank.
///
/// Three digits after a lone mark may be thousands or thousandths. Where nothing settles which, the amount
/// is refused rather than guessed. Zeros beyond the last decimal that a currency may have are no precision.
///
/// # Errors
/// [`Reason::AmountUnreadable`], [`Reason::AmountMarkUndecided`], [`Reason::AmountTooPrecise`] or
/// [`Reason::AmountTooLarge`].
pub fn read(text: &str, decimal: Decimal) -> Result<Option<Money>, Reason> {
    if let Some(thousandths) = read_plain(text.as_bytes(), decimal) {
        return Money::from_thousandths(thousandths).map(Some).ok_or(Reason::AmountTooLarge);
    }
    let text = text.trim();
    if text.is_empty() {
        return Ok(None);
    }
    read_written(text, decimal).map(Some)
}

/// An amount of a table, and what stands beside its digits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Marked {
    /// The amount.
    pub amount: Money,
    /// A currency's code or mark, as written.
    pub currency: Option<String>,
    /// Whether a mark of a side stands behind it.
    pub is_sided: bool,
}

/// Reads an amount of a table, where a currency may stand before or after the digits (`$1,200.00`, `600,00 EUR`) and a side
/// behind them (`20.00 CR`, `300,00 H`): a credit lowers what is owed. `None` when the text is blank.
///
/// # Errors
/// As [`read`].
pub fn read_marked(text: &str, decimal: Decimal) -> Result<Option<Marked>, Reason> {
    // 500.- and 500,- have no cents
    let whole = text.trim_end().strip_suffix(['-', '–']).and_then(|text| text.strip_suffix(['.', ',']));
    let text = whole.filter(|text| text.ends_with(|c: char| c.is_ascii_digit())).unwrap_or(text);
    match read(text, decimal) {
        Err(Reason::AmountUnreadable) => {}
        // the euro is read everywhere, and here it is told too
        Ok(_) if text.contains('€') => {}
        read => return Ok(read?.map(|amount| Marked { amount, currency: None, is_sided: false })),
    }
    let plain: String = text.chars().map(plain_mark).collect();
    let (mut digits, mut currency, mut is_credit) = (String::new(), None, None);
    // runs of letters and signs of money are taken out; what is left must be an amount
    let is_mark = |c: char| c.is_alphabetic() || matches!(c, '$' | '£' | '€' | '¥' | '₹' | '₽' | '₺' | '₩' | '₪');
    let mut rest = plain.trim();
    while let Some(start) = rest.find(is_mark) {
        digits.push_str(&rest[..start]);
        let length = rest[start..].find(|c: char| !is_mark(c)).unwrap_or(rest.len() - start);
        let mark = &rest[start..start + length];
        let is_behind = digits.contains(|c: char| c.is_ascii_digit());
        rest = &rest[start + length..];
        // Rs.1500: the point belongs to the letters
        if mark.chars().all(char::is_alphabetic) && !is_behind {
            rest = rest.strip_prefix('.').unwrap_or(rest);
        }
        let known = match mark {
            "CR" | "Cr" | "cr" | "C" | "H" if is_behind => is_credit.replace(true).is_none(),
            "DR" | "Dr" | "dr" | "DB" | "Db" | "D" | "S" if is_behind => is_credit.replace(false).is_none(),
            mark if may_be_currency(mark) => currency.replace(mark.to_owned()).is_none(),
            _ => false,
        };
        // within the digits nothing stands: 1E5 is read as it is, or not at all
        let is_within = is_behind && rest.contains(|c: char| c.is_ascii_digit());
        if !known || is_within {
            return Err(Reason::AmountUnreadable);
        }
    }
    digits.push_str(rest);
    let amount = read(digits.trim(), decimal)?.ok_or(Reason::AmountUnreadable)?;
    let amount = if is_credit == Some(true) { -amount.abs() } else { amount };
    Ok(Some(Marked { amount, currency, is_sided: is_credit.is_some() }))
}

/// Whether a mark may be a currency: a sign of money with few letters, a code of three letters, or letters that are known.
fn may_be_currency(mark: &str) -> bool {
    const LETTERS: [&str; 13] = ["kr", "rs", "fr", "sfr", "ft", "zł", "kč", "lei", "tl", "dh", "dt", "dhs", "лв"];
    let count = mark.chars().count();
    let has_sign = mark.chars().any(|c| !c.is_alphabetic());
    count <= 4 && (has_sign || (count == 3 && mark.is_ascii()) || LETTERS.contains(&mark.to_lowercase().as_str()))
}

/// Reads a number that a workbook stores in binary.
///
/// It is first written out with the digits such a number holds for certain (15 in all, 6 after the point),
/// so that 0.1 + 0.2 is 0.30 and 12.3456 is refused.
///
/// # Errors
/// As [`read`].
pub fn read_binary(number: f64) -> Result<Money, Reason> {
    let whole = format!("{:.0}", number.abs());
    let places = 15_usize.saturating_sub(whole.len()).clamp(2, 6);
    let written = format!("{number:.places$}");
    read(&written, Decimal::Dot)?.ok_or(Reason::AmountUnreadable)
}

/// The common form, digits with at most one mark and at most two decimals; `None` sends to the slow path.
fn read_plain(bytes: &[u8], decimal: Decimal) -> Option<i64> {
    let (is_negative, digits) = match bytes {
        [b'-', rest @ ..] => (true, rest),
        _ => (false, bytes),
    };
    if digits.is_empty() || digits.len() > 17 {
        return None;
    }
    let mut value: i64 = 0;
    let mut decimals: Option<u8> = None;
    for &byte in digits {
        match byte {
            b'0'..=b'9' => {
                value = value * 10 + i64::from(byte - b'0');
                decimals = decimals.map(|count| count + 1);
            }
            b',' if decimals.is_none() && decimal != Decimal::Dot => decimals = Some(0),
            b'.' if decimals.is_none() && decimal != Decimal::Comma => decimals = Some(0),
            _ => return None,
        }
    }
    let thousandths = match decimals {
        None => value.checked_mul(1_000)?,
        Some(1) => value.checked_mul(100)?,
        Some(2) => value.checked_mul(10)?,
        _ => return None,
    };
    Some(if is_negative { -thousandths } else { thousandths })
}

/// Any other form.
fn read_written(text: &str, decimal: Decimal) -> Result<Money, Reason> {
    let plain: String = text.chars().map(plain_mark).collect();
    let unsigned = plain.trim_matches(|c: char| c == '€' || c == ' ');
    let (is_negative, number) = sign_and_number(unsigned).ok_or(Reason::AmountUnreadable)?;
    let (mantissa, exponent) = match number.split_once(['e', 'E']) {
        None => (number, 0),
        Some((mantissa, exponent)) => {
            let exponent: i32 = exponent.parse().map_err(|_| Reason::AmountUnreadable)?;
            (mantissa, exponent)
        }
    };
    let (whole, part) = whole_and_part(mantissa, decimal)?;
    let whole = without_groups(whole).ok_or(Reason::AmountUnreadable)?;
    if !part.bytes().all(|byte| byte.is_ascii_digit()) || (whole.is_empty() && part.is_empty()) {
        return Err(Reason::AmountUnreadable);
    }
    let digits = format!("{whole}{part}");
    let digits = digits.trim_start_matches('0');
    if digits.is_empty() {
        return Ok(Money::ZERO);
    }
    // how many places the digits must move left to be thousandths
    let places =
        i32::try_from(part.len()).map_err(|_| Reason::AmountTooPrecise)? - exponent.clamp(-99, 99) - i32::from(SCALE);
    let thousandths = if places > 0 {
        let kept = digits.len().checked_sub(places.unsigned_abs() as usize).ok_or(Reason::AmountTooPrecise)?;
        let (kept, dropped) = digits.split_at(kept);
        if dropped.bytes().any(|digit| digit != b'0') {
            return Err(Reason::AmountTooPrecise);
        }
        kept.to_owned()
    } else {
        format!("{digits}{:0<1$}", "", places.unsigned_abs() as usize)
    };
    let thousandths: i64 = thousandths.parse().map_err(|_| Reason::AmountTooLarge)?;
    let signed = if is_negative { -thousandths } else { thousandths };
    Money::from_thousandths(signed).ok_or(Reason::AmountTooLarge)
}

/// The marks of typography in their plain form.
const fn plain_mark(mark: char) -> char {
    match mark {
        '\u{a0}' | '\u{2007}' | '\u{2009}' | '\u{202f}' | '\t' => ' ',
        '\u{2019}' | '\u{2bc}' => '\'',
        '\u{2212}' => '-',
        other => other,
    }
}

/// One sign at most: in front, behind, or brackets around.
fn sign_and_number(text: &str) -> Option<(bool, &str)> {
    let (is_negative, number) = if let Some(inner) = text.strip_prefix('(') {
        (true, inner.strip_suffix(')')?)
    } else if let Some(rest) = text.strip_prefix('-') {
        (true, rest)
    } else if let Some(rest) = text.strip_prefix('+') {
        (false, rest)
    } else if let Some(rest) = text.strip_suffix('-') {
        (true, rest)
    } else {
        (false, text.strip_suffix('+').unwrap_or(text))
    };
    let number = number.trim_matches(|c: char| c == ' ' || c == '€');
    number.starts_with(|c: char| c.is_ascii_digit() || c == ',' || c == '.').then_some((is_negative, number))
}

/// Splits at the decimal mark, if there is one.
fn whole_and_part(text: &str, decimal: Decimal) -> Result<(&str, &str), Reason> {
    let mark = match decimal {
        Decimal::Comma => Some(','),
        Decimal::Dot => Some('.'),
        Decimal::French | Decimal::Either => match (text.rfind(','), text.rfind('.')) {
            (None, None) => None,
            (Some(comma), Some(point)) => Some(if comma > point { ',' } else { '.' }),
            (Some(_), None) => lone_mark(text, ',', decimal == Decimal::Either)?,
            (None, Some(_)) => lone_mark(text, '.', true)?,
        },
    };
    match mark {
        None => Ok((text, "")),
        Some(mark) => match text.split_once(mark) {
            None => Ok((text, "")),
            Some((_, part)) if part.contains(mark) => Err(Reason::AmountUnreadable),
            Some(halves) => Ok(halves),
        },
    }
}

/// Whether the only kind of mark present separates decimals (`Some`) or groups thousands (`None`).
fn lone_mark(text: &str, mark: char, three_digits_are_doubtful: bool) -> Result<Option<char>, Reason> {
    if text.matches(mark).count() > 1 {
        return Ok(None);
    }
    let digits_after = text.rsplit(mark).next().map_or(0, str::len);
    if three_digits_are_doubtful && digits_after == 3 { Err(Reason::AmountMarkUndecided) } else { Ok(Some(mark)) }
}

/// Whole units without the marks between thousands, which must be one kind of mark between groups of three.
fn without_groups(text: &str) -> Option<String> {
    let Some(mark) = text.chars().find(|c| !c.is_ascii_digit()) else {
        return Some(text.to_owned());
    };
    if !matches!(mark, ' ' | '\'' | '.' | ',') {
        return None;
    }
    let mut groups = text.split(mark);
    let first = groups.next()?;
    let is_grouped = (1..=3).contains(&first.len()) && groups.all(|group| group.len() == 3);
    let digits: String = text.split(mark).collect();
    (is_grouped && digits.bytes().all(|byte| byte.is_ascii_digit())).then_some(digits)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn thousandths(text: &str, decimal: Decimal) -> Result<Option<i64>, Reason> {
        read(text, decimal).map(|amount| amount.map(Money::thousandths))
    }

    #[test]
    fn a_fec_writes_amounts_in_many_ways() {
        for (text, expected) in [
            ("777,18", 777_180),
            ("0", 0),
            ("2592", 2_592_000),
            ("9812,1", 9_812_100),
            ("+000000069,40", 69_400),
            ("-120,00", -120_000),
            ("120,00-", -120_000),
            ("- 120,00", -120_000),
            ("\u{2212}120,00", -120_000),
            ("(120,00)", -120_000),
            ("1,2E2", 120_000),
            ("1.2e+02", 120_000),
            ("12000E-2", 120_000),
            ("120.00", 120_000),
            ("1 120,00", 1_120_000),
            ("1\u{a0}120,00", 1_120_000),
            ("1\u{202f}120\u{202f}120,00", 1_120_120_000),
            ("1'120,00", 1_120_000),
            ("1\u{2019}120,00", 1_120_000),
            ("1.234,56", 1_234_560),
            ("1,234.56", 1_234_560),
            ("1.234.567", 1_234_567_000),
            (",50", 500),
            ("12,", 12_000),
            (" 12,5 ", 12_500),
            ("12,500", 12_500),
            ("120,0000", 120_000),
            ("1 234,56 €", 1_234_560),
            ("00000000000000000000000000000001,00", 1_000),
            ("999999999999999,999", Money::LIMIT),
            ("-999999999999999,999", -Money::LIMIT),
        ] {
            assert_eq!(thousandths(text, Decimal::French), Ok(Some(expected)), "{text}");
        }
        assert_eq!(thousandths("", Decimal::French), Ok(None));
        assert_eq!(thousandths(" \u{a0}", Decimal::French), Ok(None));
    }

    #[test]
    fn what_is_no_amount_is_refused() {
        for text in [
            "abc", "-", "--1", "1-2", "+-1", "1 2", "12 34", "1 1200", "1,2,3 4", "0x10", "1E", "E5", "(1", "NaN", ".",
            "1;2", "٣", "=1+1", "1,2 3",
        ] {
            assert_eq!(thousandths(text, Decimal::French), Err(Reason::AmountUnreadable), "{text}");
        }
        for text in ["12,3456", "0,0001", "1E-4"] {
            assert_eq!(thousandths(text, Decimal::French), Err(Reason::AmountTooPrecise), "{text}");
        }
        for text in ["1.234", "1.000", "-3.000"] {
            assert_eq!(thousandths(text, Decimal::French), Err(Reason::AmountMarkUndecided), "{text}");
        }
        for text in ["1000000000000000", "99999999999999999999999999", "1E40", "1E99999"] {
            assert_eq!(thousandths(text, Decimal::French), Err(Reason::AmountTooLarge), "{text}");
        }
    }

    #[test]
    fn a_table_may_write_a_currency_or_a_side_beside_its_amounts() {
        for (text, expected, currency) in [
            ("$1,200.00", 1_200_000, Some("$")),
            ("600.00 EUR", 600_000, Some("EUR")),
            ("EUR 600.00", 600_000, Some("EUR")),
            ("EUR600.00", 600_000, Some("EUR")),
            ("($50.00)", -50_000, Some("$")),
            ("$(50.00)", -50_000, Some("$")),
            ("-$50.00", -50_000, Some("$")),
            ("$ -50.00", -50_000, Some("$")),
            ("20.00 CR", -20_000, None),
            ("20.00 Dr", 20_000, None),
            ("300.00 H", -300_000, None),
            ("£20.00CR", -20_000, Some("£")),
            ("1 200.50 kr", 1_200_500, Some("kr")),
            ("1 200.50 €", 1_200_500, Some("€")),
            ("Rs.1500", 1_500_000, Some("Rs")),
            ("kr.1500", 1_500_000, Some("kr")),
            ("CHF 500.-", 500_000, Some("CHF")),
            ("500,-", 500_000, None),
            ("-20.00 CR", -20_000, None),
            ("(20.00) CR", -20_000, None),
        ] {
            let amount = Money::from_thousandths(expected).unwrap_or_default();
            let read =
                read_marked(text, Decimal::Dot).map(|marked| marked.map(|marked| (marked.amount, marked.currency)));
            assert_eq!(read, Ok(Some((amount, currency.map(str::to_owned)))), "{text}");
        }
        for text in ["abc", "$", "EUR USD 5", "1 EUR 2", "5 CR DR", "5.00 euros", "1E5X", "3M", "F3301"] {
            assert_eq!(read_marked(text, Decimal::Dot), Err(Reason::AmountUnreadable), "{text}");
        }
        assert_eq!(read_marked(" ", Decimal::Dot), Ok(None));
    }

    #[test]
    fn three_digits_after_a_lone_mark_are_read_where_the_file_settles_what_they_are() {
        assert_eq!(thousandths("1,234", Decimal::Either), Err(Reason::AmountMarkUndecided));
        assert_eq!(thousandths("1,234", Decimal::Dot), Ok(Some(1_234_000)));
        assert_eq!(thousandths("1.234", Decimal::Comma), Ok(Some(1_234_000)));
        assert_eq!(thousandths("1.234", Decimal::Dot), Ok(Some(1_234)));
        assert_eq!(thousandths("12,345", Decimal::French), Ok(Some(12_345)));
        assert_eq!(thousandths("12.34", Decimal::Comma), Err(Reason::AmountUnreadable));
    }

    #[test]
    fn binary_numbers_are_taken_to_the_cent_or_refused() {
        for (number, expected) in [
            (0.1 + 0.2, Ok(300)),
            (-55.94, Ok(-55_940)),
            (1_000_000_000.13, Ok(1_000_000_000_130)),
            (12.3456, Err(Reason::AmountTooPrecise)),
            (1e30, Err(Reason::AmountTooLarge)),
            (f64::NAN, Err(Reason::AmountUnreadable)),
            (f64::INFINITY, Err(Reason::AmountUnreadable)),
        ] {
            assert_eq!(read_binary(number).map(Money::thousandths), expected, "{number}");
        }
    }

    proptest! {
        #[test]
        fn an_amount_written_is_the_amount_read(thousandths in -Money::LIMIT..=Money::LIMIT) {
            let amount = Money::from_thousandths(thousandths);
            let written = amount.unwrap_or_default().to_string();
            prop_assert_eq!(read(&written, Decimal::Dot), Ok(amount));
            prop_assert_eq!(read(&written.replace('.', ","), Decimal::French), Ok(amount));
            prop_assert_eq!(read(&grouped(&written), Decimal::Comma), Ok(amount));
        }

        #[test]
        fn no_text_stops_the_reader(text in "\\PC{0,24}", digits in "[-+0-9.,eE ()']{0,24}") {
            for decimal in [Decimal::French, Decimal::Comma, Decimal::Dot, Decimal::Either] {
                let _either = (read(&text, decimal), read(&digits, decimal));
            }
        }
    }

    /// `-1234.50` as `-1.234,50`.
    fn grouped(written: &str) -> String {
        let (whole, part) = written.split_once('.').unwrap_or((written, "00"));
        let digits = whole.trim_start_matches('-');
        let mut text = String::new();
        for (place, digit) in digits.char_indices() {
            if place > 0 && (digits.len() - place).is_multiple_of(3) {
                text.push('.');
            }
            text.push(digit);
        }
        format!("{}{text},{part}", if whole.starts_with('-') { "-" } else { "" })
    }
}
