// look: opens pages in headless Chromium as their readers do, and says what it finds, one JSON object a line.
//
//   node look.mjs PACKAGES PAGE.html…        PACKAGES: the folder whose node_modules holds playwright-core and axe-core
// The browser is the one that serve.mjs keeps where ENCOURS_BROWSER_ADDRESS names it, else one of its own.
import { pathToFileURL } from "node:url";
import { launch, packagesOf } from "./chromium.mjs";

const [packages, ...pages] = process.argv.slice(2);
const require = packagesOf(packages);
const { chromium } = require("playwright-core");
const axe = require("axe-core").source;

const address = process.env.ENCOURS_BROWSER_ADDRESS;
const browser = address ? await chromium.connect(address) : await chromium.launch(launch);
const context = await browser.newContext({ viewport: { width: 1280, height: 900 } });

// what a page shows, table by table; numbers as they are written and as they sort
const tablesOf = () => [...document.querySelectorAll("table[data-query]")].map((table) => ({
  query: table.dataset.query,
  names: [...table.tHead.rows[0].cells].map((cell) => cell.dataset.name ?? ""),
  rows: [...table.tBodies[0].rows].map((row) => [...row.cells].map((cell) => ({
    text: [...cell.childNodes].filter((node) => node.nodeName !== "SMALL").map((node) => node.textContent).join("").trim(),
    plain: cell.dataset.v ?? null,
  }))),
}));
const tilesOf = () => [...document.querySelectorAll(".tile .value")].map((value) => ({
  name: value.dataset.name, plain: value.dataset.v, text: value.textContent,
}));
const chartsOf = () => [...document.querySelectorAll("figure.chart")].map((chart) => {
  const shown = [...chart.querySelectorAll(".drawing svg")].filter((svg) => svg.getBoundingClientRect().width > 0);
  return {
    panel: chart.closest(".panel").id,
    shown: shown.length,
    width: shown[0]?.getBoundingClientRect().width ?? 0,
    marks: shown[0]?.querySelectorAll("rect, polyline, circle").length ?? 0,
    hits: shown[0]?.querySelectorAll(".hits rect, .hits circle").length ?? 0,
    name: chart.querySelector("figcaption").textContent.trim(),
    colours: [...new Set([...shown[0]?.querySelectorAll("[fill^=var], [stroke^=var]") ?? []].map((mark) => {
      const style = getComputedStyle(mark);
      return mark.getAttribute("fill")?.startsWith("var") ? style.fill : style.stroke;
    }))],
  };
});
const panelsOf = () => [...document.querySelectorAll("section.panel")].map((panel) => ({
  id: panel.id,
  is_said_empty: panel.querySelector(":scope > .empty") !== null,
  text_length: panel.textContent.trim().length,
  has_source: panel.querySelector(".source code") !== null,
}));
// codes that no word stands for: texts of ours, not of ledgers, that are written as codes are
const codesOf = () => {
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const found = [];
  while (texts.nextNode()) {
    const code = /^[a-z]+(_[a-z0-9]+)+$/.exec(texts.currentNode.textContent.trim());
    if (code && !texts.currentNode.parentElement.closest("script, style, code, .queries, .file")) { found.push(code[0]); }
  }
  return [...new Set(found)];
};
// tables wider than their panel: on a desk nobody should have to scroll across, unless they were folded
const overflowing = () => [...document.querySelectorAll(".scroll")]
  .filter((box) => !box.closest("details") && box.scrollWidth > box.clientWidth + 1)
  .map((box) => `${box.closest("section")?.id}: ${box.scrollWidth} in ${box.clientWidth}`);
const wide = () => document.documentElement.scrollWidth - document.documentElement.clientWidth;
const background = () => getComputedStyle(document.body).backgroundColor;

