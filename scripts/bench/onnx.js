// onnx.js: the model's export to ONNX in onnxruntime-web: greedy search with cached keys and values, one thread
import * as ort from "./node_modules/onnxruntime-web/dist/ort.wasm.min.mjs";

ort.env.wasm.numThreads = 1;
const EOS = 0, PARTS = ["encoder_model", "decoder_model", "decoder_with_past_model"];

const int64 = (numbers) => new ort.Tensor("int64", BigInt64Array.from(numbers, BigInt), [1, numbers.length]);

// The bytes of the three parts.
export const fetchParts = (folder) => Promise.all(PARTS.map(async (part) => new Uint8Array(await (await fetch(`${folder}/${part}.onnx`)).arrayBuffer())));

export const open = (parts) => Promise.all(parts.map((bytes) => ort.InferenceSession.create(bytes, { executionProviders: ["wasm"] })));

// The largest logit of the last row, except <pad>.
function best({ data, dims }, pad) {
  const n = dims[2], row = data.subarray(data.length - n);
  let at = pad === 0 ? 1 : 0;
  for (let i = 0; i < n; i++) if (i !== pad && row[i] > row[at]) at = i;
  return at;
}

export async function translate([encoder, first, next], ids, pad, most = 512) {
  const mask = int64(ids.map(() => 1)), { last_hidden_state: memory } = await encoder.run({ input_ids: int64(ids), attention_mask: mask });
  let out = await first.run({ input_ids: int64([pad]), encoder_hidden_states: memory, encoder_attention_mask: mask });
  const written = [best(out.logits, pad)], cache = {};
  const keep = (found) => { for (const name in found) if (name.startsWith("present.")) cache[name.replace("present", "past_key_values")] = found[name]; };
  keep(out);
  while (written.at(-1) !== EOS && written.length < most) {
    out = await next.run({ input_ids: int64([written.at(-1)]), encoder_attention_mask: mask, ...cache });
    keep(out);
    written.push(best(out.logits, pad));
  }
  return written;
}
