// page: theme, sorting, search, copying and what a mark says when pointed at. Without it the page shows all the same.
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
    opened = [...document.querySelectorAll(".chart + details.figures-behind:not([open])")];
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
        data.rows.forEach((cells) => rows.push({ cells }));
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
    let order = null;
    let words = [];
    const show = () => {
      let found = order || words.length ? all() : rows.slice(0, limit);
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
      return { found: found.length, shown: shown.length, total: rows.length };
    };
    return {
      sort: (at, way) => { order = { at, way }; return show(); },
      search: (text) => { words = plain(text).split(/\s+/).filter(Boolean); return show(); },
    };
  };

  document.querySelectorAll("table[data-sortable]").forEach((table) => {
    const list = listOf(table);
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
