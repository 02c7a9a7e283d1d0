// comparing.js: two translations of the user's own, scored piece by piece
"use strict";

const assert = require("node:assert/strict");
const { act, done, fresh, native, read, rounded, text, type } = require("./browser");

const open = (page) => act(page, () => page.click("#compare summary"));
const rows = (page, side) => page.locator(`#${side}-scored tbody tr`);

module.exports = {
  async "two translations have the native program's scores, piece by piece"(page) {
    const expected = read("scored.json");
    await fresh(page);
    await open(page);
    assert.equal(await page.inputValue("#first"), native.target);
    await act(page, () => page.fill("#first", expected[0].target));
    await act(page, () => page.fill("#second", expected[1].target));
    const { translations } = await done(page);
    translations.forEach((one, i) => {
      assert.deepEqual(one.ids, expected[i].target_ids);
      assert.deepEqual(one.logprobs.map(rounded), expected[i].token_logprobs);
    });
    for (const [i, side] of ["first", "second"].entries()) {
      assert.equal(await rows(page, side).count(), expected[i].target_ids.length);
      const sum = expected[i].token_logprobs.reduce((a, b) => a + b);
      assert.equal(await page.locator(`#${side}-scored tfoot .number`).textContent(), sum.toFixed(2));
      assert.equal(await page.locator(`#${side}-scored tr.now .written`).textContent(), ["▁chat", "▁chien"][i]);
    }
    assert.match(await rows(page, "second").nth(1).textContent(), /^▁chien.*▁chat \d+%$/);
    assert.match(await text(page, "verdict"), /^The model finds the first translation [\de⁰¹²³⁴⁵⁶⁷⁸⁹,.]+ times as probable/);
  },

  async "the model's own translation stands first until another one is typed; one alone is enough"(page) {
    await fresh(page);
    await open(page);
    assert.equal(await rows(page, "first").count(), native.target_ids.length);
    assert.equal(await rows(page, "second").count(), 0);
    await type(page, "Thank you.");
    await page.waitForFunction(() => document.querySelectorAll("#first-scored tbody tr").length === 3); // ▁Merci . </s>
    assert.equal(await page.inputValue("#first"), "Merci.");
    await act(page, () => page.fill("#first", "Je te remercie."));
    await type(page, "I thank you.");
    assert.equal(await page.inputValue("#first"), "Je te remercie.");
    await act(page, () => page.fill("#second", "Je te remercie."));
    assert.equal(await text(page, "verdict"), "Both are the same to the model.");
  },

  async "what is compared comes back with the link; other numbers of sentences are said so"(page) {
    await fresh(page, "#text=Good+morning.&first=Bonjour.&second=Bonjour.+Encore.");
    await page.waitForSelector("#second-scored tbody tr");
    assert.match(await text(page, "verdict"), /^The model finds the first .* have different numbers of sentences/);
    await act(page, () => page.fill("#second", `</textarea><b onclick="x">"`));
    assert.equal(await page.locator("main b[onclick]").count(), 0);
    assert.match(page.url(), /second=%3C%2Ftextarea%3E/);
    await type(page, "");
    assert.ok(await page.isHidden("#compare"));
  },
};
