// Where a model's files come from: the server's, a dropped folder, or a chosen one.
//
// A model is {name, files: [[path, Uint8Array]]}. Only files of the folder itself are taken.
export async function shipped() {
  const names = (await (await asked("model.txt")).text()).trim().split("\n"); // build.sh lists them
  const files = names.map(async (name) => [name, new Uint8Array(await (await asked(`model/${name}`)).arrayBuffer())]);
  return { name: "en-fr", files: await Promise.all(files) };
}

async function asked(path) {
  const answer = await fetch(path);
  if (!answer.ok) throw new Error(`${path}: the server answered ${answer.status}.`);
  return answer;
}

// Of <input type=file webkitdirectory>.
export async function chosen(list) {
  const own = [...list].filter((file) => file.webkitRelativePath.split("/").length <= 2);
  if (!own.length) throw new Error("There is no file in this folder.");
  const name = own[0].webkitRelativePath.split("/")[0] || "model";
  return { name, files: await Promise.all(own.map(read)) };
}

// Of a drop: a folder, or the files of one. What is in it must be asked for before the event ends.
export async function dropped(transfer) {
  const plain = [...transfer.files];
  const entries = [...transfer.items].map((item) => item.webkitGetAsEntry?.()).filter(Boolean);
  const folder = entries.find((entry) => entry.isDirectory);
  const own = folder ? await Promise.all((await children(folder)).filter((entry) => entry.isFile).map(fileOf)) : plain;
  if (!own.length) throw new Error("Drop the folder of a model, or its files.");
  return { name: folder?.name ?? "model", files: await Promise.all(own.map(read)) };
}

const fileOf = (entry) => new Promise((resolve, reject) => entry.file(resolve, reject));
const read = async (file) => [file.name, new Uint8Array(await file.arrayBuffer())];

// A reader hands out a folder in portions; an empty one is the end.
async function children(folder) {
  const reader = folder.createReader(), all = [];
  for (;;) {
    const some = await new Promise((resolve, reject) => reader.readEntries(resolve, reject));
    if (!some.length) return all;
    all.push(...some);
  }
}
