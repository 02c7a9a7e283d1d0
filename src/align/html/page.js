// page.js: draws what html.c wrote as JSON into this page. No library, nothing from outside.
//
//   sentence  {source, target, source_pieces, target_pieces, source_words, target_words,
//              layers, heads, layer, head, remark?, attention, logprobs?, runners_up?, truncated}
//
// The page begins with layer and head of the first sentence, which remark describes; head may be "mean".
// attention is flat, [layers][heads][target][source], in ten-thousandths. A word is
// [text, first piece, number of pieces, spaced]. runners_up are [target][[piece, log p] …], best first;
// the piece itself may be among them.
//
// The page runs maps.js, steps.js and this file, in this order. They share its global scope.
"use strict";

const HINT = "Point at a word, or go to it with Tab, to see what it looked at.";
const LEAST_LINK = 0.05; // weaker ones are not drawn
const element = (id) => document.getElementById(id);
const read = (node) => JSON.parse(node.textContent);

const sentences = Array.from(document.querySelectorAll("script.sentence"), read);
const report = sentences[0] ?? { layer: 0, head: "mean" }; // what to show first
const state = { sentence: 0, layer: report.layer, head: report.head, unit: "words", eos: true, step: null };
let view = null; // the labels and rows on show; made by makeView
let active = null; // {side: "source" | "target", index} of the word pointed at

const mapName = () => `layer ${state.layer}, ` +
  (state.head === "mean" ? `mean of ${current().heads} heads` : `head ${state.head}`);
const current = () => sentences[state.sentence];

// ---- Colour ----

// Sets the colours of a share between 0 and 1: from the eleven of the style sheet.
function heat(node, p) {
  const at = Math.min(Math.max(p, 0), 1) * 10, step = Math.min(Math.floor(at), 9);
  const rest = Math.round((at - step) * 100);
  node.style.setProperty("--heat", `color-mix(in oklab, var(--r${step}), var(--r${step + 1}) ${rest}%)`);
  node.style.setProperty("--ink", `var(--on-${p > 0.67 ? "strong" : p > 0.513 ? "middle" : "weak"})`);
}

// ---- Small parts ----

function make(tag, className, text) {
  const node = document.createElement(tag);
  if (className) node.className = className;
  if (text !== undefined) node.textContent = text;
  return node;
}

const isolated = (text, tag = "bdi") => make(tag, "", text);

// ---- The two sentences ----

function drawSentence(side) {
  const words = view[side].map((label, index) => {
    const word = make("button", "word");
    word.append(isolated(label.text));
    word.type = "button";
    word.classList.toggle("spaced", label.spaced && index > 0);
    word.classList.toggle("piece", state.unit === "pieces");
    word.classList.toggle("eos", label.eos);
    word.dataset.side = side;
    word.dataset.index = index;
    return word;
  });
  const line = element(side);
  line.dir = "auto"; // the browser sees which way plain text runs, but not through <bdi>
  line.textContent = current()[side];
  line.dir = getComputedStyle(line).direction;
  line.replaceChildren(...words);
}

const wordNodes = (side) => Array.from(element(side).children);

// Where a word's lower (source) or upper (target) edge is, in the stage.
function anchor(word, side) {
  const box = word.getBoundingClientRect(), stage = element("stage").getBoundingClientRect();
  return [box.left + box.width / 2 - stage.left, (side === "source" ? box.bottom : box.top) - stage.top];
}

function drawLinks() {
  const from = wordNodes("source").map((word) => anchor(word, "source"));
  const to = wordNodes("target").map((word) => anchor(word, "target"));
  const paths = [];
  view.rows.forEach((row, i) => row.forEach((p, j) => {
    if (p < LEAST_LINK) return;
    const [x1, y1] = from[j], [x2, y2] = to[i], middle = (y1 + y2) / 2;
    const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
    path.setAttribute("d", `M${x1} ${y1}C${x1} ${middle} ${x2} ${middle} ${x2} ${y2}`);
    path.setAttribute("stroke-width", 1 + 4 * p);
    path.style.opacity = linkOpacity(i, j, p);
    paths.push(path);
  }));
  element("links").replaceChildren(...paths);
}

function linkOpacity(i, j, p) {
  if (state.step !== null && view.target[i].first > state.step) return 0;
  if (!active) return 0.12 + 0.6 * p;
  const on = active.side === "target" ? active.index === i : active.index === j;
  return on ? 0.25 + 0.75 * p : 0.04;
}

// ---- Pointing at words ----

// What the active word looked at, or was looked at by: [index on the other side, share], largest first.
function looks({ side, index }) {
  const shares = side === "target" ? view.rows[index] : view.rows.map((row) => row[index]);
  return shares.map((p, i) => [i, p]).sort((a, b) => b[1] - a[1]);
}

