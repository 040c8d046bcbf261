//! Small ledgers written by the tests: a FEC line by line, in words.

/// A FEC of one calendar year in the making. Amounts are text, `120.00`.
#[derive(Clone)]
pub struct Ledger {
    year: i32,
    lines: Vec<[String; 18]>,
    entry: u32,
}

const HEADER: &str = "JournalCode\tJournalLib\tEcritureNum\tEcritureDate\tCompteNum\tCompteLib\tCompAuxNum\tCompAuxLib\t\
    PieceRef\tPieceDate\tEcritureLib\tDebit\tCredit\tEcritureLet\tDateLet\tValidDate\tMontantdevise\tIdevise";

/// A line of an entry: account, customer, debit, credit, letter.
pub struct Part<'a> {
    pub account: &'a str,
    pub customer: &'a str,
    pub debit: &'a str,
    pub credit: &'a str,
    pub letter: &'a str,
}

pub fn debit<'a>(account: &'a str, customer: &'a str, amount: &'a str, letter: &'a str) -> Part<'a> {
    Part { account, customer, debit: amount, credit: "0.00", letter }
}

pub fn credit<'a>(account: &'a str, customer: &'a str, amount: &'a str, letter: &'a str) -> Part<'a> {
    Part { account, customer, debit: "0.00", credit: amount, letter }
}

impl Ledger {
    pub fn new(year: i32) -> Self {
        Self { year, lines: Vec::new(), entry: 0 }
    }

    /// Any entry: journal, day, document, its day, and lines.
    pub fn entry(mut self, journal: &str, day: &str, piece: &str, piece_day: &str, parts: &[Part]) -> Self {
        self.entry += 1;
        for part in parts {
            let compact = |day: &str| day.replace('-', "");
            let comma = |amount: &str| amount.replace('.', ",");
            let name = if part.customer.is_empty() { String::new() } else { format!("Client {}", part.customer) };
            self.lines.push([
                journal.to_owned(),
                format!("Journal {journal}"),
                format!("{journal}{}", self.entry),
                compact(day),
                part.account.to_owned(),
                format!("Compte {}", part.account),
                part.customer.to_owned(),
                name,
                piece.to_owned(),
                compact(piece_day),
                format!("{piece} {}", part.customer),
                comma(part.debit),
                comma(part.credit),
                part.letter.to_owned(),
                String::new(),
                compact(day),
                String::new(),
                String::new(),
            ]);
        }
        self
    }

    /// An invoice, unlettered.
    pub fn invoice(self, customer: &str, piece: &str, day: &str, amount: &str) -> Self {
        self.lettered_invoice(customer, piece, day, amount, "")
    }

    pub fn lettered_invoice(self, customer: &str, piece: &str, day: &str, amount: &str, letter: &str) -> Self {
        self.entry(
            "VE",
            day,
            piece,
            day,
            &[debit("411000", customer, amount, letter), credit("707000", "", amount, "")],
        )
    }

    pub fn credit_note(self, customer: &str, piece: &str, day: &str, amount: &str, letter: &str) -> Self {
        self.entry(
            "VE",
            day,
            piece,
            day,
            &[debit("709000", "", amount, ""), credit("411000", customer, amount, letter)],
        )
    }

    pub fn receipt(self, customer: &str, piece: &str, day: &str, amount: &str, letter: &str) -> Self {
        self.entry(
            "BQ",
            day,
            piece,
            day,
            &[debit("512000", "", amount, ""), credit("411000", customer, amount, letter)],
        )
    }

    /// An opening line of a customer, against the balance sheet.
    pub fn opening(self, customer: &str, piece: &str, piece_day: &str, amount: &str, letter: &str) -> Self {
        let day = format!("{}-01-01", self.year);
        self.entry(
            "AN",
            &day,
            piece,
            piece_day,
            &[debit("411000", customer, amount, letter), credit("101000", "", amount, "")],
        )
    }

    /// Only what was posted by a day.
    pub fn until(mut self, day: &str) -> Self {
        self.lines.retain(|line| *line[3] <= *day.replace('-', ""));
        self
    }

    /// The lines in another order.
    pub fn reversed(mut self) -> Self {
        self.lines.reverse();
        self
    }

    pub fn text(&self) -> String {
        let lines = self.lines.iter().map(|line| line.join("\t") + "\r\n");
        format!("{HEADER}\r\n{}", lines.collect::<String>())
    }
}
