// work: uses pages in headless Chromium as people do, and says what came of it, one JSON object a line.
//
//   node work.mjs PACKAGES filters PAGE TILE              follows a tile to its items, changes a filter, clears it
//   node work.mjs PACKAGES results PAGE FILE JSON         types results (line → field → value), comes back, saves them as FILE
// The browser is the one that serve.mjs keeps where ENCOURS_BROWSER_ADDRESS names it, else one of its own.
import { pathToFileURL } from "node:url";
import { launch, packagesOf } from "./chromium.mjs";

const [packages, what, page, ...more] = process.argv.slice(2);
const { chromium } = packagesOf(packages)("playwright-core");
const address = process.env.ENCOURS_BROWSER_ADDRESS;
const browser = address ? await chromium.connect(address) : await chromium.launch(launch);
const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, acceptDownloads: true });
const opened = async () => {
  const tab = await context.newPage();
  const messages = [];
  tab.on("console", (message) => messages.push(message.text()));
  tab.on("pageerror", (error) => messages.push(String(error)));
  tab.on("request", (request) => { if (!request.url().startsWith("file:") && !request.url().startsWith("blob:")) { messages.push(request.url()); } });
  await tab.goto(pathToFileURL(page).href);
  return [tab, messages];
};
const say = (found) => console.log(JSON.stringify(found));

// what the list of items shows, and what the page says of the others
const stateOf = () => ({
  address: location.hash,
  rows: [...document.querySelectorAll("#open_items tbody tr")].filter((row) => row.cells.length).map((row) => [...row.cells].map((cell) => cell.dataset.v ?? cell.textContent.trim())),
  names: [...document.querySelector("#open_items thead tr").cells].map((cell) => cell.dataset.name ?? ""),
  total: document.querySelector("#open_items tfoot [data-sums=open_amount]")?.textContent ?? null,
  unfiltered: [...document.querySelectorAll(".panel.unfiltered")].map((panel) => panel.id),
  chosen: Object.fromEntries([...document.querySelectorAll(".filters select, .filters input")].map((field) => [field.name, field.value])),
});

if (what === "filters") {
  const [tab, messages] = await opened();
  const found = { messages, before: await tab.evaluate(stateOf) };
  await tab.click(`.tile:has([data-name=${more[0]}]) a.leads`);
  found.led = await tab.evaluate(stateOf);
  await tab.fill(".filters input[name=amount]", "1000");
  await tab.dispatchEvent(".filters input[name=amount]", "change");
  found.narrowed = await tab.evaluate(stateOf);
  // the address is what is shared
  const shared = await tab.evaluate(() => location.href);
  const other = await context.newPage();
  await other.goto(shared);
  found.shared = await other.evaluate(stateOf);
  await tab.click(".filters button");
  found.cleared = await tab.evaluate(stateOf);
  say(found);
} else {
  const [file, typed] = more;
  const lines = JSON.parse(typed);
  const [tab, messages] = await opened();
  const caseOf = (id) => `.case:has([name=line][value="${id}"]), .case:has([name=line] option[value="${id}"])`;
  for (const [id, fields] of Object.entries(lines)) {
    const one = tab.locator(caseOf(id)).first();
    const line = one.locator("select[name=line]");
    if (await line.count()) { await line.selectOption(id); }
    for (const [name, value] of Object.entries(fields)) {
      const field = one.locator(`[name=${name}]`);
      if (await field.evaluate((found) => found.tagName === "SELECT")) { await field.selectOption(value); } else { await field.fill(value); }
    }
  }
  const said = await tab.textContent(".cockpit .progress");
  await tab.close();
  // what was typed is there when the page is opened again
  const [again, later] = await opened();
  const kept = {};
  for (const id of Object.keys(lines)) {
    const one = again.locator(caseOf(id)).first();
    const line = one.locator("select[name=line]");
    if (await line.count()) { await line.selectOption(id); }
    kept[id] = await one.locator("form").evaluate((form) => Object.fromEntries([...form.elements].map((field) => [field.name, field.value])));
  }
  const waiting = again.waitForEvent("download");
  await again.click(".save-results");
  const download = await waiting;
  await download.saveAs(file);
  const [first] = await again.locator(".case").all();
  say({
    messages: [...messages, ...later], said, kept, name: download.suggestedFilename(),
    reach: await first.locator("a.button").evaluateAll((links) => links.map((link) => link.getAttribute("href"))),
    customers: await again.locator(".case").count(),
  });
}
await context.close();
if (!address) { await browser.close(); } else { process.exit(0); }
