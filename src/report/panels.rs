//! Which panels a report shows, on which answers: the reading of `reports/<report>.toml`.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;

use super::{ReportError, Templates};

/// A report: its template, who reads it, and its panels, in order.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PageSpec {
    /// File name of the template.
    pub template: String,
    /// Who reads it.
    #[serde(default)]
    pub audience: Audience,
    /// Whether it is printed on A4 laid across: lists to be written on.
    #[serde(default)]
    pub landscape_print: bool,
    /// How its panels are set.
    #[serde(default)]
    pub layout: Layout,
    /// What a person fills in, by name: for the tables that name it.
    #[serde(default)]
    pub entries: BTreeMap<String, Vec<EntrySpec>>,
    /// The panels, top to bottom.
    pub panels: Vec<PanelSpec>,
}

/// How the panels of a page are set.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Layout {
    /// One below the other, with room.
    #[default]
    Long,
    /// Close enough that one A4 holds all of them.
    Board,
}

/// Who reads a report.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Audience {
    /// People of the company: they are shown where each figure comes from.
    #[default]
    Company,
    /// A customer: nothing is shown of the lake, its files and its queries.
    Customer,
}

/// How a panel is built.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Shape {
    /// Open = control, or by how much not and whose difference it is.
    TieOut,
    /// What more than a share of the balance rests on.
    Assumptions,
    /// Figures of a day with their change since the month and the year before.
    Tiles,
    /// Sentences, one a row: the one text column of the answer that ends with `_text`.
    Sentences,
    /// The customers of a list to act on, each with all there is to know and room for what came of it.
    Cockpit,
    /// Pages that it leads to, each with what it answers.
    Cards,
    /// What was loaded and assumed.
    Load,
    /// A chart, tables, or both.
    #[default]
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
            Self::Assumptions => "assumptions",
            Self::Tiles => "tiles",
            Self::Sentences => "sentences",
            Self::Cockpit => "cockpit",
            Self::Cards => "cards",
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
    /// The part of the page it stands in: the word `sections.<section>`; none: the first screen.
    #[serde(default)]
    pub section: Option<String>,
    /// How it is built.
    #[serde(default)]
    pub shape: Shape,
    /// Whether it shares its line with the next one on a wide screen.
    #[serde(default)]
    pub is_half: bool,
    /// Tables that it tells of: where no load brought rows of one, the panel is left out and the page names the file. `a|b`: of
    /// either.
    #[serde(default)]
    pub needs: Vec<String>,
    /// The query behind a tie-out, assumptions, tiles or sentences.
    #[serde(default)]
    pub query: Option<String>,
    /// Whether the amounts of tiles are shown without cents.
    #[serde(default)]
    pub whole_amounts: bool,
    /// The figures of tiles.
    #[serde(default)]
    pub tiles: Vec<TileSpec>,
    /// The chart above the tables.
    #[serde(default)]
    pub chart: Option<ChartSpec>,
    /// The tables.
    #[serde(default)]
    pub tables: Vec<TableView>,
}

/// A figure of a tile: columns of the panel's query.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TileSpec {
    /// The figure.
    pub value: String,
    /// Another query whose only row holds it, of this day alone; none: the panel's.
    #[serde(default)]
    pub query: Option<String>,
    /// Small print beneath it: the word `tiles.<column>` filled with this column.
    #[serde(default)]
    pub beneath: Option<String>,
    /// The table that it tells of: without, it is left out.
    #[serde(default)]
    pub needs: Option<String>,
    /// Whether it is left out where it is unknown.
    #[serde(default)]
    pub is_optional: bool,
    /// Which items it sums, as a place in the page: `open_items?bucket_code=61-90|91+`.
    #[serde(default)]
    pub leads: Option<String>,
    /// Which way is better; none: neither.
    #[serde(default)]
    pub better: Option<Better>,
    /// Whether it tells of the last complete month, which is compared with the complete month before it.
    #[serde(default)]
    pub is_monthly: bool,
}

/// Which way a figure improves.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Better {
    /// Less is better.
    Lower,
    /// More is better.
    Higher,
    /// Nearer to zero is better.
    Nearer,
}

