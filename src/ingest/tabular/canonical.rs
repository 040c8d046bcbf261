//! Items and allocations written as simply as can be, read by all processors at once.
//!
//! In: a UTF-8 file of ours whose every cell has one form only: days as `2024-01-31`, amounts as `-1234.50`, no quotes.
//! Out: the same rows, notes and totals as cell by cell. Anything else anywhere, a refused row or a key given twice
//! included, and nothing is said: the file is read cell by cell, which knows all forms.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, Read};
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, mpsc};

use xxhash_rust::xxh3::xxh3_64_with_seed;

use super::super::amount::Decimal;
use super::super::cells;
use super::super::encoding::{Encoding, LineEnd, TextForm};
use super::super::output::Output;
use super::super::reference::Currencies;
use super::super::{IngestError, ReadOptions};
use super::inputs::Shape;
use super::item::Column;
use super::plan::{Plan, Source};
use super::sums::Totals;
use super::writer::{ItemNote, company_of};
use crate::model::processors::processor_count;
use crate::model::{AgreedTerms, Date, ItemKind, Money, Rows, TableSpec, tables};

/// Bytes that are cut into rows at once: rows of the shortest kind still make a batch.
const BLOCK_BYTES: usize = 1 << 19;
/// Blocks that wait for each worker.
const BLOCKS_AHEAD: usize = 2;

/// How the rows of one file are read.
pub(super) struct Canonical<'a> {
    table: &'static TableSpec,
    company_id: &'a str,
    base_currency: Option<&'a str>,
    base_decimals: u8,
    default_terms: AgreedTerms,
    currencies: &'a Currencies,
    file_name: &'a str,
    separator: u8,
    width: usize,
    /// For each column of the table, which column of the file gives it.
    places: Vec<Option<usize>>,
}

/// Columns of allocations, by place.
mod allocation {
    pub(super) const COMPANY: usize = 0;
    pub(super) const DEBIT: usize = 1;
    pub(super) const CREDIT: usize = 2;
    pub(super) const DATE: usize = 3;
    pub(super) const AMOUNT: usize = 4;
    pub(super) const IS_INFERRED: usize = 5;
}

/// What a block of lines gave.
struct Block {
    rows: Rows,
    keys: Vec<u64>,
    line_count: i64,
    byte_count: u64,
    totals: Totals,
    notes: BTreeMap<ItemNote, (u64, i128)>,
}

/// A row, or a file, that is not as simple as that.
struct Odd;

impl<'a> Canonical<'a> {
    /// Whether the file may be one: what its header and first bytes show.
    pub(super) fn of(
        plan: &Plan,
        form: Option<TextForm>,
        separator: Option<char>,
        options: &ReadOptions<'a>,
        file_name: &'a str,
    ) -> Option<Self> {
        let Shape::Table(table) = plan.shape else { return None };
        let form = form?;
        let is_simple = [&tables::ITEMS, &tables::ALLOCATIONS].contains(&table)
            && plan.format_code == table.name
            && options.decimal != Some(Decimal::Comma)
            && form.encoding == Encoding::Utf8
            && matches!(form.line_end, LineEnd::Lf | LineEnd::CrLf);
        let place = |name: &str| {
            let input = plan.inputs.iter().position(|input| input.name == name)?;
            if let Source::Column(place) = plan.sources[input] { Some(place) } else { None }
        };
        is_simple.then(|| Self {
            table,
            company_id: company_of(options),
            base_currency: options.base_currency,
            base_decimals: options.currencies.decimals(options.base_currency),
            default_terms: options.default_terms.clone(),
            currencies: options.currencies,
            file_name,
            separator: u8::try_from(separator.unwrap_or(',')).unwrap_or(b','),
            width: plan.header.len(),
            places: table.columns.iter().map(|column| place(column.name)).collect(),
        })
    }

