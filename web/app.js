// The explorer: what is asked for (the state), what the worker answers, and the controls between them.
//
// The state lives in the fragment of the page's address: #text=…&layer=1&head=0&prefix=12,5&away=1.0,0.all
import { Engine } from "./engine.js";
import { chosen, dropped, shipped } from "./files.js";
import { addStep, makeView } from "./map.js";
import { draw, drawGrid, drawThumbnails, listen, make } from "./draw.js";
import { drawInside, pieces, scopes } from "./inside.js";
import { download, save } from "./picture.js";

const FIRST = "The cat sat on the mat.", RUNNERS_UP = 5, PAUSE = 150; // milliseconds without a key
const UNIFORM = -1; // as in xattn.h
const element = (id) => document.getElementById(id);

const engine = new Engine();
const state = { text: FIRST, layer: null, head: null, unit: "words", eos: true, prefix: [], away: [], sentence: 0 };
let model = null; // {name, layers, heads, parameters, preferred, trained}
let sentences = []; // what is on show: map.js
let frame = null, quietUntil = 0, typing = null;

/* ---- The fragment ---- */

// What JSON and the library cannot hold: halves of a character, and NUL.
const wellFormed = (text) => text.replace(/[\ud800-\udfff\0]/gu, "\ufffd");

function readFragment() {
  const asked = new URLSearchParams(location.hash.slice(1));
  const number = (text) => (/^\d+$/.test(text ?? "") ? Number(text) : null);
  state.text = wellFormed(asked.get("text") ?? FIRST);
  state.layer = number(asked.get("layer"));
  state.head = asked.get("head") === "mean" ? "mean" : number(asked.get("head"));
  state.unit = asked.get("unit") === "pieces" ? "pieces" : "words";
  state.prefix = (asked.get("prefix") ?? "").split(",").filter((id) => /^\d+$/.test(id)).map(Number);
  state.away = (asked.get("away") ?? "").split(",").map((one) => /^(\d+)\.(\d+|all)$/.exec(one)).filter(Boolean)
    .map(([, layer, head]) => ({ layer: Number(layer), head: head === "all" ? UNIFORM : Number(head) }));
}

function writeFragment() {
  const parts = new URLSearchParams({ text: state.text });
  if (state.layer !== null) parts.set("layer", state.layer);
  if (state.head !== null) parts.set("head", state.head);
  if (state.unit !== "words") parts.set("unit", state.unit);
  if (state.prefix.length) parts.set("prefix", state.prefix);
  if (state.away.length) parts.set("away", state.away.map(({ layer, head }) => `${layer}.${head === UNIFORM ? "all" : head}`));
  if (model && model.name !== "en-fr") parts.set("model", model.name);
  history.replaceState(null, "", `#${parts}`);
}

/* ---- Asking and answering ---- */

const request = () => ({ text: state.text, runners_up: RUNNERS_UP + 1, prefix: state.prefix, ablations: state.away });

function ask() {
  clearTimeout(typing);
  typing = null;
  writeFragment();
  showControls();
  showError("");
  if (!model) return;
  const next = [], began = performance.now();
  document.body.setAttribute("aria-busy", "true");
  engine.ask("translate", request(), {
    step(step) {
      addStep(next, step);
      sentences = next;
      element("status").textContent = "Translating…";
      show();
    },
    done(answer) {
      sentences = next;
      element("translation").textContent = answer.text;
      finish(answer, performance.now() - began);
    },
    failed: (message) => {
      document.body.removeAttribute("aria-busy");
      element("status").textContent = "";
      showError(message);
    },
  });
}

function finish(answer, milliseconds) {
  const steps = sentences.reduce((sum, { steps }) => sum + steps.length, 0);
  const remarks = [answer.source_cut && "The text was longer than the model can read, and lost its end.",
    answer.target_cut && "The translation reached the greatest length.", answer.repeats && "The translation repeats itself: the model lost its way.",
    answer.untagged && "This model has several target languages: begin the text with a tag like >>fra<<."];
  element("status").textContent = [steps ? `log p = ${answer.score.toFixed(2)}, ${steps} steps, ${Math.round(milliseconds)} ms.` : "", ...remarks.filter(Boolean)].join(" ");
  document.body.removeAttribute("aria-busy");
  showEffect(answer);
  cancelAnimationFrame(frame);
  frame = null;
  render(true);
  look();
}

/* ---- Showing ---- */

// At most once a frame, and for no more than half of the time: the map of a long sentence is large.
function show() {
  frame ??= requestAnimationFrame(() => {
    frame = null;
    const began = performance.now();
    if (began < quietUntil) return;
    element("translation").textContent = sentences.map(({ text }) => text).join(" ");
    render(false);
    const ended = performance.now();
    quietUntil = ended + (ended - began);
  });
}