/// The kind of a chart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ChartKind {
    /// One line a series over the labels.
    Lines,
    /// One column a label, its series on top of each other.
    Stacked,
    /// Columns side by side, a group a label.
    Grouped,
    /// Lying bars, one a label.
    Bars,
    /// A band between two columns over the labels, and one line a series.
    Fan,
    /// From a first total over steps to a last one.
    Waterfall,
    /// A square of shares, rows × columns.
    Matrix,
    /// A map: one disc a row, placed by two figures, its area by a third, its colour by a code.
    Points,
}

/// How the figures of an axis are spread over it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Spread {
    /// Equal steps, equal lengths.
    #[default]
    Even,
    /// By the square root, below zero too: small figures are seen beside large ones.
    Root,
    /// By the logarithm: for figures above zero; others stand at the lower end.
    Log,
}

/// Which colours the series of a chart take.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Palette {
    /// One of its own each.
    #[default]
    Series,
    /// From not due to long overdue.
    Age,
}

/// A chart: which columns of which answer it draws.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ChartSpec {
    /// Its kind.
    pub kind: ChartKind,
    /// The query whose answer it draws; none: that of the first table.
    #[serde(default)]
    pub query: Option<String>,
    /// The column that names each point; in a waterfall over columns, none.
    #[serde(default)]
    pub label: Option<String>,
    /// The columns drawn, one a series (in a waterfall over columns: the steps, first and last being totals).
    #[serde(default)]
    pub series: Vec<String>,
    /// Of a fan: the columns of the lower and the upper edge of its band, P10 and P90.
    #[serde(default)]
    pub band: Option<[String; 2]>,
    /// Series by the values of this column instead, each drawing the one column of `series`.
    #[serde(default)]
    pub split_by: Option<String>,
    /// Only the rows with the last value of this column.
    #[serde(default)]
    pub last_of: Option<String>,
    /// Only the rows whose columns hold these values; `|` stands between several.
    #[serde(default)]
    pub only: BTreeMap<String, String>,
    /// The colours.
    #[serde(default)]
    pub palette: Palette,
    /// Labels of lines and columns that are marked, and what is said there.
    #[serde(default)]
    pub marks: Option<MarkSpec>,
    /// Of a map of points, whose `label` names the largest ones: the number column across.
    #[serde(default)]
    pub x: Option<String>,
    /// The number column upwards.
    #[serde(default)]
    pub y: Option<String>,
    /// The amount or count that is the area of each disc; where there are too many, the largest are drawn.
    #[serde(default)]
    pub size: Option<String>,
    /// The code that gives each disc its colour; none: one colour.
    #[serde(default)]
    pub colour_by: Option<String>,
    /// Its codes in the order of the colours, so that each keeps its own; others follow by name.
    #[serde(default)]
    pub colours: Vec<String>,
    /// How the axis across is spread.
    #[serde(default)]
    pub x_spread: Spread,
    /// How the axis upwards is spread.
    #[serde(default)]
    pub y_spread: Spread,
    /// Figures of the axis across that get a line of their own, as zero does.
    #[serde(default)]
    pub x_bounds: Vec<i32>,
    /// The same upwards.
    #[serde(default)]
    pub y_bounds: Vec<i32>,
}

/// Marks on a chart, from the rows of another answer.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MarkSpec {
    /// The query whose rows they are.
    pub query: String,
    /// The column that says where: a day stands at the first label of its month that does not lie before it, anything
    /// else at the label that equals it. A row whose label is not drawn has no mark.
    pub at: String,
    /// The column that says what.
    pub text: String,
    /// Only the rows whose columns hold these values; `|` stands between several.
    #[serde(default)]
    pub only: BTreeMap<String, String>,
}

