//! Where a page stands among others: the pages above it, those beside it, and what a panel of cards leads to. Addresses are
//! relative, so that a folder of pages can be moved as a whole.

/// A page and what it is called.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Way {
    /// What it is called.
    pub title: String,
    /// Its address from where the page stands.
    pub address: String,
}

/// The pages that a page leads to from its head.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Ways {
    /// Those above it, the uppermost first.
    pub up: Vec<Way>,
    /// Those beside it, itself among them, by the stem of the address it is known by.
    pub beside: Vec<Way>,
}

impl Ways {
    /// The ways of a page in a folder of its own, below a page that has these.
    #[must_use]
    pub fn one_folder_down(&self, above: &Way) -> Self {
        let down = |way: &Way| Way { address: format!("../{}", way.address), ..way.clone() };
        Self { up: self.up.iter().chain([above]).map(down).collect(), beside: self.beside.iter().map(down).collect() }
    }
}

/// A page that an index leads to, with what is to be known before it is opened.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Card {
    /// The page.
    pub way: Way,
    /// What it answers, or what it holds.
    pub about: String,
    /// Other files of the same content: a workbook, an agenda.
    pub files: Vec<Way>,
}