function showReadout() {
  const readout = element("readout");
  if (!active) {
    readout.textContent = view.target.length ? HINT : "This line is empty.";
    return;
  }
  const { side, index } = active, other = side === "target" ? "source" : "target";
  const parts = [isolated(view[side][index].text, "b"),
    side === "target" ? " looked at " : " was looked at by "];
  const seen = looks(active).filter(([, p], rank) => p >= LEAST_LINK || rank === 0).slice(0, 4);
  seen.forEach(([i, p], rank) => parts.push(rank ? ", " : "", isolated(view[other][i].text, "b"), ` ${percent(p)}`));
  readout.replaceChildren(...parts);
}

function showActive() {
  for (const side of ["source", "target"]) {
    wordNodes(side).forEach((word, i) => {
      const share = active && active.side !== side ? looks(active).find(([k]) => k === i)[1] : 0;
      word.classList.toggle("active", Boolean(active) && active.side === side && active.index === i);
      word.classList.toggle("lit", share >= LEAST_LINK);
      word.classList.toggle("later", side === "target" && state.step !== null && view.target[i].first > state.step);
      heat(word, share);
    });
  }
  markMap();
  drawLinks();
  showReadout();
}

function activate(side, index) {
  active = side === null ? null : { side, index };
  showActive();
}

// ---- The map ----

function drawMap() {
  element("map-title").textContent = mapName() +
    (report.remark && state.layer === report.layer && state.head === report.head ? ` (${report.remark})` : "");
  const head = make("tr");
  head.append(make("td"));
  head.firstChild.style.background = "none";
  view.source.forEach((label) => head.append(heading(label, "col")));
  const rows = view.target.map((label, i) => {
    const row = make("tr");
    row.append(heading(label, "row"));
    view.rows[i].forEach((p, j) => row.append(mapCell(p, i, j)));
    return row;
  });
  const thead = make("thead"), tbody = make("tbody");
  thead.append(head);
  tbody.append(...rows);
  element("map").replaceChildren(thead, tbody);
  fitMap();
}

// Too wide: labels stand upright; still too wide: the map gets the whole width; then it scrolls.
function fitMap() {
  const map = element("map"), columns = document.querySelector(".columns");
  const tooWide = () => map.parentNode.scrollWidth > map.parentNode.clientWidth;
  map.classList.remove("narrow");
  columns.classList.remove("stacked");
  map.classList.toggle("narrow", tooWide());
  columns.classList.toggle("stacked", tooWide());
}

function heading(label, scope) {
  const th = make("th", label.eos ? "eos" : "");
  th.scope = scope;
  th.append(isolated(label.text));
  return th;
}

function mapCell(p, i, j) {
  const best = j === strongest(view.rows[i]), td = make("td", best ? "strongest" : "", best ? Math.round(p * 100) : "");
  td.title = `${view.target[i].text} ← ${view.source[j].text}: ${percent(p)}`;
  td.dataset.row = i;
  td.dataset.column = j;
  heat(td, p);
  return td;
}

// The active word's row or column stands out.
function markMap() {
  const map = element("map");
  map.classList.toggle("focused", Boolean(active));
  for (const td of map.querySelectorAll("tbody td"))
    td.classList.toggle("on", Boolean(active) &&
      Number(active.side === "target" ? td.dataset.row : td.dataset.column) === active.index);
  const mark = (side, nodes) => nodes.forEach((th, i) =>
    th.classList.toggle("active", Boolean(active) && active.side === side && active.index === i));
  mark("source", map.querySelectorAll("thead th"));
  mark("target", map.querySelectorAll("tbody th"));
}

// ---- Layers and heads ----

function drawGrid() {
  const s = current(), columns = [...Array(s.heads).keys(), "mean"], parts = [make("span")];
  element("grid").style.setProperty("--side", `${Math.max(28, Math.min(64, Math.floor(400 / columns.length)))}px`);
  element("grid").style.gridTemplateColumns = `auto repeat(${columns.length}, auto)`;
  for (const head of columns) parts.push(make("span", "across", head === "mean" ? head : `head ${head}`));
  for (let layer = 0; layer < s.layers; layer++) {
    parts.push(make("span", "down", `layer ${layer}`));
    for (const head of columns) parts.push(thumbnail(s, layer, head));
  }
  element("grid").replaceChildren(...parts);
}