/// A table: which columns of which answer it shows, and how.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(clippy::struct_excessive_bools, reason = "each is a word of its own in the file")]
pub struct TableView {
    /// The query whose answer it shows.
    pub query: String,
    /// The columns shown, in order. A name that ends with `?` is left out where the answer lacks it.
    #[serde(default)]
    pub columns: Vec<String>,
    /// Columns that stand in the workbook only.
    #[serde(default)]
    pub workbook_columns: Vec<String>,
    /// Columns worked out for display: name → [part, whole]; `total:<column>` is the sum of a column.
    #[serde(default)]
    pub ratios: BTreeMap<String, [String; 2]>,
    /// Columns whose small print is another column: a name and its id. The word `beneath.<column>`, where there is one,
    /// is filled with it: `target {value}`. Nothing stands there that would say the same again.
    #[serde(default)]
    pub beneath: BTreeMap<String, String>,
    /// Columns that tell of a table: without, they are left out.
    #[serde(default)]
    pub column_needs: BTreeMap<String, String>,
    /// Rows (`column=code`) that tell of a table: without, they are left out of the table and of the panel's chart.
    #[serde(default)]
    pub row_needs: BTreeMap<String, String>,
    /// Columns that its rows are found by from elsewhere on the page, shown or not: filters hold over all tables.
    #[serde(default)]
    pub filters: Vec<String>,
    /// Which rows of another table each of its rows sums: `open_items?bucket_code={bucket_code}`.
    #[serde(default)]
    pub leads: Option<String>,
    /// Columns summed in a last row, over all rows and not only those shown.
    #[serde(default)]
    pub totals: Vec<String>,
    /// The ratio drawn as a bar.
    #[serde(default)]
    pub bar: Option<String>,
    /// Amounts drawn as one bar of parts in a cell of its own, from not due to long overdue.
    #[serde(default)]
    pub parts: Vec<String>,
    /// The code that each row explains in a sentence (`explanations.<column>.<code>`).
    #[serde(default)]
    pub explain: Option<String>,
    /// Rows by distance from zero of this amount, largest first, instead of the answer's order.
    #[serde(default)]
    pub largest_by: Option<String>,
    /// Only the rows with the last value of this column.
    #[serde(default)]
    pub last_of: Option<String>,
    /// Only the rows whose columns hold these values; `|` stands between several.
    #[serde(default)]
    pub only: BTreeMap<String, String>,
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
    /// Columns whose unknown has nothing to tell: an empty cell, and no column on the page where every row is unknown.
    #[serde(default)]
    pub blanks: Vec<String>,
    /// Whether rows before the first with an amount or a count are left out (and that row named).
    #[serde(default)]
    pub skip_leading_zeros: bool,
    /// One column a value of `across`, holding `value`.
    #[serde(default)]
    pub pivot: Option<Pivot>,
    /// Whether figures are shaded by their size beside the largest of the table: those of the pivoted columns, be they
    /// shares, counts, days or amounts; without a pivot, the shares. Totals and what is below zero stay plain.
    #[serde(default)]
    pub is_shaded: bool,
    /// A flag that is the same on every row, said in a sentence above: `verdicts.<column>.yes` or `.no`.
    #[serde(default)]
    pub verdict: Option<String>,
    /// Whether it opens on demand, behind its chart.
    #[serde(default)]
    pub is_folded: bool,
    /// Whether it can be searched, over more rows than it shows.
    #[serde(default)]
    pub is_searchable: bool,
    /// Columns that a person fills in, behind its own: empty cells in the workbook, and on paper.
    #[serde(default)]
    pub entries: Vec<EntrySpec>,
    /// The same by the name under which they stand in the page's file.
    #[serde(default)]
    pub entries_of: Option<String>,
    /// Whether it opens on demand, as the list of what stands above it in another form; on paper it is open.
    #[serde(default)]
    pub is_list: bool,
    /// A hidden row beneath the workbook's headers that names every column, so that a filled sheet can be read back
    /// whatever its language.
    #[serde(default)]
    pub machine_header: Option<MachineHeader>,
    /// Columns of the answer that the workbook holds once more, hidden at the far right, as they are: identifiers and
    /// codes as texts, days as days, amounts as numbers.
    #[serde(default)]
    pub hidden_columns: Vec<String>,
}

/// A column that a person fills in. Its word is `columns.<name>`.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EntrySpec {
    /// Its name.
    pub name: String,
    /// What it takes.
    pub kind: EntryKind,
    /// Of a list: the group of its words, `codes.<of>`.
    #[serde(default)]
    pub of: String,
    /// Of a list: the codes offered, in order; none: every code that has a word, by code.
    #[serde(default)]
    pub codes: Vec<String>,
}

/// What a person may fill in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EntryKind {
    /// One of some words.
    List,
    /// A day of this century.
    Date,
    /// An amount, zero or more.
    Amount,
    /// Anything.
    Text,
}

