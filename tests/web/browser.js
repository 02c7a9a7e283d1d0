// browser.js: what the tests of this folder do with a page, and what they compare it with
"use strict";

const assert = require("node:assert/strict");
const fs = require("node:fs");
const path = require("node:path");

const [origin, folder] = process.argv.slice(2), url = `${origin}web/`;
const read = (name) => JSON.parse(fs.readFileSync(path.join(folder, name), "utf8"));
const native = read("native.json"), scores = read("scores.json"), heads = native.maps.length / 2;

// What the page says of the shipped model, counted in the header of its weights.
function parameters() {
  const file = fs.readFileSync("models/en-fr/model.safetensors"), length = Number(file.readBigUInt64LE());
  const { __metadata__, ...tensors } = JSON.parse(file.subarray(8, 8 + length).toString("utf8"));
  const count = Object.values(tensors).reduce((sum, { shape }) => sum + shape.reduce((a, b) => a * b, 1), 0);
  return `${(count / 1e6).toFixed(1)} M parameters`;
}

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
const finished = (page) => page.waitForFunction(() => document.body.getAttribute("aria-busy") !== "true" && window.said.some((d) => d.kind === "done"), null);

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

// Drops a folder as a hand does: chromium makes the events of what the pointer carries.
async function dropFolder(page, directory) {
  const browser = await page.context().newCDPSession(page), data = { items: [], files: [directory], dragOperationsMask: 1 };
  for (const type of ["dragEnter", "dragOver", "drop"]) await browser.send("Input.dispatchDragEvent", { type, x: 300, y: 300, data });
}

const rounded = (x) => Number(x.toPrecision(7));
const shownMap = (page) => page.locator("#map tbody tr").evaluateAll((rows) => rows.map((row) => [...row.querySelectorAll("td")].map((td) => td.title)));

async function picture(page, name, fullPage = true) {
  const png = await page.screenshot({ fullPage });
  if (process.env.SCREENSHOTS) fs.writeFileSync(path.join(process.env.SCREENSHOTS, name), png);
  assert.ok(png.length > 40000, `${name} has ${png.length} bytes: it looks blank`);
}

module.exports = { act, done, drop, dropFolder, finished, folder, fresh, heads, native, origin, parameters, picture, rounded, scores, shownMap, steps, text, type, url, read, spy };