function render(complete) {
  document.body.classList.toggle("empty", !sentences.length);
  showSentences();
  if (!sentences.length) return;
  state.sentence = Math.min(state.sentence, sentences.length - 1);
  const [layer, head] = currentHead(), sentence = sentences[state.sentence], at = { ...state, layer, head };
  element("map-title").textContent = `layer ${layer}, ${head === "mean" ? `mean of ${model.heads} heads` : `head ${head}`}` +
    (model.trained && String([layer, head]) === String(model.preferred) ? " (trained to align words)" : "");
  draw({ sentence, model, state: at, view: makeView(sentence, model, at) });
  if (complete || sentence.steps.length % 4 === 0) drawThumbnails();
}

// The chosen head if this model has it, else the preferred.
function currentHead() {
  const { layer, head } = state;
  if (layer !== null && layer < model.layers && (head === "mean" || (head !== null && head < model.heads))) return [layer, head];
  return model.preferred;
}

function showSentences() {
  const choose = element("choose"), n = sentences.length;
  element("sentences").hidden = n < 2;
  while (choose.options.length > n) choose.lastChild.remove();
  sentences.forEach(({ text }, i) => {
    const title = `${i + 1}. ${text.slice(0, 60)}`, option = choose.options[i] ?? choose.appendChild(new Option(title, i));
    if (option.text !== title) option.text = title;
  });
  choose.value = state.sentence;
  element("previous").disabled = state.sentence === 0;
  element("next").disabled = state.sentence >= n - 1;
}

function showError(text) {
  element("error").textContent = text;
  element("error").hidden = !text;
}

const isAway = (layer, head) => state.away.some((a) => a.layer === layer && a.head === head);

function showControls() {
  if (!model) return;
  const [layer, head] = currentHead();
  const set = (id, text, checked, disabled) => {
    element(id).checked = checked;
    element(id).disabled = disabled;
    element(id).nextElementSibling.textContent = text;
  };
  set("head-off", head === "mean" ? "Switch a head off: choose one above" : `Switch head ${layer}.${head} off`, isAway(layer, head), head === "mean");
  set("uniform", `Let layer ${layer} look at everything alike`, isAway(layer, UNIFORM), false);
  element("restore").hidden = !state.away.length;
  element("forced").hidden = !state.prefix.length;
  element("forced").firstChild.textContent = `The first ${state.prefix.length === 1 ? "piece is" : `${state.prefix.length} pieces are`} given, the last of them by you.`;
  document.querySelector(`input[name=unit][value=${state.unit}]`).checked = true;
}

// What the ablations did: two or three rows of log p and text.
function showEffect(answer) {
  const box = element("effect");
  box.replaceChildren();
  if (!state.away.length || answer.whole_text === undefined) return;
  const names = state.away.map(({ layer, head }) => (head === UNIFORM ? `layer ${layer} uniform` : `head ${layer}.${head} off`));
  const row = (name, score, text) => {
    const th = make("th", "", name);
    th.scope = "row";
    return make("tr", "", th, make("td", "number", score === undefined ? "" : score.toFixed(2)), make("td", "", make("bdi", "", text)));
  };
  const rows = [row("whole", answer.whole_score, answer.whole_text), row("without", answer.reread_score, answer.whole_text)];
  if (answer.text !== answer.whole_text) rows.push(row("without", answer.score, answer.text));
  box.append(make("p", "hint", `log p of a translation, with ${names.join(", ")}:`), make("table", "", ...rows));
}

/* ---- Inside one step ---- */

// Asks the worker for the activations of the attention that is chosen, if the section is open.
function look() {
  const open = document.querySelector("#inside details").open, one = sentences.length === 1;
  element("vectors").hidden = !one;
  element("inside-note").textContent = one ? "" : "Type a single sentence to look inside.";
  if (!open || !one || !engine.isIdle) return;
  const [sentence] = sentences, scope = element("scope").value, head = element("inside-head").value;
  fill("inside-row", pieces(scope, sentence).rows.map((piece, i) => [i, piece]));
  engine.ask("inspect", { ...request(), prefix: sentence.target.ids, scope, head: Number(head) }, {
    done: (data) => drawInside(data, { scope, head: Number(head), row: element("inside-row").selectedIndex, sentence }),
    failed: showError,
  });
}

// Options [value, text]; what was chosen stays chosen if it is still there.
function fill(id, options) {
  const select = element(id), before = select.value;
  select.replaceChildren(...options.map(([value, text]) => new Option(text, value)));
  if (options.some(([value]) => String(value) === before)) select.value = before;
}

