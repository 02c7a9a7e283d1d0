// check_web.js URL FOLDER: opens the explorer at URL/web/ in a real browser, and compares it with what the
// native program wrote into FOLDER, which run.sh says.
//
// Speaks TAP. Playwright is looked for in NODE_PATH; the browser is CHROMIUM, or /usr/bin/chromium.
// SCREENSHOTS, if set, is a folder for pictures of the page; ONLY is a pattern of the names of tests to run.
"use strict";

const assert = require("node:assert/strict");
const { chromium } = require("playwright-core");
const { origin, spy } = require("./browser");

const tests = { ...require("./translating"), ...require("./looking"), ...require("./comparing"), ...require("./models"), ...require("./page") };
const flags = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"];

async function main() {
  const names = Object.keys(tests), only = process.env.ONLY;
  const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: flags });
  let failed = 0;
  console.log(`1..${names.length}`);
  for (const [i, name] of names.entries()) {
    if (only && !new RegExp(only).test(name)) continue;
    const page = await browser.newPage({ viewport: { width: 1280, height: 900 } }), wrong = [];
    page.setDefaultTimeout(120000); // of a busy machine
    await page.addInitScript(spy);
    page.on("console", (message) => { if (message.type() === "error" || message.type() === "warning") wrong.push(message.text()); });
    page.on("pageerror", (error) => wrong.push(error.message));
    page.on("request", (request) => { if (!/^(data|blob|about):/.test(request.url()) && !request.url().startsWith(origin)) wrong.push(`asked for ${request.url()}`); });
    try {
      const skipped = await tests[name](page);
      assert.deepEqual(wrong, [], "console errors and foreign requests");
      console.log(skipped ? `ok ${i + 1} # SKIP ${name}: ${skipped}` : `ok ${i + 1} - ${name}`);
    } catch (error) {
      failed++;
      console.log(`not ok ${i + 1} - ${name}\n# ${String(error.stack).split("\n").slice(0, 14).join("\n# ")}`);
    }
    await page.close();
  }
  await browser.close();
  process.exit(failed ? 1 : 0);
}

main();