/// The hidden row of names: `<prefix>.<column>`. A column that is also among the hidden ones, which hold it raw, is
/// `<prefix>.shown.<column>` where it is shown. Whoever reads a filled sheet back looks for this row anywhere below the
/// headers: `LibreOffice` sorts it among the others, and rows above it are as good as those below.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MachineHeader {
    /// What the names begin with.
    pub prefix: String,
}

/// Rows laid out as columns.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Pivot {
    /// The column whose values become columns, in the order they come.
    pub across: String,
    /// The column that fills them.
    pub value: String,
}

impl PageSpec {
    /// The panels of a report.
    ///
    /// # Errors
    /// [`ReportError::ReportUnknown`] when nobody wrote its panels, [`ReportError::PanelsUnreadable`].
    pub(super) fn load(report_name: &str, templates: &Templates) -> Result<Self, ReportError> {
        let name = format!("{report_name}.toml");
        let known = templates.report_names();
        if !known.iter().any(|known| known == report_name) {
            return Err(ReportError::ReportUnknown { found: report_name.to_owned(), known });
        }
        let unreadable = |cause: String| ReportError::PanelsUnreadable { name: name.clone(), cause };
        let mut page: Self =
            toml::from_str(&templates.get(&name)?).map_err(|error: toml::de::Error| unreadable(error.to_string()))?;
        for view in page.panels.iter_mut().flat_map(|panel| &mut panel.tables) {
            let Some(of) = &view.entries_of else { continue };
            let entries = page.entries.get(of);
            view.entries =
                entries.ok_or_else(|| unreadable(format!("`entries_of` names `{of}`, which is not there")))?.clone();
        }
        for panel in &page.panels {
            panel.contradiction().map_or(Ok(()), |cause| Err(unreadable(format!("panel `{}`: {cause}", panel.id))))?;
        }
        Ok(page)
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

    /// Those of them that list every item: readers search their rows.
    #[must_use]
    pub fn lists(&self) -> Vec<&str> {
        let views = self.panels.iter().flat_map(|panel| &panel.tables).filter(|view| view.is_searchable);
        let lists: BTreeSet<&str> = views.map(|view| view.query.as_str()).collect();
        lists.into_iter().collect()
    }
}

impl PanelSpec {
    /// The queries the panel needs.
    pub fn queries(&self) -> impl Iterator<Item = &str> {
        let of_chart = self.chart.as_ref().and_then(|chart| chart.query.as_deref());
        let of_marks = self.chart.as_ref().and_then(|chart| Some(chart.marks.as_ref()?.query.as_str()));
        let of_tables = self.tables.iter().map(|table| table.query.as_str());
        let of_tiles = self.tiles.iter().filter_map(|tile| tile.query.as_deref());
        self.query.as_deref().into_iter().chain(of_tiles).chain(of_tables).chain(of_chart).chain(of_marks)
    }

    /// What no reading of the file can see: a field that wants another.
    fn contradiction(&self) -> Option<String> {
        self.chart
            .as_ref()
            .and_then(ChartSpec::contradiction)
            .or_else(|| self.tables.iter().find_map(TableView::contradiction))
    }
}

impl TableView {
    fn contradiction(&self) -> Option<String> {
        let is_without_list = |entry: &&EntrySpec| (entry.kind == EntryKind::List) == entry.of.is_empty();
        if let Some(entry) = self.entries.iter().find(is_without_list) {
            return Some(format!("entry `{}`: a list, and nothing else, wants `of`", entry.name));
        }
        if self.machine_header.is_none() && !self.hidden_columns.is_empty() {
            return Some("`hidden_columns` want a `machine_header`".to_owned());
        }
        let names = || self.entries.iter().map(|entry| &entry.name).chain(&self.hidden_columns);
        let shown = |name: &String| self.columns.iter().chain(&self.workbook_columns).any(|column| column == name);
        let is_shown = self.entries.iter().map(|entry| &entry.name).find(|name| shown(name));
        let twice = is_shown.or_else(|| {
            names().enumerate().find(|(at, name)| names().take(*at).any(|other| other == *name)).map(|(_, name)| name)
        });
        twice.map(|name| format!("`{name}` is there twice"))
    }
}

impl ChartSpec {
    fn contradiction(&self) -> Option<String> {
        let is_markable =
            matches!(self.kind, ChartKind::Lines | ChartKind::Fan | ChartKind::Stacked | ChartKind::Grouped);
        if self.marks.is_some() && !is_markable {
            return Some("only lines, fans, stacked and grouped columns bear `marks`".to_owned());
        }
        if self.band.is_some() != (self.kind == ChartKind::Fan) {
            return Some("a fan, and nothing else, wants a `band`".to_owned());
        }
        if self.kind != ChartKind::Points {
            return None;
        }
        let wanted = [("x", &self.x), ("y", &self.y), ("size", &self.size)];
        let (missing, _) = wanted.into_iter().find(|(_, column)| column.is_none())?;
        Some(format!("a chart of points wants `{missing}`"))
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
        for query in &queries {
            assert_eq!(queries.iter().filter(|other| *other == query).count(), 1, "`{query}`");
        }
        for query in ["tie_out", "key_figures", "aging_history", "dso_bridge", "roll_forward", "open_items"] {
            assert!(queries.contains(&query), "`{query}`");
        }
    }

