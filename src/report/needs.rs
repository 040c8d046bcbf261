//! What a page cannot tell because nobody loaded it. A ledger without disputes has no "0.00 disputed": panels, tiles, columns
//! and rows that rest on a table nothing was loaded into are left out, and the page says once which file would bring them.

use std::collections::{BTreeMap, BTreeSet};

use super::panels::{PageSpec, PanelSpec};

/// A page without what nothing was loaded for, and the tables that would bring it.
pub(super) struct Known {
    pub(super) spec: PageSpec,
    pub(super) missing: BTreeSet<String>,
}

impl PageSpec {
    /// The page as far as the lake can tell it: `absent` are the tables that no load brought rows of.
    #[must_use]
    pub fn known(&self, absent: &BTreeSet<String>) -> Self {
        self.told(absent).spec
    }

    pub(super) fn told(&self, absent: &BTreeSet<String>) -> Known {
        let mut missing = BTreeSet::new();
        let mut spec = self.clone();
        // `a|b` stands for either of them
        let mut is_missing = |need: &str| {
            let is_missing = need.split('|').all(|table| absent.contains(table));
            if is_missing {
                missing.insert(need.split('|').next().unwrap_or_default().to_owned());
            }
            is_missing
        };
        // every need is looked at: all that is missing is told
        spec.panels.retain(|panel| panel.needs.iter().filter(|need| is_missing(need)).count() == 0);
        for panel in &mut spec.panels {
            panel.leave_out(&mut is_missing);
        }
        Known { spec, missing }
    }
}

impl PanelSpec {
    fn leave_out(&mut self, is_missing: &mut impl FnMut(&str) -> bool) {
        self.tiles.retain(|tile| !tile.needs.as_deref().is_some_and(&mut *is_missing));
        for view in &mut self.tables {
            let mut gone: Vec<String> = Vec::new();
            for (column, need) in &view.column_needs {
                if is_missing(need) {
                    gone.push(column.clone());
                }
            }
            let is_gone = |name: &String| gone.contains(&name.trim_end_matches('?').to_owned());
            view.columns.retain(|name| !is_gone(name));
            view.workbook_columns.retain(|name| !is_gone(name));
            view.totals.retain(|name| !is_gone(name));
            view.drop_if_zero.retain(|name| !is_gone(name));
            view.beneath.retain(|column, beneath| !is_gone(column) && !is_gone(beneath));
            leave_out_rows(&mut view.only, &view.row_needs, is_missing);
        }
        if let Some(chart) = &mut self.chart {
            let needs = self.tables.first().map(|view| view.row_needs.clone()).unwrap_or_default();
            leave_out_rows(&mut chart.only, &needs, is_missing);
        }
    }
}

/// `component_code=past_due_disputed` becomes a condition on that column: not this value.
fn leave_out_rows(
    only: &mut BTreeMap<String, String>,
    needs: &BTreeMap<String, String>,
    is_missing: &mut impl FnMut(&str) -> bool,
) {
    for (row, need) in needs {
        let Some((column, code)) = row.split_once('=').filter(|_| is_missing(need)) else { continue };
        let condition = only.entry(column.to_owned()).or_insert_with(|| "!".to_owned());
        if condition != "!" {
            condition.push('|');
        }
        condition.push_str(code);
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "panels that do not load must stop the test")]
mod tests {
    use super::*;

    #[test]
    fn what_rests_on_a_table_that_was_never_loaded_is_left_out_and_named_once() {
        let spec: PageSpec = toml::from_str(
            r#"
            template = "page.html"
            [[panels]]
            id = "figures"
            shape = "tiles"
            query = "key_figures"
            tiles = [{ value = "open_amount" }, { value = "disputed_amount", needs = "disputes" }]
            [[panels]]
            id = "bridge"
            chart = { kind = "waterfall" }
            [[panels.tables]]
            query = "dso_bridge"
            columns = ["component_code", "dso_days", "promise_count"]
            row_needs = { "component_code=past_due_disputed" = "disputes" }
            column_needs = { promise_count = "actions" }
            [[panels]]
            id = "promises"
            needs = ["actions"]
            [[panels]]
            id = "talk"
            needs = ["actions|messages"]
            "#,
        )
        .unwrap();
        let absent: BTreeSet<String> = ["disputes", "actions"].map(str::to_owned).into();
        let Known { spec, missing } = spec.told(&absent);
        assert_eq!(
            spec.panels.iter().map(|panel| panel.id.as_str()).collect::<Vec<_>>(),
            ["figures", "bridge", "talk"]
        );
        assert_eq!(spec.panels[0].tiles.len(), 1);
        let view = &spec.panels[1].tables[0];
        assert_eq!(view.columns, ["component_code", "dso_days"]);
        assert_eq!(view.only["component_code"], "!past_due_disputed");
        assert_eq!(spec.panels[1].chart.as_ref().unwrap().only, view.only);
        assert_eq!(missing, absent);
    }
}
