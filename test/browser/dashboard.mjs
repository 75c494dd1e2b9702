// What a user of the dashboard does, in Chromium. It is run by test_browser.py, in the folder of the project.
// SHOTS=FOLDER keeps a picture of each page.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { createRequire } from "node:module";
import { readFileSync } from "node:fs";

const { BASE, RUNG, PASSWORD, MODULES, SHOTS, CHROMIUM = "/usr/bin/chromium" } = process.env;
const modules = createRequire(`${MODULES}/`);
const { chromium } = modules("playwright-core");
const axe = readFileSync(modules.resolve("axe-core/axe.min.js"), "utf8");
const PAGES = ["/", "/revisions", "/erasures", "/erasures?state=all&page=2", "/erasures/cancel?subject=users&key=2",
  "/holds?all=1", "/retention?preview=1", "/schedule", "/audit", "/keys"];

const rung = (...words) => execFileSync(RUNG, words, { encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
const browser = await chromium.launch({ executablePath: CHROMIUM, args: ["--no-sandbox"] });
const problems = [];

async function open(options = {}) {
  const context = await browser.newContext(options);
  const page = await context.newPage();
  page.setDefaultTimeout(20000);
  page.on("pageerror", (error) => problems.push(`${page.url()}: ${error}`));
  page.on("console", (message) => {
    if (message.type() === "error" && !/401|403|409/.test(message.text())) problems.push(`${page.url()}: ${message.text()}`);
  });
  page.on("request", (request) => {
    if (!request.url().startsWith(BASE)) problems.push(`${page.url()} asks ${request.url()}`);
  });
  page.on("dialog", (dialog) => { problems.push(`${page.url()}: ${dialog.message()}`); dialog.dismiss(); });
  return page;
}

async function signIn(page) {
  await page.goto(`${BASE}/`);
  await page.getByLabel("Name").fill("admin");
  await page.getByLabel("Password").fill(PASSWORD);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.getByRole("heading", { level: 1, name: "Overview" }).waitFor();
}

const text = (page, selector) => page.locator(selector).first().innerText();
const row = (page, words) => page.getByRole("row").filter({ hasText: words });

// ---- a walk through all of it; without scripts it is the same ----

async function walk(page, key) {
  await signIn(page);
  await page.getByRole("link", { name: "Erasures" }).click();
  await page.getByLabel("State").selectOption("pending");
  await page.getByRole("button", { name: "Show" }).click();
  assert.match(await text(page, "caption"), /Requests to be erased/);
  await page.getByRole("link", { name: "Later" }).click();
  assert.match(page.url(), /page=2/);
  await page.getByRole("link", { name: `Hold users ${key}`, exact: true }).click();
  assert.equal(await page.getByLabel("Key").inputValue(), key);
  await page.getByLabel("Reason").fill(`case "${key}" <b>`);
  await page.getByRole("button", { name: "Hold the row" }).click();
  await page.getByText("The row is held").waitFor();
  const hold = row(page, `case "${key}" <b>`);
  await hold.getByText("Release", { exact: false }).first().click();
  await hold.getByRole("button", { name: /Release hold/ }).click();
  await page.getByText("The hold was released.").waitFor();
  await page.goto(`${BASE}/erasures?page=2`);
  await page.getByRole("link", { name: `Cancel the erasure of users ${key}`, exact: true }).click();
  await page.getByRole("button", { name: "Cancel the erasure" }).click();
  await page.getByText("The request was cancelled").waitFor();
  assert.match(rung("erase", "status", `users:${key}`), /cancelled/);
  await page.getByRole("link", { name: "Retention" }).click();
  await page.getByRole("button", { name: "Count what would go" }).click();
  await page.getByText("sessions: 1 would go").waitFor();
  await page.getByRole("link", { name: "Keys" }).click();
  assert.equal(await page.locator("figure svg rect").count(), 4);
  assert.equal(await page.locator("figure svg path").count(), 4);
  await page.getByRole("link", { name: "Audit" }).click();
  await page.getByRole("button", { name: "Check again" }).click();
  await page.getByText("The chain is whole").waitFor();
  await page.getByRole("button", { name: "Sign out" }).click();
  await page.getByRole("heading", { level: 1, name: "Sign in" }).waitFor();
  await page.goto(`${BASE}/audit`);
  await page.getByRole("heading", { level: 1, name: "Sign in" }).waitFor();
}

// ---- live figures ----

async function live(page) {
  await signIn(page);
  await page.getByText("Figures are live.").waitFor();
  const before = Number(await text(page, "[data-live=pending]"));
  rung("erase", "request", "users:3");
  await page.waitForFunction((n) => document.querySelector("[data-live=pending]").textContent === String(n), before + 1);
  await page.goto(`${BASE}/erasures?page=2`);
  await page.getByText("Figures are live.").waitFor();
  assert.equal(await row(page, "users 3").count(), 1);
  rung("erase", "cancel", "users:3");
  await page.getByText(/The list was renewed at/).waitFor();
  assert.equal(await row(page, "users 3").count(), 0);
  await page.getByRole("link", { name: "Hold users 1", exact: true }).focus(); // somebody works in the list
  rung("erase", "request", "users:3");
  await page.getByText(/The list has changed/).waitFor();
  assert.equal(await page.evaluate(() => document.activeElement.textContent), "Hold users 1");
  rung("erase", "cancel", "users:3");
}

// ---- by the keyboard alone ----

async function tabTo(page, name) {
  for (let i = 0; i < 400; i++) {
    await page.keyboard.press("Tab");
    const here = await page.evaluate(() => {
      const at = document.activeElement, style = getComputedStyle(at);
      if (at === document.body) return { name: "", seen: true }; // between the end and the beginning
      return { name: (at.labels?.[0]?.textContent || at.textContent).trim(), seen: style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2 };
    });
    assert(here.seen, `the focus on "${here.name}" of ${page.url()} is not seen`);
    if (here.name === name) return;
  }
  assert.fail(`no Tab leads to "${name}" on ${page.url()}`);
}

async function keyboard(page) {
  await page.goto(`${BASE}/erasures`);
  await tabTo(page, "Name");
  await page.keyboard.type("admin");
  await tabTo(page, "Password");
  await page.keyboard.type(PASSWORD);
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { level: 1, name: "Erasures" }).waitFor();
  await tabTo(page, "Skip to content");
  await page.keyboard.press("Enter");
  await tabTo(page, "Hold users 100");
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { level: 1, name: "Holds" }).waitFor();
  await tabTo(page, "Reason");
  await page.keyboard.type("by keys");
  await tabTo(page, "Hold the row");
  await page.keyboard.press("Enter");
  await page.getByText("The row is held").waitFor();
  await tabTo(page, "Release hold 1"); // of the browser's test: the first one
  await tabTo(page, "Sign out"); // around
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { level: 1, name: "Sign in" }).waitFor();
}

