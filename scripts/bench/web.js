// web.js URL FOLDER: times the explorer and onnxruntime-web in chromium; web.sh runs it
"use strict";

const fs = require("node:fs");
const path = require("node:path");
const { chromium } = require("playwright-core");

// In the page. The median of some passes over all lines, in ms a sentence, after a first translation.
async function times(open, translate, lines) {
  const passes = [];
  const timed = async (act) => {
    const began = performance.now();
    await act();
    return performance.now() - began;
  };
  const first = (await timed(open)) + (await timed(() => translate(lines[0])));
  for (let i = 0; i < 5; i++) passes.push((await timed(async () => { for (const line of lines) await translate(line); })) / lines.length);
  passes.sort((a, b) => a - b);
  return { first, sentence: passes[2], from: passes[0], to: passes[4] };
}

async function measureExplorer({ lines }) {
  const { Engine } = await import("./engine.js"), { shipped } = await import("./files.js");
  const engine = new Engine(), model = await shipped(), said = [];
  const translate = ({ source }) => new Promise((done, failed) =>
    engine.ask("translate", { text: source, runners_up: 6, prefix: [], ablations: [] }, { step() {}, done: (answer) => { said.push(answer.text); done(); }, failed }));
  const taken = await window.times(() => engine.open(model), translate, lines);
  return { ...taken, same: lines.filter(({ target }, i) => said[i + 1] === target).length };
}

async function measureOnnx({ lines, folder, pad }) {
  const onnx = await import("/onnx.js"), parts = await onnx.fetchParts(folder), said = [];
  let sessions;
  const taken = await window.times(async () => { sessions = await onnx.open(parts); },
    async ({ source_ids }) => said.push(await onnx.translate(sessions, source_ids, pad)), lines);
  return { ...taken, same: lines.filter(({ target_ids }, i) => String(said[i + 1]) === String(target_ids)).length };
}

async function main([url, folder]) {
  const read = (name) => fs.readFileSync(path.join(folder, `${name}.jsonl`), "utf8").trim().split("\n").map((line) => JSON.parse(line));
  const stored = read("stored"), int8 = read("int8");
  const { pad_token_id: pad } = JSON.parse(fs.readFileSync("models/en-fr/config.json", "utf8"));
  const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: ["--no-sandbox", "--disable-gpu"] });
  console.log(`chromium ${browser.version()}, ${stored.length} sentences\n\n| | ms a sentence (range) | ms to the first translation | same text |\n|---|---|---|---|`);
  const row = async (name, address, measure, { lines, ...request }) => {
    const page = await browser.newPage();
    await page.route(/app\.js$/, (route) => route.abort()); // the page itself would translate, too
    await page.goto(url + address);
    await page.evaluate(`window.times = ${times}`);
    const { first, sentence, from, to, same } = await page.evaluate(measure, { lines, ...request });
    console.log(`| ${name} | ${sentence.toFixed(1)} (${from.toFixed(1)}–${to.toFixed(1)}) | ${first.toFixed(0)} | ${same} of ${lines.length} |`);
    await page.close();
  };
  await row("explorer, int8, every step with its maps and runners-up", "web/", measureExplorer, { lines: int8 });
  for (const precision of ["float32", "int8"]) await row(`onnxruntime-web, ${precision}`, "web/attention.html", measureOnnx, { lines: stored, folder: `/${precision}`, pad });
  await browser.close();
}

main(process.argv.slice(2));