    /// Reads the file below its first line; `None` where it is not as simple as that after all.
    pub(super) fn read(
        &self,
        path: &Path,
        form: TextForm,
        output: &mut Output<'_>,
        mut on_read: impl FnMut(u64),
    ) -> Result<Option<Totals>, IngestError> {
        let failed = |source| IngestError::File { path: path.to_owned(), source };
        let file = File::open(path).map_err(failed)?;
        let worker_count = processor_count().min(8);
        let (blocks, waiting) = mpsc::sync_channel::<(usize, String)>(worker_count * BLOCKS_AHEAD);
        let waiting = Mutex::new(waiting);
        let is_given_up = AtomicBool::new(false);
        let (done, results) = mpsc::sync_channel::<(usize, Result<Block, Odd>)>(worker_count * BLOCKS_AHEAD);
        std::thread::scope(|scope| {
            let is_given_up = &is_given_up;
            let reader = scope.spawn(move || cut(file, form, &blocks, is_given_up));
            for _ in 0..worker_count {
                let (waiting, done) = (&waiting, done.clone());
                scope.spawn(move || {
                    // whoever finds nobody listening any more stops
                    while let Some((number, text)) = waiting.lock().ok().and_then(|blocks| blocks.recv().ok()) {
                        if done.send((number, self.block(&text))).is_err() {
                            break;
                        }
                    }
                });
            }
            drop(done);
            let taken = self.take(&results, output, &mut on_read);
            drop(results);
            is_given_up.store(true, Ordering::Relaxed);
            // who waits for room gets it, and learns that nobody listens
            if let Ok(blocks) = waiting.lock() {
                while blocks.recv().is_ok() {}
            }
            match reader.join() {
                Ok(Ok(true)) => taken,
                Ok(Ok(false)) => Ok(None),
                Ok(Err(source)) => Err(failed(source)),
                Err(cause) => std::panic::resume_unwind(cause),
            }
        })
    }

    /// Hands over the blocks in the order of the file.
    fn take(
        &self,
        results: &mpsc::Receiver<(usize, Result<Block, Odd>)>,
        output: &mut Output<'_>,
        on_read: &mut impl FnMut(u64),
    ) -> Result<Option<Totals>, IngestError> {
        let mut early: BTreeMap<usize, Block> = BTreeMap::new();
        let mut keys = Keys::default();
        let mut totals = Totals::default();
        let mut next = 0;
        // the header is line 1
        let mut lines_before = 1;
        while let Ok((number, block)) = results.recv() {
            let Ok(block) = block else { return Ok(None) };
            early.insert(number, block);
            while let Some(mut block) = early.remove(&next) {
                next += 1;
                keys.add(&block.keys);
                if let Some(place) = self.table.position("source_line") {
                    block.rows.shift(place, lines_before);
                }
                lines_before += block.line_count;
                totals.add(&block.totals);
                for (note, (count, amount)) in &block.notes {
                    output.note_many(note.code(), *count, Some(*amount), &note.text(self.base_currency));
                }
                output.push_rows(block.rows)?;
                on_read(block.byte_count);
            }
        }
        Ok((!keys.is_any_twice()).then_some(totals))
    }

    /// Cuts a block into rows.
    fn block(&self, text: &str) -> Result<Block, Odd> {
        let mut block = Block {
            rows: Rows::with_room(self.table, text.len() / 24),
            keys: Vec::with_capacity(text.len() / 24),
            line_count: 0,
            byte_count: text.len() as u64,
            totals: Totals::default(),
            notes: BTreeMap::new(),
        };
        let mut codes = Codes { kind: None, currency: None, decimals: None, currencies: self.currencies };
        let mut fields: Vec<&str> = Vec::with_capacity(self.width);
        let are_items = *self.table == tables::ITEMS;
        let bytes = text.as_bytes();
        let mut start = 0;
        while start < bytes.len() {
            block.line_count += 1;
            fields.clear();
            let mut from = start;
            let mut place = start;
            loop {
                match bytes.get(place) {
                    Some(byte) if *byte == self.separator => {
                        fields.push(&text[from..place]);
                        from = place + 1;
                    }
                    Some(b'\n') | None => break,
                    Some(b'"' | 0 | 0x1a) => return Err(Odd),
                    Some(_) => {}
                }
                place += 1;
            }
            let end = if place > from && bytes[place - 1] == b'\r' { place - 1 } else { place };
            start = place + 1;
            fields.push(&text[from..end]);
            // a blank line is none, and a row of empty cells neither
            if fields.len() == 1 && fields[0].is_empty() {
                continue;
            }
            if fields.len() != self.width {
                return Err(Odd);
            }
            let row = Row { fields: &fields, places: &self.places };
            if are_items {
                self.item(&row, &mut codes, &mut block)?;
            } else {
                self.allocation(&row, &mut block)?;
            }
        }
        Ok(block)
    }