// Of rows and marks that are written alike, whatever their texts and places, two are enough to find what is wrong with all of
// them: axe-core takes seconds for a long table. The others are away while it looks.
const few = () => {
  const kinds = ["class", "role", "scope", "colspan", "fill", "id"];
  const shape = (part) => part.outerHTML.replace(/>[^<]*/g, (text) => (/\S/.test(text.slice(1)) ? ">text" : ">"))
    .replace(/ ([\w-]+)="[^"]*"/g, (whole, name) => (kinds.includes(name) || whole.endsWith('""') ? whole : ` ${name}`));
  window.away = [];
  for (const whole of document.querySelectorAll("tbody, g.hits")) {
    const parts = [...whole.children];
    const counts = new Map();
    const kept = parts.filter((part) => {
      const key = shape(part);
      counts.set(key, (counts.get(key) ?? 0) + 1);
      return counts.get(key) <= 2;
    });
    window.away.push([whole, parts]);
    whole.replaceChildren(...kept);
  }
};
const all = () => window.away.forEach(([whole, parts]) => whole.replaceChildren(...parts));

// a theme changes colours and nothing else
const colours = { runOnly: { type: "rule", values: ["color-contrast", "link-in-text-block"] } };
const serious = async (page, rules = {}) => {
  await page.evaluate(few);
  const found = await page.evaluate((rules) => window.axe.run(document, { resultTypes: ["violations"], ...rules }), rules);
  await page.evaluate(all);
  return found.violations
    .filter((rule) => ["serious", "critical"].includes(rule.impact))
    .map((rule) => `${rule.id}: ${rule.nodes.slice(0, 3).map((node) => node.target.join(" ")).join(", ")}`);
};

// sorting by a number column, then the other way
const sorted = (page) => page.evaluate(async () => {
  const outcomes = [];
  for (const table of document.querySelectorAll("table[data-sortable]")) {
    const at = [...table.tHead.rows[0].cells].findIndex((cell) => cell.classList.contains("number"));
    if (at < 0) { continue; }
    const header = table.tHead.rows[0].cells[at];
    const values = () => [...table.tBodies[0].rows].map((row) => [...row.cells[at].childNodes]
      .filter((node) => node.nodeName !== "SMALL").map((node) => node.textContent).join("").trim());
    const before = [...table.tBodies[0].rows];
    header.querySelector("button").click();
    const first = values();
    header.querySelector("button").click();
    const second = values();
    const number = (text) => Number(text.replace(/[\s\u00a0\u202f]/g, "").replace("\u2212", "-").replace("%", "")
      .replace(document.documentElement.lang === "fr" ? /,/ : /,/g, document.documentElement.lang === "fr" ? "." : ""));
    const known = (list) => list.filter((text) => text !== "").map(number).filter((value) => !Number.isNaN(value));
    const falls = (list) => list.every((value, index) => index === 0 || list[index - 1] >= value);
    outcomes.push({ query: table.dataset.query, falls: falls(known(first)), rises: falls(known(second).reverse()),
      aria: header.getAttribute("aria-sort") });
    table.tBodies[0].replaceChildren(...before);
  }
  return outcomes;
});

const searched = async (page, word) => {
  const field = page.locator(".search input").first();
  if (await field.count() === 0 || !(await field.isVisible())) { return null; }
  await field.fill(word);
  await page.waitForTimeout(400);
  const panel = await field.evaluate((input) => input.closest("section").id);
  const rows = await page.evaluate((id) => [...document.querySelector(`#${id} tbody`).rows].map((row) => row.textContent), panel);
  const said = await page.locator(`#${panel} .found`).textContent();
  await field.fill("");
  await page.waitForTimeout(300);
  return { panel, rows, said };
};

