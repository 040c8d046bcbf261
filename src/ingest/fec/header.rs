//! The header of a FEC: which column holds which field (LPF art. A47 A-1, VII to IX).

use super::super::IngestError;
use super::super::fields::{Fields, sniff};
use super::super::names::fold;

/// A field of the law. Four exist in cash accounting only (VIII and IX); the last is of no law, and many programs add it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Field {
    JournalCode,
    JournalLib,
    EcritureNum,
    EcritureDate,
    CompteNum,
    CompteLib,
    CompAuxNum,
    CompAuxLib,
    PieceRef,
    PieceDate,
    EcritureLib,
    Debit,
    Credit,
    Montant,
    Sens,
    EcritureLet,
    DateLet,
    ValidDate,
    Montantdevise,
    Idevise,
    DateRglt,
    ModeRglt,
    NatOp,
    IdClient,
    DateLimitReglmt,
}

impl Field {
    /// Every field, in the order of the law.
    pub const ALL: [Self; 25] = [
        Self::JournalCode,
        Self::JournalLib,
        Self::EcritureNum,
        Self::EcritureDate,
        Self::CompteNum,
        Self::CompteLib,
        Self::CompAuxNum,
        Self::CompAuxLib,
        Self::PieceRef,
        Self::PieceDate,
        Self::EcritureLib,
        Self::Debit,
        Self::Credit,
        Self::Montant,
        Self::Sens,
        Self::EcritureLet,
        Self::DateLet,
        Self::ValidDate,
        Self::Montantdevise,
        Self::Idevise,
        Self::DateRglt,
        Self::ModeRglt,
        Self::NatOp,
        Self::IdClient,
        Self::DateLimitReglmt,
    ];

    /// Names that programs give a field instead of its own.
    const OTHER_NAMES: [(&str, Self); 9] = [
        ("EcrtureLet", Self::EcritureLet),
        ("EcritureLettrage", Self::EcritureLet),
        ("Lettrage", Self::EcritureLet),
        ("DateLimiteReglement", Self::DateLimitReglmt),
        ("DateLimiteReglmt", Self::DateLimitReglmt),
        ("DateEcheance", Self::DateLimitReglmt),
        ("DateEch", Self::DateLimitReglmt),
        ("EcheanceDate", Self::DateLimitReglmt),
        ("Echeance", Self::DateLimitReglmt),
    ];

    /// The fields of the eighteen that a file may lack, with a note.
    const SPARED: [Self; 12] = [
        Self::JournalLib,
        Self::CompteLib,
        Self::CompAuxNum,
        Self::CompAuxLib,
        Self::PieceRef,
        Self::PieceDate,
        Self::EcritureLib,
        Self::EcritureLet,
        Self::DateLet,
        Self::ValidDate,
        Self::Montantdevise,
        Self::Idevise,
    ];

    /// The name as the law writes it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::JournalCode => "JournalCode",
            Self::JournalLib => "JournalLib",
            Self::EcritureNum => "EcritureNum",
            Self::EcritureDate => "EcritureDate",
            Self::CompteNum => "CompteNum",
            Self::CompteLib => "CompteLib",
            Self::CompAuxNum => "CompAuxNum",
            Self::CompAuxLib => "CompAuxLib",
            Self::PieceRef => "PieceRef",
            Self::PieceDate => "PieceDate",
            Self::EcritureLib => "EcritureLib",
            Self::Debit => "Debit",
            Self::Credit => "Credit",
            Self::Montant => "Montant",
            Self::Sens => "Sens",
            Self::EcritureLet => "EcritureLet",
            Self::DateLet => "DateLet",
            Self::ValidDate => "ValidDate",
            Self::Montantdevise => "Montantdevise",
            Self::Idevise => "Idevise",
            Self::DateRglt => "DateRglt",
            Self::ModeRglt => "ModeRglt",
            Self::NatOp => "NatOp",
            Self::IdClient => "IdClient",
            Self::DateLimitReglmt => "DateLimitReglmt",
        }
    }

    /// The field a header names, whatever its case, accents and punctuation.
    #[must_use]
    pub fn named(header: &str) -> Option<Self> {
        let folded = fold(header);
        Self::ALL.into_iter().find(|field| fold(field.name()) == folded)
    }

    /// The field that a header names in other words.
    fn named_otherwise(header: &str) -> Option<Self> {
        let folded = fold(header);
        Self::OTHER_NAMES.into_iter().find(|(name, _)| fold(name) == folded).map(|(_, field)| field)
    }
}

