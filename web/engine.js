// The page's side of the worker: opens models, translates one text at a time, and gives up on a
// translation that nobody waits for any more.
//
// A worker that computes hears nothing, so it cannot be told to stop. It is ended, and another starts
// with the same compiled module and the same files: a fraction of a second, and only for long texts.
const PATIENCE = 200; // milliseconds that a new request waits for the one before it

let compiled = null;
const compile = () => (compiled ??= fetch("xattn.wasm").then((answer) => answer.arrayBuffer()).then(WebAssembly.compile));

// A worker with the model, or an Error with the library's sentence.
async function start({ name, files }) {
  const worker = new Worker("worker.js", { type: "module" });
  const module = await compile();
  const opened = new Promise((resolve, reject) => {
    worker.onmessage = ({ data }) => (data.error ? reject(new Error(data.error)) :
      data.kind === "crashed" ? reject(new Error(`${name}: the model cannot be opened here (${data.message})`)) : resolve(data));
    worker.onerror = (event) => reject(new Error(`The worker did not start: ${event.message}`));
  });
  worker.postMessage({ kind: "open", module, name, files, int8: true });
  try {
    return { worker, info: await opened };
  } catch (error) {
    worker.terminate();
    throw error;
  }
}

export class Engine {
  #model = null; // {name, files}
  #worker = null;
  #busy = null; // the request that the worker is computing
  #waiting = []; // those after it, at most one of a kind
  #timer = null;

  // Opens a model. If it cannot be opened, the one before goes on working.
  async open(model) {
    const { worker, info } = await start(model);
    this.#worker?.terminate();
    this.#model = model;
    this.#use(worker);
    return info;
  }

  get isTranslating() {
    return [this.#busy, ...this.#waiting].some((one) => one?.kind === "translate");
  }

  // "translate", "inspect", "score" or "html". Only the latest request of a kind is ever answered, and a
  // translation makes all that was asked before it void. on is {step, done, failed}.
  ask(kind, request, on) {
    this.#waiting = kind === "translate" ? [] : this.#waiting.filter((one) => one.kind !== kind);
    this.#waiting.push({ kind, request, on });
    if (!this.#busy) this.#next();
    else if (this.#worker && this.#isStale) this.#timer ??= setTimeout(() => this.#restart(), PATIENCE);
  }

  get #isStale() {
    return this.#waiting.some(({ kind }) => kind === "translate" || kind === this.#busy?.kind);
  }

  #use(worker) {
    this.#worker = worker;
    this.#busy = null;
    worker.onmessage = ({ data }) => this.#hear(data);
    worker.onerror = (event) => this.#hear({ kind: "crashed", message: event.message });
    this.#next();
  }

  #next() {
    clearTimeout(this.#timer);
    this.#timer = null;
    if (!this.#waiting.length || !this.#worker) return;
    this.#busy = this.#waiting.shift();
    this.#worker.postMessage({ kind: this.#busy.kind, request: this.#busy.request });
  }

  #hear(data) {
    const { on } = this.#busy ?? {}, stale = this.#isStale;
    if (data.kind === "step") {
      if (!stale) on?.step(data);
      return;
    }
    if (data.kind === "crashed") {
      if (!stale) on?.failed(`The translation was given up: ${data.message}`);
      this.#restart();
      return;
    }
    this.#busy = null;
    if (!stale) data.error ? on?.failed(data.error) : on?.done(data);
    this.#next();
  }

  async #restart() {
    clearTimeout(this.#timer);
    this.#timer = null;
    const old = this.#worker;
    old.onmessage = old.onerror = null;
    old.terminate();
    this.#worker = null;
    this.#busy = "starting";
    try {
      const { worker } = await start(this.#model);
      if (this.#worker) worker.terminate(); // another model was opened meanwhile
      else this.#use(worker);
    } catch (error) {
      this.#busy = null;
      this.#waiting.shift()?.on.failed(error.message);
    }
  }
}
