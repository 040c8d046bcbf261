//! What the header of a column may mean: its words are brought to concepts, and roles are known by concepts.

use std::collections::{BTreeSet, HashMap};

use super::super::super::IngestError;
use super::super::super::names::fold;
use super::super::super::reference::rows;

/// What costs a role little when the header says it too, and what costs it much: an order number is no invoice number.
const EXTRA_COST: i32 = 6;
const UNKNOWN_COST: i32 = 5;
const OTHER_COST: i32 = 45;
/// Concepts that make a column another one, where a role does not name them.
const OTHERS: [&str; 31] = [
    "overdue", "reminder", "discount", "quantity", "price", "rate", "days", "created", "period", "your", "order",
    "quote", "payment", "paid", "delivery", "tax", "phone", "email", "address", "bank", "journal", "project",
    "product", "contact", "limit", "settled", "dispute", "financed", "series", "last", "running",
];

/// Concepts that make a column of customers another one than their code.
const NO_CODES: [&str; 6] = ["name", "reference", "invoice", "document", "transaction", "label"];

/// Concepts that make a column of documents another one than their number.
const NO_NUMBERS: [&str; 11] =
    ["customer", "name", "company", "account", "amount", "date", "due", "currency", "kind", "status", "total"];

/// A role, the concepts that tell it and how much they tell.
#[derive(Clone, Debug)]
struct Pattern {
    role: String,
    concepts: BTreeSet<String>,
    weight: i32,
}

/// The words of headers and what they stand for (`column_words.csv`, `column_roles.csv`).
#[derive(Clone, Debug)]
pub struct ColumnNames {
    concepts: HashMap<String, Vec<String>>,
    patterns: Vec<Pattern>,
}

/// What a header says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Said {
    /// The concepts of its words.
    pub concepts: BTreeSet<String>,
    /// Words nobody knows.
    pub unknown_count: i32,
}

impl Said {
    /// Whether it says a concept.
    #[must_use]
    pub fn has(&self, concept: &str) -> bool {
        self.concepts.contains(concept)
    }
}

impl ColumnNames {
    /// Reads both tables.
    ///
    /// # Errors
    /// [`IngestError::ReferenceBroken`] for a missing column, or a weight that is no number.
    pub fn parse(words: &str, roles: &str) -> Result<Self, IngestError> {
        let mut concepts = HashMap::new();
        for row in rows("column_words", words, &["concept", "words"])? {
            let [concept, words] = &row.cells;
            for word in words.split_whitespace() {
                concepts.insert(fold(word), concept.split_whitespace().map(str::to_owned).collect());
            }
        }
        let mut patterns = Vec::new();
        for row in rows("column_roles", roles, &["role", "concepts", "weight"])? {
            let [role, named, weight] = &row.cells;
            let weight = weight.parse().map_err(|_| row.broken(weight, "a weight from 1 to 100"))?;
            let concepts = named.split_whitespace().map(str::to_owned).collect();
            patterns.push(Pattern { role: role.clone(), concepts, weight });
        }
        Ok(Self { concepts, patterns })
    }

    /// What a header says.
    #[must_use]
    pub fn said(&self, header: &str) -> Said {
        let words = words(header);
        let mut said = Said::default();
        let mut position = 0;
        while position < words.len() {
            // words that only mean something together come first
            let joined = (1..=4.min(words.len() - position)).rev().find_map(|count| {
                let together = words[position..position + count].concat();
                self.concepts.get(&together).map(|concepts| (count, concepts))
            });
            if let Some((count, concepts)) = joined {
                said.concepts.extend(concepts.iter().cloned());
                position += count;
                continue;
            }
            match self.taken_apart(&words[position]) {
                Some(concepts) => said.concepts.extend(concepts),
                // numbers, small words and currencies tell nothing, and cost nothing
                None if words[position].bytes().all(|byte| byte.is_ascii_digit()) || words[position].len() < 4 => {}
                None => said.unknown_count += 1,
            }
            position += 1;
        }
        said
    }

    /// The concepts of words that are written together, as German and Dutch do.
    fn taken_apart(&self, word: &str) -> Option<Vec<String>> {
        // no word of a header is longer, and a hostile one must not be taken apart in all ways
        const LONGEST: usize = 40;
        if word.len() > LONGEST { None } else { self.parts(word, 4) }
    }

