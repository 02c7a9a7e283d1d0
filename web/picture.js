// What is saved: the map as a picture: an SVG with its own colours, and the same as a PNG.
import { ink, mix, ramp, strongest } from "./map.js";

const escape = (text) => text.replace(/[&<>"]/g, (c) => `&#${c.charCodeAt(0)};`);

function svgOf(view, title) {
  const side = 34, style = getComputedStyle(document.documentElement), colors = ramp();
  const color = (name) => style.getPropertyValue(name).trim();
  const longest = (labels) => Math.max(2, ...labels.map((label) => [...label.text].length));
  const left = 12 + 9 * longest(view.target), top = 46 + 6.5 * longest(view.source);
  const width = Math.max(left + side * view.source.length + 6 * longest(view.source), 30 + 8 * [...title].length), height = top + side * view.target.length + 14;
  const parts = [`<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" font-family="system-ui, sans-serif" font-size="14" fill="${color("--text")}">`,
    `<rect width="100%" height="100%" fill="${color("--card")}"/><text x="12" y="24" font-weight="600">${escape(title)}</text>`];
  view.source.forEach((label, j) => {
    const x = left + side * (j + 0.6), y = top - 8;
    parts.push(`<text transform="translate(${x} ${y}) rotate(-45)">${escape(label.text)}</text>`);
  });
  view.rows.forEach((row, i) => {
    parts.push(`<text x="${left - 8}" y="${top + side * i + 22}" text-anchor="end">${escape(view.target[i].text)}</text>`);
    row.forEach((p, j) => {
      const x = left + side * j, y = top + side * i;
      parts.push(`<rect x="${x + 1}" y="${y + 1}" width="${side - 2}" height="${side - 2}" rx="4" fill="rgb(${mix(colors, p)})"/>`);
      if (j === strongest(row))
        parts.push(`<text x="${x + side / 2}" y="${y + 22}" text-anchor="middle" font-size="12" fill="${color(ink(p))}">${Math.round(p * 100)}</text>`);
    });
  });
  return { text: `${parts.join("")}</svg>`, width, height };
}

export function download(blob, name) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
}

export async function save(kind, view, title) {
  const { text, width, height } = svgOf(view, title);
  const svg = new Blob([text], { type: "image/svg+xml" });
  if (kind === "svg") return download(svg, "map.svg");
  const image = new Image(), canvas = document.createElement("canvas"), scale = 2;
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(text)}`;
  await image.decode();
  [canvas.width, canvas.height] = [width * scale, height * scale];
  canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
  canvas.toBlob((png) => download(png, "map.png"), "image/png");
}
