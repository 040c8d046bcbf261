//! Which panels a report shows, on which answers: the reading of `reports/<report>.toml`.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::{ReportError, Templates};

/// A report: its template and its panels, in order.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PageSpec {
    /// File name of the template.
    pub template: String,
    /// The panels, top to bottom.
    pub panels: Vec<PanelSpec>,
}

/// How a panel is built.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Shape {
    /// Open = control, or by how much not and whose difference it is.
    TieOut,
    /// One row of an answer as labelled figures.
    Figures,
    /// What was loaded and assumed.
    Load,
    /// Rows and columns.
    Table,
    /// Each check and its faults.
    Checks,
}

impl Shape {
    /// The word in the file and in templates.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::TieOut => "tie_out",
            Self::Figures => "figures",
            Self::Load => "load",
            Self::Table => "table",
            Self::Checks => "checks",
        }
    }
}

/// One panel. Its words are `panels.<id>.title`, `.question` and `.empty`.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PanelSpec {
    /// Name of the panel: its anchor in the page and its place among the words.
    pub id: String,
    /// How it is built.
    pub shape: Shape,
    /// The query whose answer it shows.
    #[serde(default)]
    pub query: Option<String>,
    /// A second query: the rows behind a tie-out, the months that figures are compared with.
    #[serde(default)]
    pub detail_query: Option<String>,
    /// The columns shown, in order. A name that ends with `?` is left out where the answer lacks it.
    #[serde(default)]
    pub columns: Vec<String>,
    /// Columns worked out for display: name → [part, whole]; `total:<column>` is the sum of a column.
    #[serde(default)]
    pub ratios: BTreeMap<String, [String; 2]>,
    /// Columns whose small print is another column: a name and its id.
    #[serde(default)]
    pub beneath: BTreeMap<String, String>,
    /// Figures that lead, larger than the others.
    #[serde(default)]
    pub lead: Vec<String>,
    /// Columns summed in a last row, over all rows and not only those shown.
    #[serde(default)]
    pub totals: Vec<String>,
    /// The ratio drawn as a bar.
    #[serde(default)]
    pub bar: Option<String>,
    /// Amounts stacked month by month in a drawing above the table, lowest first.
    #[serde(default)]
    pub stacked: Vec<String>,
    /// The code that each row explains in a sentence (`explanations.<column>.<code>`).
    #[serde(default)]
    pub explain: Option<String>,
    /// Rows by distance from zero of this amount, largest first, instead of the answer's order.
    #[serde(default)]
    pub largest_by: Option<String>,
    /// At most so many rows, from the first.
    #[serde(default)]
    pub first_rows: Option<usize>,
    /// So many rows, from the last; earlier ones are folded.
    #[serde(default)]
    pub last_rows: Option<usize>,
    /// Whether amounts are shown without cents.
    #[serde(default)]
    pub whole_amounts: bool,
    /// Amount columns left out (and named) where all their rows are zero.
    #[serde(default)]
    pub drop_if_zero: Vec<String>,
    /// Whether rows before the first with an amount or a count are left out (and that row named).
    #[serde(default)]
    pub skip_leading_zeros: bool,
}

impl PageSpec {
    /// The panels of a report.
    ///
    /// # Errors
    /// [`ReportError::ReportUnknown`] when nobody wrote its panels, [`ReportError::PanelsUnreadable`].
    pub fn load(report_name: &str, templates: &Templates) -> Result<Self, ReportError> {
        let name = format!("{report_name}.toml");
        let known = templates.report_names();
        if !known.iter().any(|known| known == report_name) {
            return Err(ReportError::ReportUnknown { found: report_name.to_owned(), known });
        }
        toml::from_str(&templates.get(&name)?)
            .map_err(|error| ReportError::PanelsUnreadable { name, cause: error.to_string() })
    }

    /// The queries the page needs, each once, in the order of the panels.
    #[must_use]
    pub fn queries(&self) -> Vec<&str> {
        let mut queries: Vec<&str> = Vec::new();
        for panel in &self.panels {
            for query in panel.queries() {
                if !queries.contains(&query) {
                    queries.push(query);
                }
            }
        }
        queries
    }
}

impl PanelSpec {
    /// The queries the panel needs.
    pub fn queries(&self) -> impl Iterator<Item = &str> {
        self.query.as_deref().into_iter().chain(self.detail_query.as_deref())
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "panels that do not load must stop the test")]
mod tests {
    use super::*;

    #[test]
    fn the_controllers_page_names_its_queries_once_each() {
        let page = PageSpec::load("controller", &Templates::built_in()).unwrap();
        let queries = page.queries();
        assert_eq!(queries.first(), Some(&"receivables"));
        assert_eq!(queries.iter().filter(|query| **query == "receivables").count(), 1);
        for query in [
            "tie_out",
            "aging",
            "dso",
            "dso_bridge",
            "receivables_history",
            "roll_forward",
            "top_debtors",
            "open_items",
        ] {
            assert!(queries.contains(&query), "`{query}`");
        }
    }

    #[test]
    fn a_report_nobody_wrote_is_refused_with_those_there_are() {
        let refused = PageSpec::load("treasurer", &Templates::built_in()).unwrap_err();
        assert_eq!(refused.to_string(), "found no report named `treasurer`");
        assert_eq!(refused.hint(), "ask for one of: controller");
    }

    #[test]
    fn a_panel_with_a_word_nobody_knows_is_refused() {
        let own = "template = \"controller.html\"\n[[panels]]\nid = \"x\"\nshape = \"table\"\ncolour = \"red\"\n";
        let templates = Templates::with_own([("controller.toml".to_owned(), own.to_owned())].into());
        let refused = PageSpec::load("controller", &templates).unwrap_err();
        assert!(refused.to_string().contains("unknown field `colour`"), "{refused}");
    }
}
