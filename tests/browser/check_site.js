// check_site.js FOLDER: walks through the website in FOLDER, from index.html on, in a real browser.
//
// Every page that a link leads to is opened from disk. Speaks TAP, a test a page. Playwright is looked
// for in NODE_PATH; the browser is CHROMIUM, or /usr/bin/chromium.
"use strict";

const assert = require("node:assert/strict");
const fs = require("node:fs");
const path = require("node:path");
const { fileURLToPath, pathToFileURL } = require("node:url");
const { chromium } = require("playwright-core");

const folder = path.resolve(process.argv[2]);
const flags = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking",
  "--disable-component-update", "--disable-sync", "--allow-file-access-from-files"];
const must_have = ["index.html", "MODEL.html", "ALIGNMENT.html", "GLOSSARY.html", "SOURCE.html", "lessons/index.html",
  "lessons/07-cross-attention.html", "exercises/1-attention/index.html", "src/nn/attention.c.html"];

// What the page complained about since the last visit.
let complaints = [];

function listen(page) {
  page.on("console", (message) => complaints.push(`console: ${message.text()}`));
  page.on("pageerror", (error) => complaints.push(`error: ${error.message}`));
  page.on("requestfailed", (request) => complaints.push(`failed: ${request.url()}`));
  page.on("request", (request) => {
    if (!/^(file|data):/.test(request.url())) complaints.push(`request: ${request.url()}`);
  });
}

// Loads one page and returns where its links lead and what they can lead to. Throws if anything is
// wrong with it.
async function visit(page, url) {
  complaints = [];
  await page.goto(url);
  const found = await page.evaluate(() => ({
    heading: document.querySelector("h1")?.textContent ?? "",
    text: [...document.querySelectorAll("[role=main] p, [role=main] li")].map((node) => node.textContent).join("\n"),
    blank: [...document.images].filter((image) => !image.naturalWidth).map((image) => image.src),
    links: [...document.querySelectorAll("a[href]")].map((link) => link.href),
    anchors: [...document.querySelectorAll("[id]")].map((node) => node.id),
  }));
  assert.ok(found.heading, "no heading");
  assert.deepEqual(found.blank, [], "pictures that do not load");
  assert.ok(!/```|\]\(|^- /m.test(found.text), "Markdown is left in the text");
  assert.deepEqual(complaints, []);
  return found;
}

async function main() {
  const browser = await chromium.launch({ executablePath: process.env.CHROMIUM || "/usr/bin/chromium", args: flags });
  const page = await browser.newPage({ viewport: { width: 1120, height: 900 } });
  listen(page);
  const waiting = [pathToFileURL(path.join(folder, "index.html")).href], seen = new Set(waiting), anchors = new Map();
  const wanted = []; // [page, where its link leads, anchor]
  let n = 0, failed = 0;
  const report = (name, error) => {
    console.log(`${error ? "not ok" : "ok"} ${++n} - ${name}`);
    if (!error) return;
    failed++;
    console.log(String(error.stack).replace(/^/gm, "# "));
  };
  while (waiting.length) {
    const url = waiting.shift(), name = path.relative(folder, fileURLToPath(url));
    try {
      const found = await visit(page, url);
      anchors.set(url, new Set(found.anchors));
      for (const link of found.links) {
        const [target, anchor] = link.split("#");
        if (!target.startsWith("file:")) continue;
        assert.ok(fs.existsSync(fileURLToPath(target)), `${link} leads nowhere`);
        assert.ok(fileURLToPath(target).startsWith(folder), `${link} leads out of the site`);
        if (target.endsWith("/explorer/index.html")) continue; // it needs a web server: tests/web
        if (anchor) wanted.push([name, target, decodeURIComponent(anchor)]);
        if (target.endsWith(".html") && !seen.has(target)) {
          seen.add(target);
          waiting.push(target);
        }
      }
      report(name);
    } catch (error) {
      report(name, error);
    }
  }
  await browser.close();

  const check = (name, test) => {
    try {
      test();
      report(name);
    } catch (error) {
      report(name, error);
    }
  };
  check("every anchor is there", () => {
    const lost = wanted.filter(([, target, anchor]) => anchors.has(target) && !anchors.get(target).has(anchor));
    assert.deepEqual(lost, []);
  });
  check("every part of the site can be reached", () => {
    const reached = new Set([...anchors.keys()].map((url) => path.relative(folder, fileURLToPath(url))));
    assert.deepEqual(must_have.filter((page) => !reached.has(page)), []);
  });
  console.log(`1..${n}`);
  process.exitCode = failed ? 1 : 0;
}

main().catch((error) => {
  console.error(error);
  process.exit(1);
});
