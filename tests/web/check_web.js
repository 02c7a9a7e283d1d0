// check_web.js URL FOLDER: opens the explorer at URL in a real browser, and compares it with what the
// native program wrote into FOLDER: native.json (align) and scores.json (translate).
//
// Speaks TAP. Playwright is looked for in NODE_PATH; the browser is CHROMIUM, or /usr/bin/chromium.
// SCREENSHOTS, if set, is a folder for pictures of the page.
"use strict";

const assert = require("node:assert/strict");
const fs = require("node:fs");
const path = require("node:path");
const { pathToFileURL } = require("node:url");
const { chromium } = require("playwright-core");

const [url, folder] = process.argv.slice(2);
const native = JSON.parse(fs.readFileSync(path.join(folder, "native.json"), "utf8"));
const scores = JSON.parse(fs.readFileSync(path.join(folder, "scores.json"), "utf8"));
const flags = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"];

/* ---- What the page did ---- */

// Keeps what workers say, and counts them.
function spy() {
  window.said = [];
  window.workers = 0;
  const Plain = window.Worker;
  window.Worker = class extends Plain {
    constructor(...args) {
      super(...args);
      window.workers++;
      this.addEventListener("message", ({ data }) => window.said.push(data));
    }
  };
}

const text = (page, id) => page.locator(`#${id}`).textContent();
const finished = (page) => page.waitForFunction(() => document.body.getAttribute("aria-busy") !== "true" && window.said.some((d) => d.kind === "done"), null, { timeout: 60000 });

async function act(page, action) {
  await page.evaluate(() => { window.said = []; });
  await action();
  await finished(page);
}

const type = (page, value) => act(page, () => page.fill("#text", value));
const steps = (page) => page.evaluate(() => window.said.filter((d) => d.kind === "step"));
const done = (page) => page.evaluate(() => window.said.findLast((d) => d.kind === "done"));

async function fresh(page, fragment = "") {
  await page.goto("about:blank");
  await page.goto(url + fragment);
  await finished(page);
}

// Drops files, [name, text] each.
const drop = (page, files) => page.evaluate((all) => {
  const transfer = new DataTransfer();
  for (const [name, body] of all) transfer.items.add(new File([body], name));
  document.body.dispatchEvent(new DragEvent("drop", { dataTransfer: transfer, bubbles: true, cancelable: true }));
}, files);

const rounded = (x) => Number(x.toPrecision(7));
const shownMap = (page) => page.locator("#map tbody tr").evaluateAll((rows) => rows.map((row) => [...row.querySelectorAll("td")].map((td) => td.title)));

async function picture(page, name) {
  const png = await page.screenshot({ fullPage: true });
  if (process.env.SCREENSHOTS) fs.writeFileSync(path.join(process.env.SCREENSHOTS, name), png);
  assert.ok(png.length > 40000, `${name} has ${png.length} bytes: it looks blank`);
}

/* ---- Tests ---- */

