// check_report.js FOLDER: opens FOLDER/report.html, which make_files wrote, in a real browser.
//
// Speaks TAP. Playwright is looked for in NODE_PATH; the browser is CHROMIUM, or /usr/bin/chromium.
"use strict";

const assert = require("node:assert/strict");
const fs = require("node:fs");
const path = require("node:path");
const { pathToFileURL } = require("node:url");
const { chromium } = require("playwright-core");

const folder = path.resolve(process.argv[2]);
const url = pathToFileURL(path.join(folder, "report.html")).href;
const wordsOf = JSON.parse(fs.readFileSync(path.join(folder, "words.json"), "utf8"));
const piecesOf = JSON.parse(fs.readFileSync(path.join(folder, "pieces.json"), "utf8"));

const flags = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking",
  "--disable-component-update", "--disable-sync"];

const word = (page, side, text) =>
  page.locator(`#${side} .word`).filter({ hasText: new RegExp(`^${text}$`) }).first();
const lit = (page, side) => page.locator(`#${side} .word.lit`).allTextContents();
const texts = (page, selector) => page.locator(selector).allTextContents();

// The map on show, as [rows][columns] of percentages from the cells' titles.
const shown = (page) => page.locator("#map tbody tr").evaluateAll((rows) =>
  rows.map((row) => [...row.querySelectorAll("td")].map((td) =>
    Number(td.title.match(/: <?([0-9.]+)%$/)[1]))));

function assertClose(percents, rows) {
  assert.deepEqual(percents.map((row) => row.length), rows.map((row) => row.length));
  percents.forEach((row, i) => row.forEach((p, j) =>
    assert.ok(Math.abs(p - 100 * rows[i][j]) <= 0.51, `row ${i}, column ${j}: ${p}% for ${rows[i][j]}`)));
}

// How many colours a picture has, and how light it is on the average, 0 to 255.
async function look(page, picture) {
  const blank = await page.context().newPage();
  const seen = await blank.evaluate(async (data) => {
    const image = new Image();
    image.src = `data:image/png;base64,${data}`;
    await image.decode();
    const canvas = document.createElement("canvas");
    [canvas.width, canvas.height] = [image.width, image.height];
    const context = canvas.getContext("2d");
    context.drawImage(image, 0, 0);
    const { data: pixels } = context.getImageData(0, 0, image.width, image.height), colors = new Set();
    let sum = 0;
    for (let i = 0; i < pixels.length; i += 4) {
      colors.add((pixels[i] << 16) | (pixels[i + 1] << 8) | pixels[i + 2]);
      sum += (pixels[i] + pixels[i + 1] + pixels[i + 2]) / 3;
    }
    return { colors: colors.size, lightness: sum / (pixels.length / 4) };
  }, picture.toString("base64"));
  await blank.close();
  return seen;
}

