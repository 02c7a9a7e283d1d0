// check_learn.js FOLDER: opens FOLDER/learn/learn.html, the film of a training, in a real browser.
//
// Speaks TAP. Playwright is looked for in NODE_PATH; the browser is CHROMIUM, or /usr/bin/chromium.
"use strict";

const assert = require("node:assert/strict");
const fs = require("node:fs");
const path = require("node:path");
const { pathToFileURL } = require("node:url");
const { chromium } = require("playwright-core");

const file = path.resolve(process.argv[2], "learn", "learn.html");
const url = pathToFileURL(file).href;
const flags = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking",
  "--disable-component-update", "--disable-sync"];

const now = (page) => page.locator("#now").textContent();
const cells = (page) => page.locator("#map .cell").allTextContents();
const film = (page) => page.locator("#film").evaluate((node) => JSON.parse(node.textContent));
const slide = (page, frame) => page.locator("#frame").fill(String(frame));

const tests = {
  async "it opens at the end, with the map of the head that aligns best"(page) {
    const { frames, examples } = await film(page), last = frames.at(-1), best = last.found.indexOf(Math.max(...last.found));
    assert.match(await now(page), new RegExp(`^step ${last.step} `));
    const { source, target } = examples[0], n = source.length * target.length;
    const digits = last.maps[0].slice(2 * best * n, 2 * (best + 1) * n).match(/../g).map(Number);
    assert.deepEqual(await cells(page), digits.map((value) => value >= 5 ? String(value) : ""));
    assert.equal(await page.locator("#heads .became").count(), 1);
    assert.equal(await page.locator("#heads button").nth(best).getAttribute("aria-pressed"), "true");
  },
  async "the true places are marked"(page) {
    const { truth } = (await film(page)).examples[0];
    assert.equal(await page.locator("#map .truth").count(), truth.filter((place) => place >= 0).length);
  },
  async "the slider goes back to where nothing was known"(page) {
    const before = await cells(page);
    await slide(page, 0);
    assert.match(await now(page), /^step 0, before training/);
    assert.notDeepEqual(await cells(page), before);
  },
  async "another example, another head"(page) {
    const { examples } = await film(page), before = await cells(page);
    await page.locator("#example").selectOption("3");
    const { source, target } = examples[3];
    assert.equal((await cells(page)).length, source.length * target.length);
    await page.locator("#example").selectOption("0");
    await page.locator("#heads button[aria-pressed=false]").first().click();
    assert.notDeepEqual(await cells(page), before);
  },
  async "a curve is a slider too, and the film plays to its end"(page) {
    const box = await page.locator("#charts svg").first().boundingBox();
    await page.mouse.click(box.x + box.width * 0.5, box.y + box.height / 2);
    const frames = (await film(page)).frames, middle = Number((await now(page)).match(/^step (\d+)/)[1]);
    assert.ok(middle > 0 && middle < frames.at(-1).step);
    await slide(page, frames.length - 3);
    await page.locator("#play").click();
    await page.waitForFunction((step) => document.getElementById("now").textContent.startsWith(`step ${step} `), frames.at(-1).step);
    await page.waitForFunction(() => document.getElementById("play").textContent === "▶");
  },
  async "three curves with as many points as frames"(page) {
    const { frames, heads } = await film(page);
    const points = await page.locator("#charts polyline").evaluateAll((lines) => lines.map((l) => l.getAttribute("points").trim().split(" ").length));
    assert.deepEqual(points, [frames.length - 1, ...Array(1 + heads).fill(frames.length)]);
  },
  async "an address may name a frame"(page) {
    for (const [hash, step] of [["#3", 30], ["#0", 0], ["#-1", 150], ["#length", 150]]) {
      await page.goto("about:blank");
      await page.goto(url + hash);
      assert.match(await now(page), new RegExp(`^step ${step}\\b`));
    }
  },
  async "a film that has only just begun"(page) {
    const { frames, ...rest } = await film(page), data = JSON.stringify({ ...rest, frames: frames.slice(0, 1) }).replaceAll("<", "\\u003c");
    const form = /(<script type="application\/json" id="film">).*?(<\/script>)/s;
    await page.setContent(fs.readFileSync(file, "utf8").replace(form, (_, begin, end) => begin + data + end));
    assert.match(await now(page), /^step 0, before training/);
    assert.ok(!(await page.locator("#charts").innerHTML()).includes("NaN"));
  },
  async "a phone shows it without scrolling sideways"(page) {
    await page.setViewportSize({ width: 360, height: 740 });
    assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth));
  },
};

async function run(browser, test) {
  const page = await browser.newPage({ viewport: { width: 1120, height: 900 } }), complaints = [];
  page.on("console", (message) => complaints.push(`console: ${message.text()}`));
  page.on("pageerror", (error) => complaints.push(`error: ${error.message}`));
  page.on("request", (request) => {
    if (!/^(file|data):/.test(request.url())) complaints.push(`request: ${request.url()}`);
  });
  page.setDefaultTimeout(10000);
  await page.goto(url);
  await test(page);
  assert.deepEqual(complaints, []);
  await page.close();
}

async function main() {
  const browser = await chromium.launch({ executablePath: process.env.CHROMIUM || "/usr/bin/chromium", args: flags });
  const all = Object.entries(tests);
  console.log(`1..${all.length}`);
  for (const [i, [name, test]] of all.entries()) {
    try {
      await run(browser, test);
      console.log(`ok ${i + 1} - ${name}`);
    } catch (error) {
      process.exitCode = 1;
      console.log(`not ok ${i + 1} - ${name}`);
      console.log(String(error.stack).replace(/^/gm, "# "));
    }
  }
  await browser.close();
}

main().catch((error) => {
  console.error(error);
  process.exit(1);
});
