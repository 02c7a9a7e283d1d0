// translating.js: what is typed, and what becomes of it
"use strict";

const assert = require("node:assert/strict");
const { act, finished, fresh, heads, native, read, rounded, scores, steps, text, type } = require("./browser");

module.exports = {
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
    const n = native.source_ids.length;
    for (const { layer, head, rows } of native.maps)
      rows.forEach((row, t) => assert.deepEqual(
        all[t].attention.slice((layer * heads + head) * n, (layer * heads + head + 1) * n).map(rounded), row, `layer ${layer}, head ${head}, row ${t}`));
  },

  async "a runner-up that is forced stands, and the rest follows"(page) {
    await fresh(page);
    const button = page.locator("#decode button[data-step='1']").first(), id = Number(await button.getAttribute("data-id"));
    await act(page, () => button.click());
    const all = await steps(page), ids = all.at(-1).target.ids;
    assert.deepEqual(ids.slice(0, 2), [native.target_ids[0], id]);
    assert.deepEqual(all.map((step) => step.given), ids.map((_, t) => t < 2));
    assert.notEqual(await text(page, "translation"), native.target);
    assert.match(page.url(), new RegExp(`prefix=${native.target_ids[0]}%2C${id}`));
    await act(page, () => page.click("#unforce"));
    assert.equal(await text(page, "translation"), native.target);
  },

  async "the map grows row by row while the text is being translated"(page) {
    await fresh(page);
    await page.evaluate(() => {
      window.heights = [];
      new MutationObserver(() => window.heights.push(document.querySelectorAll("#map tbody tr").length)).observe(document.getElementById("map"), { childList: true });
    });
    await type(page, "The old man walked slowly to the river and looked at the water for a long time, and ".repeat(8) + "then he went home.");
    const heights = await page.evaluate(() => window.heights), last = heights.at(-1);
    assert.ok(new Set(heights.filter((height) => height < last)).size > 1, `rows on show: ${heights}`);
  },

  async "typing again gives up a long translation"(page) {
    await fresh(page);
    await page.evaluate(() => { window.said = []; });
    await page.fill("#text", "The old man walked slowly to the river and looked at the water for a long time. ".repeat(200));
    await page.waitForFunction(() => window.said.filter((d) => d.kind === "step").length > 20);
    assert.equal(await page.evaluate(() => window.workers), 1);
    await page.fill("#text", "Good morning.");
    await page.waitForFunction((target) => document.getElementById("translation").textContent === target, read("morning.json").target);
    assert.equal(await page.evaluate(() => window.workers), 2);
    assert.equal(await page.evaluate(() => window.said.filter((d) => d.kind === "done").length), 1);
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
    assert.equal((await text(page, "translation")).match(/\./g).length, 90);
    await page.click("#next");
    assert.match(await page.locator("#choose").inputValue(), /^1$/);
  },

  async "what the program copies, the page leaves to the model, as --no-copy does"(page) {
    const expected = read("uncopied.json");
    await fresh(page);
    await type(page, expected.source);
    assert.equal(await text(page, "translation"), expected.target);
    assert.deepEqual((await steps(page)).at(-1).target.ids, expected.target_ids);
    assert.match(await text(page, "steps"), /--no-copy/);
  },
};
