// models.js: models of the user's own
"use strict";

const assert = require("node:assert/strict");
const fs = require("node:fs");
const path = require("node:path");
const { act, done, drop, dropFolder, folder, fresh, native, parameters, read, rounded, steps, text, type } = require("./browser");

module.exports = {
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
    assert.equal(await text(page, "model"), `dev, ${parameters()}`);
    assert.equal(await text(page, "translation"), native.target);
  },

  async "the model of Firefox's folder, dropped on the page, is used"(page) {
    const firefox = read("firefox.json");
    await fresh(page);
    await act(page, () => dropFolder(page, path.join(folder, "firefox")));
    assert.match(await text(page, "model"), /^firefox, /);
    const all = await steps(page);
    assert.deepEqual(all.at(-1).target.ids, firefox.target_ids);
    assert.deepEqual(all.map((step) => rounded(step.logprob)), firefox.token_logprobs);
  },

  async "a folder that is dropped on the page is used"(page) {
    await fresh(page);
    const mine = path.join(folder, "dropped");
    fs.cpSync("models/en-fr", mine, { recursive: true });
    fs.mkdirSync(path.join(mine, "inner"));
    await act(page, () => dropFolder(page, mine));
    assert.equal(await text(page, "model"), `dropped, ${parameters()}`);
    assert.equal(await text(page, "translation"), native.target);
    assert.match(page.url(), /model=dropped/);
  },

  async "a link that another model made says so, and comes into force with that model"(page) {
    const link = `#text=Good+morning.&layer=0&head=3&prefix=5,6,7&away=1.0&model=mine`;
    await fresh(page, link);
    assert.match(await text(page, "made-with"), /^This link was made with the model mine, and en-fr is open\./);
    assert.equal(await text(page, "translation"), read("morning.json").target);
    assert.match(await text(page, "map-title"), /^layer 1, head 0/);
    assert.ok(page.url().endsWith(link)); // nothing is lost if the page is loaded again
    const mine = path.join(folder, "mine");
    fs.cpSync("models/en-fr", mine, { recursive: true });
    await act(page, () => page.setInputFiles("#folder", mine));
    assert.ok(await page.isHidden("#made-with"));
    assert.deepEqual((await steps(page)).at(-1).target.ids.slice(0, 3), [5, 6, 7]);
    assert.equal(await text(page, "map-title"), "layer 0, head 3");
    assert.match(await text(page, "effect"), /head 1\.0 off/);
    await fresh(page, link);
    await type(page, "Thank you.");
    assert.ok(await page.isHidden("#made-with"));
    assert.doesNotMatch(page.url(), /model=/);
  },

  // One piece of the vocabulary is made the tag of a language; a text's tag stands before each of its sentences.
  async "with several target languages, each sentence is looked into with the tag of the text"(page) {
    await fresh(page);
    const mine = path.join(folder, "tagged"), file = path.join(mine, "vocab.json");
    fs.cpSync("models/en-fr", mine, { recursive: true });
    const vocabulary = JSON.parse(fs.readFileSync(file, "utf8")), [last] = Object.entries(vocabulary).find(([, id]) => id === 7000);
    fs.writeFileSync(file, JSON.stringify(Object.fromEntries(Object.entries(vocabulary).map(([piece, id]) => [piece === last ? ">>fra<<" : piece, id]))));
    await act(page, () => page.setInputFiles("#folder", mine));
    await type(page, ">>fra<< Good morning. Thank you.");
    await page.click("#next");
    const second = (await steps(page)).filter(({ sentence }) => sentence === 1);
    assert.equal(second[0].source.pieces[0], ">>fra<<");
    await act(page, () => page.click("#inside summary"));
    const { probabilities, heads } = await done(page), n = second[0].source.ids.length;
    probabilities.forEach((row, t) => assert.deepEqual(row, second[t].attention.slice(heads * n, (heads + 1) * n)));
  },
};
