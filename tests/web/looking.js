// looking.js: maps, and what lies inside one attention
"use strict";

const assert = require("node:assert/strict");
const { act, done, fresh, heads, native, scores, shownMap, steps, text } = require("./browser");

module.exports = {
  async "a word that is pointed at or focused says what it looked at"(page) {
    await fresh(page);
    await page.hover("#target .word:nth-child(2)");
    assert.match(await text(page, "readout"), /^chat looked at cat \d+%/);
    assert.deepEqual(await page.locator("#source .word.lit").allTextContents(), ["cat"]);
    await page.focus("#source .word:nth-child(1)");
    await page.keyboard.press("ArrowRight");
    assert.match(await text(page, "readout"), /^cat was looked at by chat \d+%/);
  },

  async "words or pieces, with or without </s>, and every head"(page) {
    await fresh(page);
    assert.equal((await shownMap(page)).length, await page.locator("#target .word").count());
    await page.locator("input[value=pieces]").press("Space");
    assert.deepEqual([(await shownMap(page)).length, (await shownMap(page))[0].length], [native.target_ids.length, native.source_ids.length]);
    await page.uncheck("#eos");
    assert.equal((await shownMap(page)).length, native.target_ids.length - 1);
    await page.locator("#grid input[value='0 2']").check({ force: true });
    assert.equal(await text(page, "map-title"), "layer 0, head 2");
    await page.locator("#grid input[value='0 mean']").check({ force: true });
    assert.equal(await text(page, "map-title"), `layer 0, mean of ${heads} heads`);
  },

  async "a head that is switched off, and a uniform layer, have an effect"(page) {
    await fresh(page);
    await act(page, () => page.check("#head-off"));
    let answer = await done(page);
    assert.equal(answer.whole_text, native.target);
    assert.ok(Math.abs(answer.whole_score - scores.token_logprobs.reduce((a, b) => a + b)) < 1e-4);
    assert.ok(Math.abs(answer.reread_score - answer.whole_score) > 0.01, `${answer.reread_score} after ${answer.whole_score}`);
    assert.match(await text(page, "effect"), /head 1\.0 off.*whole-\d+\.\d\d/);
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
    const n = native.source_ids.length, row = 1;
    assert.deepEqual(data.probabilities[row], last.attention.slice(heads * n, (heads + 1) * n));
    const q = data.query[row].slice(0, data.query[row].length / heads);
    data.scores[row].forEach((score, j) =>
      assert.ok(Math.abs(q.reduce((sum, x, i) => sum + x * data.key[j][i], 0) / Math.sqrt(q.length) - score) < 1e-3));
    await act(page, () => page.selectOption("#inside-row", "1"));
    assert.match(await page.locator("#vectors tbody tr").nth(2).textContent(), /^▁cat-?\d+\.\d\d\d+%$/);
    assert.equal(await page.locator("#vectors tbody tr").count(), n + 2);
    await act(page, () => page.selectOption("#scope", "decoder.layer0.self"));
    assert.equal(await page.locator("#vectors tbody tr").count(), 2 + 2); // (start) and the first piece
    await act(page, () => page.selectOption("#scope", "encoder.layer5.self"));
    data = await done(page);
    assert.deepEqual([data.scores.length, data.scores[0].length], [n, n]);
  },

  // Self-attention is opened like cross-attention; only the source of keys and values differs.
  async "in each of the three attentions the result is the sum of softmax times value"(page) {
    await fresh(page);
    await act(page, () => page.click("#inside summary"));
    const sources = native.source_ids.length, targets = native.target_ids.length;
    for (const [scope, queries, keys] of [["decoder.layer0.cross", targets, sources], ["decoder.layer1.self", targets, targets], ["encoder.layer0.self", sources, sources]]) {
      const before = await page.inputValue("#scope");
      if (before !== scope) await act(page, () => page.selectOption("#scope", scope));
      for (const head of [0, 3]) {
        if (Number(await page.inputValue("#inside-head")) !== head) await act(page, () => page.selectOption("#inside-head", String(head)));
        const { probabilities, value, context, scores: all } = await done(page), dh = context[0].length / (native.maps.length / 2);
        assert.deepEqual([probabilities.length, all.length, value.length], [queries, queries, keys]);
        probabilities.forEach((row, t) => {
          assert.equal(row.length, scope.startsWith("decoder") && scope.endsWith("self") ? t + 1 : keys);
          assert.ok(Math.abs(row.reduce((a, b) => a + b) - 1) < 1e-5);
          const highest = Math.max(...all[t]), sum = all[t].reduce((total, x) => total + Math.exp(x - highest), 0);
          row.forEach((p, j) => assert.ok(Math.abs(p - Math.exp(all[t][j] - highest) / sum) < 1e-5));
          for (let i = head * dh; i < (head + 1) * dh; i++)
            assert.ok(Math.abs(row.reduce((total, p, j) => total + p * value[j][i], 0) - context[t][i]) < 1e-4, `${scope}, head ${head}, row ${t}`);
        });
      }
    }
  },

  async "of a text with several sentences, the one on show is looked into"(page) {
    await fresh(page, "#text=Good+morning.+The+cat+sat+on+the+mat.+Thank+you.");
    await page.click("#next");
    const second = (await steps(page)).filter(({ sentence }) => sentence === 1);
    await act(page, () => page.click("#inside summary"));
    const { probabilities } = await done(page), n = native.source_ids.length;
    assert.equal(probabilities.length, native.target_ids.length);
    probabilities.forEach((row, t) => assert.deepEqual(row, second[t].attention.slice(heads * n, (heads + 1) * n)));
    assert.equal(await page.locator("#inside-row option").nth(1).textContent(), "2. ▁chat");
    await act(page, () => page.click("#next"));
    assert.equal(await page.locator("#inside-row option").nth(0).textContent(), "1. ▁Merci");
  },

  async "the equation leads to its lines of C"(page) {
    await fresh(page);
    await act(page, () => page.click("#inside summary"));
    const lines = { attend: "static void attend(", attention_project: "void attention_project(", matrix_multiply_nt: "matrix_multiply_nt(n, m, dh, scale,",
      softmax_rows: "softmax_rows(scores, n, m);", matrix_multiply_nn: "matrix_multiply_nn(n, dh, m, scores," };
    const links = await page.locator("#inside a").evaluateAll((all) => all.map((a) => a.href));
    assert.deepEqual([...new Set(links.map((link) => link.split("#")[1]))].sort(), Object.keys(lines).sort());
    await page.goto(links[0]);
    for (const link of links) {
      await page.evaluate((to) => { location.hash = to; }, link.split("#")[1]);
      const line = await page.locator("li:target").textContent();
      assert.ok(line.trim().startsWith(lines[link.split("#")[1]]), `${link}: ${line}`);
    }
  },
};