function thumbnail(s, layer, head) {
  const label = make("label"), input = make("input"), canvas = make("canvas");
  if (report.remark && layer === report.layer && head === report.head) {
    label.className = "preferred";
    label.title = report.remark;
  }
  input.type = "radio";
  input.name = "head";
  input.value = `${layer} ${head}`;
  input.checked = layer === state.layer && head === state.head;
  input.setAttribute("aria-label", `layer ${layer}, ${head === "mean" ? "mean of the heads" : `head ${head}`}`);
  input.addEventListener("change", () => {
    Object.assign(state, { layer, head });
    redraw();
  });
  paint(canvas, makeView(s, { layer, head, unit: state.unit, eos: state.eos }).rows);
  label.append(input, canvas);
  return label;
}

// One pixel a cell.
function paint(canvas, rows) {
  const style = getComputedStyle(document.documentElement);
  const ramp = Array.from({ length: 11 }, (_, i) => parseColor(style.getPropertyValue(`--r${i}`)));
  canvas.width = Math.max(rows.length && rows[0].length, 1);
  canvas.height = Math.max(rows.length, 1);
  const context = canvas.getContext("2d"), image = context.createImageData(canvas.width, canvas.height);
  rows.forEach((row, i) => row.forEach((p, j) => {
    const at = Math.min(p, 1) * 10, step = Math.min(Math.floor(at), 9);
    for (let k = 0; k < 3; k++)
      image.data[4 * (i * canvas.width + j) + k] = ramp[step][k] + (ramp[step + 1][k] - ramp[step][k]) * (at - step);
    image.data[4 * (i * canvas.width + j) + 3] = 255;
  }));
  context.putImageData(image, 0, 0);
}

const parseColor = (text) => [1, 3, 5].map((at) => parseInt(text.trim().slice(at, at + 2), 16));

// ---- All of it ----

function redraw() {
  active = null;
  view = makeView(current(), state);
  document.querySelector("main").classList.toggle("empty", !current().target_pieces.length);
  drawSentence("source");
  drawSentence("target");
  drawMap();
  drawSteps();
  showActive();
}

function show(index) {
  stop();
  state.sentence = Math.min(Math.max(index, 0), sentences.length - 1);
  state.step = null;
  element("choose").value = state.sentence;
  element("previous").disabled = state.sentence === 0;
  element("next").disabled = state.sentence === sentences.length - 1;
  history.replaceState(null, "", `#${state.sentence + 1}`);
  drawGrid();
  redraw();
}

function listen() {
  const stage = element("stage");
  const point = (event) => {
    const word = event.target.closest && event.target.closest(".word");
    if (word) activate(word.dataset.side, Number(word.dataset.index));
  };
  stage.addEventListener("pointerover", point);
  stage.addEventListener("focusin", point);
  stage.addEventListener("pointerleave", () => state.step === null ? activate(null) : goTo(state.step));
  stage.addEventListener("focusout", () => state.step === null && activate(null));
  stage.addEventListener("keydown", (event) => {
    const word = event.target.closest(".word");
    const move = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (event.key === "Escape") goTo(null);
    if (!word || !move) return;
    const rtl = getComputedStyle(word.parentNode).direction === "rtl";
    const next = wordNodes(word.dataset.side)[Number(word.dataset.index) + (rtl ? -move : move)];
    if (next) next.focus();
  });
  element("map").addEventListener("pointerover", (event) => {
    const td = event.target.closest("td[data-row]");
    if (td) activate("target", Number(td.dataset.row));
  });
  element("map").addEventListener("pointerleave", () => activate(null));
  element("decode").addEventListener("click", (event) => {
    const row = event.target.closest("tbody tr");
    if (row) goTo(Number(row.dataset.step));
  });
  element("step").addEventListener("input", (event) => {
    stop();
    goTo(Number(event.target.value) - 1);
  });
  element("play").addEventListener("click", play);
  element("choose").addEventListener("change", (event) => show(Number(event.target.value)));
  element("previous").addEventListener("click", () => show(state.sentence - 1));
  element("next").addEventListener("click", () => show(state.sentence + 1));
  element("eos").addEventListener("change", (event) => {
    state.eos = event.target.checked;
    drawGrid();
    redraw();
  });
  for (const input of document.querySelectorAll("input[name=unit]"))
    input.addEventListener("change", () => {
      state.unit = input.value;
      drawGrid();
      redraw();
    });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", drawGrid);
  new ResizeObserver(() => view && drawLinks()).observe(stage);
}

element("title").textContent = document.title;
element("sentences").hidden = sentences.length < 2;
element("choose").replaceChildren(...sentences.map((s, i) => new Option(`${i + 1}. ${s.source}`, i)));
if (sentences.length) {
  listen();
  show((parseInt(location.hash.slice(1), 10) || 1) - 1);
} else document.querySelector("main").textContent = "No sentences.";
