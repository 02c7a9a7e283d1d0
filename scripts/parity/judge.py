"""The other side of the comparisons: transformers, in float32, with eager attention."""

import logging
import os
import unicodedata
import warnings

os.environ.setdefault("HF_HUB_OFFLINE", "1")
os.environ.setdefault("HF_HUB_DISABLE_PROGRESS_BARS", "1")

import numpy
import torch
import transformers

transformers.logging.set_verbosity_error()
transformers.logging.disable_progress_bar()
warnings.filterwarnings("ignore", message=".*sacremoses.*")
logging.getLogger("transformers").setLevel(logging.ERROR)
torch.set_num_threads(1)  # these models are small: threads would mostly wait for each other


class Judge:
    def __init__(self, directory):
        self.tokenizer = transformers.MarianTokenizer.from_pretrained(directory)
        self.model, loading = transformers.MarianMTModel.from_pretrained(
            directory, dtype=torch.float32, attn_implementation="eager", output_loading_info=True)
        self.model.eval()
        self.loading = {k: v for k, v in loading.items() if v}  # missing, unexpected, mismatched
        self.most = self.model.config.max_position_embeddings
        self.banned = [w[0] for w in self.model.generation_config.bad_words_ids or []]

    def encode(self, texts):
        """Their ids; those of the small letters if a text is in capitals and the model says so."""
        read = [t.lower() if self.answers_in_capitals(t) else t for t in texts]
        return [self.tokenizer(t, truncation=True, max_length=self.most)["input_ids"] for t in read]

    def decode(self, ids, answering):
        """What target ids say in answer to a text."""
        said = self.tokenizer.decode(ids, skip_special_tokens=True)
        return said.upper() if self.answers_in_capitals(answering) else said

    def answers_in_capitals(self, text):
        """The rule of src/text/capitals.h."""
        case = [unicodedata.category(c) for c in text]
        words = [len(w) for w in "".join("A" if c == "Lu" else " " for c in case).split()] or [0]
        return (getattr(self.model.config, "lowercase_capitals", False) and "Ll" not in case
                and (max(words) > 3 or (max(words) > 1 and len(words) > 1)))

    @torch.inference_mode()
    def greedy(self, sources, batch=32):
        """The target ids of generate(), without the start symbol, up to </s>."""
        found = [None] * len(sources)
        order = sorted(range(len(sources)), key=lambda i: -len(sources[i]))
        pad, eos = self.tokenizer.pad_token_id, self.model.config.eos_token_id
        for at in range(0, len(order), batch):
            rows = order[at:at + batch]
            width = len(sources[rows[0]])
            ids = torch.tensor([sources[r] + [pad] * (width - len(sources[r])) for r in rows])
            mask = torch.tensor([[int(i < len(sources[r])) for i in range(width)] for r in rows])
            made = self.model.generate(input_ids=ids, attention_mask=mask, num_beams=1, do_sample=False)
            for r, row in zip(rows, made[:, 1:].tolist(), strict=True):
                found[r] = row[:row.index(eos) + 1] if eos in row else row
        return found

    @torch.inference_mode()
    def forced(self, source, target):
        """Memory, logits and maps for given ids, as Engine.forced has them; one sentence, no padding."""
        start = self.model.config.decoder_start_token_id
        ids, fed = torch.tensor([source]), torch.tensor([[start] + target[:-1]])
        out = self.model(input_ids=ids, decoder_input_ids=fed, output_attentions=True, use_cache=False)
        maps = torch.stack([layer[0] for layer in out.cross_attentions])
        return out.encoder_last_hidden_state[0].numpy(), out.logits[0].numpy(), maps.numpy()

    def gap(self, logits):
        """The distance between the two best logits, those that may be generated."""
        allowed = numpy.delete(logits, self.banned)
        best, second = -numpy.sort(-allowed)[:2]
        return float(best - second)
