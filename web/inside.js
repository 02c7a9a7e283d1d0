// Inside one attention: the query of one piece, the keys and values it meets, and what becomes of them.
//
// data is the answer of explorer_inspect: {heads, query, key, value, scores, probabilities, context}, rows for
// pieces. All heads lie side by side in the columns of query, key, value and context.
import { make, probability } from "./draw.js";

const element = (id) => document.getElementById(id);

// What can be opened: [scope, title], cross-attention first.
export function scopes(model) {
  const count = (n) => [...Array(n).keys()];
  return [...count(model.layers).map((l) => [`decoder.layer${l}.cross`, `decoder layer ${l}, cross-attention`]),
    ...count(model.layers).map((l) => [`decoder.layer${l}.self`, `decoder layer ${l}, self-attention`]),
    ...count(model.encoder_layers).map((l) => [`encoder.layer${l}.self`, `encoder layer ${l}, self-attention`])];
}

// The pieces whose queries there are, and those whose keys. The decoder reads the piece before the one
// that it predicts; before the first it reads a start symbol.
export function pieces(scope, sentence) {
  const { source, target } = sentence;
  if (scope.startsWith("encoder")) return { rows: source.pieces, keys: source.pieces };
  const rows = target.pieces.map((piece, t) => `${t + 1}. ${piece}`);
  return scope.endsWith("cross") ? { rows, keys: source.pieces } : { rows, keys: ["(start)", ...target.pieces.slice(0, -1)] };
}

// A vector as a strip of bars: up for positive numbers, down for negative ones.
function strip(numbers, largest) {
  const canvas = make("canvas", "strip"), height = 24, style = getComputedStyle(document.documentElement);
  [canvas.width, canvas.height] = [numbers.length * 2, height];
  const context = canvas.getContext("2d");
  numbers.forEach((x, i) => {
    const length = Math.max(1, (Math.abs(x) / largest) * (height / 2));
    context.fillStyle = style.getPropertyValue(x < 0 ? "--soft" : "--accent");
    context.fillRect(2 * i, x < 0 ? height / 2 : height / 2 - length, 1.6, length);
  });
  const text = `${numbers.length} numbers from ${Math.min(...numbers).toFixed(2)} to ${Math.max(...numbers).toFixed(2)}: ${numbers.slice(0, 4).map((x) => x.toFixed(2)).join(", ")} …`;
  canvas.title = text;
  canvas.setAttribute("role", "img");
  canvas.setAttribute("aria-label", text);
  return canvas;
}

const largestOf = (rows) => Math.max(1e-9, ...rows.flat().map(Math.abs));
const cell = (className, ...children) => make("td", className, ...children);

function heading(...children) {
  const th = make("th", "", ...children);
  th.scope = "row";
  return th;
}

// attention.html has src/nn/attention.c; the lines there that call a function first have its name.
function lineOfC(text, name) {
  const link = make("a", "", text);
  link.href = `attention.html#${name}`;
  link.target = "source";
  link.title = `${name} in src/nn/attention.c`;
  return link;
}

export function drawInside(data, { scope, head, row, sentence }) {
  if (!data.query) {
    element("vectors").replaceChildren(make("tbody", "", make("tr", "", cell("", "This model’s decoder has a recurrent unit in place of self-attention: docs/MODEL.md."))));
    return;
  }
  const dh = data.query[0].length / data.heads, cut = (vector) => vector.slice(head * dh, (head + 1) * dh);
  const { rows, keys } = pieces(scope, sentence), scores = data.scores[row], shares = data.probabilities[row];
  const query = cut(data.query[row]), context = cut(data.context[row]);
  const key = data.key.slice(0, scores.length).map(cut), value = data.value.slice(0, scores.length).map(cut);
  const [most_k, most_v] = [largestOf([query, ...key]), largestOf([context, ...value])];
  const top = make("tr", "", ...[["", ""], ["key k", "attention_project"], ["q·k/√d", "matrix_multiply_nt"], ["softmax", "softmax_rows"], ["value v", "attention_project"]]
    .map(([name, line]) => {
      const th = make("th", "", line ? lineOfC(name, line) : "");
      th.scope = "col";
      return th;
    }));
  const body = [make("tr", "now", heading(scope.startsWith("encoder") ? "query q of " : "query q that predicts ", make("bdi", "", rows[row])), cell("", strip(query, most_k)), cell(), cell(), cell()),
    ...scores.map((score, j) => make("tr", "", heading(make("bdi", "", keys[j])), cell("", strip(key[j], most_k)), cell("number", score.toFixed(2)),
      probability(shares[j]), cell("", strip(value[j], most_v)))),
    make("tr", "now", heading("result: ", lineOfC("Σ softmax · v", "matrix_multiply_nn")), cell(), cell(), probability(shares.reduce((a, b) => a + b, 0)), cell("", strip(context, most_v)))];
  element("vectors").replaceChildren(make("thead", "", top), make("tbody", "", ...body));
  element("dimension").textContent = `d = ${dh}`;
}
