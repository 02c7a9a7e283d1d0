// steps.js: the decode step by step: a table of the steps, and a player that goes through them
"use strict";

let timer = null; // of the player

// ---- The table ----

function drawSteps() {
  const s = current(), head = make("tr"), body = make("tbody");
  const names = ["", "piece"].concat(s.logprobs ? "probability" : [], s.runners_up ? "runners-up" : [], "looked at");
  for (const name of names) head.append(make("th", "", name));
  s.target_pieces.forEach((piece, t) => body.append(stepRow(s, piece, t)));
  const thead = make("thead");
  thead.append(head);
  element("decode").replaceChildren(thead, body);
  element("step").max = s.target_pieces.length;
  showStep();
}

// A piece with its ▁ in the background.
function pieceNode(piece) {
  const node = make("bdi");
  if (piece.startsWith(SPACE)) node.append(make("span", "mark", SPACE));
  node.append(piece.startsWith(SPACE) ? piece.slice(1) : piece);
  return node;
}

function stepRow(s, piece, t) {
  const row = make("tr"), name = make("td", "written");
  row.dataset.step = t;
  name.append(pieceNode(piece));
  row.append(make("td", "number", t + 1), name);
  if (s.logprobs) row.append(probability(Math.exp(s.logprobs[t])));
  if (s.runners_up) row.append(runnersUp(s, piece, t));
  const seen = make("td");
  view.pieceRows[t].map((p, j) => [j, p]).sort((a, b) => b[1] - a[1]).slice(0, 3)
    .forEach(([j, p], rank) => { if (p >= LEAST_LINK || !rank) seen.append(other(s.source_pieces[j], p)); });
  row.append(seen);
  return row;
}

function probability(p) {
  const td = make("td", "probability"), bar = make("span", "bar"), fill = make("span");
  fill.style.width = `${100 * p}%`;
  bar.append(fill);
  td.append(bar, percent(p));
  return td;
}

function runnersUp(s, piece, t) {
  const td = make("td");
  for (const [text, logprob] of s.runners_up[t])
    if (text !== piece) td.append(other(text, Math.exp(logprob)));
  return td;
}

function other(text, p) {
  const span = make("span", "other");
  span.append(pieceNode(text), " ", make("small", "", percent(p)));
  return span;
}

// The sentence as far as it is written at this step, and the row of the step.
function showStep() {
  const pieces = current().target_pieces, step = state.step;
  element("step").value = step === null ? pieces.length : step + 1;
  const soFar = element("so-far");
  if (step === null) soFar.textContent = written(pieces);
  else {
    const before = written(pieces.slice(0, step)), after = written(pieces.slice(0, step + 1));
    soFar.replaceChildren(before, make("b", "", after.slice(before.length) || pieces[step]));
  }
  for (const row of element("decode").querySelectorAll("tbody tr"))
    row.classList.toggle("now", Number(row.dataset.step) === step);
}

// ---- The player ----

function goTo(step) {
  state.step = step;
  showStep();
  const index = step === null ? -1 : view.target.findIndex((label) => step >= label.first && step < label.first + label.n);
  if (index >= 0) activate("target", index);
  else activate(null);
}

function stop() {
  clearInterval(timer);
  timer = null;
  element("play").textContent = "▶";
  element("play").setAttribute("aria-label", "Play");
}

function play() {
  if (timer) return stop();
  const last = current().target_pieces.length - 1;
  goTo(state.step === null || state.step >= last ? 0 : state.step + 1);
  element("play").textContent = "❚❚";
  element("play").setAttribute("aria-label", "Pause");
  timer = setInterval(() => {
    if (state.step === null || state.step >= last) {
      stop();
      goTo(null);
    } else goTo(state.step + 1);
  }, 700);
}
