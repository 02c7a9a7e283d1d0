// page.js: links, what is saved, who can use the page, and how it looks
"use strict";

const assert = require("node:assert/strict");
const fs = require("node:fs");
const path = require("node:path");
const { pathToFileURL } = require("node:url");
const { act, folder, fresh, native, origin, picture, text } = require("./browser");

// In the page: the shares whose number has less contrast with its cell than WCAG asks for, 4.5:1.
async function shadesWithoutContrast([draw, map]) {
  const { heat } = await import(draw), { ramp } = await import(map), colors = ramp();
  const luminance = (color) => color.match(/[\d.]+/g).slice(0, 3).map((x) => x / 255)
    .map((x) => (x <= 0.04045 ? x / 12.92 : ((x + 0.055) / 1.055) ** 2.4)).reduce((sum, x, i) => sum + x * [0.2126, 0.7152, 0.0722][i], 0);
  const cell = document.createElement("span");
  document.body.append(cell);
  cell.style.cssText = "background: var(--heat); color: var(--ink)";
  const found = Array.from({ length: 1001 }, (_, i) => i / 1000).filter((p) => {
    heat(cell, p, colors);
    const style = getComputedStyle(cell), [low, high] = [style.color, style.backgroundColor].map(luminance).sort((a, b) => a - b);
    return (high + 0.05) / (low + 0.05) < 4.5;
  });
  cell.remove();
  return found;
}

module.exports = {
  async "the fragment brings everything back"(page) {
    await fresh(page, "#text=Good+morning.&layer=0&head=3&unit=pieces&away=1.all");
    assert.equal(await page.inputValue("#text"), "Good morning.");
    assert.equal(await text(page, "map-title"), "layer 0, head 3");
    assert.ok(await page.isChecked("input[value=pieces]"));
    assert.match(await text(page, "effect"), /layer 1 uniform/);
    await fresh(page, "#text=Good+morning.&layer=7&head=x&prefix=1,b&away=zz");
    assert.match(await text(page, "map-title"), /^layer 1, head 0/);
  },

  async "a map is saved as SVG and PNG"(page) {
    await fresh(page);
    const save = async (kind) => {
      const [download] = await Promise.all([page.waitForEvent("download"), page.click(`#${kind}`)]);
      return fs.readFileSync(await download.path());
    };
    const svg = (await save("svg")).toString();
    assert.equal(svg.match(/<rect x=/g).length, await page.locator("#map td").count());
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
    await fresh(page, "#second=Le+chien+était+assis+sur+le+tapis.");
    await act(page, () => page.click("#inside summary"));
    const axe = fs.readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");
    for (const colorScheme of ["light", "dark"]) {
      await page.emulateMedia({ colorScheme });
      await page.evaluate(() => Promise.allSettled(document.getAnimations().map(({ finished }) => finished))); // colours fade
      await page.evaluate(`${axe};0`).catch(() => page.addScriptTag({ content: axe }));
      const { violations } = await page.evaluate(() => window.axe.run());
      assert.deepEqual(violations.filter(({ impact }) => impact === "serious" || impact === "critical")
        .map(({ id, nodes }) => `${id}: ${nodes.slice(0, 3).map((node) => `${node.html.slice(0, 120)} ${node.any[0]?.message ?? ""}`).join(" | ")}`), []);
    }
  },

  async "a number is legible on the colour of every share, light and dark"(page) {
    await fresh(page);
    for (const colorScheme of ["light", "dark"]) {
      await page.emulateMedia({ colorScheme });
      assert.deepEqual(await page.evaluate(shadesWithoutContrast, ["./draw.js", "./map.js"]), [], colorScheme);
    }
  },

  async "it fits a desktop and a phone, light and dark"(page) {
    await fresh(page, "#second=Le+chien+était+assis+sur+le+tapis.");
    await act(page, () => page.click("#inside summary"));
    for (const [width, scheme] of [[1280, "light"], [1280, "dark"], [390, "light"], [390, "dark"]]) {
      await page.setViewportSize({ width, height: 844 });
      await page.emulateMedia({ colorScheme: scheme });
      await page.waitForTimeout(200);
      assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), `${width} pixels: the page scrolls sideways`);
      await picture(page, `explorer-${width}-${scheme}.png`);
    }
  },

  async "it looks as in the README: docs/images/explorer.png"(page) {
    await page.setViewportSize({ width: 1080, height: 950 });
    await fresh(page, "#text=The+black+cat+sat+on+the+mat.");
    await page.hover("#target .word:nth-child(2)");
    await page.waitForTimeout(300);
    await picture(page, "explorer.png", false);
  },

  async "lessons have the explorer in them, which loads when it is unfolded"(page) {
    for (const [lesson, ready] of [["../index", "#target .word"], ["04-attention-by-hand", "#vectors tbody tr"], ["07-cross-attention", "#target .word"], ["08-decode-loop", "#decode button"],
      ["10-what-maps-tell", "#second-scored tbody tr"]]) {
      const asked = [];
      page.on("request", (request) => asked.push(request.url()));
      await page.goto(`${origin}site/lessons/${lesson}.html`);
      await page.waitForTimeout(1000);
      assert.ok(!asked.some((file) => file.includes("/explorer/")), `${lesson} loads the explorer before anybody wants it`);
      await page.click(".explorer summary");
      await page.frameLocator(".explorer iframe").locator(ready).first().waitFor();
      assert.equal(await page.locator(`a[href*="explorer/index.html"]`).count(), 1);
    }
    assert.match(await page.frameLocator(".explorer iframe").locator("#effect").textContent(), /head 1\.0 off/);
  },

  async "without scripts, or from disk, pages say what they need"(page) {
    const plain = await page.context().browser().newContext({ javaScriptEnabled: false }), lesson = await plain.newPage();
    await lesson.goto(`${origin}site/lessons/07-cross-attention.html`);
    assert.ok(await lesson.getByText("What each head does").first().isVisible());
    await lesson.goto(`${origin}web/`);
    assert.match(await lesson.locator("noscript").textContent(), /Scripts are off/);
    await plain.close();
    const fromDisk = await page.context().browser().newPage();
    await fromDisk.goto(pathToFileURL("build/web/index.html").href);
    assert.match(await text(fromDisk, "status"), /web server/);
    await fromDisk.close();
  },
};