// ---- how it looks ----

async function look(page, scheme, width) {
  await page.goto(`${BASE}/signin`);
  await judge(page, "/signin", scheme, width);
  await signIn(page);
  for (const path of PAGES) {
    await page.goto(BASE + path);
    await judge(page, path, scheme, width);
  }
}

async function judge(page, path, scheme, width) {
  const wide = await page.evaluate(() => document.documentElement.scrollWidth);
  assert(wide <= width, `${path} needs ${wide} pixels at ${width}`);
  if (SHOTS) await page.screenshot({ path: `${SHOTS}/${path.replace(/\W+/g, "-")}${scheme}-${width}.png`, fullPage: true });
  await page.evaluate(axe); // as the debugger does: the policy of the page allows no script of ours
  const found = await page.evaluate(() => globalThis.axe.run());
  assert(found.passes.length > 10, "axe-core looked at nothing");
  for (const finding of found.violations)
    for (const node of finding.nodes)
      problems.push(`${finding.impact} ${finding.id} on ${path} ${scheme} ${width}: ${node.html.slice(0, 160)} ${node.failureSummary}`);
}

try {
  rung("erase", "request", "users:1");
  await walk(await open(), "1");
  console.log("a walk");
  await walk(await open({ javaScriptEnabled: false }), "2");
  console.log("without scripts");
  rung("erase", "request", "users:1");
  rung("erase", "request", "users:2");
  await live(await open());
  console.log("live figures");
  await keyboard(await open());
  console.log("the keyboard");
  for (const [scheme, width] of [["light", 1280], ["dark", 1280], ["light", 320], ["dark", 320]]) {
    await look(await open({ colorScheme: scheme, viewport: { width, height: 800 } }), scheme, width);
    console.log(`${scheme}, ${width} pixels`);
  }
} finally {
  await browser.close();
}
assert.deepEqual(problems, []);
console.log("all of it");