    #[test]
    fn a_report_nobody_wrote_is_refused_with_those_there_are() {
        let refused = PageSpec::load("treasurer", &Templates::built_in()).unwrap_err();
        assert_eq!(refused.to_string(), "found no report named `treasurer`");
        assert_eq!(
            refused.hint(),
            "ask for one of: board, collections, controller, customer_statement, index, payer, payers, process, reminders, treasury, worklist"
        );
    }

    fn refused(panel: &str) -> String {
        let own = format!("template = \"page.html\"\n[[panels]]\nid = \"x\"\n{panel}\n");
        let templates = Templates::with_own([("controller.toml".to_owned(), own)].into());
        PageSpec::load("controller", &templates).unwrap_err().to_string()
    }

    #[test]
    fn a_map_of_points_without_an_axis_is_refused() {
        let refused = refused("chart = { kind = \"points\", x = \"late_days\", size = \"open_amount\" }");
        assert!(refused.contains("panel `x`: a chart of points wants `y`"), "{refused}");
    }

    #[test]
    fn a_mark_on_bars_is_refused_and_on_lines_its_query_is_asked() {
        let marks = "marks = { query = \"alerts\", at = \"since_date\", text = \"alert_code\" }";
        let refused = refused(&format!("chart = {{ kind = \"bars\", {marks} }}"));
        assert!(refused.contains("panel `x`: only lines, fans, stacked and grouped columns bear `marks`"), "{refused}");
        let panel: PanelSpec = toml::from_str(&format!("id = \"x\"\nchart = {{ kind = \"lines\", {marks} }}")).unwrap();
        assert_eq!(panel.queries().collect::<Vec<_>>(), ["alerts"]);
    }

    #[test]
    fn a_fan_without_a_band_is_refused_and_so_is_a_band_without_a_fan() {
        for fields in ["kind = \"fan\"", "kind = \"lines\", band = [\"p10_amount\", \"p90_amount\"]"] {
            let refused = refused(&format!("chart = {{ {fields} }}"));
            assert!(refused.contains("panel `x`: a fan, and nothing else, wants a `band`"), "{refused}");
        }
    }

    #[test]
    fn entries_that_could_not_be_read_back_are_refused() {
        for (fields, cause) in [
            ("entries = [{ name = \"a\", kind = \"list\" }]", "entry `a`: a list, and nothing else, wants `of`"),
            ("entries = [{ name = \"a\", kind = \"date\", of = \"b\" }]", "entry `a`: a list, and nothing else"),
            ("hidden_columns = [\"item_id\"]", "`hidden_columns` want a `machine_header`"),
            ("columns = [\"a\"]\nentries = [{ name = \"a\", kind = \"date\" }]", "`a` is there twice"),
            (
                "machine_header = { prefix = \"w\" }\nhidden_columns = [\"a\"]\nentries = [{ name = \"a\", kind = \"text\" }]",
                "`a` is there twice",
            ),
        ] {
            let refused = refused(&format!("[[panels.tables]]\nquery = \"q\"\n{fields}"));
            assert!(refused.contains(cause), "{refused}");
        }
    }

    #[test]
    fn a_panel_with_a_word_nobody_knows_is_refused() {
        let refused = refused("colour = \"red\"");
        assert!(refused.contains("unknown field `colour`"), "{refused}");
    }
}
