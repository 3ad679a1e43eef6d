// Pages and stories of the console in a browser: see console.sh.
import { readFileSync, mkdirSync } from "node:fs";
import { createRequire } from "node:module";
import puppeteer from "puppeteer-core";
import { HtmlValidate } from "html-validate";

const [address, executablePath, pictures] = process.argv.slice(2);
const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const validator = new HtmlValidate({
  extends: ["html-validate:recommended"],
  rules: {
    "no-redundant-role": "off", // lists and tables lose their roles in some browsers when they are styled
    "prefer-native-element": "off", // the same
    "long-title": "off",
    "no-trailing-whitespace": "off",
    "void-style": "off",
    "no-inline-style": "error",
    "tel-non-breaking": "off",
    "no-autofocus": "off",
    "form-dup-name": ["error", { allowCheckboxDefault: true, shared: ["radio", "checkbox", "submit", "button"] }],
    "wcag/h30": "error",
  },
});

let faults = 0;
let looked = 0;
const fault = (where, what) => {
  faults++;
  console.log(`FAULT ${where}: ${what}`);
};
const browser = await puppeteer.launch({ executablePath, headless: true, args: ["--no-sandbox", "--disable-gpu", "--force-color-profile=srgb"] });
if (pictures) mkdirSync(pictures, { recursive: true });

const sizes = [320, 768, 1440];
const open = async (page, path) => {
  const answer = await page.goto(address + path, { waitUntil: "domcontentloaded" });
  return answer.status();
};
const play = async (page, id) => {
  await open(page, "/");
  await page.select("#played", id);
  await Promise.all([page.waitForNavigation(), page.click(".played button")]);
};
const text = (page) => page.evaluate(() => document.body.innerText);
const press = async (page, selector) => {
  await Promise.all([page.waitForNavigation(), page.click(selector)]);
};