    /// A word as at most so many known ones.
    fn parts(&self, word: &str, most: usize) -> Option<Vec<String>> {
        if let Some(concepts) = self.concepts.get(word) {
            return Some(concepts.clone());
        }
        let ends: Vec<usize> = word.char_indices().map(|(end, _)| end).filter(|end| *end >= 2).collect();
        ends.into_iter().rev().filter(|_| most > 1).find_map(|end| {
            let first = self.concepts.get(&word[..end])?;
            let rest = &word[end..];
            ["", "s", "n", "en", "es", "e"].iter().find_map(|link| {
                let rest = rest.strip_prefix(link).filter(|rest| rest.len() >= 2)?;
                let mut concepts = self.parts(rest, most - 1)?;
                concepts.extend(first.iter().cloned());
                Some(concepts)
            })
        })
    }

    /// How much a header speaks for a role, from 1 to 100; 0 where it does not.
    #[must_use]
    pub fn score(&self, role: &str, said: &Said) -> i32 {
        let is_other = |extra: &str| {
            OTHERS.contains(&extra)
                || (role == "customer_id" && NO_CODES.contains(&extra))
                || (role == "item_id" && NO_NUMBERS.contains(&extra))
        };
        let of_pattern = |pattern: &Pattern| {
            let extra = said.concepts.difference(&pattern.concepts);
            let cost: i32 = extra.map(|extra| if is_other(extra) { OTHER_COST } else { EXTRA_COST }).sum();
            pattern.weight - cost - UNKNOWN_COST * said.unknown_count
        };
        let fitting = self.patterns.iter().filter(|pattern| pattern.role == role);
        let fitting = fitting.filter(|pattern| pattern.concepts.is_subset(&said.concepts));
        fitting.map(of_pattern).max().unwrap_or_default().max(0)
    }
}

/// The words of a header, folded: apart at marks, at digits, and where a capital follows a small letter.
fn words(header: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut before = ' ';
    let mut letters = header.chars().peekable();
    while let Some(letter) = letters.next() {
        let next = letters.peek().copied().unwrap_or(' ');
        let begins = (before.is_lowercase() && letter.is_uppercase())
            || (before.is_uppercase() && letter.is_uppercase() && next.is_lowercase())
            || (before.is_numeric() != letter.is_numeric());
        if !letter.is_alphanumeric() || begins {
            words.push(String::new());
        }
        if letter.is_alphanumeric()
            && let Some(word) = words.last_mut()
        {
            word.push(letter);
        }
        before = letter;
    }
    words.iter().map(|word| fold(word)).filter(|word| !word.is_empty()).collect()
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a shipped table that cannot be read must stop the test")]
mod tests {
    use super::*;
    use crate::ingest::samples;

    /// The roles a header speaks for most.
    fn best(header: &str) -> String {
        let names = samples::column_names();
        let said = names.said(header);
        let roles: BTreeSet<&String> = names.patterns.iter().map(|pattern| &pattern.role).collect();
        let roles = roles.into_iter().filter(|role| !role.starts_with("ledger."));
        roles.max_by_key(|role| names.score(role, &said)).unwrap().clone()
    }

    #[test]
    fn a_header_means_the_same_in_five_languages() {
        for (role, headers) in [
            (
                "item_id",
                &["Invoice No", "N° facture", "Rechnungsnummer", "Número de factura", "Factuurnummer", "DocNo"][..],
            ),
            (
                "customer_id",
                &["Customer No.", "Code client", "Kundennr.", "Código cliente", "Debiteurnummer", "CustomerID"],
            ),
            ("customer_name", &["Customer Name", "Raison sociale", "Kundenname", "Nombre del cliente", "Naam klant"]),
            ("issued_date", &["Invoice date", "Date de facture", "Belegdatum", "Fecha factura", "Factuurdatum"]),
            (
                "due_date",
                &["Due Date", "Échéance", "Nettofälligkeit", "Fecha de vencimiento", "Vervaldatum", "Fällig am"],
            ),
            (
                "open_amount",
                &["Balance Due", "Reste à payer", "Offener Betrag", "Importe pendiente", "Openstaand bedrag"],
            ),
            ("total_amount", &["Invoice Amount", "Montant TTC", "Bruttobetrag", "Importe total", "Factuurbedrag"]),
            ("net_amount", &["Net amount", "Montant HT", "Nettobetrag", "Base imponible", "Bedrag excl. BTW"]),
            ("paid_amount", &["Amount paid", "Montant réglé", "Bezahlt", "Importe pagado", "Betaald"]),
            ("side", &["S/H", "D/C", "Soll/Haben", "Debit/Credit"]),
            ("order_id", &["PO Number", "N° de commande", "Bestellnummer", "Pedido", "Order no."]),
        ] {
            for header in headers {
                assert_eq!(best(header), role, "{header}: {:?}", samples::column_names().said(header));
            }
        }
    }
}
