// web.js URL FILE: times the explorer at URL in chromium, with the lines of FILE, one after the other.
//
//     make web && python3 -m http.server --bind 127.0.0.1 --directory build/web 8000 &
//     head -60 scripts/bench/sentences.txt >FILE
//     NODE_PATH=~/.cache/xattn/browser/node_modules node scripts/bench/web.js http://127.0.0.1:8000/ FILE
//
// playwright-core is there after tests/web/run.sh. Beside it: XATTN_KERNELS=portable xattn bench --int8 --threads 1 FILE
"use strict";

const fs = require("node:fs");
const { chromium } = require("playwright-core");

async function measure(lines) {
  const { Engine } = await import("./engine.js"), { shipped } = await import("./files.js");
  const engine = new Engine(), median = (all) => all.sort((a, b) => a - b)[Math.floor(all.length / 2)];
  const timed = async (act) => {
    const began = performance.now();
    await act();
    return performance.now() - began;
  };
  const translate = (text) => new Promise((done, failed) =>
    engine.ask("translate", { text, runners_up: 6, prefix: [], ablations: [] }, { step() {}, done, failed }));
  const pass = async () => { for (const line of lines) await translate(line); };
  const model = await shipped();
  const open = await timed(() => engine.open(model)), first = await timed(() => translate(lines[0])), passes = [];
  for (let i = 0; i < 3; i++) passes.push((await timed(pass)) / lines.length);
  return { sentences: lines.length, "ms from files to an open model": open, "ms of the first translation": first, "ms a sentence": median(passes) };
}

async function main([url, file]) {
  const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: ["--no-sandbox", "--disable-gpu"] });
  const page = await browser.newPage();
  await page.route(/app\.js$/, (route) => route.abort()); // the page itself would translate, too
  await page.goto(url);
  console.log(await page.evaluate(measure, fs.readFileSync(file, "utf8").trim().split("\n")));
  await browser.close();
}

main(process.argv.slice(2));