    fn allocation(&self, row: &Row<'_>, block: &mut Block) -> Result<(), Odd> {
        let company = row.text(allocation::COMPANY)?.unwrap_or(self.company_id);
        let (debit, credit) = (row.text(allocation::DEBIT)?.ok_or(Odd)?, row.text(allocation::CREDIT)?.ok_or(Odd)?);
        let (day, amount) = (row.day(allocation::DATE)?.ok_or(Odd)?, row.money(allocation::AMOUNT)?.ok_or(Odd)?);
        // a thousandth that is none is not known for one without the rest of the file
        if row.is_in_thousandths(allocation::AMOUNT) && amount.fits(2) {
            return Err(Odd);
        }
        let is_inferred = row.flag(allocation::IS_INFERRED)?.unwrap_or_default();
        let key = hash(hash(hash(0, company), debit), credit);
        block.keys.push(xxh3_64_with_seed(&day.to_epoch_days().to_le_bytes(), key));
        let written = block.rows.row().text(company).text(debit).text(credit).date(Some(day)).money(Some(amount));
        written.flag(Some(is_inferred)).text(self.file_name).int(Some(block.line_count)).text("").end();
        block.totals.accepted_count += 1;
        Ok(())
    }

    fn item(&self, row: &Row<'_>, codes: &mut Codes<'a>, block: &mut Block) -> Result<(), Odd> {
        let company = row.text(Column::COMPANY_ID)?.unwrap_or(self.company_id);
        let (item, customer) = (row.text(Column::ITEM_ID)?.ok_or(Odd)?, row.text(Column::CUSTOMER_ID)?.ok_or(Odd)?);
        let kind = codes.kind(row.text(Column::KIND)?.ok_or(Odd)?)?;
        let (issued, amount) = (row.day(Column::ISSUED_DATE)?.ok_or(Odd)?, row.money(Column::AMOUNT)?.ok_or(Odd)?);
        block.keys.push(hash(hash(0, company), item));
        let mut note = |note: ItemNote| {
            let sum = block.notes.entry(note).or_default();
            *sum = (sum.0 + 1, sum.1 + amount.wide().abs());
        };
        let mut due = row.day(Column::DUE_DATE)?;
        let mut is_derived = row.flag(Column::DUE_IS_DERIVED)?;
        if due.is_none() {
            match ItemNote::of_due_date(kind, amount) {
                None => due = Some(issued),
                Some(ItemNote::AgeUnknown) => note(ItemNote::AgeUnknown),
                Some(derived) => {
                    due = Some(self.default_terms.due(issued));
                    is_derived = Some(true);
                    note(derived);
                }
            }
        }
        let currency = if let Some(code) = row.text(Column::CURRENCY_CODE)? {
            codes.currency(code)?
        } else {
            note(ItemNote::CurrencyAssumed);
            self.base_currency.unwrap_or(Currencies::NONE)
        };
        let is_base = self.base_currency == Some(currency);
        let base = row.money(Column::BASE_AMOUNT)?.or_else(|| is_base.then_some(amount));
        // three digits are thousandths where the currency has them; else the whole file tells what they are
        let is_doubtful = row.is_in_thousandths(Column::AMOUNT) && codes.decimals(currency) != 3;
        if is_doubtful || (row.is_in_thousandths(Column::BASE_AMOUNT) && self.base_decimals != 3) {
            return Err(Odd);
        }
        if !(amount.fits(codes.decimals(currency)) && base.is_none_or(|base| base.fits(self.base_decimals))) {
            return Err(Odd);
        }
        if ItemNote::is_sign_unusual(kind, amount) {
            note(ItemNote::SignUnusual);
        }
        block.totals.add_item(currency, amount);
        block.totals.accepted_count += 1;
        let posted = row.day(Column::POSTED_DATE)?.unwrap_or(issued);
        let written =
            block.rows.row().text(company).text(item).text(customer).text(row.text(Column::ACCOUNT)?.unwrap_or(""));
        let written = written.text(kind.code()).date(Some(issued)).date(Some(posted)).date(due);
        let mut written =
            written.flag(Some(is_derived.unwrap_or_default())).text(currency).money(Some(amount)).money(base);
        for column in [
            Column::REFERENCE,
            Column::LABEL,
            Column::ORDER_ID,
            Column::SITE,
            Column::PRODUCT_LINE,
            Column::SALESPERSON,
        ] {
            written = written.text(row.text(column)?.unwrap_or(""));
        }
        let written =
            written.date(row.day(Column::DELIVERED_DATE)?).text(row.text(Column::BILLING_CHANNEL)?.unwrap_or(""));
        written.text(self.file_name).int(Some(block.line_count)).int(None).text("").end();
        Ok(())
    }
}