/// Where the fields of a file stand.
#[derive(Clone, Debug)]
pub struct Header {
    /// The mark between fields.
    pub separator: char,
    /// Columns with the empty ones at the end.
    pub full_width: usize,
    /// Columns up to the last that has a name.
    pub width: usize,
    /// The names as the file writes them.
    pub names: Vec<String>,
    /// Whether the columns bear the names of the law, and dates and amounts are written as it says.
    pub is_lawful: bool,
    places: [Option<usize>; Field::ALL.len()],
}

impl Header {
    /// Reads a header line; `None` when it is not a FEC's.
    ///
    /// # Errors
    /// A field twice, or fields missing that nothing can stand in for.
    pub fn read(line: &str, file: &str) -> Result<Option<Self>, IngestError> {
        let separator = sniff(line, |name| Field::named(name).is_some());
        let mut fields = Fields::default();
        fields.split(line, separator, 0);
        let names: Vec<String> = fields.iter().map(str::to_owned).collect();
        Self::of_names(names, separator, file)
    }

    /// The header of the form in XML, whose elements bear the names of the fields: amounts are in `Montant` and
    /// `Sens`, or in `Debit` and `Credit`.
    #[must_use]
    pub fn of_xml(has_sides: bool) -> Self {
        let names = Field::ALL.iter().map(|field| field.name().to_owned()).collect();
        let mut places = std::array::from_fn(Some);
        let other = if has_sides { [Field::Debit, Field::Credit] } else { [Field::Montant, Field::Sens] };
        for field in other {
            places[field as usize] = None;
        }
        Self { separator: '\t', full_width: Field::ALL.len(), width: Field::ALL.len(), names, is_lawful: true, places }
    }

    fn of_names(names: Vec<String>, separator: char, file: &str) -> Result<Option<Self>, IngestError> {
        let mut places = [None; Field::ALL.len()];
        for (place, name) in names.iter().enumerate() {
            let Some(field) = Field::named(name) else { continue };
            if places[field as usize].replace(place).is_some() {
                return Err(IngestError::ColumnTwice { file: file.to_owned(), column: field.name().to_owned() });
            }
        }
        // where the field has no column under its own name
        for (place, name) in names.iter().enumerate() {
            if let Some(field) = Field::named_otherwise(name) {
                places[field as usize].get_or_insert(place);
            }
        }
        let header = Self::new(names, separator, true, &places);
        if !header.is_fec() {
            return Ok(None);
        }
        let missing = header.vital_missing();
        if missing.is_empty() {
            Ok(Some(header))
        } else {
            Err(IngestError::ColumnsMissing { file: file.to_owned(), format: "FEC".to_owned(), missing })
        }
    }

    /// The header of a ledger whose columns are named otherwise; `None` where they lack what a load cannot do without.
    #[must_use]
    pub fn of_places(names: Vec<String>, separator: char, fields: Vec<(Field, usize)>) -> Option<Self> {
        let mut places = [None; Field::ALL.len()];
        for (field, place) in fields {
            places[field as usize] = Some(place);
        }
        let header = Self::new(names, separator, false, &places);
        // a piece tells entries apart too
        let missing =
            header.vital_missing().into_iter().filter(|name| !name.contains(" or ") || !header.has(Field::PieceRef));
        if missing.count() == 0 { Some(header) } else { None }
    }

    fn new(names: Vec<String>, separator: char, is_lawful: bool, places: &[Option<usize>; Field::ALL.len()]) -> Self {
        let full_width = names.len();
        let width = names.iter().rposition(|name| !name.is_empty()).map_or(0, |place| place + 1);
        Self { separator, full_width, width, names, is_lawful, places: *places }
    }

