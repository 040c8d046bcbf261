// page: theme, sorting, search, filters, copying and what a mark says when pointed at. Without it the page shows all the same.
"use strict";
(() => {
  const root = document.documentElement;

  // theme: the system's, or the one chosen, kept where the browser allows
  const themes = ["auto", "light", "dark"];
  const keep = (name) => { try { localStorage.setItem("encours-theme", name); } catch { /* not kept */ } };
  const kept = () => { try { return localStorage.getItem("encours-theme"); } catch { return null; } };
  const button = document.querySelector("button.theme");
  const setTheme = (name) => {
    if (name === "auto") { delete root.dataset.theme; } else { root.dataset.theme = name; }
    button.textContent = button.dataset[name];
    button.dataset.now = name;
  };
  setTheme(themes.includes(kept()) ? kept() : "auto");
  button.hidden = false;
  button.addEventListener("click", () => {
    const next = themes[(themes.indexOf(button.dataset.now) + 1) % themes.length];
    setTheme(next);
    keep(next);
  });

  // the table behind a chart is printed with it, though it was folded
  let opened = [];
  window.addEventListener("beforeprint", () => {
    opened = [...document.querySelectorAll(".chart + details.figures-behind:not([open]), details.as-list:not([open])")];
    opened.forEach((details) => { details.open = true; });
  });
  window.addEventListener("afterprint", () => opened.forEach((details) => { details.open = false; }));

  // a number as its digits and scale, written with the marks of the language
  const written = (digits, scale, marks) => {
    const text = String(Math.abs(digits)).padStart(scale + 1, "0");
    const whole = text.slice(0, text.length - scale).replace(/\B(?=(\d{3})+$)/g, marks.group);
    const part = scale ? marks.decimal + text.slice(text.length - scale) : "";
    return (digits < 0 ? marks.minus : "") + whole + part;
  };
  // rounded half away from zero to the decimals that the column shows
  const rounded = (digits, column, marks) => {
    const unit = 10 ** (column.scale - column.decimals);
    return written(Math.sign(digits) * Math.round(Math.abs(digits) / unit), column.decimals, marks);
  };
  const isolated = (text) => {
    const bdi = document.createElement("bdi");
    bdi.textContent = text;
    return bdi;
  };
  // a row that the page holds as data only, laid out as the template lays out the others
  const laidOut = (cells, data, entries) => {
    const row = document.createElement("tr");
    cells.forEach((value, at) => {
      const column = data.columns[at];
      const cell = document.createElement(at === 0 ? "th" : "td");
      if (at === 0) { cell.scope = "row"; }
      if (column.kind === "number") {
        cell.className = value ? "number short" : "number short quiet";
        cell.textContent = value === null ? column.unknown : rounded(value, column, data);
      } else {
        const listed = column.texts[value];
        const [text, beneath, , link] = Array.isArray(listed) ? listed : [listed, ""];
        cell.className = column.kind === "figure" ? "number short" : column.kind === "date" ? "short" : beneath ? "named" : "";
        if (text.length >= 48) { cell.classList.add("prose"); }
        if (link) {
          const leads = document.createElement("a");
          leads.href = link;
          leads.append(isolated(text));
          cell.append(leads);
        } else {
          cell.append(isolated(text));
        }
        if (beneath) {
          const small = document.createElement("small");
          small.append(isolated(beneath));
          cell.append(small);
        }
      }
      row.append(cell);
    });
    for (let at = 0; at < entries; at += 1) {
      const cell = document.createElement("td");
      cell.className = "entry";
      row.append(cell);
    }
    return row;
  };

  const plain = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").replace(/[\u00a0\u202f]/g, " ").toLowerCase();
  const language = new Intl.Collator(root.lang, { numeric: true, sensitivity: "base" });

  // a table as rows that are sorted and searched together, whether they are shown yet or not
  const listOf = (table) => {
    const body = table.tBodies[0];
    const rows = [...body.rows].map((element) => ({ element }));
    const limit = rows.length;
    const entries = table.tHead.querySelectorAll(".entry").length;
    const block = table.closest(".panel, .tie-out")?.querySelector("script.hidden-rows");
    let data = null;
    const all = () => {
      // read on first use: the page opens without it
      if (block && !data) {
        data = JSON.parse(block.textContent);
        const width = data.columns.length;
        data.rows.forEach((cells) => rows.push({ cells: cells.slice(0, width), places: cells.slice(width) }));
      }
      return rows;
    };
    const textOf = (row) => {
      row.text ??= plain(row.element
        ? [...row.element.cells].map((cell) => cell.textContent + " " + (cell.dataset.v ?? "")).join(" ")
        : row.cells.map((value, at) => {
          const column = data.columns[at];
          return column.kind === "number"
            ? (value === null ? "" : written(value, column.scale, data) + " " + value / 10 ** column.scale)
            : [column.texts[value]].flat().join(" ");
        }).join(" "));
      return row.text;
    };
    const keyOf = (row, at) => {
      if (row.element) {
        const cell = row.element.cells[at];
        const value = cell.dataset.v;
        if (value !== undefined) { return /^-?\d+(\.\d+)?$/.test(value) ? Number(value) : value; }
        return cell.classList.contains("number") || cell.classList.contains("quiet") ? null : cell.textContent;
      }
      const column = data.columns[at];
      if (column.kind === "number") { return row.cells[at] === null ? null : row.cells[at] / 10 ** column.scale; }
      const listed = column.texts[row.cells[at]];
      if (column.kind === "figure") { return Array.isArray(listed) ? Number(listed[2]) : null; }
      return Array.isArray(listed) ? listed[2] ?? listed[0] : column.kind === "date" ? null : listed;
    };
    const compare = (one, other) => {
      if (typeof one === "number" && typeof other === "number") { return one - other; }
      return language.compare(String(one), String(other));
    };
    // where a row's values stand among those that the page is filtered by
    const placesOf = (row) => (row.places ??= (row.element.dataset.f ?? "").split(" ").map(Number));
    const headers = [...table.tHead.rows[0].cells].map((header) => header.dataset.name);
    const thousandths = (row, at) => {
      if (row.cells) { return row.cells[at] === null ? 0n : BigInt(row.cells[at]) * 10n ** BigInt(3 - data.columns[at].scale); }
      const [whole, part = ""] = (row.element.cells[at].dataset.v ?? "0").replace("-", "").split(".");
      const figure = BigInt(whole + part.padEnd(3, "0").slice(0, 3));
      return row.element.cells[at].dataset.v?.startsWith("-") ? -figure : figure;
    };
    const sum = (found, at) => found.reduce((sum, row) => sum + thousandths(row, at), 0n);
    const totals = [...table.querySelectorAll("tfoot [data-sums]")];
    totals.forEach((cell) => { cell.dataset.whole = cell.textContent; });
    let order = null;
    let words = [];
    let holds = null;
    const show = () => {
      let found = order || words.length || holds ? all() : rows.slice(0, limit);
      if (holds) {
        found = found.filter((row) => holds.columns.every(([at, places]) => places.has(placesOf(row)[at]))
          && (holds.amountAt === undefined || thousandths(row, holds.amountAt) >= holds.least));
      }
      const filtered = found;
      if (words.length) { found = found.filter((row) => words.every((word) => textOf(row).includes(word))); }
      if (order) {
        const keyed = found.map((row) => [keyOf(row, order.at), row]);
        keyed.sort(([one], [other]) => {
          // what is unknown comes last, whichever way
          if (one === null || other === null) { return (one === null) - (other === null); }
          return compare(one, other) * order.way;
        });
        found = keyed.map(([, row]) => row);
      }
      const shown = found.slice(0, Math.max(limit, 20));
      body.replaceChildren(...shown.map((row) => row.element ?? laidOut(row.cells, data, entries)));
      totals.forEach((cell) => {
        const at = headers.indexOf(cell.dataset.sums);
        if (!holds) { cell.textContent = cell.dataset.whole; return; }
        const isSum = "partly" in table.dataset ? false : filtered.every((row) => row.cells || /^-?\d+(\.\d+)?$/.test(row.element.cells[at].dataset.v ?? "0"));
        cell.textContent = isSum ? filters.written(sum(filtered, at), Number(cell.dataset.decimals)) : "–";
      });
      return { found: found.length, shown: shown.length, total: rows.length };
    };
    return {
      // conditions of the page: the places of wanted values by column, and the least amount in thousandths
      filter: (conditions) => { holds = conditions; return show(); },
      amountAt: () => ["open_amount", "overdue_amount", "amount"].map((name) => headers.indexOf(name)).find((at) => at >= 0),
      sort: (at, way) => { order = { at, way }; return show(); },
      search: (text) => { words = plain(text).split(/\s+/).filter(Boolean); return show(); },
    };
  };

  // What the address says after its place holds for all tables whose rows have the columns: `#open_items?bucket_code=91%2B`.
  const filters = (() => {
    const form = document.querySelector("form.filters");
    const block = document.getElementById("filter-values");
    const data = block ? JSON.parse(block.textContent) : { columns: [], group: "", decimal: ".", minus: "-" };
    const columns = new Map(data.columns.map((column) => [column.name, column]));
    const lists = [];
    const asked = () => {
      const [anchor, query = ""] = location.hash.slice(1).split("?");
      const chosen = new Map();
      query.split("&").filter(Boolean).forEach((part) => {
        const [name, values = ""] = part.split("=");
        chosen.set(name, values.split("|").map(decodeURIComponent));
      });
      return { anchor, chosen };
    };
    const addressed = (anchor, chosen) => {
      const written = (text) => encodeURIComponent(text).replace(/[!'()*.~_-]/g, (mark) => `%${mark.charCodeAt(0).toString(16)}`);
      const parts = [...chosen].map(([name, values]) => `${name}=${values.map(written).join("|")}`);
      return `#${anchor}${parts.length ? `?${parts.join("&")}` : ""}`;
    };
    const apply = (chosen) => {
      const isAny = chosen.size > 0;
      const least = Number(chosen.get("amount")?.[0] ?? NaN);
      const names = [...chosen.keys()].filter((name) => name !== "amount");
      lists.forEach(({ table, list }) => {
        const own = table.dataset.filters.split(" ");
        const amountAt = Number.isFinite(least) ? list.amountAt() : undefined;
        const hasAll = names.every((name) => own.includes(name)) && (!Number.isFinite(least) || amountAt !== undefined);
        table.dataset.filtered = isAny && hasAll ? "yes" : "no";
        const places = (name) => new Set(chosen.get(name).map((code) => columns.get(name)?.values.findIndex(([known]) => known === code)));
        list.filter(isAny && hasAll
          ? { columns: names.map((name) => [own.indexOf(name), places(name)]), amountAt, least: BigInt(Math.round((least || 0) * 1000)) }
          : null);
      });
      document.querySelectorAll("main > .panel").forEach((panel) => {
        const isFiltered = [...panel.querySelectorAll("table[data-filters]")].some((table) => table.dataset.filtered === "yes");
        panel.classList.toggle("unfiltered", isAny && !isFiltered);
        panel.dataset.note = form?.dataset.notFiltered ?? "";
      });
    };
    const fields = new Map();
    const set = () => {
      const { anchor, chosen } = asked();
      fields.forEach((field, name) => {
        const values = chosen.get(name) ?? [];
        field.querySelector?.("option[data-several]")?.remove();
        if (values.length > 1) {
          const several = document.createElement("option");
          several.dataset.several = "";
          several.value = values.join("|");
          several.textContent = values.map((code) => columns.get(name).values.find(([known]) => known === code)?.[1] ?? code).join(", ");
          field.append(several);
        }
        field.value = values.join("|");
      });
      const fold = form?.closest("details");
      if (fold && chosen.size) { fold.open = true; }
      const clear = form?.querySelector("button");
      if (clear) { clear.hidden = chosen.size === 0; }
      apply(chosen);
      const place = anchor && document.getElementById(anchor);
      if (place && chosen.size) {
        place.querySelectorAll("details").forEach((details) => { if (details.querySelector("table[data-filters]")) { details.open = true; } });
        place.scrollIntoView();
      }
    };
    const build = () => {
      if (!form || !data.columns.some((column) => column.is_choice)) { return; }
      const labelled = (text, field) => {
        const label = document.createElement("label");
        label.append(text, field);
        form.append(label);
      };
      const changed = () => {
        const chosen = new Map();
        fields.forEach((field, name) => { if (field.value.trim()) { chosen.set(name, field.value.split("|")); } });
        history.replaceState(null, "", addressed("", chosen));
        set();
      };
      const first = (code) => (code === "age_unknown" ? -1 : Number.parseInt(code, 10) || 0);
      data.columns.filter((column) => column.is_choice).forEach((column) => {
        const select = document.createElement("select");
        const values = [["", form.dataset.any], ...[...column.values].filter(([code]) => code).sort(([one, text], [other, otherText]) =>
          (column.name === "bucket_code" ? first(one) - first(other) : 0) || language.compare(text, otherText))];
        values.forEach(([code, text]) => {
          const option = document.createElement("option");
          option.value = code;
          option.textContent = text;
          select.append(option);
        });
        select.name = column.name;
        select.addEventListener("change", changed);
        fields.set(column.name, select);
        labelled(column.label, select);
      });
      const amount = document.createElement("input");
      amount.type = "number";
      amount.min = "0";
      amount.name = "amount";
      amount.addEventListener("change", changed);
      fields.set("amount", amount);
      labelled(form.dataset.amount, amount);
      const clear = document.createElement("button");
      clear.type = "button";
      clear.textContent = form.dataset.clear;
      clear.hidden = true;
      clear.addEventListener("click", () => { history.replaceState(null, "", addressed("", new Map())); set(); });
      form.append(clear);
      form.addEventListener("submit", (event) => event.preventDefault());
      // on a phone the figures come first
      const fold = form.closest("details");
      fold.hidden = false;
      fold.open = matchMedia("(min-width: 48rem)").matches;
      addEventListener("hashchange", set);
    };
    return {
      add: (table, list) => lists.push({ table, list }),
      written: (figure, decimals) => {
        const unit = 10n ** BigInt(3 - decimals);
        const size = figure < 0n ? -figure : figure;
        const rounded = (size + unit / 2n) / unit;
        const text = String(rounded).padStart(decimals + 1, "0");
        const whole = text.slice(0, text.length - decimals).replace(/\B(?=(\d{3})+$)/g, data.group);
        return (figure < 0n ? data.minus : "") + whole + (decimals ? data.decimal + text.slice(text.length - decimals) : "");
      },
      start: () => { build(); if (location.hash.includes("?")) { set(); } },
    };
  })();

  document.querySelectorAll("table[data-sortable], table[data-filters]").forEach((table) => {
    const list = listOf(table);
    if (table.dataset.filters) { filters.add(table, list); }
    if (!("sortable" in table.dataset)) { return; }
    [...table.tHead.rows[0].cells].forEach((header, at) => {
      if (!header.dataset.name) { return; }
      const press = document.createElement("button");
      press.type = "button";
      press.append(...header.childNodes);
      header.append(press);
      press.addEventListener("click", () => {
        const first = header.classList.contains("number") ? "descending" : "ascending";
        const other = first === "ascending" ? "descending" : "ascending";
        const way = header.getAttribute("aria-sort") === first ? other : first;
        table.querySelectorAll("th[aria-sort]").forEach((sorted) => sorted.removeAttribute("aria-sort"));
        header.setAttribute("aria-sort", way);
        list.sort(at, way === "ascending" ? 1 : -1);
      });
    });
    const search = table.closest(".scroll").parentElement.querySelector(":scope > .search");
    if (!search) { return; }
    search.hidden = false;
    const field = search.querySelector("input");
    const status = search.querySelector(".found");
    const fill = (text, values) => text.replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);
    let waiting = 0;
    field.addEventListener("input", () => {
      clearTimeout(waiting);
      waiting = setTimeout(() => {
        const result = list.search(field.value);
        const text = result.found ? status.dataset.found : status.dataset.none;
        status.textContent = field.value.trim() ? fill(text, result) : "";
      }, 80);
    });
  });

  filters.start();

  // a bar leads where the row of its table does
  document.querySelectorAll(".panel:has(figure.chart):has(table a.leads)").forEach((panel) => {
    const links = [...panel.querySelectorAll("table tbody tr")].map((row) => row.querySelector("a.leads"));
    panel.querySelectorAll(".drawing svg").forEach((svg) => {
      const marks = [...svg.querySelectorAll(".hits rect")];
      if (marks.length !== links.length) { return; }
      marks.forEach((mark, at) => {
        if (!links[at]) { return; }
        mark.classList.add("leads");
        mark.addEventListener("click", () => { location.hash = links[at].hash; });
      });
    });
  });

  // What a collector types beside the cases of a list: kept by the browser, saved as a file that `encours load` takes.
  const cockpit = document.querySelector(".cockpit");
  if (cockpit) {
    const data = JSON.parse(document.getElementById("cockpit-lines").textContent);
    const place = `encours-results ${data.key}`;
    const read = () => { try { return JSON.parse(localStorage.getItem(place)) ?? {}; } catch { return {}; } };
    const typed = read();
    const status = cockpit.querySelector(".progress");
    const cases = [...cockpit.querySelectorAll(".case")];
    // an amount as people write it, as the file has it; null where it is none
    const amount = (text) => {
      const bare = text.replace(/[\s\u00a0\u202f']/g, "").replace(/^(.*)[.,](\d{1,3})$/, (whole, before, part) =>
        (part.length === 3 && !/[.,]/.test(before) && !/,/.test(text) ? before + part : `${before.replace(/[.,]/g, "")}.${part}`));
      return /^\d+(\.\d+)?$/.test(bare) ? bare : null;
    };
    const isFilled = (line) => Object.values(typed[line] ?? {}).some((value) => value !== "");
    const tell = () => {
      const done = cases.filter((one) => {
        const lines = [...one.querySelectorAll("[name=line] option, input[name=line]")].map((field) => field.value);
        const isDone = lines.some(isFilled);
        one.classList.toggle("done", isDone);
        return isDone;
      }).length;
      status.textContent = cockpit.dataset.said.replace("{done}", done).replace("{total}", cases.length);
    };
    cases.forEach((one) => {
      const form = one.querySelector("form");
      const line = form.elements.line;
      const fields = data.entries.map((name) => form.elements[name]);
      const show = () => fields.forEach((field) => { field.value = typed[line.value]?.[field.name] ?? ""; field.setCustomValidity(""); });
      show();
      line.addEventListener("change", show);
      fields.forEach((field) => field.addEventListener("input", () => {
        const isWrong = data.amounts[field.name] && field.value.trim() !== "" && amount(field.value) === null;
        field.setCustomValidity(isWrong ? cockpit.dataset.wrongAmount : "");
        if (isWrong) { field.reportValidity(); }
        typed[line.value] = { ...typed[line.value], [field.name]: field.value };
        try { localStorage.setItem(place, JSON.stringify(typed)); } catch { status.textContent = cockpit.dataset.unkept; return; }
        tell();
      }));
      form.addEventListener("submit", (event) => event.preventDefault());
      form.hidden = false;
    });
    const save = cockpit.querySelector(".save");
    save.hidden = false;
    save.querySelector("button").addEventListener("click", () => {
      const wrong = cases.flatMap((one) => [...one.querySelector("form").elements]).find((field) => !field.checkValidity());
      if (wrong) { wrong.reportValidity(); return; }
      const quoted = (text) => `"${String(text ?? "").replace(/"/g, '""').replace(/[\r\n]+/g, " ")}"`;
      const header = [...data.columns, ...data.entries.map((name) => `${data.prefix}.${name}`)];
      const rows = Object.keys(data.lines).filter(isFilled).map((id) => [
        ...data.lines[id],
        ...data.entries.map((name) => (data.amounts[name] ? amount(typed[id][name] ?? "") ?? "" : (typed[id][name] ?? "").trim())),
      ]);
      const text = [header, ...rows].map((cells) => cells.map(quoted).join(",")).join("\r\n");
      const link = document.createElement("a");
      link.href = URL.createObjectURL(new Blob([`\ufeff${text}\r\n`], { type: "text/csv" }));
      link.download = `${data.file}.csv`;
      link.click();
      setTimeout(() => URL.revokeObjectURL(link.href), 60000);
    });
    cockpit.querySelectorAll(".copy-text").forEach((press) => {
      press.hidden = !navigator.clipboard;
      press.addEventListener("click", () => navigator.clipboard.writeText(press.dataset.text).then(() => {
        press.classList.add("copied");
        setTimeout(() => press.classList.remove("copied"), 1200);
      }));
    });
    tell();
  }

  // commands are copied by a press
  document.querySelectorAll(".command code").forEach((code) => {
    const press = document.createElement("button");
    press.type = "button";
    press.className = "copy";
    press.append(...code.childNodes);
    code.append(press);
    press.addEventListener("click", () => {
      const text = press.textContent;
      const done = () => {
        press.classList.add("copied");
        setTimeout(() => press.classList.remove("copied"), 1200);
      };
      const select = () => getSelection().selectAllChildren(press);
      if (navigator.clipboard) { navigator.clipboard.writeText(text).then(done, select); } else { select(); }
    });
  });

  // what a mark says, beside the pointer
  const said = document.getElementById("said");
  const hide = () => { said.hidden = true; };
  document.addEventListener("pointermove", (event) => {
    const mark = event.target.closest?.(".hits rect, .hits circle, .hits-parts");
    if (!mark) { hide(); return; }
    const title = mark.querySelector("title");
    if (title) {
      // the browser's own would come late, and twice
      mark.dataset.said = title.textContent;
      title.remove();
    }
    said.textContent = mark.dataset.said;
    said.hidden = false;
    const box = said.getBoundingClientRect();
    const left = Math.min(event.clientX + 14, innerWidth - box.width - 8);
    const top = event.clientY + 18 + box.height > innerHeight ? event.clientY - box.height - 12 : event.clientY + 18;
    said.style.left = `${Math.max(8, left)}px`;
    said.style.top = `${Math.max(8, top)}px`;
  });
  document.addEventListener("scroll", hide, { passive: true });
})();