const tests = {
  async "the page translates as it opens"(page) {
    await fresh(page);
    assert.equal(await text(page, "translation"), native.target);
    assert.deepEqual(await page.locator("#source .word").allTextContents(), ["The", "cat", "sat", "on", "the", "mat", ".", "</s>"]);
  },

  async "pieces, ids, log-probabilities and all maps are the native program's"(page) {
    await fresh(page);
    const all = await steps(page), last = all.at(-1);
    assert.deepEqual(all[0].source.ids, native.source_ids);
    assert.deepEqual(last.target.ids, native.target_ids);
    assert.deepEqual(last.target.pieces, native.target_pieces);
    assert.deepEqual(all.map((step) => rounded(step.logprob)), scores.token_logprobs);
    const n = native.source_ids.length, heads = native.maps.length / 2;
    for (const { layer, head, rows } of native.maps)
      rows.forEach((row, t) => assert.deepEqual(
        all[t].attention.slice((layer * heads + head) * n, (layer * heads + head + 1) * n).map(rounded), row, `layer ${layer}, head ${head}, row ${t}`));
  },

  async "a word that is pointed at or focused says what it looked at"(page) {
    await fresh(page);
    await page.hover("#target .word:nth-child(2)");
    assert.equal(await text(page, "readout"), "chat looked at cat 100%");
    assert.deepEqual(await page.locator("#source .word.lit").allTextContents(), ["cat"]);
    await page.focus("#source .word:nth-child(1)");
    await page.keyboard.press("ArrowRight");
    assert.match(await text(page, "readout"), /^cat was looked at by chat 100%/);
  },

  async "words or pieces, with or without </s>, and every head"(page) {
    await fresh(page);
    assert.equal((await shownMap(page)).length, 9);
    await page.locator("input[value=pieces]").press("Space");
    assert.deepEqual([(await shownMap(page)).length, (await shownMap(page))[0].length], [native.target_ids.length, native.source_ids.length]);
    await page.uncheck("#eos");
    assert.equal((await shownMap(page)).length, native.target_ids.length - 1);
    await page.locator("#grid input[value='0 2']").check({ force: true });
    assert.equal(await text(page, "map-title"), "layer 0, head 2");
    await page.locator("#grid input[value='0 mean']").check({ force: true });
    assert.equal(await text(page, "map-title"), "layer 0, mean of 4 heads");
  },

  async "a runner-up that is forced stands, and the rest follows"(page) {
    await fresh(page);
    const button = page.locator("#decode button[data-step='1']").first(), id = Number(await button.getAttribute("data-id"));
    await act(page, () => button.click());
    const all = await steps(page), ids = all.at(-1).target.ids;
    assert.deepEqual(ids.slice(0, 2), [native.target_ids[0], id]);
    assert.deepEqual(all.map((step) => step.given), ids.map((_, t) => t < 2));
    assert.match(await text(page, "translation"), /^Le chatte /);
    assert.match(page.url(), new RegExp(`prefix=${native.target_ids[0]}%2C${id}`));
    await act(page, () => page.click("#unforce"));
    assert.equal(await text(page, "translation"), native.target);
  },

  async "a head that is switched off, and a uniform layer, have an effect"(page) {
    await fresh(page);
    await act(page, () => page.check("#head-off"));
    let answer = await done(page);
    assert.equal(answer.whole_text, native.target);
    assert.ok(Math.abs(answer.whole_score - scores.token_logprobs.reduce((a, b) => a + b)) < 1e-4);
    assert.ok(answer.reread_score < answer.whole_score - 0.1, `${answer.reread_score} after ${answer.whole_score}`);
    assert.match(await text(page, "effect"), /head 1\.0 off.*whole-1\.\d\d/);
    await act(page, () => page.click("#restore"));
    await act(page, () => page.check("#uniform"));
    for (const step of await steps(page))
      for (const p of step.attention.slice(-step.attention.length / 2)) assert.ok(Math.abs(p - 1 / native.source_ids.length) < 1e-6);
    answer = await done(page);
    assert.ok(answer.reread_score < answer.whole_score - 0.1);
  },

  async "inside one step, scores, shares and values are those of the map"(page) {
    await fresh(page);
    const last = (await steps(page)).at(1);
    await act(page, () => page.click("#inside summary"));
    let data = await done(page);
    const n = native.source_ids.length, [heads, row] = [native.maps.length / 2, 1];
    assert.deepEqual(data.probabilities[row], last.attention.slice(heads * n, (heads + 1) * n));
    const q = data.query[row].slice(0, data.query[row].length / heads);
    data.scores[row].forEach((score, j) =>
      assert.ok(Math.abs(q.reduce((sum, x, i) => sum + x * data.key[j][i], 0) / Math.sqrt(q.length) - score) < 1e-3));
    await act(page, () => page.selectOption("#inside-row", "1"));
    assert.match(await page.locator("#vectors tbody tr").nth(2).textContent(), /^▁cat-?\d+\.\d\d100%$/);
    assert.equal(await page.locator("#vectors tbody tr").count(), n + 2);
    await act(page, () => page.selectOption("#scope", "decoder.layer0.self"));
    assert.equal(await page.locator("#vectors tbody tr").count(), 2 + 2); // (start) and the first piece
    await act(page, () => page.selectOption("#scope", "encoder.layer5.self"));
    data = await done(page);
    assert.deepEqual([data.scores.length, data.scores[0].length], [n, n]);
  },

  async "the fragment brings everything back"(page) {
    await fresh(page, "#text=Good+morning.&layer=0&head=3&unit=pieces&away=1.all");
    assert.equal(await page.inputValue("#text"), "Good morning.");
    assert.equal(await text(page, "map-title"), "layer 0, head 3");
    assert.ok(await page.isChecked("input[value=pieces]"));
    assert.match(await text(page, "effect"), /layer 1 uniform/);
    await fresh(page, "#text=Good+morning.&layer=7&head=x&prefix=1,b&away=zz");
    assert.match(await text(page, "map-title"), /^layer 1, head 0/);
  },

  async "typing again gives up a long translation"(page) {
    await fresh(page);
    await page.evaluate(() => { window.said = []; });
    await page.fill("#text", "The old man walked slowly to the river and looked at the water for a long time. ".repeat(200));
    await page.waitForFunction(() => window.said.filter((d) => d.kind === "step").length > 20, null, { timeout: 30000 });
    assert.equal(await page.evaluate(() => window.workers), 1);
    await page.fill("#text", "Good morning.");
    await page.waitForFunction(() => document.getElementById("translation").textContent === "Bonjour.", null, { timeout: 20000 });
    assert.equal(await page.evaluate(() => window.workers), 2);
    assert.equal(await page.evaluate(() => window.said.filter((d) => d.kind === "done").length), 1);
  },

  async "a broken model gets a sentence, and the page goes on"(page) {
    await fresh(page);
    const failed = () => page.waitForSelector("#error:not([hidden])");
    await drop(page, [["config.json", '{"model_type": "marian"'], ["model.safetensors", "nothing"]]);
    await failed();
    assert.match(await text(page, "error"), /^model\/config\.json: /);
    await drop(page, [["holiday.jpg", "no model"]]);
    await page.waitForFunction(() => !document.getElementById("error").textContent.includes("config.json:") && !document.getElementById("error").hidden);
    assert.match(await text(page, "error"), /model/);
    await type(page, "Thank you.");
    assert.equal(await text(page, "translation"), "Merci.");
    assert.ok(await page.isHidden("#error"));
  },

  async "the model of a folder is used"(page) {
    await fresh(page);
    const mine = path.join(folder, "dev"); // a name that the system of files of emscripten has, too
    fs.cpSync("models/en-fr", mine, { recursive: true });
    await act(page, () => page.setInputFiles("#folder", mine));
    assert.match(await text(page, "model"), /^dev, 9\.\d M parameters$/);
    assert.equal(await text(page, "translation"), native.target);
  },

  // models/enpt is what scripts/get_firefox_model.sh fetches.
  async "the model of Firefox's folder is used"(page) {
    const file = path.join(folder, "firefox.json");
    if (!fs.existsSync(file)) return "models/enpt is not there";
    const firefox = JSON.parse(fs.readFileSync(file, "utf8"));
    await fresh(page);
    await act(page, () => page.setInputFiles("#folder", "models/enpt"));
    assert.match(await text(page, "model"), /^enpt, /);
    const all = await steps(page);
    assert.deepEqual(all.at(-1).target.ids, firefox.target_ids);
    assert.deepEqual(all.map((step) => rounded(step.logprob)), firefox.token_logprobs);
  },

  async "markup and quotes are text"(page) {
    await fresh(page);
    const nasty = `</script><b onclick="alert('1')">"It's" & \\u0000 \u0000 \ud800 </textarea>`;
    await type(page, nasty);
    assert.equal(await page.locator("main b[onclick]").count(), 0);
    assert.ok((await steps(page)).length > 0);
    assert.ok(await page.isHidden("#error"));
    await page.reload();
    await finished(page);
    assert.equal(await page.inputValue("#text"), nasty.replace(/\0|\ud800/g, "\ufffd"));
  },

  async "nothing, blanks, RTL and emoji"(page) {
    await fresh(page);
    for (const blank of ["", " \n "]) {
      await type(page, blank);
      assert.equal((await text(page, "translation")).trim(), "");
      assert.ok(await page.isHidden("#stage"));
      assert.ok(await page.isHidden("#error"));
    }
    for (const odd of ["שלום עולם", "I love it 😀👩‍👩‍👧!", "مرحبا"]) {
      await type(page, odd);
      assert.ok(await page.isVisible("#stage"));
      assert.ok(await page.isHidden("#error"));
    }
    assert.equal(await page.getAttribute("#source", "dir"), "rtl");
  },

  async "5,000 characters are translated, sentence by sentence"(page) {
    await fresh(page);
    const long = "The weather was cold, and the children stayed at home. ".repeat(91).slice(0, 5000);
    await type(page, long);
    assert.equal(await page.locator("#choose option").count(), 91);
    assert.match(await text(page, "translation"), /^Le temps/);
    await page.click("#next");
    assert.match(await page.locator("#choose").inputValue(), /^1$/);
  },

  async "a map is saved as SVG and PNG"(page) {
    await fresh(page);
    const save = async (kind) => {
      const [download] = await Promise.all([page.waitForEvent("download"), page.click(`#${kind}`)]);
      return fs.readFileSync(await download.path());
    };
    const svg = (await save("svg")).toString();
    assert.equal(svg.match(/<rect x=/g).length, 72);
    assert.match(svg, />chat<\/text>/);
    assert.equal((await save("png")).subarray(1, 4).toString(), "PNG");
  },

  async "the report is saved as one file that works by itself"(page) {
    await fresh(page, "#layer=0&head=2");
    const [file] = await Promise.all([page.waitForEvent("download"), page.click("#html")]);
    const saved = path.join(folder, "map.html");
    await file.saveAs(saved);
    const report = await page.context().browser().newPage();
    await report.goto(pathToFileURL(saved).href);
    assert.equal(await text(report, "map-title"), "layer 0, head 2");
    assert.deepEqual((await report.locator("#target .word").allTextContents()).slice(0, 2), ["Le", "chat"]);
    assert.equal(await report.locator("#decode tbody tr").count(), native.target_ids.length);
    await report.close();
  },

  async "axe finds nothing serious, light and dark"(page) {
    await fresh(page);
    await act(page, () => page.click("#inside summary"));
    const axe = fs.readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");
    for (const colorScheme of ["light", "dark"]) {
      await page.emulateMedia({ colorScheme });
      await page.waitForTimeout(300); // colours fade
      await page.evaluate(`${axe};0`).catch(() => page.addScriptTag({ content: axe }));
      const { violations } = await page.evaluate(() => window.axe.run());
      assert.deepEqual(violations.filter(({ impact }) => impact === "serious" || impact === "critical")
        .map(({ id, nodes }) => `${id}: ${nodes.slice(0, 3).map((node) => `${node.html.slice(0, 120)} ${node.any[0]?.message ?? ""}`).join(" | ")}`), []);
    }
  },

  async "it fits a desktop and a phone, light and dark"(page) {
    await fresh(page);
    await act(page, () => page.click("#inside summary"));
    for (const [width, scheme] of [[1280, "light"], [1280, "dark"], [390, "light"], [390, "dark"]]) {
      await page.setViewportSize({ width, height: 844 });
      await page.emulateMedia({ colorScheme: scheme });
      await page.waitForTimeout(200);
      assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), `${width} pixels: the page scrolls sideways`);
      await picture(page, `explorer-${width}-${scheme}.png`);
    }
  },
};

async function main() {
  const names = Object.keys(tests), only = process.env.ONLY;
  const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: flags });
  let failed = 0;
  console.log(`1..${names.length}`);
  for (const [i, name] of names.entries()) {
    if (only && !name.includes(only)) continue;
    const page = await browser.newPage({ viewport: { width: 1280, height: 900 } }), wrong = [];
    await page.addInitScript(spy);
    page.on("console", (message) => { if (message.type() === "error" || message.type() === "warning") wrong.push(message.text()); });
    page.on("pageerror", (error) => wrong.push(error.message));
    page.on("request", (request) => { if (!/^(data|blob|about):/.test(request.url()) && !request.url().startsWith(url)) wrong.push(`asked for ${request.url()}`); });
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