    /// Enough names of the law to tell a FEC from any other table.
    fn is_fec(&self) -> bool {
        let known = self.places.iter().flatten().count();
        let is_marked =
            [Field::EcritureDate, Field::EcritureNum, Field::CompteNum].into_iter().any(|field| self.has(field));
        known >= 5 && is_marked
    }

    /// What the load cannot do without: an entry, a date, an account, an amount and its side.
    fn vital_missing(&self) -> Vec<String> {
        let mut missing = Vec::new();
        if !self.has(Field::JournalCode) && !self.has(Field::EcritureNum) {
            missing.push("JournalCode or EcritureNum".to_owned());
        }
        for field in [Field::EcritureDate, Field::CompteNum] {
            if !self.has(field) {
                missing.push(field.name().to_owned());
            }
        }
        let sides = if self.has(Field::Montant) || self.has(Field::Sens) {
            [Field::Montant, Field::Sens]
        } else {
            [Field::Debit, Field::Credit]
        };
        if !self.has_debit_and_credit() {
            missing.extend(sides.into_iter().filter(|&field| !self.has(field)).map(|field| field.name().to_owned()));
        }
        missing
    }

    /// Whether the file has the field.
    #[must_use]
    pub const fn has(&self, field: Field) -> bool {
        self.places[field as usize].is_some()
    }

    /// Whether amounts come in two columns (else in one, with their side).
    #[must_use]
    pub const fn has_debit_and_credit(&self) -> bool {
        self.has(Field::Debit) && self.has(Field::Credit)
    }

    /// Where the field stands.
    #[must_use]
    pub const fn place(&self, field: Field) -> Option<usize> {
        self.places[field as usize]
    }

