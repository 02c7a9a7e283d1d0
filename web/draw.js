// Draws one sentence: its words and the links between them, the map, the heads, the steps.
//
// `shown` is what is on show: {sentence, view, model, state}; app.js makes a new one whenever
// something changes. The pointed-at word is this file's own.
import { ink, makeView, mix, percent, pieceRow, ramp, strongest } from "./map.js";

const SPACE = "\u2581", LEAST_LINK = 0.05; // weaker ones are not drawn
const HINT = "Point at a word, or go to it with Tab, to see what it looked at.";
const element = (id) => document.getElementById(id);

let shown = null, active = null; // active: {side: "source" | "target", index}

export function make(tag, className, ...children) {
  const node = document.createElement(tag);
  if (className) node.className = className;
  node.append(...children);
  return node;
}

// The colours of a share between 0 and 1.
export function heat(node, p, colors) {
  node.style.setProperty("--heat", `rgb(${mix(colors, p)})`);
  node.style.setProperty("--ink", `var(${ink(p)})`);
}

export function draw(next) {
  shown = next;
  if (active && !shown.view[active.side][active.index]) active = null;
  drawSide("source");
  drawSide("target");
  drawMap();
  drawSteps();
  drawActive();
}

/* ---- The two sentences ---- */

// Keeps the nodes that are there, so that growing does not take the focus away.
function drawSide(side) {
  const line = element(side), labels = shown.view[side];
  while (line.children.length > labels.length) line.lastChild.remove();
  labels.forEach((label, index) => {
    const word = line.children[index] ?? line.appendChild(make("button", "word", make("bdi")));
    word.type = "button";
    word.className = "word";
    if (word.textContent !== label.text) word.firstChild.textContent = label.text;
    word.classList.toggle("spaced", label.spaced && index > 0);
    word.classList.toggle("piece", shown.state.unit === "pieces");
    word.classList.toggle("eos", label.eos);
    const steps = shown.sentence.steps.slice(label.first, label.first + label.n);
    word.classList.toggle("given", side === "target" && steps.some((step) => step.given));
    Object.assign(word.dataset, { side, index });
  });
  const plain = labels.map((label) => label.text).join(" ");
  line.dir = /^[^\p{L}]*[\p{Script=Hebrew}\p{Script=Arabic}]/u.test(plain) ? "rtl" : "ltr";
}

const words = (side) => [...element(side).children];

function drawLinks() {
  const stage = element("stage").getBoundingClientRect();
  const anchors = (side, edge) => words(side).map((word) => {
    const box = word.getBoundingClientRect();
    return [box.left + box.width / 2 - stage.left, box[edge] - stage.top];
  });
  const from = anchors("source", "bottom"), to = anchors("target", "top"), paths = [];
  shown.view.rows.forEach((row, i) => row.forEach((p, j) => {
    if (p < LEAST_LINK) return;
    const [[x1, y1], [x2, y2]] = [from[j], to[i]], middle = (y1 + y2) / 2;
    const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
    path.setAttribute("d", `M${x1} ${y1}C${x1} ${middle} ${x2} ${middle} ${x2} ${y2}`);
    path.setAttribute("stroke-width", 1 + 4 * p);
    const on = active && (active.side === "target" ? active.index === i : active.index === j);
    path.style.opacity = !active ? 0.12 + 0.6 * p : on ? 0.25 + 0.75 * p : 0.04;
    paths.push(path);
  }));
  element("links").replaceChildren(...paths);
}

/* ---- Pointing at words ---- */

// What the active word looked at, or was looked at by: a share for each word of the other side.
const shares = () => (active.side === "target" ? shown.view.rows[active.index] : shown.view.rows.map((row) => row[active.index]));

export function drawActive() {
  if (!shown) return;
  const colors = ramp();
  for (const side of ["source", "target"])
    words(side).forEach((word, i) => {
      const share = active && active.side !== side ? shares()[i] : 0;
      word.classList.toggle("active", active?.side === side && active.index === i);
      word.classList.toggle("lit", share >= LEAST_LINK);
      heat(word, share, colors);
    });
  element("map").classList.toggle("focused", Boolean(active));
  for (const td of element("map").querySelectorAll("td[data-row]"))
    td.classList.toggle("on", Boolean(active) && Number(active.side === "target" ? td.dataset.row : td.dataset.column) === active.index);
  drawLinks();
  drawReadout();
}

function drawReadout() {
  if (!active) return element("readout").replaceChildren(HINT);
  const { side, index } = active, other = side === "target" ? "source" : "target";
  const seen = shares().map((p, i) => [i, p]).sort((a, b) => b[1] - a[1]).filter(([, p], rank) => p >= LEAST_LINK || !rank).slice(0, 4);
  const parts = [make("b", "", make("bdi", "", shown.view[side][index].text)), side === "target" ? " looked at " : " was looked at by "];
  seen.forEach(([i, p], rank) => parts.push(rank ? ", " : "", make("b", "", make("bdi", "", shown.view[other][i].text)), ` ${percent(p)}`));
  element("readout").replaceChildren(...parts);
}

function point(side, index) {
  active = side ? { side, index } : null;
  drawActive();
}

/* ---- The map ---- */

function heading(label, scope) {
  const th = make("th", label.eos ? "eos" : "", make("bdi", "", label.text));
  th.scope = scope;
  return th;
}

