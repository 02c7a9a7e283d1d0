// The fragment of the page's address, which holds all that a link should bring back:
// #text=…&layer=1&head=0&unit=pieces&prefix=12,5&away=1.0,0.all&look=decoder.layer1.cross&first=…&second=…&model=…
export const SHIPPED = "en-fr", UNIFORM = -1; // as in xattn.h
const FIRST = "The cat sat on the mat.";

// What JSON and the library cannot hold: halves of a character, and NUL.
export const wellFormed = (text) => text.replace(/[\ud800-\udfff\0]/gu, "\ufffd");

const number = (text) => (/^\d+$/.test(text ?? "") ? Number(text) : null);

function ablation(text) {
  const [, layer, head] = /^(\d+)\.(\d+|all)$/.exec(text) ?? [];
  return layer && { layer: Number(layer), head: head === "all" ? UNIFORM : Number(head) };
}

export function readFragment() {
  const asked = new URLSearchParams(location.hash.slice(1)), list = (name) => (asked.get(name) ?? "").split(",");
  return {
    text: wellFormed(asked.get("text") ?? FIRST),
    unit: asked.get("unit") === "pieces" ? "pieces" : "words",
    compared: ["first", "second"].map((name) => wellFormed(asked.get(name) ?? "")),
    look: asked.get("look"),
    model: asked.get("model") ?? SHIPPED,
    ofModel: {
      layer: number(asked.get("layer")),
      head: asked.get("head") === "mean" ? "mean" : number(asked.get("head")),
      prefix: list("prefix").map(number).filter((id) => id !== null),
      away: list("away").map(ablation).filter(Boolean),
    },
  };
}

export function writeFragment({ text, layer, head, unit, prefix, away, look, compared }, model) {
  const parts = new URLSearchParams({ text });
  if (layer !== null) parts.set("layer", layer);
  if (head !== null) parts.set("head", head);
  if (unit !== "words") parts.set("unit", unit);
  if (prefix.length) parts.set("prefix", prefix);
  if (away.length) parts.set("away", away.map((one) => `${one.layer}.${one.head === UNIFORM ? "all" : one.head}`));
  if (look) parts.set("look", look);
  ["first", "second"].forEach((name, i) => { if (compared[i]) parts.set(name, compared[i]); });
  if (model !== SHIPPED) parts.set("model", model);
  history.replaceState(null, "", `#${parts}`);
}
