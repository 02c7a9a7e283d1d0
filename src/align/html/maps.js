// maps.js: from the attention of a sentence to the maps that the page shows. page.js describes the data.
"use strict";

const SPACE = "\u2581";

// ---- A map, as align/map.c makes it ----

const cell = (s, layer, head, t, j) =>
  s.attention[((layer * s.heads + head) * s.target_pieces.length + t) * s.source_pieces.length + j] / 1e4;

function pieceRow(s, layer, head, t) {
  const heads = head === "mean" ? Array.from({ length: s.heads }, (_, h) => h) : [head];
  return s.source_pieces.map((_, j) =>
    heads.reduce((sum, h) => sum + cell(s, layer, h, t, j), 0) / heads.length);
}

// Labels of one side: {text, first, n, spaced, eos}, words or pieces.
function labels(words, pieces, unit, eos) {
  const isEnd = (first) => pieces[first] === "</s>";
  const all = [];
  for (const [text, first, n, spaced] of words) {
    if (isEnd(first) && !eos) continue;
    if (unit === "words") all.push({ text, first, n, spaced, eos: isEnd(first) });
    else for (let i = first; i < first + n; i++)
      all.push({ text: readable(pieces[i]), first: i, n: 1, spaced: spaced && i === first, eos: isEnd(i) });
  }
  return all;
}

const readable = (piece) => piece.startsWith(SPACE) && piece.length > 1 ? piece.slice(1) : piece;

const strongest = (row) => row.indexOf(Math.max(...row));

// Sum over a source word's pieces, mean over a target word's.
function makeView(s, { layer, head, unit, eos }) {
  const target = labels(s.target_words, s.target_pieces, unit, eos);
  const source = labels(s.source_words, s.source_pieces, unit, eos);
  const pieceRows = s.target_pieces.map((_, t) => pieceRow(s, layer, head, t));
  const rows = target.map((row) => source.map((column) => {
    let sum = 0;
    for (let t = row.first; t < row.first + row.n; t++)
      for (let j = column.first; j < column.first + column.n; j++) sum += pieceRows[t][j];
    return sum / row.n;
  }));
  return { target, source, rows, pieceRows };
}

// ---- Text ----

const percent = (p) =>
  p > 0 && p < 0.001 ? "<0.1%" : (p >= 0.1 || p === 0 ? Math.round(p * 100) : (p * 100).toFixed(1)) + "%";

// What the pieces spell: ▁ is a space, <0xE2> a byte of a character.
function written(pieces) {
  const bytes = pieces.filter((piece) => piece !== "</s>").flatMap((piece) => {
    const byte = /^<0x([0-9A-F]{2})>$/.exec(piece);
    return byte ? [parseInt(byte[1], 16)] : [...new TextEncoder().encode(piece.replaceAll(SPACE, " "))];
  });
  return new TextDecoder().decode(new Uint8Array(bytes)).trimStart();
}