// look judges the page that is open: its markup, what axe finds, and its width.
const look = async (page, where) => {
  looked++;
  const source = await fetchPage(page);
  const report = source ? await validator.validateString(source) : { results: [] };
  for (const result of report.results) for (const m of result.messages) fault(where, `html-validate ${m.ruleId} at ${m.line}:${m.column}: ${m.message}`);
  for (const scheme of ["light", "dark"]) {
    await page.emulateMediaFeatures([{ name: "prefers-color-scheme", value: scheme }]);
    for (const width of sizes) {
      await page.setViewport({ width, height: 900 });
      const over = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
      if (over > 0) fault(where, `${over} pixels are cut off at ${width}, ${scheme}`);
      if (pictures) await page.screenshot({ path: `${pictures}/${where.replaceAll(/[^\w-]+/g, "_").slice(0, 80)}-${width}-${scheme}.png`, fullPage: width !== 320 });
      if (width !== (scheme === "light" ? 320 : 1440)) continue; // each scheme and each shape once
      const found = await page.evaluate(async (source) => {
        if (!window.axe) (0, eval)(source);
        const { violations } = await window.axe.run(document, { runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"] });
        return violations.map((v) => `${v.id}: ${v.help} (${v.nodes.map((n) => n.target.join(" ")).slice(0, 3).join("; ")})`);
      }, axe);
      for (const v of found) fault(where, `axe at ${width}, ${scheme}: ${v}`);
    }
  }
  await page.setViewport({ width: 1440, height: 900 });
};
// fetchPage is the source of a page; nothing of one that came of a form, which the Go
// tests of its markup have seen.
const fetchPage = (page) => page.evaluate(async () => {
  const answer = await fetch(location.href);
  return answer.ok ? answer.text() : "";
});

// walk reaches everything that a page has by the keyboard alone, and sees the focus.
const walk = async (page, where) => {
  const wanted = await page.evaluate(() => {
    const all = [...document.querySelectorAll("a[href], button, input:not([type=hidden]), select, textarea, summary")].filter((e) => e.checkVisibility() && !e.closest("details:not([open]) > :not(summary)"));
    const groups = new Set(all.filter((e) => e.type === "radio").map((e) => e.name));
    return all.filter((e) => e.type !== "radio").length + groups.size;
  });
  await page.evaluate(() => { document.activeElement?.blur?.(); window.scrollTo(0, 0); document.body.tabIndex = -1; document.body.focus(); document.body.removeAttribute("tabindex"); });
  const reached = new Set();
  for (let i = 0; i < wanted + 5; i++) {
    await page.keyboard.press("Tab");
    const at = await page.evaluate(() => {
      const e = document.activeElement;
      if (!e || e === document.body) return null;
      const style = getComputedStyle(e);
      const all = [...document.querySelectorAll("*")];
      return { key: e.type === "radio" ? "radio " + e.name : String(all.indexOf(e)), seen: style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0, what: e.outerHTML.slice(0, 90) };
    });
    if (!at) continue;
    reached.add(at.key);
    if (!at.seen) fault(where, `the focus is not seen on ${at.what}`);
  }
  if (reached.size < wanted) fault(where, `the keyboard reaches ${reached.size} of ${wanted} things`);
};

const crawl = async (page, who, start) => {
  const seen = new Set();
  const kinds = new Map();
  const queue = [...start];
  while (queue.length > 0) {
    const path = queue.shift();
    // Pages that differ only in whose they are look alike: one of each kind is enough.
    const kind = path.replace(/\?.*/, (q) => (q.length > 1 ? "?" + [...new URLSearchParams(q).keys()].join() : "")).replace(/(\/book\/(?:promises|words\/\w+|history))\/[^/?]+/, "$1/x").replaceAll(/H-\d+|pen-\w+|\/\d+|[0-9a-f]{12}/g, "x");
    if (seen.has(path) || kinds.has(kind)) continue;
    seen.add(path);
    kinds.set(kind, true);
    const status = await open(page, path);
    if (status !== 200) {
      fault(`${who} ${path}`, `status ${status}`);
      continue;
    }
    await look(page, `${who} ${path}`);
    await walk(page, `${who} ${path}`);
    await open(page, path);
    queue.push(...(await page.evaluate(() => [...document.querySelectorAll("a[href]")].map((a) => new URL(a.href)).filter((u) => u.origin === location.origin && !/\.csv$/.test(u.pathname)).map((u) => u.pathname + u.search))));
  }
  console.log(`${who}: ${seen.size} pages`);
};

// Stories. Each is played with and without script.
const stories = {
  "an officer gives a family a new date, and reads first what they will read": async (page, scripts) => {
    await play(page, await officerWithMost(page));
    await open(page, "/families");
    await press(page, ".family a[href$='/postpone']");
    const soon = new Date(Date.now() + 12 * 24 * 3600 * 1000);
    for (const [part, value] of [["", soon.getUTCDate()], ["-month", soon.getUTCMonth() + 1], ["-year", soon.getUTCFullYear()]]) await page.type(`#act-until${part}`, String(value));
    await page.type("#act-reason", "We wait for a report.");
    if (scripts) await page.waitForSelector("#foreseen .sent");
    else await press(page, "#act-form button[value=preview]");
    const read = await text(page);
    if (!read.includes("We wait for a report")) throw new Error(`the family's words are not shown: ${read.slice(0, 400)}`);
    if (scripts) await look(page, "an officer's new date, as the family reads it");
    await new Promise((done) => setTimeout(done, 1500)); // reading it takes a person longer than a second
    await press(page, "#act-form button[value=store]");
    const said = await text(page);
    if (!said.includes("Stored. The family is told of the new date")) throw new Error(`after the new date the page says: ${said.slice(0, 400)}`);
    return "told";
  },
  "an officer comes in on Monday and clears their list": async (page, scripts) => {
    await play(page, await officerWithMost(page));
    let cleared = 0;
    for (; cleared < 60; cleared++) {
      await open(page, "/families");
      const link = await page.$(".family a.button[href*='/reply']");
      if (!link) break;
      if (scripts && cleared === 0) {
        await page.keyboard.press("r");
        await page.waitForNavigation();
        await Promise.all([page.waitForNavigation(), page.keyboard.press("Enter")]);
      } else {
        await Promise.all([page.waitForNavigation(), link.click()]);
        await press(page, "#act-form button[value=store]");
      }
      const said = await text(page);
      if (!said.includes("Stored. The family has its reply")) throw new Error(`after the reply the page says: ${said.slice(0, 400)}`);
    }
    await open(page, "/families");
    const left = await text(page);
    if (cleared === 0 || !/Nobody waits here|See the case/.test(left)) throw new Error(`${cleared} replies, and then: ${left.slice(0, 300)}`);
    return `${cleared} replies`;
  },
  "a manager finds the longest silence and reassigns it": async (page, scripts) => {
    const id = await aManager(page);
    await play(page, id);
    await open(page, "/waiting");
    const ref = await page.$eval("tbody input[name=cases]", (e) => e.value);
    await page.click("tbody input[name=cases]");
    const to = await page.$$eval("select[name=officer] option", (all) => all.map((o) => o.value).filter(Boolean));
    const now = await page.$eval("tbody tr", (row) => row.innerText);
    const names = await page.$$eval("select[name=officer] option", (all) => Object.fromEntries(all.map((o) => [o.value, o.textContent])));
    const other = to.find((id) => !now.includes(names[id].split(",")[0]));
    const form = "main form[action^='/waiting/hand-over']";
    await page.select(`${form} select[name=officer]`, other);
    await press(page, `${form} button[type=submit]`);
    if (scripts) await look(page, "a manager hands over: the plan");
    await press(page, "main form button[type=submit]");
    const said = await text(page);
    if (!said.includes(ref)) throw new Error(`after the hand-over the page says: ${said.slice(0, 500)}`);
    await open(page, "/cases/" + ref);
    const officer = names[other].split(",")[0];
    if (!(await text(page)).includes(officer)) throw new Error(`case ${ref} does not name ${officer}`);
    return `${ref} went to ${other}`;
  },
  "a manager changes a rule, backtests, publishes": async (page, scripts) => {
    const id = await aManager(page);
    await play(page, id);
    await open(page, "/book/rules");
    const field = "textarea[name=text]";
    const rules = await page.$eval(field, (e) => e.value);
    const was = rules.match(/    due: (5|6) working days\n    acknowledge/)[1];
    const days = was === "5" ? "6" : "5";
    const change = (to) => page.$eval(field, (e, from, into) => { e.value = e.value.replace(from, into); }, `    due: ${was} working days\n    acknowledge`, `    due: ${to}\n    acknowledge`);
    await change(`${days} wroking days`);
    await press(page, "main form:has(textarea[name=text]) button[type=submit]");
    let said = await text(page);
    if (!/There is a problem/.test(said)) throw new Error(`a slip is not found: ${said.slice(0, 300)}`);
    if (scripts) await look(page, "a manager's slip in the rules");
    await page.$eval(field, (e) => { e.value = e.value.replace("wroking", "working"); });
    await press(page, "main form:has(textarea[name=text]) button[type=submit]");
    await open(page, "/book/draft");
    said = await text(page);
    if (!said.includes(`${days} working days`)) throw new Error(`the draft does not say the change: ${said.slice(0, 500)}`);
    if (scripts) await look(page, "a manager's draft");
    await press(page, "form[action*=backtest] button[type=submit]");
    said = await text(page);
    if (!/what happened|Happened|happened/.test(said)) throw new Error(`the backtest says: ${said.slice(0, 500)}`);
    if (scripts) await look(page, "a manager's backtest");
    await open(page, "/book/draft");
    await page.type("[name=why]", "Tried in a browser");
    await press(page, "form:has([name=why]) button[type=submit]");
    await open(page, "/book/history");
    said = await text(page);
    if (!said.includes("Tried in a browser")) throw new Error(`the history says: ${said.slice(0, 500)}`);
    return `the reply is due after ${days} working days`;
  },
};

// aManager is one of the managers who can be played.
const aManager = async (page) => {
  await open(page, "/");
  return page.$$eval("#played option", (all) => all.find((o) => /, manager/.test(o.textContent)).value);
};

// officerWithMost is whoever of those who can be played has families that wait.
const officerWithMost = async (page) => {
  await open(page, "/");
  const ids = await page.$$eval("#played option", (all) => all.filter((o) => o.textContent.endsWith(", officer")).map((o) => o.value));
  let best = ids[0], most = -1;
  for (const id of ids) {
    await play(page, id);
    await open(page, "/families");
    const n = await page.$eval(".numbers strong", (e) => Number(e.textContent));
    if (n > most) [best, most] = [id, n];
  }
  return best;
};

const newPage = async (scripts) => {
  const context = await browser.createBrowserContext();
  const page = await context.newPage();
  page.setDefaultTimeout(20000);
  await page.setViewport({ width: 1440, height: 900 });
  page.on("pageerror", (error) => fault("script", error.message));
  page.on("console", (m) => { if (m.type() === "error" && !/status of (409|422|403|404|405)/.test(m.text())) fault("console of the browser", m.text()); });
  await page.setBypassCSP(true); // axe is put into the page; the policy itself is tested in Go
  await page.setJavaScriptEnabled(scripts);
  return page;
};

try {
  const page = await newPage(true);
  await open(page, "/");
  await crawl(page, "everybody", ["/", "/families", "/families?show=all", "/find?q=a", "/find?q=nobody+at+all", "/tasks", "/unmatched", "/messages", "/rejected"].filter((p) => p !== "/find?q=a"));
  const manager = await aManager(page);
  for (const [who, id] of [["an officer", await officerWithMost(page)], ["a manager", manager], ["an operator", "operator"]]) {
    await play(page, id);
    await crawl(page, who, [new URL(page.url()).pathname]);
  }
  for (const [name, story] of Object.entries(stories)) {
    for (const scripts of [false, true]) {
      const one = await newPage(scripts);
      try {
        console.log(`story: ${name}, ${scripts ? "with" : "without"} script: ${await story(one, scripts)}`);
      } catch (error) {
        fault(`story: ${name}, ${scripts ? "with" : "without"} script`, error.message);
      }
      await one.browserContext().close();
    }
  }
} finally {
  await browser.close();
}
console.log(`${looked} pages looked at, ${faults} faults`);
process.exit(faults > 0 ? 1 : 0);