function drawMap() {
  const { view } = shown, colors = ramp(), corner = make("th");
  corner.setAttribute("aria-label", "target, source");
  const rows = view.rows.map((row, i) => make("tr", "", heading(view.target[i], "row"), ...row.map((p, j) => {
    const best = j === strongest(row), td = make("td", best ? "strongest" : "", best ? String(Math.round(p * 100)) : "");
    td.title = `${view.target[i].text} ← ${view.source[j].text}: ${percent(p)}`;
    Object.assign(td.dataset, { row: i, column: j });
    heat(td, p, colors);
    return td;
  })));
  element("map").replaceChildren(make("thead", "", make("tr", "", corner, ...view.source.map((label) => heading(label, "col")))), make("tbody", "", ...rows));
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

/* ---- Layers and heads ---- */

// preferred: [layer, head] of the star, or null. choose(layer, head) when one is chosen.
export function drawGrid(model, preferred, choose) {
  const columns = [...Array(model.heads).keys(), "mean"], parts = [make("span")];
  element("grid").style.setProperty("--side", `${Math.max(28, Math.min(64, Math.floor(400 / columns.length)))}px`);
  element("grid").style.gridTemplateColumns = `auto repeat(${columns.length}, auto)`;
  for (const head of columns) parts.push(make("span", "across", head === "mean" ? head : `head ${head}`));
  for (let layer = 0; layer < model.layers; layer++) {
    parts.push(make("span", "down", `layer ${layer}`));
    for (const head of columns) {
      const label = make("label", String([layer, head]) === String(preferred) ? "preferred" : ""), input = make("input");
      Object.assign(input, { type: "radio", name: "head", value: `${layer} ${head}` });
      input.setAttribute("aria-label", `layer ${layer}, ${head === "mean" ? "mean of the heads" : `head ${head}`}`);
      input.addEventListener("change", () => choose(layer, head));
      label.append(input, make("canvas"));
      parts.push(label);
    }
  }
  element("grid").replaceChildren(...parts);
}

// One pixel a cell.
export function drawThumbnails() {
  if (!shown) return;
  const { sentence, model, state } = shown, colors = ramp();
  for (const input of element("grid").querySelectorAll("input")) {
    const [layer, head] = input.value.split(" ").map((part) => (part === "mean" ? part : Number(part)));
    input.checked = layer === state.layer && head === state.head;
    const { rows } = makeView(sentence, model, { ...state, layer, head }), canvas = input.nextSibling;
    [canvas.width, canvas.height] = [Math.max(rows[0]?.length ?? 0, 1), Math.max(rows.length, 1)];
    const context = canvas.getContext("2d"), image = context.createImageData(canvas.width, canvas.height);
    rows.flat().forEach((p, i) => image.data.set([...mix(colors, p), 255], 4 * i));
    context.putImageData(image, 0, 0);
  }
}

/* ---- Step by step ---- */

// A piece with its ▁ in the background.
export const pieceNode = (piece) => (piece.startsWith(SPACE) ? make("bdi", "", make("span", "mark", SPACE), piece.slice(1)) : make("bdi", "", piece));

function other(tag, piece, p) {
  return make(tag, "other", pieceNode(piece), " ", make("small", "", percent(p)));
}

export function probability(p) {
  const fill = make("span");
  fill.style.width = `${100 * p}%`;
  return make("td", "probability", make("span", "bar", fill), percent(p));
}

function stepRow(t) {
  const { sentence, model, state } = shown, step = sentence.steps[t], id = sentence.target.ids[t];
  const others = make("td"), seen = make("td");
  for (const [piece, other_id, logprob] of step.runners_up) {
    if (other_id === id) continue;
    const button = other("button", piece, Math.exp(logprob ?? -Infinity));
    button.type = "button";
    button.title = "Force this piece here";
    Object.assign(button.dataset, { step: t, id: other_id });
    others.append(button);
  }
  pieceRow(sentence, model, state.layer, state.head, t).map((p, j) => [j, p]).sort((a, b) => b[1] - a[1]).slice(0, 3)
    .forEach(([j, p], rank) => { if (p >= LEAST_LINK || !rank) seen.append(other("span", sentence.source.pieces[j], p)); });
  return make("tr", "", make("td", "number", String(t + 1)), make("td", "written", pieceNode(sentence.target.pieces[t])),
    probability(Math.exp(step.logprob ?? -Infinity)), others, seen);
}

function drawSteps() {
  const head = make("tr", "", ...["step", "piece", "probability", "others: press to force", "looked at"].map((name) => make("th", "", name)));
  for (const th of head.children) th.scope = "col";
  element("decode").replaceChildren(make("thead", "", head), make("tbody", "", ...shown.sentence.steps.map((_, t) => stepRow(t))));
}

/* ---- Pointer and keys ---- */

export function listen() {
  const stage = element("stage");
  const at = (event) => {
    const word = event.target.closest?.(".word");
    if (word) point(word.dataset.side, Number(word.dataset.index));
  };
  stage.addEventListener("pointerover", at);
  stage.addEventListener("focusin", at);
  stage.addEventListener("pointerleave", () => point(null));
  stage.addEventListener("focusout", () => point(null));
  stage.addEventListener("keydown", (event) => {
    const word = event.target.closest(".word"), move = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!word || !move) return;
    const rtl = word.parentNode.dir === "rtl";
    words(word.dataset.side)[Number(word.dataset.index) + (rtl ? -move : move)]?.focus();
  });
  element("map").addEventListener("pointerover", (event) => {
    const td = event.target.closest("td[data-row]");
    if (td) point("target", Number(td.dataset.row));
  });
  element("map").addEventListener("pointerleave", () => point(null));
  new ResizeObserver(() => shown && drawLinks()).observe(stage);
}
