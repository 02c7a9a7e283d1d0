// Maps: from the steps of explorer.c to rows of words or pieces, and their colours.
//
//   sentence  {source, target, text, steps}: source and target are {pieces, ids, words};
//             steps[t] is {logprob, given, runners_up, attention: [layers][heads][source], flat}
//   a word    [text, first piece, number of pieces, spaced]
const SPACE = "\u2581";

// Puts a step into the sentences so far.
export function addStep(sentences, step) {
  const sentence = (sentences[step.sentence] ??= { source: step.source, steps: [] });
  sentence.target = step.target;
  sentence.text = step.text;
  sentence.steps[step.position] = step;
}

const readable = (piece) => (piece.startsWith(SPACE) && piece.length > 1 ? piece.slice(1) : piece);

// One side as labels {text, first, n, spaced, eos}.
function labels({ words, pieces }, unit, eos) {
  const all = [];
  for (const [text, first, n, spaced] of words) {
    const isEnd = pieces[first] === "</s>";
    if (isEnd && !eos) continue;
    if (unit === "words") all.push({ text, first, n, spaced, eos: isEnd });
    else for (let i = first; i < first + n; i++)
      all.push({ text: readable(pieces[i]), first: i, n: 1, spaced: spaced && i === first, eos: isEnd });
  }
  return all;
}

// [source pieces] of a step; head may be "mean".
export function pieceRow(sentence, { layers, heads }, layer, head, t) {
  const { attention } = sentence.steps[t], n = attention.length / (layers * heads);
  const all = head === "mean" ? [...Array(heads).keys()] : [head];
  return Array.from({ length: n }, (_, j) => all.reduce((sum, h) => sum + attention[(layer * heads + h) * n + j], 0) / all.length);
}

// A source word has the sum of its pieces' columns, a target word the mean of its pieces' rows.
export function makeView(sentence, model, { layer, head, unit, eos }) {
  const target = labels(sentence.target, unit, eos), source = labels(sentence.source, unit, eos);
  const pieces = sentence.steps.map((_, t) => pieceRow(sentence, model, layer, head, t));
  const rows = target.map((row) => source.map((column) => {
    let sum = 0;
    for (let t = row.first; t < row.first + row.n; t++)
      for (let j = column.first; j < column.first + column.n; j++) sum += pieces[t][j];
    return sum / row.n;
  }));
  return { target, source, rows };
}

export const percent = (p) =>
  p > 0 && p < 0.001 ? "<0.1%" : `${p >= 0.1 || p === 0 ? Math.round(p * 100) : (p * 100).toFixed(1)}%`;

export const strongest = (row) => row.indexOf(Math.max(...row));

// The eleven colours of the style sheet, as [r, g, b], and the one of a share between them.
export function ramp() {
  const style = getComputedStyle(document.documentElement);
  return Array.from({ length: 11 }, (_, i) => {
    const text = style.getPropertyValue(`--r${i}`).trim();
    return [1, 3, 5].map((at) => parseInt(text.slice(at, at + 2), 16));
  });
}

// The style sheet's name of the colour of what is written on a share's.
export const ink = (p) => `--on-${p > 0.67 ? "strong" : p > 0.513 ? "middle" : "weak"}`;

export function mix(colors, p) {
  const at = Math.min(Math.max(p, 0), 1) * 10, step = Math.min(Math.floor(at), 9);
  return colors[step].map((from, k) => Math.round(from + (colors[step + 1][k] - from) * (at - step)));
}
