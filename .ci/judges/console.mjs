// Pages, states and stories of the console in a browser: see console.sh.
import { readFileSync, mkdirSync } from "node:fs";
import { createRequire } from "node:module";
import puppeteer from "puppeteer-core";
import { HtmlValidate } from "html-validate";

const [address, closed, door, executablePath, pictures, large] = process.argv.slice(2);
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
const began = Date.now();
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

// look judges the page that is open: its markup, what axe finds, its width, and the way
// through it by keyboard.
const look = async (page, where) => {
  looked++;
  const report = await validator.validateString(await page.answer.text());
  for (const result of report.results) for (const m of result.messages) fault(where, `html-validate ${m.ruleId} at ${m.line}:${m.column}: ${m.message}`);
  for (const scheme of ["light", "dark"]) {
    await page.emulateMediaFeatures([{ name: "prefers-color-scheme", value: scheme }]);
    for (const width of sizes) {
      await page.setViewport({ width, height: 900 });
      const over = await page.evaluate(() => {
        const root = document.documentElement;
        const edge = document.querySelector("main").getBoundingClientRect().right + 1;
        const beyond = [...document.querySelectorAll("main *")].find((e) => e.getBoundingClientRect().right > edge && e.checkVisibility() && !e.closest(".hidden, .plot, .wide, thead"));
        return root.scrollWidth > root.clientWidth ? `${root.scrollWidth - root.clientWidth} pixels` : beyond?.outerHTML.slice(0, 90);
      });
      if (over) fault(where, `cut off at ${width}, ${scheme}: ${over}`);
      if (pictures) await page.screenshot({ path: `${pictures}/${where.replaceAll(/[^\w-]+/g, "_").slice(0, 80)}-${width}-${scheme}.png`, fullPage: true });
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
  await walk(page, where);
};

// walk reaches everything that a page has by the keyboard alone, and sees the focus.
const walk = async (page, where) => {
  const wanted = await page.evaluate(() => {
    const all = [...document.querySelectorAll("a[href], button, input:not([type=hidden]), select, textarea, summary")].filter((e) => e.checkVisibility() && !e.closest("details:not([open]) > :not(summary)"));
    const key = (e) => (e.type === "radio" ? "radio " + e.name : e);
    window.unseen = [];
    window.reached = new Set();
    document.addEventListener("focusin", ({ target }) => {
      const style = getComputedStyle(target);
      window.reached.add(key(target));
      if (style.outlineStyle === "none" || !(parseFloat(style.outlineWidth) > 0)) window.unseen.push(target.outerHTML.slice(0, 90));
    });
    document.activeElement?.blur?.();
    window.scrollTo(0, 0);
    getSelection().setPosition(document.body, 0);
    return new Set(all.map(key)).size;
  });
  const all = () => page.evaluate((wanted) => window.reached.size >= wanted, wanted);
  for (let i = 0; i < 2 * wanted + 10 && !(i >= wanted && (await all())); i++) await page.keyboard.press("Tab"); // from wherever it begins
  const { reached, unseen } = await page.evaluate(() => ({ reached: window.reached.size, unseen: [...new Set(window.unseen)] }));
  for (const what of unseen) fault(where, `the focus is not seen on ${what}`);
  if (reached < wanted) fault(where, `the keyboard reaches ${reached} of ${wanted} things`);
};

// explained judges a page that says what is wrong with a form: its title says so, its
// summary has the focus, and each line of it leads to a field that says the same, to
// the eye and to whoever listens.
const explained = async (page, where) => {
  await page.waitForSelector(".summary:focus", { timeout: 2000 }).catch(() => fault(where, "the summary does not have the focus"));
  const found = await page.evaluate(() => {
    const summary = document.querySelector(".summary[role=alert]");
    if (!summary) return ["no summary says what is wrong"];
    const wrong = [];
    if (!document.title.startsWith("Error: ")) wrong.push(`the title is ${document.title}`);
    const links = [...summary.querySelectorAll("a")];
    if (links.length === 0) wrong.push("the summary leads nowhere");
    const targets = links.map((a) => document.querySelector(`[id="${a.hash.slice(1)}"]`)).filter(Boolean);
    if (targets.some((target, i) => i > 0 && target.compareDocumentPosition(targets[i - 1]) & Node.DOCUMENT_POSITION_FOLLOWING)) wrong.push("the summary has another order than the fields");
    for (const link of links.filter((a) => a.getAttribute("href").startsWith("#"))) {
      const target = document.getElementById(link.hash.slice(1));
      if (!target?.checkVisibility()) wrong.push(`${link.hash} is not there to be seen`);
      else if (target.matches("input, select, textarea")) {
        const says = (element) => (element?.getAttribute("aria-describedby") ?? "").split(" ").some((id) => document.getElementById(id)?.innerText.includes(link.textContent));
        if (!says(target) && !says(target.closest("fieldset"))) wrong.push(`${link.hash} does not say: ${link.textContent}`);
        if (!target.closest(".field-wrong")) wrong.push(`${link.hash} is not marked`);
        link.click();
        if (document.activeElement !== target) wrong.push(`the link to ${link.hash} does not go there`);
      }
    }
    return wrong;
  });
  for (const what of found) fault(where, what);
};

// kindOf makes one of addresses that differ only in whose page it is: such pages look
// alike, so one of each kind is enough.
const kindOf = (path) => path.replace(/\?.*/, (q) => (q.length > 1 ? "?" + [...new URLSearchParams(q).keys()].join() : "")).replace(/(\/book\/(?:promises|words\/\w+|history))\/[^/?]+/, "$1/x").replaceAll(/H-\d+|pen-\w+|\/\d+|[0-9a-f]{12}/g, "x");
const formKind = (action) => kindOf(new URL(action).pathname).replace(/words\/\w+/, "words/x");
const forms = { seen: new Map(), sent: new Set(["/as"]) }; // by kind

const crawl = async (page, who, start) => {
  const seen = new Set();
  const kinds = new Set();
  const queue = [...start];
  while (queue.length > 0) {
    const path = queue.shift();
    const kind = kindOf(path);
    if (seen.has(path) || kinds.has(kind)) continue;
    seen.add(path);
    kinds.add(kind);
    const status = await open(page, path);
    if (status !== 200) {
      fault(`${who} ${path}`, `status ${status}`);
      continue;
    }
    await look(page, `${who} ${path}`);
    for (const action of await page.$$eval("form[method=post]", (all) => all.map((f) => f.action))) forms.seen.set(formKind(action), path);
    queue.push(...(await page.evaluate(() => [...document.querySelectorAll("a[href]")].map((a) => new URL(a.href)).filter((u) => u.origin === location.origin && !/\.csv$/.test(u.pathname)).map((u) => u.pathname + u.search))));
  }
  console.log(`${who}: ${seen.size} pages`);
};

// States: what a page becomes when it is asked for what is not there, or sent what is
// wrong. Each row is who asks, the status that answers, and how to come there. They are
// tried in this order by each, because some begin where the last one ended.

const at = (path) => (page) => open(page, path);
// send sends a form as a page has it, with every field empty except those that are
// named; the hidden ones stay as they are.
const send = (path, form, fields = {}) => async (page) => {
  if (path) await open(page, path);
  const action = await page.$eval(`form[method=post]${form}`, (form) => form.action);
  forms.sent.add(formKind(action));
  await Promise.all([page.waitForNavigation(), page.$eval(`form[method=post]${form}`, (form, fields) => {
    for (const e of [...form.elements]) {
      if (e.name in fields || e.type !== "hidden") e.removeAttribute("name");
    }
    for (const [name, values] of Object.entries(fields)) {
      for (const value of [values].flat()) {
        const e = form.appendChild(document.createElement("textarea")); // which keeps its lines
        Object.assign(e, { name, value });
      }
    }
    HTMLFormElement.prototype.submit.call(form);
  }, fields)]);
};
// replaced sends a file of the book with something put in place of something else.
const replaced = (path, from, to, more = {}) => async (page) => {
  await open(page, path);
  const text = await page.$eval("#book-text", (e) => e.value);
  if (!text.includes(from)) throw new Error(`${path} does not have ${from}`);
  await send("", `[action="${path}"]`, { text: text.replace(from, to), ...more })(page);
};
const inTurn = (...steps) => async (page) => { for (const step of steps) await step(page); };

const long = "x".repeat(1100);
const states = (known) => {
  const { waits, quiet, other, task, pen, rejected, held, colleague, newest } = known;
  const deed = (name) => `/cases/${waits}/${name}`;
  const act = "#act-form";
  const year = String(new Date().getFullYear() + 1);
  const wrongDay = { "until-day": "31", "until-month": "2", "until-year": year, reason: long };
  const rules = "/book/rules";
  const slip = replaced(rules, "working days", "wroking days");
  const away = { officer: colleague, "from-day": "1", "from-month": "1", "from-year": year };
  return [
    ["everybody", 404, "a page that is not there", at("/nowhere")],
    ["everybody", 404, "a case that nobody knows", at("/cases/H-0")],
    ["everybody", 404, "a form about a case that nobody knows", at("/cases/H-0/reply")],
    ["everybody", 404, "a task that is not open", at(`/tasks/${waits}/999`)],
    ["everybody", 404, "a sender who is matched", at("/unmatched/pen-0")],
    ["everybody", 404, "a rejected event that is not there", at("/rejected/999999999")],
    ["everybody", 405, "a page that only takes forms", at("/replies")],
    ["everybody", 403, "a form from elsewhere", async (page) => {
      await page.goto("about:blank");
      await page.setContent(`<form method="post" action="${address}/replies"></form>`);
      await send("", "")(page);
    }],
    ["everybody", 400, "a form that is too long", send("/got-in-touch", ":has(#enquiry-about)", { about: long.repeat(16) })],
    ["everybody", 422, "start: got in touch, empty", send("/", "[action='/enquiries']")],
    ["everybody", 422, "start: got in touch, wrong", send("/", "[action='/enquiries']", { case: "no case!", channel: "pigeon" })],
    ["everybody", 422, "start: replied, empty", send("/", "[action='/replies']")],
    ["everybody", 422, "start: replied, a case without a promise", send("/", "[action='/replies']", { case: "H-0", channel: "phone", by: "o.jane" })],
    ["everybody", 422, "got in touch, empty", send("/got-in-touch", ":has(#enquiry-about)")],
    ["everybody", 422, "got in touch, too much said", send("/got-in-touch", ":has(#enquiry-about)", { case: waits, channel: "phone", about: long })],
    ["everybody", 422, "a search for nothing", at("/find?q=")],
    ["everybody", 422, "a search for too much", at("/find?q=" + long)],
    ["everybody", 200, "a search without result", at("/find?q=nobody+at+all")],
    ["everybody", 200, "a list beyond its end", at("/tasks?page=999")],
    ["everybody", 200, "the families of an officer who has none", at("/families?officer=nobody")],
    ["everybody", 422, "a reply, empty", send(deed("reply"), act)],
    ["everybody", 422, "a reply, earlier on no day", send(deed("reply"), act, { channel: "phone", when: "earlier", by: "o.jane", note: long })],
    ["everybody", 422, "a reply where nobody waits", send(`/cases/${quiet}/reply`, act, { channel: "phone", by: "o.jane" })],
    ["everybody", 422, "a new date, empty", send(deed("postpone"), act)],
    ["everybody", 422, "a new date that is none", send(deed("postpone"), act, wrongDay)],
    ["everybody", 422, "an update, empty", send(deed("update"), act)],
    ["everybody", 422, "an update to nobody", send(deed("update"), act, { words: "x", contact: "nobody", by: long })],
    ["everybody", 422, "a call, empty", send(deed("call"), act)],
    ["everybody", 422, "a call where nobody waits", send(`/cases/${quiet}/call`, act, { call: "no-answer", by: "o.jane" })],
    ["everybody", 422, "a hand-over, empty", send(deed("hand-over"), act)],
    ["everybody", 422, "a task, empty", send(task, ":has(#task-by)")],
    ["everybody", 422, "a task, wrong", send(task, ":has(#task-by)", { by: long, note: long })],
    ["everybody", 422, "a task to confirm, empty", send("/tasks/H-99999/1", ":has(#confirm-0)")],
    ["everybody", 422, "who wrote: no case", at(`${pen}?case=`)],
    ["everybody", 422, "who wrote: a case that nobody knows", at(`${pen}?case=H-0`)],
    ["everybody", 200, "who wrote: the contacts of a case", at(`${pen}?case=${waits}`)],
    ["everybody", 422, "who wrote: nobody chosen", send(`${pen}?case=${waits}`, "[action$='/pass-on']")],
    ["everybody", 422, "who wrote: nothing to do, empty", send(pen, "[action$='/nothing']")],
    ["everybody", 409, "who wrote: they have written again", send(pen, "[action$='/nothing']", { event: "another", note: "A wrong number", by: "o.jane" })],
    ["everybody", 422, "a rejected event, empty", send(rejected, "[action^='/rejected/']")],
    ["everybody", 422, "a rejected event, not mended", send(rejected, "[action^='/rejected/']", { event: '{"specversion": "1.0", "type": "enquiry.received"}' })],
    ["an officer", 403, "a page for managers", at("/waiting")],
    ["an officer", 403, "a case of another team", at(`/cases/${other}`)],
    ["an officer", 409, "a reply, when somebody was quicker", send(deed("reply"), act, { seen: "0", channel: "phone", when: "now", enquiry: "every" })],
    ["an officer", 200, "a reply to an enquiry that is not there", at(deed("reply") + "?enquiry=x")],
    ["an officer", 200, "a call, before it is stored", send(deed("call"), act, { call: "no-answer", enquiry: "every", do: "preview" })],
    ["an officer", 200, "an update, before it is stored", async (page) => {
      await open(page, deed("update"));
      const words = await page.$eval("#act-words", (e) => e.value);
      await send("", act, { words, contact: "", do: "preview" })(page);
    }],
    ["an officer", 200, "a hand-over, before it is stored", async (page) => {
      await open(page, deed("hand-over"));
      const officer = await page.$$eval("#act-officer option", (all) => all.at(-1).value);
      await send("", act, { officer, do: "preview" })(page);
    }],
    ["an operator", 403, "a page for staff", at("/families")],
    ["a manager", 200, "who waits: a choice that nobody fits", at("/waiting?officer=nobody")],
    ["a manager", 200, "promises kept: a choice that nobody fits", at("/keeping?team=nobody")],
    ["a manager", 422, "promises kept: no number of days", at("/keeping?days=many")],
    ["a manager", 422, "handing over: nothing ticked", send("/waiting", "[action^='/waiting/hand-over']")],
    ["a manager", 422, "handing over: to nobody", send("/waiting", "[action^='/waiting/hand-over']", { cases: held })],
    ["a manager", 200, "handing over: nothing that can be", send("/waiting", "[action^='/waiting/hand-over']", { cases: "H-0", officer: colleague })],
    ["a manager", 422, "an absence, empty", send("/staff", "[action='/staff/away']")],
    ["a manager", 422, "an absence, wrong", send("/staff", "[action='/staff/away']", { ...away, "from-day": "32", "to-day": "x", cover: colleague })],
    ["a manager", 422, "an absence that ends before it begins", send("/staff", "[action='/staff/away']", { ...away, "from-day": "2", "to-day": "1", "to-month": "1", "to-year": year })],
    ["a manager", 200, "an absence, before it is recorded", send("/staff", "[action='/staff/away']", away)],
    ["a manager", 200, "an absence, recorded", send("", "[action='/staff/away']")],
    ["a manager", 200, "handing over, before it is done", send("/waiting", "[action^='/waiting/hand-over']", { cases: held, officer: colleague })],
    ["a manager", 200, "handing over, done", send("", "[action^='/waiting/hand-over']")],
    ["a manager", 200, "the draft, where there is none", at("/book/draft")],
    ["a manager", 422, "new words, nameless", at("/book/words/add?language=&name=&channel=sms")],
    ["a manager", 422, "new words, misnamed", at("/book/words/add?language=cy&name=No+Name&channel=sms")],
    ["a manager", 200, "new words", at("/book/words/add?language=cy&name=new-words&channel=email")],
    ["a manager", 404, "words that cannot be", at("/book/words/en/none")],
    ["a manager", 404, "a version that is not there", at("/book/history/999999999")],
    ["a manager", 200, "moving open promises, before it is done", send(newest, "[action$='/move']")],
    ["a manager", 422, "the rules, with a fault", slip],
    ["a manager", 200, "the draft, with a fault", at("/book/draft")],
    ["a manager", 200, "the words, of a draft with a fault", at("/book/words")],
    ["a manager", 200, "a draft with a fault, read aloud", at("/book?draft=yes")],
    ["a manager", 409, "a draft that has changed", send("/book/draft", "[action$='/discard']", { version: "x" })],
    ["a manager", 422, "the directory, with a fault", replaced("/book/directory", "teams:", "taems:")],
    ["a manager", 422, "words with a fault", replaced(known.words, "((", "(( no such value ))((")],
    ["a manager", 422, "the rules, changed on another page", replaced(rules, "wroking days", "working days", { was: "x" })],
    ["a manager", 422, "the rules, empty", send(rules, `[action="${rules}"]`)],
    ["a manager", 200, "the book, its draft thrown away", send("/book/draft", "[action$='/discard']")],
    ["a manager", 200, "the rules, kept in a draft", replaced(rules, "\n", "\n# Tried in a browser.\n")],
    ["a manager", 422, "publishing for no reason", send("/book/draft", "[action$='/publish']")],
    ["a manager", 422, "publishing for too long a reason", send("/book/draft", "[action$='/publish']", { why: long })],
    ["a manager", 200, "publishing and moving, before it is done", send("/book/draft", "[action$='/publish']", { why: "Tried in a browser", replan: "yes" })],
    ["a manager", 409, "publishing what has changed", send("/book/draft", "[action$='/publish']", { version: "x", why: "Tried in a browser" })],
    ["a manager", 200, "a draft that can be published", at("/book/draft")],
    ["everybody", 200, "the book, published", inTurn(replaced(rules, "\n", "\n# Tried by somebody else.\n"), send("/book/draft", "[action$='/publish']", { why: "Tried in a browser by somebody else" }))],
    ["a manager", 409, "publishing, when somebody was quicker", send("", "[action$='/publish']", { why: "Tried in a browser" })],
    ["a manager", 200, "a draft put on top of what somebody published", send("/book/draft", "[action$='/renew']")],
    ["a manager", 200, "a version that is no longer in force", at(newest)],
    ["a manager", 409, "a version brought back in place of a draft", send("", "[action$='/revert']")],
    ["a manager", 200, "the book, its second draft thrown away", send("/book/draft", "[action$='/discard']")],
    ["a manager", 200, "a version brought back", send(newest, "[action$='/revert']")],
    ["a manager", 200, "the book, with no draft again", send("/book/draft", "[action$='/discard']")],
  ];
};

// doors are the pages that somebody sees who is not let in: of a Hearback without
// sign-in, and of one whose identity provider does not answer.
const doors = [
  ["a console without sign-in", 503, closed + "/"],
  ["sign-in that does not answer", 503, door + "/sign-in"],
  ["an answer to no sign-in", 400, door + "/sign-in/answer?state=x&code=y"],
  ["signed out", 200, door + "/sign-out"],
];

// tell stores an event as a service would, which in the demonstration needs no token.
const tell = (type, subject, data, more = {}) => fetch(`${address}/v1/events`, {
  method: "POST",
  headers: { "Content-Type": "application/cloudevents+json" },
  body: JSON.stringify({ specversion: "1.0", id: crypto.randomUUID(), source: "/judge", type, subject, time: new Date().toISOString(), data, ...more }),
});
// happen adds what the demonstration lacks: somebody whom nobody can match, a number to
// be confirmed, and an event that is rejected.
const happen = async () => {
  await tell("message.received", "pen-0123456789abcdef", { channel: "sms", address: "+447700900999", text: "Is there any news about the plan for my son? " + "Please answer. ".repeat(20) });
  const contact = (mobile) => ({ id: "parent", name: "A parent", safe_contact: true, mobile, email: "a.parent.with.a.long.address@families.council.example" });
  await tell("contact.changed", "H-99999", contact("07700 900998"));
  await tell("contact.changed", "H-99999", contact("07700 900997"));
  await tell("enquiry.received", "H-99999", { channel: "pigeon" }, { time: "2026-11-31T09:00:00Z" });
  for (const [path, shown] of [["/unmatched", "pen-0123456789abcdef"], ["/tasks?page=999", "H-99999"], ["/rejected", "H-99999"]]) {
    for (const began = Date.now(); !(await (await fetch(address + path)).text()).includes(shown);) {
      if (Date.now() - began > 60000) throw new Error(`${path} does not show ${shown}`);
    }
  }
};

// known are things of the demonstration that the states are about.
const known = async (page, officer, manager) => {
  const first = async (path, selector, part = "href") => {
    await open(page, path);
    const found = await page.$$eval(selector, (all, part) => all.map((e) => e.getAttribute(part)), part);
    if (found.length === 0) throw new Error(`${path} has no ${selector}`);
    return found;
  };
  const all = await first("/waiting", "input[name=cases]", "value");
  const k = {
    task: (await first("/tasks", "a[href^='/tasks/']"))[0],
    pen: (await first("/unmatched", "main a[href^='/unmatched/']"))[0],
    rejected: (await first("/rejected", "a[href^='/rejected/']"))[0],
    words: (await first("/book/words", "tbody a[href*='reply'], tbody a"))[0],
    newest: (await first("/book/history", "tbody a"))[0],
  };
  k.quiet = await page.evaluate(async (all) => { // one of the references between those that wait
    const numbers = all.map((ref) => Number(ref.split("-")[1]));
    for (let n = Math.min(...numbers); n < Math.max(...numbers); n++) {
      const answer = await fetch("/cases/H-" + n);
      if (answer.ok && !(await answer.text()).includes(`href="/cases/H-${n}/reply"`)) return "H-" + n;
    }
  }, all);
  await play(page, officer);
  k.waits = (await first("/families", ".family a[href$='/postpone']"))[0].split("/")[2];
  k.other = await page.evaluate(async (all) => { for (const ref of all) if ((await fetch("/cases/" + ref)).status === 403) return ref; }, all);
  await play(page, manager);
  k.held = (await first("/waiting", "input[name=cases]", "value"))[0];
  const now = await page.$eval("tbody tr td", (e) => e.innerText);
  k.colleague = await page.$$eval("#hand-officer option", (all, now) => all.find((o) => o.value && !now.includes(o.textContent)).value, now);
  return k;
};

const tryState = async (page, [who, status, name, step]) => {
  const where = `state: ${who}, ${name}`;
  try {
    await page.bringToFront(); // a page behind another is not painted, and gives no focus
    await step(page);
    if (page.answer.status() !== status) fault(where, `status ${page.answer.status()} in place of ${status}: ${(await text(page)).slice(-400)}`);
    if (status === 422) await explained(page, where);
    await look(page, where);
  } catch (error) {
    fault(where, error.message);
  }
};

// Stories. Each is played with and without script.
const stories = {
  "an officer gives a family a new date, and reads first what they will read": async (page, scripts) => {
    await play(page, await officerWithMost(page));
    await open(page, "/families");
    await press(page, ".family:not(:has(.tag-unreached)) a[href$='/postpone']");
    if (await page.$("#act-enquiry")) await page.click("#act-enquiry");
    const soon = new Date(Date.now() + 12 * 24 * 3600 * 1000);
    for (const [part, value] of [["", soon.getUTCDate()], ["-month", soon.getUTCMonth() + 1], ["-year", soon.getUTCFullYear()]]) await page.type(`#act-until${part}`, String(value));
    await page.type("#act-reason", "We wait for a report.");
    if (scripts) await page.waitForFunction(() => document.getElementById("foreseen").innerText.includes("We wait for a report."));
    else await press(page, "#act-form button[value=preview]");
    const read = await page.$eval("#foreseen", (e) => e.innerText);
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
        await link.focus(); // "r" is about the family at which somebody is
        await Promise.all([page.waitForNavigation(), page.keyboard.press("r")]);
        await page.waitForSelector("#act-form [value=store]:focus");
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
  page.setDefaultTimeout(60000);
  await (await page.createCDPSession()).send("Emulation.setFocusEmulationEnabled", { enabled: true }); // as the page in front
  await page.setViewport({ width: 1440, height: 900 });
  page.on("response", (answer) => { if (answer.request().isNavigationRequest()) page.answer = answer; });
  page.on("pageerror", (error) => fault("script", error.message));
  page.on("console", (m) => { if (m.type() === "error" && !/status of (400|403|404|405|409|422|503)/.test(m.text())) fault("console of the browser", m.text()); });
  await page.setBypassCSP(true); // axe is put into the page; the policy itself is tested in Go
  await page.setJavaScriptEnabled(scripts);
  return page;
};

// leave closes a page with all that its browser remembers. One that stays open behind
// others takes from them.
const leave = (page) => page.browserContext().close();

try {
  const asked = await newPage(true);
  const players = { "everybody": null, "an officer": await officerWithMost(asked), "a manager": await aManager(asked), "an operator": "operator" };
  await leave(asked);
  const as = async (who) => {
    const page = await newPage(true);
    await open(page, "/");
    if (players[who]) await play(page, players[who]);
    return page;
  };
  await happen();
  const knowing = await as("everybody");
  const rows = states(await known(knowing, players["an officer"], players["a manager"]));
  await leave(knowing);
  await Promise.all(Object.keys(players).map(async (who) => {
    const page = await as(who);
    await crawl(page, who, who === "everybody" ? ["/", "/families", "/families?show=all", "/find?q=H-1", "/tasks", "/unmatched", "/messages", "/rejected"] : [new URL(page.url()).pathname]);
    await leave(page);
  }));
  console.log(`pages after ${Math.round((Date.now() - began) / 1000)} seconds`);
  // One after the other: where some begin depends on how another ended.
  const pages = {};
  for (const row of rows) await tryState((pages[row[0]] ??= await as(row[0])), row);
  await Promise.all(Object.values(pages).map(leave));
  for (const [name, status, url] of doors) {
    const page = await newPage(true);
    const answered = (await page.goto(url, { waitUntil: "domcontentloaded" })).status();
    if (answered !== status) fault(name, `status ${answered}, want ${status}`);
    await look(page, name);
    await leave(page);
  }
  for (const [kind, path] of forms.seen) if (!forms.sent.has(kind)) fault(`form ${kind} on ${path}`, "no state sends it");
  console.log(`${rows.length} states after ${Math.round((Date.now() - began) / 1000)} seconds`);
  if (large) console.log("SKIPPED: the stories, which are about the usual demonstration");
  for (const [name, story] of large ? [] : Object.entries(stories)) {
    for (const scripts of [false, true]) {
      const one = await newPage(scripts);
      try {
        console.log(`story: ${name}, ${scripts ? "with" : "without"} script: ${await story(one, scripts)}`);
      } catch (error) {
        fault(`story: ${name}, ${scripts ? "with" : "without"} script`, error.message);
      }
      await leave(one);
    }
  }
} finally {
  await browser.close();
}
console.log(`${looked} pages and states looked at in ${Math.round((Date.now() - began) / 1000)} seconds, ${faults} faults`);
process.exit(faults > 0 ? 1 : 0);
