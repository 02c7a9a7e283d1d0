// The worker: owns one WebAssembly instance with one open model, and does what it is told.
//
//   in   {kind: "open", module, name, files: [[name, bytes]], int8}   once, first
//        {kind: "translate" | "inspect" | "score" | "html", request}
//   out  {kind: "opened" | "step" | "done", …} with the JSON of explorer.c, parsed; {kind: "crashed", message}
import createXattn from "./xattn.js";

let xattn = null;

function call(name, types, values) {
  return JSON.parse(xattn.ccall(name, "string", types, values));
}

async function open({ module, name, files, int8 }) {
  xattn = await createXattn({
    instantiateWasm(imports, done) {
      WebAssembly.instantiate(module, imports).then((instance) => done(instance, module));
      return {};
    },
    onStep: (json) => postMessage({ kind: "step", ...JSON.parse(json) }),
    print() {}, // the library prints nothing, and the last words of a crash come as its message
    printErr() {},
  });
  xattn.FS.mkdir("/models");
  xattn.FS.mkdir(`/models/${name}`);
  xattn.FS.chdir("/models"); // so that messages name files as the user knows them
  for (const [path, bytes] of files) xattn.FS.writeFile(`${name}/${path}`, bytes);
  const opened = call("explorer_open", ["string", "boolean"], [name, int8]);
  for (const [path] of files) xattn.FS.unlink(`${name}/${path}`); // the library has copied them
  postMessage({ kind: "opened", ...opened });
}

const answer = ({ kind, request }) =>
  postMessage({ kind: "done", ...call(`explorer_${kind}`, ["string"], [JSON.stringify(request)]) });

onmessage = async ({ data }) => {
  try {
    await (data.kind === "open" ? open : answer)(data);
  } catch (error) {
    postMessage({ kind: "crashed", message: String(error.message ?? error) });
  }
};