// The report of `xattn align --format html`, in one file.
function saveReport() {
  if (!engine.isIdle) return;
  const [layer, head] = currentHead();
  engine.ask("html", { ...request(), layer, head: head === "mean" ? -1 : head }, {
    done: ({ html }) => download(new Blob([html], { type: "text/html" }), "map.html"),
    failed: showError,
  });
}

/* ---- Changing the state ---- */

function choose(layer, head) {
  Object.assign(state, { layer, head });
  writeFragment();
  showControls();
  render(true);
}

function newText() {
  clearTimeout(typing);
  Object.assign(state, { text: wellFormed(element("text").value), prefix: [], sentence: 0 });
  typing = setTimeout(ask, PAUSE);
}

// All pieces before a step of the sentence on show, and then another one.
function force(step, id) {
  if (typing) return; // what is on show is no longer what was typed
  const before = sentences.slice(0, state.sentence).flatMap(({ target }) => target.ids);
  state.prefix = [...before, ...sentences[state.sentence].target.ids.slice(0, step), id];
  ask();
}

function toggle(head, on) {
  const [layer, current] = currentHead(), which = head ?? current;
  state.away = state.away.filter((a) => a.layer !== layer || a.head !== which);
  if (on) state.away.push({ layer, head: which });
  ask();
}

async function openModel(promise, isFirst) {
  const before = element("status").textContent;
  element("status").textContent = isFirst ? "Loading the model…" : "Opening the model…";
  showError("");
  try {
    const found = await promise, info = await engine.open(found);
    model = { ...info, name: found.name };
    if (!isFirst) Object.assign(state, { prefix: [], away: [], layer: null, head: null });
    element("model").textContent = `${found.name}, ${(info.parameters / 1e6).toFixed(1)} M parameters`;
    sentences = [];
    drawGrid(model, model.preferred, choose);
    fill("scope", scopes(model));
    fill("inside-head", [...Array(model.heads).keys()].map((head) => [head, head]));
    ask();
  } catch (error) {
    element("status").textContent = isFirst ? "" : before;
    showError(error.message);
  }
}

function listenControls() {
  const on = (id, event, act) => element(id).addEventListener(event, act);
  on("text", "input", newText);
  on("unforce", "click", () => { state.prefix = []; ask(); });
  on("head-off", "change", (event) => toggle(null, event.target.checked));
  on("uniform", "change", (event) => toggle(UNIFORM, event.target.checked));
  on("restore", "click", () => { state.away = []; ask(); });
  on("decode", "click", (event) => {
    const button = event.target.closest("button[data-id]");
    if (button) force(Number(button.dataset.step), Number(button.dataset.id));
  });
  const go = (sentence) => { state.sentence = sentence; render(true); };
  on("choose", "change", (event) => go(Number(event.target.value)));
  on("previous", "click", () => go(state.sentence - 1));
  on("next", "click", () => go(state.sentence + 1));
  on("eos", "change", (event) => { state.eos = event.target.checked; render(true); });
  for (const input of document.querySelectorAll("input[name=unit]"))
    input.addEventListener("change", () => { state.unit = input.value; writeFragment(); render(true); });
  for (const kind of ["svg", "png"])
    on(kind, "click", () => {
      const [layer, head] = currentHead(), sentence = sentences[state.sentence];
      save(kind, makeView(sentence, model, { ...state, layer, head }), `${sentence.text}   ${element("map-title").textContent}`);
    });
  for (const id of ["scope", "inside-head", "inside-row"]) on(id, "change", look);
  document.querySelector("#inside details").addEventListener("toggle", () => {
    const [layer, head] = currentHead();
    element("scope").value = `decoder.layer${layer}.cross`;
    if (head !== "mean") element("inside-head").value = head;
    look();
  });
  on("html", "click", saveReport);
  on("open", "click", () => element("folder").click());
  on("folder", "change", (event) => {
    openModel(chosen(event.target.files), false);
    event.target.value = "";
  });
}

function listenPage() {
  const dropping = (on) => document.body.classList.toggle("dropping", on);
  document.addEventListener("dragover", (event) => { event.preventDefault(); dropping(true); });
  document.addEventListener("dragleave", (event) => { if (!event.relatedTarget) dropping(false); });
  document.addEventListener("drop", (event) => {
    event.preventDefault();
    dropping(false);
    openModel(dropped(event.dataTransfer), false);
  });
  addEventListener("hashchange", () => {
    readFragment();
    element("text").value = state.text;
    ask();
  });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => {
    if (!sentences.length) return;
    render(true);
    look();
  });
}

readFragment();
element("text").value = state.text;
listen();
listenControls();
listenPage();
openModel(shipped(), true);