for (const file of pages) {
  const page = await context.newPage();
  const messages = [];
  page.on("console", (message) => messages.push(`${message.type()}: ${message.text()}`));
  page.on("pageerror", (cause) => messages.push(`error: ${cause.message}`));
  page.on("dialog", (dialog) => { messages.push(`dialog: ${dialog.message()}`); dialog.dismiss(); });
  page.on("request", (request) => { if (!request.url().startsWith("file:")) { messages.push(`request: ${request.url()}`); } });
  await page.emulateMedia({ colorScheme: "light" });
  const began = performance.now();
  await page.goto(pathToFileURL(file).href, { waitUntil: "load" });
  const opened = Math.round(performance.now() - began);
  const found = { file, opened, tables: await page.evaluate(tablesOf), tiles: await page.evaluate(tilesOf),
    language: await page.evaluate(() => document.documentElement.lang), codes: await page.evaluate(codesOf),
    overflowing: await page.evaluate(overflowing), charts: await page.evaluate(chartsOf), panels: await page.evaluate(panelsOf), wide: await page.evaluate(wide),
    injected: await page.evaluate(() => document.querySelectorAll("img, iframe, a[href^='javascript']").length) };
  // what is folded is looked at too
  await page.evaluate(() => document.querySelectorAll("details").forEach((details) => { details.open = true; }));
  await page.evaluate(axe);
  found.serious = { light: await serious(page) };
  const grounds = [await page.evaluate(background)];
  await page.emulateMedia({ colorScheme: "dark" });
  grounds.push(await page.evaluate(background));
  found.serious.dark = await serious(page, colours);
  const dark_colours = (await page.evaluate(chartsOf)).map((chart) => chart.colours);
  found.charts.forEach((chart, at) => { chart.dark_colours = dark_colours[at]; });
  // the button wins over the system: auto → light → dark
  await page.locator("button.theme").click();
  grounds.push(await page.evaluate(background));
  await page.locator("button.theme").click();
  await page.emulateMedia({ colorScheme: "light" });
  grounds.push(await page.evaluate(background));
  await page.locator("button.theme").click();
  found.grounds = grounds;
  // by keyboard: the first stop leads past the head, and a header sorts
  await page.keyboard.press("Home");
  found.skip = await page.evaluate(() => document.querySelector("a.skip").getAttribute("href"));
  found.sorted = await sorted(page);
  found.searched = process.env.SEARCH ? await searched(page, process.env.SEARCH) : null;
  // on a phone
  await page.setViewportSize({ width: 390, height: 844 });
  found.phone = { wide: await page.evaluate(wide), charts: (await page.evaluate(chartsOf)).map((chart) => chart.shown),
    serious: await serious(page) };
  await page.setViewportSize({ width: 1280, height: 900 });
  // on paper: nothing is wider than the sheet, folded tables are there, no mark is hidden
  await page.emulateMedia({ media: "print" });
  const is_across = await page.evaluate(() => document.body.classList.contains("landscape"));
  await page.setViewportSize(is_across ? { width: 1030, height: 700 } : { width: 700, height: 1000 });
  found.print = await page.evaluate(() => ({
    wide: [...document.querySelectorAll("main *")].filter((element) => {
      const box = element.getBoundingClientRect();
      return box.width > 1 && box.right > document.documentElement.clientWidth + 1 && !element.closest(".aside");
    }).map((element) => `${element.closest("section")?.id} ${element.nodeName} ${Math.round(element.getBoundingClientRect().right)}`).slice(0, 5),
    clipped: [...document.querySelectorAll(".scroll")].filter((box) => getComputedStyle(box).overflow !== "visible").length,
    entries: [...document.querySelectorAll("td.entry")].filter((cell) => cell.getBoundingClientRect().width > 60).length,
    hidden: [...document.querySelectorAll("nav, .search, .theme, #said")].filter((part) => part.getBoundingClientRect().height > 0).length,
  }));
  await page.emulateMedia({ media: "screen" });
  const pdf = await page.pdf({ preferCSSPageSize: true, printBackground: true });
  found.print.size = pdf.length;
  found.messages = messages;
  await page.close();
  console.log(JSON.stringify(found));
}
await context.close();
await browser.close();