/// Codes as the file last wrote them, and what they stand for.
struct Codes<'a> {
    kind: Option<(String, ItemKind)>,
    currency: Option<(String, &'a str)>,
    decimals: Option<(&'a str, u8)>,
    currencies: &'a Currencies,
}

impl<'a> Codes<'a> {
    fn kind(&mut self, text: &str) -> Result<ItemKind, Odd> {
        if let Some((written, kind)) = &self.kind
            && written == text
        {
            return Ok(*kind);
        }
        let kind = ItemKind::parse(text).ok_or(Odd)?;
        self.kind = Some((text.to_owned(), kind));
        Ok(kind)
    }

    fn currency(&mut self, text: &str) -> Result<&'a str, Odd> {
        if let Some((written, code)) = &self.currency
            && written == text
        {
            return Ok(code);
        }
        let code = self.currencies.code(text).ok_or(Odd)?;
        self.currency = Some((text.to_owned(), code));
        Ok(code)
    }

    fn decimals(&mut self, code: &'a str) -> u8 {
        match self.decimals {
            Some((known, decimals)) if known == code => decimals,
            _ => {
                let decimals = self.currencies.decimals(Some(code));
                self.decimals = Some((code, decimals));
                decimals
            }
        }
    }
}

/// The cells of a line, by the columns of the table.
struct Row<'a> {
    fields: &'a [&'a str],
    places: &'a [Option<usize>],
}

impl<'a> Row<'a> {
    fn cell(&self, column: impl Into<usize>) -> &'a str {
        self.places[column.into()].map_or("", |place| self.fields[place])
    }

    /// A text; one with white space around it is odd.
    fn text(&self, column: impl Into<usize>) -> Result<Option<&'a str>, Odd> {
        let text = self.cell(column);
        let bytes = text.as_bytes();
        let (Some(first), Some(last)) = (bytes.first(), bytes.last()) else { return Ok(None) };
        let is_plain = |byte: u8| byte > b' ' && byte < 0x80;
        if !(is_plain(*first) && is_plain(*last)) && text.trim() != text {
            return Err(Odd);
        }
        Ok(Some(cells::text(text)).filter(|text| !text.is_empty()))
    }

    /// `2024-01-31`
    fn day(&self, column: impl Into<usize>) -> Result<Option<Date>, Odd> {
        let text = self.cell(column);
        if text.is_empty() {
            return Ok(None);
        }
        let bytes: &[u8; 10] = text.as_bytes().try_into().map_err(|_| Odd)?;
        let number = |digits: &[u8]| {
            digits.iter().try_fold(0_u32, |number, digit| {
                digit.is_ascii_digit().then(|| number * 10 + u32::from(digit - b'0')).ok_or(Odd)
            })
        };
        if bytes[4] != b'-' || bytes[7] != b'-' {
            return Err(Odd);
        }
        let (year, month, day) = (number(&bytes[..4])?, number(&bytes[5..7])?, number(&bytes[8..])?);
        let year = i32::try_from(year).ok().filter(|year| *year >= 1600).ok_or(Odd)?;
        Date::from_ymd_opt(year, month, day).map(Some).ok_or(Odd)
    }

    /// Whether an amount has three digits behind its point: they may be thousandths or thousands.
    fn is_in_thousandths(&self, column: impl Into<usize>) -> bool {
        self.cell(column).rsplit_once('.').is_some_and(|(_, behind)| behind.len() == 3)
    }

    /// `-1234.50`, with up to three digits behind the point.
    fn money(&self, column: impl Into<usize>) -> Result<Option<Money>, Odd> {
        let text = self.cell(column);
        if text.is_empty() {
            return Ok(None);
        }
        let digits = text.strip_prefix('-').unwrap_or(text).as_bytes();
        let (mut whole, mut behind, mut count) = (0_i64, None, 0);
        for byte in digits {
            match byte {
                b'0'..=b'9' => {
                    whole = whole * 10 + i64::from(byte - b'0');
                    behind = behind.map(|behind: u32| behind + 1);
                    count += 1;
                }
                b'.' if behind.is_none() && count > 0 => behind = Some(0),
                _ => return Err(Odd),
            }
            // as many as an i64 holds for certain in thousandths
            if count > 15 {
                return Err(Odd);
            }
        }
        let scale = match behind {
            None => 1_000,
            Some(1) => 100,
            Some(2) => 10,
            Some(3) => 1,
            Some(_) => return Err(Odd),
        };
        if count == 0 {
            return Err(Odd);
        }
        let signed = if text.starts_with('-') { -whole } else { whole };
        Money::from_thousandths(signed * scale).map(Some).ok_or(Odd)
    }

    fn flag(&self, column: impl Into<usize>) -> Result<Option<bool>, Odd> {
        match self.cell(column) {
            "" => Ok(None),
            "true" => Ok(Some(true)),
            "false" => Ok(Some(false)),
            _ => Err(Odd),
        }
    }
}

