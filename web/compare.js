// Two translations of one's own, piece by piece: how probable the model finds each, after those before it.
//
// A scored translation is one of explorer_score: {pieces, ids, words, logprobs, score, cut, unsplit, best}.
import { make, pieceNode, probability } from "./draw.js";

const element = (id) => document.getElementById(id);
const sides = ["first", "second"];

export const isComparing = () => element("compare").querySelector("details").open;
export const typed = () => sides.map((side) => element(side).value);

export function setTyped(texts) {
  sides.forEach((side, i) => { element(side).value = texts[i]; });
}

// Puts the model's own translation first, unless the user has put another one there.
let suggested = "";
export function suggest(translation) {
  if (!isComparing() || (element("first").value && element("first").value !== suggested)) return;
  element("first").value = suggested = translation;
}

// changed() when a text is typed or the section is opened.
export function listenCompare(changed) {
  for (const side of sides) element(side).addEventListener("input", changed);
  element("compare").querySelector("details").addEventListener("toggle", changed);
}

// The piece that the model would rather have had, unless it is this one.
function better(one, t) {
  const [piece, id, logprob] = one.best[t];
  return id === one.ids[t] ? make("td") : make("td", "", pieceNode(piece), " ", make("small", "", percentOf(logprob)));
}

const percentOf = (logprob) => probability(Math.exp(logprob ?? -Infinity)).lastChild.data;

function table(one, parting) {
  const head = make("tr", "", ...["piece", "probability", "log p", "more probable"].map((name) => make("th", "", name)));
  for (const th of head.children) th.scope = "col";
  const rows = one.pieces.map((piece, t) => make("tr", t === parting ? "now" : "", make("td", "written", pieceNode(piece)),
    probability(Math.exp(one.logprobs[t] ?? -Infinity)), make("td", "number", (one.logprobs[t] ?? -Infinity).toFixed(2)), better(one, t)));
  const sum = make("tr", "", make("th", "", "log p of all"), make("td"), make("td", "number", (one.score ?? -Infinity).toFixed(2)), make("td"));
  sum.firstChild.scope = "row";
  return make("table", "scored", make("thead", "", head), make("tbody", "", ...rows), make("tfoot", "", sum));
}

// e to the power of `difference`, in two digits.
function times(difference) {
  if (difference > 20) return `e${superscript(Math.round(difference))}`;
  return new Intl.NumberFormat("en", { maximumSignificantDigits: 2 }).format(Math.exp(difference));
}

const superscript = (n) => [...String(n)].map((digit) => "⁰¹²³⁴⁵⁶⁷⁸⁹"[digit]).join("");

function verdict([a, b]) {
  if (!a || !b || a.score === null || b.score === null) return "";
  if (String(a.ids) === String(b.ids)) return "Both are the same to the model.";
  const difference = a.score - b.score;
  return `The model finds the ${difference > 0 ? "first" : "second"} translation ${times(Math.abs(difference))} times as probable as the other.`;
}

// scored[side] is null where nothing is typed.
export function drawCompare(scored) {
  const [a, b] = scored, both = scored.filter(Boolean);
  const parting = a && b ? a.ids.findIndex((id, t) => id !== b.ids[t]) : -1;
  sides.forEach((side, i) => element(`${side}-scored`).replaceChildren(...(scored[i] ? [table(scored[i], parting)] : [])));
  const remarks = [verdict(scored), both.some((one) => one.unsplit) && "Text and translation have different numbers of sentences, so each was read as one.",
    both.some((one) => one.cut) && "One of them was too long for the model, and lost its end."];
  element("verdict").textContent = remarks.filter(Boolean).join(" ");
}