    /// The field of a line; empty where the file has no such column.
    #[must_use]
    pub fn get<'a>(&self, fields: &'a Fields, field: Field) -> &'a str {
        self.place(field).map_or("", |place| fields.get(place))
    }

    /// The fields the law wants and the file has not.
    #[must_use]
    pub fn spared(&self) -> Vec<&'static str> {
        let entry = [Field::JournalCode, Field::EcritureNum];
        entry.into_iter().chain(Field::SPARED).filter(|&field| !self.has(field)).map(Field::name).collect()
    }

    /// Which column was taken for which field of the law, in words.
    #[must_use]
    pub fn taken(&self) -> String {
        let taken =
            |place: usize, name: &String| self.field_at(place).map(|field| format!("`{name}` for {}", field.name()));
        let taken: Vec<String> = self.names.iter().enumerate().filter_map(|(place, name)| taken(place, name)).collect();
        taken.join(", ")
    }

    /// Columns the law does not know.
    #[must_use]
    pub fn unknown(&self) -> Vec<&str> {
        let is_unknown = |(place, name): &(usize, &str)| {
            !name.is_empty() && !self.places.contains(&Some(*place)) && Field::named(name).is_none()
        };
        self.names.iter().map(String::as_str).enumerate().filter(is_unknown).map(|(_, name)| name).collect()
    }

    /// The field that a column of the file holds.
    #[must_use]
    pub fn field_at(&self, place: usize) -> Option<Field> {
        Field::ALL.into_iter().find(|field| self.place(*field) == Some(place))
    }

    /// Whether a line of `count` fields still holds every field the load cannot do without.
    #[must_use]
    pub fn reaches(&self, count: usize) -> bool {
        let amounts =
            if self.has_debit_and_credit() { [Field::Debit, Field::Credit] } else { [Field::Montant, Field::Sens] };
        [Field::EcritureDate, Field::CompteNum]
            .into_iter()
            .chain(amounts)
            .all(|field| self.place(field).is_some_and(|place| place < count))
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a header that cannot be read must stop the test")]
mod tests {
    use super::*;

    const EIGHTEEN: &str = "JournalCode\tJournalLib\tEcritureNum\tEcritureDate\tCompteNum\tCompteLib\tCompAuxNum\tCompAuxLib\tPieceRef\tPieceDate\tEcritureLib\tDebit\tCredit\tEcritureLet\tDateLet\tValidDate\tMontantdevise\tIdevise";

    fn read(line: &str) -> Header {
        Header::read(line, "f.txt").unwrap().unwrap()
    }

    #[test]
    fn fields_are_found_in_any_order_case_and_dress() {
        for line in [
            EIGHTEEN.to_owned(),
            EIGHTEEN.replace('\t', "|"),
            EIGHTEEN.replace('\t', ";"),
            EIGHTEEN.replace('\t', " , "),
            EIGHTEEN.to_uppercase(),
            EIGHTEEN.replace("PieceRef", "PièceRef").replace("CompteLib", "CompteLIB"),
            EIGHTEEN.split('\t').rev().collect::<Vec<&str>>().join("\t"),
            EIGHTEEN.split('\t').map(|name| format!("\"{name}\"")).collect::<Vec<String>>().join(";"),
        ] {
            let header = read(&line);
            assert!(header.spared().is_empty() && header.unknown().is_empty(), "{line}");
            assert_eq!((header.width, header.full_width), (18, 18), "{line}");
        }
    }

    #[test]
    fn a_separator_at_the_end_makes_no_column() {
        let header = read(&format!("{EIGHTEEN}\t"));
        assert_eq!((header.width, header.full_width), (18, 19));
    }

    #[test]
    fn cash_accounting_has_up_to_twenty_two_fields() {
        let header = read(&format!("{EIGHTEEN}\tDateRglt\tModeRglt\tNatOp\tIdClient"));
        assert!(header.unknown().is_empty() && header.width == 22);
    }

    #[test]
    fn a_field_may_bear_the_name_that_a_program_gives_it() {
        for name in ["EcrtureLet", "Ecriture Lettrage", "lettrage"] {
            let header = read(&EIGHTEEN.replace("EcritureLet", name));
            assert_eq!((header.place(Field::EcritureLet), header.unknown()), (Some(13), Vec::new()), "{name}");
        }
        for name in ["DateLimitReglmt", "DATE_ECHEANCE", "Échéance"] {
            let header = read(&format!("{EIGHTEEN}\t{name}\tNumFacture"));
            assert_eq!(header.place(Field::DateLimitReglmt), Some(18), "{name}");
            assert!(header.unknown().contains(&"NumFacture"));
        }
        // its own name comes first, wherever it stands
        let header = read(&format!("Lettrage\t{EIGHTEEN}"));
        assert_eq!((header.place(Field::EcritureLet), header.unknown()), (Some(14), vec!["Lettrage"]));
    }

    #[test]
    fn a_missing_field_is_named_unless_nothing_needs_it() {
        assert_eq!(read(&EIGHTEEN.replace("\tCompteLib", "")).spared(), ["CompteLib"]);
        let error = |line: &str| Header::read(line, "f.txt").unwrap_err().to_string();
        assert_eq!(
            error(&EIGHTEEN.replace("\tEcritureDate", "")),
            "`f.txt` looks like `FEC` and has no column `EcritureDate`"
        );
        assert_eq!(
            error(&EIGHTEEN.replace("\tDebit\tCredit", "\tMontant")),
            "`f.txt` looks like `FEC` and has no column `Sens`"
        );
        assert_eq!(error(&EIGHTEEN.replace("\tDebit", "")), "`f.txt` looks like `FEC` and has no column `Debit`");
        let no_entry = EIGHTEEN.replace("JournalCode\t", "").replace("\tEcritureNum", "");
        assert_eq!(error(&no_entry), "`f.txt` looks like `FEC` and has no column `JournalCode or EcritureNum`");
        assert_eq!(error(&format!("{EIGHTEEN}\tDébit")), "`f.txt` has two columns for `Debit`: one is wanted");
    }

    #[test]
    fn another_table_is_no_fec() {
        for line in [
            "item_id,customer_id,kind,issued_date,amount",
            "invoiceNumber,customerID",
            "Debit;Credit;Sens;Montant;PieceDate",
            "",
        ] {
            assert!(Header::read(line, "f.txt").unwrap().is_none(), "{line}");
        }
    }
}