/// Continues a hash with a text.
fn hash(seed: u64, text: &str) -> u64 {
    xxh3_64_with_seed(text.as_bytes(), seed)
}

/// The keys of a file as hashes, apart by their first byte: eight bytes each, sorted part by part at the end, where a set
/// of a hundred million would take twice that and go all over memory for each.
struct Keys(Vec<Vec<u64>>);

impl Default for Keys {
    fn default() -> Self {
        Self(vec![Vec::new(); 256])
    }
}

impl Keys {
    fn add(&mut self, keys: &[u64]) {
        for key in keys {
            self.0[usize::from(key.to_be_bytes()[0])].push(*key);
        }
    }

    /// Whether a key came twice, or two of them share a hash.
    fn is_any_twice(&mut self) -> bool {
        let worker_count = std::thread::available_parallelism().map_or(1, usize::from);
        let share = self.0.len().div_ceil(worker_count);
        let is_twice = |parts: &mut [Vec<u64>]| {
            parts.iter_mut().any(|part| {
                part.sort_unstable();
                part.windows(2).any(|two| two[0] == two[1])
            })
        };
        std::thread::scope(|scope| {
            let looking: Vec<_> = self.0.chunks_mut(share).map(|parts| scope.spawn(move || is_twice(parts))).collect();
            // the scope waits for those that are not asked any more
            looking.into_iter().any(|one| one.join().unwrap_or_else(|cause| std::panic::resume_unwind(cause)))
        })
    }
}

/// Cuts a file into blocks of whole lines, without its first line; false where it is not as simple as that.
fn cut(
    mut file: File,
    form: TextForm,
    blocks: &mpsc::SyncSender<(usize, String)>,
    is_given_up: &AtomicBool,
) -> io::Result<bool> {
    io::copy(&mut file.by_ref().take(form.mark_bytes as u64), &mut io::sink())?;
    let mut number = 0;
    let mut is_below_header = false;
    let mut carried: Vec<u8> = Vec::new();
    loop {
        let mut bytes = std::mem::take(&mut carried);
        let start = bytes.len();
        bytes.resize(BLOCK_BYTES, 0);
        let mut filled = start;
        let mut is_ended = false;
        while filled < BLOCK_BYTES && !is_ended {
            let count = file.read(&mut bytes[filled..])?;
            filled += count;
            is_ended = count == 0;
        }
        bytes.truncate(filled);
        let end = if is_ended { Some(filled) } else { bytes.iter().rposition(|byte| *byte == b'\n').map(|at| at + 1) };
        // a line as long as a block, or a header that has no end
        let Some(end) = end else { return Ok(false) };
        carried.extend_from_slice(&bytes[end..]);
        bytes.truncate(end);
        if !is_below_header {
            let Some(header) = bytes.iter().position(|byte| *byte == b'\n') else { return Ok(false) };
            if bytes[..header].contains(&b'"') {
                return Ok(false);
            }
            bytes.drain(..=header);
            is_below_header = true;
        }
        let Ok(text) = String::from_utf8(bytes) else { return Ok(false) };
        if blocks.send((number, text)).is_err() || is_ended || is_given_up.load(Ordering::Relaxed) {
            return Ok(true);
        }
        number += 1;
    }
}