const tests = {
  async "the page opens with the aligned head, in words"(page) {
    assert.equal(await page.title(), "Made-up <maps> & words");
    assert.equal(await page.textContent("#title"), "Made-up <maps> & words");
    assert.deepEqual(await texts(page, "#source .word"), wordsOf.source_labels);
    assert.deepEqual(await texts(page, "#target .word"), wordsOf.target_labels);
    assert.equal(await page.textContent("#map-title"), "layer 1, head 1 (the model's alignment head)");
  },

  async "pointing at chat lights cat, and only cat"(page) {
    await word(page, "target", "chat").hover();
    assert.deepEqual(await lit(page, "source"), ["cat"]);
    assert.deepEqual(await lit(page, "target"), []);
    assert.match(await page.textContent("#readout"), /^chat looked at cat 9\d%$/);
  },

  async "pointing at sat lights both words that looked at it"(page) {
    await word(page, "source", "sat").hover();
    assert.deepEqual(await lit(page, "target"), ["s'", "assit"]);
    assert.match(await page.textContent("#readout"), /^sat was looked at by assit 9\d%, s' 9\d%$/);
    await page.hover("h1");
    assert.deepEqual(await lit(page, "target"), []);
  },

  async "the keyboard does what the mouse does"(page) {
    await word(page, "target", "Le").focus();
    assert.deepEqual(await lit(page, "source"), ["The"]);
    await page.keyboard.press("ArrowRight");
    assert.deepEqual(await lit(page, "source"), ["cat"]);
    await page.keyboard.press("Tab");
    assert.deepEqual(await lit(page, "source"), ["black"]);
    await page.keyboard.press("ArrowLeft");
    assert.deepEqual(await lit(page, "source"), ["cat"]);
  },

  async "every control can be reached with Tab"(page) {
    const reached = new Set();
    for (let i = 0; i < 60; i++) {
      await page.keyboard.press("Tab");
      reached.add(await page.evaluate(() => {
        const node = document.activeElement;
        return node.id || node.name || node.dataset.side || node.tagName;
      }));
    }
    for (const name of ["next", "choose", "unit", "eos", "source", "target", "head", "play", "step"])
      assert.ok(reached.has(name), `${name} was not reached: ${[...reached]}`);
  },

  async "every layer and head shows its own map, as the library makes it"(page) {
    for (const map of wordsOf.maps) {
      await page.locator(`#grid input[value="${map.layer} ${map.head}"]`).check({ force: true });
      assert.match(await page.textContent("#map-title"), new RegExp(`^layer ${map.layer}, head ${map.head}`));
      assertClose(await shown(page), map.rows);
    }
    await page.locator("input[value=pieces]").check({ force: true });
    assert.deepEqual(await texts(page, "#target .word"),
      piecesOf.target_pieces.map((piece) => piece.replace("▁", "")));
    const last = piecesOf.maps[piecesOf.maps.length - 1];
    assertClose(await shown(page), last.rows);
  },

  async "the mean is the mean of the heads"(page) {
    await page.locator('#grid input[value="0 mean"]').check({ force: true });
    assert.equal(await page.textContent("#map-title"), "layer 0, mean of 3 heads");
    const heads = wordsOf.maps.filter((map) => map.layer === 0).map((map) => map.rows);
    assertClose(await shown(page), heads[0].map((row, i) => row.map((_, j) =>
      heads.reduce((sum, rows) => sum + rows[i][j], 0) / 3)));
  },

  async "another head is another map, chosen with the arrow keys"(page) {
    const before = await shown(page);
    await page.locator('#grid input[value="1 1"]').focus();
    await page.keyboard.press("ArrowRight");
    assert.equal(await page.textContent("#map-title"), "layer 1, head 2");
    assert.notDeepEqual(await shown(page), before);
  },

  async "</s> can be left out"(page) {
    await page.locator("#eos").uncheck();
    assert.deepEqual(await texts(page, "#source .word"), wordsOf.source_labels.slice(0, -1));
    assert.equal((await shown(page)).length, wordsOf.target_labels.length - 1);
  },

  async "a step shows what was written so far, and its runners-up"(page) {
    await page.locator("#step").fill("7");
    assert.equal(await page.textContent("#so-far"), "Le chat noir s'assit");
    assert.deepEqual(await texts(page, "#target .word.later"), ["sur", "le", "tapis", ".", "</s>"]);
    assert.deepEqual(await lit(page, "source"), ["sat"]);
    const row = page.locator("#decode tr.now td");
    assert.deepEqual((await row.allTextContents()).slice(0, 4), ["7", "sit", "65%", "▁chien <0.1%</script> <0.1%"]);
    await page.locator("#decode tbody tr").nth(1).click();
    assert.equal(await page.textContent("#so-far b"), " chat");
  },

  async "the player writes the sentence and stops"(page) {
    await page.clock.install();
    await page.click("#play");
    assert.equal(await page.textContent("#so-far"), "Le");
    await page.clock.runFor(750);
    assert.equal(await page.textContent("#so-far"), "Le chat");
    await page.clock.runFor(20000);
    assert.equal(await page.getAttribute("#play", "aria-label"), "Play");
    assert.equal(await page.locator(".word.later").count(), 0);
  },

  async "text full of markup stays text"(page) {
    await page.selectOption("#choose", "1");
    assert.ok((await texts(page, "#source .word")).includes("</script>"));
    assert.equal(await page.locator("main img, main script").count(), 0);
    assert.equal(await page.textContent("#so-far"), 'Dis "</script><img src=x onerror=alert(2)>" & <b>va</b> !');
  },

  async "sentences run from right to left where their script does"(page) {
    await page.click("#next");
    await page.click("#next");
    const boxes = await page.locator("#source .word").evaluateAll((words) =>
      words.map((node) => node.getBoundingClientRect().left));
    assert.ok(boxes[0] > boxes[1] && boxes[1] > boxes[2]);
    assert.ok((await texts(page, "#target .word")).includes("👩\u200D👩\u200D👧"));
    assert.match(await page.textContent("#so-far"), /👩\u200D👩\u200D👧。$/);
    await page.locator("#source .word").first().focus();
    await page.keyboard.press("ArrowLeft");
    assert.equal(await page.textContent("#source .active"), "السوداء");
  },

  async "an empty line is an empty sentence"(page) {
    await page.selectOption("#choose", "3");
    assert.equal(await page.textContent("#readout"), "This line is empty.");
    assert.equal(await page.locator(".word").count(), 0);
    assert.ok(await page.locator("#next").isDisabled());
  },

  async "the address says which sentence"(page) {
    await page.goto(`${url}#3`);
    await page.reload();
    assert.equal(await page.inputValue("#choose"), "2");
  },

  async "a screenshot is not blank, light or dark"(page) {
    const light = await look(page, await page.screenshot({ fullPage: true }));
    assert.ok(light.colors > 50 && light.lightness > 200, JSON.stringify(light));
    await page.emulateMedia({ colorScheme: "dark" });
    const dark = await look(page, await page.screenshot({ fullPage: true }));
    assert.ok(dark.colors > 50 && dark.lightness < 60, JSON.stringify(dark));
  },

  async "nothing sticks out of a telephone's screen"(page) {
    await page.setViewportSize({ width: 375, height: 700 });
    for (const index of ["0", "1", "2", "3"]) {
      await page.selectOption("#choose", index);
      const wide = await page.evaluate(() => document.documentElement.scrollWidth);
      assert.ok(wide <= 375, `sentence ${index}: ${wide} pixels`);
    }
  },
};

async function run(browser, name, test) {
  const context = await browser.newContext({ viewport: { width: 1120, height: 900 }, colorScheme: "light" });
  const page = await context.newPage(), complaints = [];
  page.on("console", (message) => complaints.push(`console: ${message.text()}`));
  page.on("pageerror", (error) => complaints.push(`error: ${error.message}`));
  page.on("dialog", (dialog) => { complaints.push(`dialog: ${dialog.message()}`); dialog.dismiss(); });
  page.on("request", (request) => {
    if (!/^(file|data|blob):/.test(request.url())) complaints.push(`request: ${request.url()}`);
  });
  page.setDefaultTimeout(10000);
  try {
    await page.goto(url);
    await test(page);
    assert.deepEqual(complaints, []);
  } finally {
    await context.close();
  }
}

async function main() {
  const browser = await chromium.launch({ executablePath: process.env.CHROMIUM || "/usr/bin/chromium", args: flags });
  const all = Object.entries(tests);
  let failed = 0;
  console.log(`1..${all.length}`);
  for (const [i, [name, test]] of all.entries()) {
    try {
      await run(browser, name, test);
      console.log(`ok ${i + 1} - ${name}`);
    } catch (error) {
      failed++;
      console.log(`not ok ${i + 1} - ${name}`);
      console.log(String(error.stack).replace(/^/gm, "# "));
    }
  }
  await browser.close();
  process.exitCode = failed ? 1 : 0;
}

main().catch((error) => {
  console.error(error);
  process.exit(1);
});
