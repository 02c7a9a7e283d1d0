// The explorer: what is asked for (the state), what the worker answers, and the controls between them.
import { drawCompare, isComparing, listenCompare, setTyped, suggest, typed } from "./compare.js";
import { Engine } from "./engine.js";
import { chosen, dropped, shipped } from "./files.js";
import { addStep, makeView } from "./map.js";
import { draw, drawGrid, drawThumbnails, listen, make } from "./draw.js";
import { readFragment, SHIPPED, UNIFORM, wellFormed, writeFragment } from "./fragment.js";
import { drawInside, pieces, scopes } from "./inside.js";
import { download, save } from "./picture.js";

const RUNNERS_UP = 5, PAUSE = 150; // milliseconds without a key
const element = (id) => document.getElementById(id);

const engine = new Engine();
const own = () => ({ layer: null, head: null, prefix: [], away: [] }); // what means something for one model alone
const state = { text: "", unit: "words", eos: true, look: null, compared: ["", ""], sentence: 0, ...own() };
let model = null; // {name, layers, heads, parameters, encoder_layers, preferred, trained}
let link = null; // what the page's address asked for, as long as its model is not open
let sentences = []; // what is on show: map.js
let frame = null, quietUntil = 0, typing = null;

function followLink() {
  const { model: name, ofModel, ...rest } = readFragment(), here = name === (model?.name ?? SHIPPED);
  Object.assign(state, rest, here ? ofModel : own(), { sentence: 0 });
  link = here ? null : { name, ofModel };
  element("text").value = state.text;
  setTyped(state.compared);
  showLook();
  element("compare").querySelector("details").open ||= state.compared.some(Boolean);
}

/* ---- Asking and answering ---- */

const request = () => ({ text: state.text, runners_up: RUNNERS_UP + 1, prefix: state.prefix, ablations: state.away });

// Opens or closes the section with the attention that is looked into.
function showLook() {
  if (!model) return;
  if (state.look) element("scope").value = state.look;
  if (!element("scope").value) state.look = null; // this model has no such attention
  document.querySelector("#inside details").open = Boolean(state.look);
}

function remember() {
  if (model && !link) writeFragment(state, model.name);
}

function ask() {
  clearTimeout(typing);
  typing = null;
  remember();
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
  element("status").textContent = [steps ? `log p = ${(answer.score ?? -Infinity).toFixed(2)}, ${steps} steps, ${Math.round(milliseconds)} ms.` : "", ...remarks.filter(Boolean)].join(" ");
  document.body.removeAttribute("aria-busy");
  showEffect(answer);
  cancelAnimationFrame(frame);
  frame = null;
  render(true);
  look();
  compare();
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
  element("made-with").hidden = !link;
  element("made-with").textContent = link && `This link was made with the model ${link.name}, and ${model.name} is open. Open that model’s folder to see the same.`;
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
  const open = document.querySelector("#inside details").open, { sentence: index } = state, sentence = sentences[index];
  if (!open || !sentence || typing || engine.isTranslating) return; // finish comes back here
  const scope = element("scope").value, head = Number(element("inside-head").value);
  fill("inside-row", pieces(scope, sentence).rows.map((piece, i) => [i, piece]));
  engine.ask("inspect", { ...request(), prefix: sentence.target.ids, sentence: index, language: languageOf(sentence), scope, head }, {
    done: (data) => drawInside(data, { scope, head, row: element("inside-row").selectedIndex, sentence }),
    failed: showError,
  });
}

// Of a model with several target languages: the tag of the whole text stands before each of its sentences.
const languageOf = ({ source }) => /^>>(.+)<<$/.exec(source.pieces[0])?.[1];

/* ---- Translations of one's own ---- */

function compare() {
  if (!isComparing() || typing || engine.isTranslating) return;
  suggest(element("translation").textContent);
  state.compared = typed().map(wellFormed);
  remember();
  const wanted = state.compared.map((text) => text.trim());
  const answered = ({ translations }) => drawCompare(wanted.map((text) => (text ? translations.shift() : null)));
  if (!state.text.trim() || !wanted.some(Boolean)) return answered({ translations: wanted.map(() => null) });
  engine.ask("score", { ...request(), targets: wanted.filter(Boolean), runners_up: 1 }, { done: answered, failed: showError });
}

// Options [value, text]; what was chosen stays chosen if it is still there.
function fill(id, options) {
  const select = element(id), before = select.value;
  select.replaceChildren(...options.map(([value, text]) => new Option(text, value)));
  if (options.some(([value]) => String(value) === before)) select.value = before;
}

// The report of `xattn align --format html`, in one file.
function saveReport() {
  const [layer, head] = currentHead();
  engine.ask("html", { ...request(), layer, head: head === "mean" ? -1 : head }, {
    done: ({ html }) => download(new Blob([html], { type: "text/html" }), "map.html"),
    failed: showError,
  });
}

/* ---- Changing the state ---- */

function choose(layer, head) {
  Object.assign(state, { layer, head });
  remember();
  showControls();
  render(true);
}

function newText() {
  clearTimeout(typing);
  link = null;
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

function lookInto(scope) {
  state.look = scope;
  showLook();
  remember();
  look();
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
    if (!isFirst) {
      Object.assign(state, own(), link?.name === model.name && link.ofModel);
      link = null;
    }
    element("model").textContent = `${found.name}, ${(info.parameters / 1e6).toFixed(1)} M parameters`;
    sentences = [];
    drawGrid(model, model.preferred, choose);
    fill("scope", scopes(model));
    showLook();
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
  const go = (sentence) => { state.sentence = sentence; render(true); look(); };
  on("choose", "change", (event) => go(Number(event.target.value)));
  on("previous", "click", () => go(state.sentence - 1));
  on("next", "click", () => go(state.sentence + 1));
  on("eos", "change", (event) => { state.eos = event.target.checked; render(true); });
  for (const input of document.querySelectorAll("input[name=unit]"))
    input.addEventListener("change", () => { state.unit = input.value; remember(); render(true); });
  for (const kind of ["svg", "png"])
    on(kind, "click", () => {
      const [layer, head] = currentHead(), sentence = sentences[state.sentence];
      save(kind, makeView(sentence, model, { ...state, layer, head }), `${sentence.text}   ${element("map-title").textContent}`);
    });
  for (const id of ["inside-head", "inside-row"]) on(id, "change", look);
  on("scope", "change", () => lookInto(element("scope").value));
  document.querySelector("#inside details").addEventListener("toggle", ({ target }) => {
    const [layer, head] = currentHead();
    if (target.open && head !== "mean") element("inside-head").value = head;
    if (target.open !== Boolean(state.look)) lookInto(target.open ? `decoder.layer${layer}.cross` : null);
    else look();
  });
  listenCompare(compare);
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
    followLink();
    ask();
  });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => {
    if (!sentences.length) return;
    render(true);
    look();
  });
}

followLink();
listen();
listenControls();
listenPage();
openModel(shipped(), true);
