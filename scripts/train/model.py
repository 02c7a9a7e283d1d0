"""The encoder-decoder transformer of MarianMT, for training; parameters are named as in the exported file.

Post-norm blocks, x = LN(x + sublayer(x)); sinusoid positions in halves; one embedding table for the source, one
for the target and the output. The embedding of <pad>, which is also the start symbol, is the zero vector and
stays so. The decoder hands out its cross-attention: head 0 of the last layer is trained to be a word alignment.
"""

import math
import random
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor, nn

MAX_POSITIONS = 512


@dataclass
class Shape:
    """B sentences of S source and T target pieces; d = width, h heads of dh = d / h, V target pieces."""

    source_vocab: int
    target_vocab: int
    width: int = 256
    heads: int = 8
    ffn: int = 1536
    encoder_layers: int = 6
    decoder_layers: int = 2


class Dropout(nn.Module):
    """Dropout with windows of one prepared random mask, renewed now and then: drawing a fresh mask for every
    activation costs a CPU more than the activation."""

    LENGTH, USES = 1 << 23, 2000

    def __init__(self, rate: float):
        super().__init__()
        self.rate, self.uses, self.mask = rate, 0, None

    def forward(self, x: Tensor) -> Tensor:
        if not self.training or self.rate == 0:
            return x
        if x.is_cuda or x.numel() > self.LENGTH // 2:
            return F.dropout(x, self.rate)
        if self.uses % self.USES == 0:
            self.mask = (torch.rand(self.LENGTH) >= self.rate).to(torch.float32) / (1 - self.rate)
        self.uses += 1
        start = random.randrange(self.LENGTH - x.numel())
        return x * self.mask[start : start + x.numel()].view_as(x)


class Attention(nn.Module):
    def __init__(self, width: int, heads: int):
        super().__init__()
        self.heads = heads
        self.q_proj, self.k_proj, self.v_proj, self.out_proj = (nn.Linear(width, width) for _ in range(4))

    def split(self, x: Tensor) -> Tensor:  # [B][n][d] -> [B][h][n][dh]
        return x.view(*x.shape[:2], self.heads, -1).transpose(1, 2)

    def keys_values(self, memory: Tensor) -> tuple[Tensor, Tensor]:
        return self.split(self.k_proj(memory)), self.split(self.v_proj(memory))

    def forward(self, x: Tensor, keys_values: tuple[Tensor, Tensor], mask: Tensor | None) -> tuple[Tensor, Tensor]:
        """The mixed values [B][T][d] and the probabilities [B][h][T][S]; mask is added to the scores."""
        keys, values = keys_values
        scores = self.split(self.q_proj(x)) @ keys.transpose(-1, -2) * keys.shape[-1] ** -0.5
        probs = (scores.float() if mask is None else scores.float() + mask).softmax(-1)
        mixed = (probs.to(values.dtype) @ values).transpose(1, 2).flatten(2)
        return self.out_proj(mixed), probs


class FeedForward(nn.Module):
    """Base of both layers: fc1, fc2 and the norm after them live directly in the layer, as the file names
    them."""

    def __init__(self, shape: Shape, dropout: Dropout):
        super().__init__()
        self.dropout = dropout
        self.self_attn = Attention(shape.width, shape.heads)
        self.self_attn_layer_norm = nn.LayerNorm(shape.width)
        self.fc1 = nn.Linear(shape.width, shape.ffn)
        self.fc2 = nn.Linear(shape.ffn, shape.width)
        self.final_layer_norm = nn.LayerNorm(shape.width)

    def feed_forward(self, x: Tensor) -> Tensor:
        return self.final_layer_norm(x + self.dropout(self.fc2(F.relu(self.fc1(x)))))


class EncoderLayer(FeedForward):
    def forward(self, x: Tensor, mask: Tensor) -> Tensor:
        mixed, _ = self.self_attn(x, self.self_attn.keys_values(x), mask)
        return self.feed_forward(self.self_attn_layer_norm(x + self.dropout(mixed)))


class DecoderLayer(FeedForward):
    def __init__(self, shape: Shape, dropout: Dropout):
        super().__init__(shape, dropout)
        self.encoder_attn = Attention(shape.width, shape.heads)
        self.encoder_attn_layer_norm = nn.LayerNorm(shape.width)

    def forward(
        self,
        x: Tensor,
        past: tuple[Tensor, Tensor],
        causal: Tensor | None,
        memory: tuple[Tensor, Tensor],
        mask: Tensor,
    ) -> tuple[Tensor, Tensor]:
        mixed, _ = self.self_attn(x, past, causal)
        x = self.self_attn_layer_norm(x + self.dropout(mixed))
        mixed, probs = self.encoder_attn(x, memory, mask)
        x = self.encoder_attn_layer_norm(x + self.dropout(mixed))
        return self.feed_forward(x), probs


class Stack(nn.Module):
    """Embeddings, the last of which is <pad>'s, and layers."""

    def __init__(self, vocab: int, width: int, layers: list[nn.Module]):
        super().__init__()
        self.embed_tokens = nn.Embedding(vocab, width, padding_idx=vocab - 1)
        self.layers = nn.ModuleList(layers)
        nn.init.normal_(self.embed_tokens.weight, std=width**-0.5)
        with torch.no_grad():
            self.embed_tokens.weight[vocab - 1] = 0


class Body(nn.Module):
    def __init__(self, shape: Shape, dropout: Dropout):
        super().__init__()
        encoder = [EncoderLayer(shape, dropout) for _ in range(shape.encoder_layers)]
        decoder = [DecoderLayer(shape, dropout) for _ in range(shape.decoder_layers)]
        self.encoder = Stack(shape.source_vocab, shape.width, encoder)
        self.decoder = Stack(shape.target_vocab, shape.width, decoder)


def sinusoids(length: int, width: int) -> Tensor:
    frequencies = 10000.0 ** (-2 * torch.arange(width // 2) / width)
    angles = torch.arange(length)[:, None] * frequencies
    return torch.cat([angles.sin(), angles.cos()], dim=1)


class Translator(nn.Module):
    def __init__(self, shape: Shape, dropout: float = 0.0):
        super().__init__()
        self.shape = shape
        self.source_pad, self.target_pad = shape.source_vocab - 1, shape.target_vocab - 1
        self.dropout = Dropout(dropout)
        self.model = Body(shape, self.dropout)
        self.final_logits_bias = nn.Parameter(torch.zeros(1, shape.target_vocab))
        self.register_buffer("positions", sinusoids(MAX_POSITIONS, shape.width), persistent=False)

    def embed(self, stack: Stack, ids: Tensor, start: int = 0) -> Tensor:
        x = stack.embed_tokens(ids) * math.sqrt(self.shape.width)
        return self.dropout(x + self.positions[start : start + ids.shape[1]])

    def encode(self, source: Tensor) -> tuple[Tensor, Tensor]:
        """source [B][S], padded at the right: memory [B][S][d] and the mask that hides the padding."""
        mask = torch.zeros(source.shape, device=source.device).masked_fill(source == self.source_pad, -1e9)
        mask = mask[:, None, None]
        x = self.embed(self.model.encoder, source)
        for layer in self.model.encoder.layers:
            x = layer(x, mask)
        return x, mask

    def decode(self, target: Tensor, memory: Tensor, mask: Tensor) -> tuple[Tensor, list[Tensor]]:
        """Teacher forcing: the last states [B][T][d] after <pad> and target[:, :-1], and every layer's
        cross-attention probabilities [B][h][T][S]."""
        shifted = F.pad(target[:, :-1], (1, 0), value=self.target_pad)
        length = target.shape[1]
        causal = torch.full((length, length), -1e9, device=target.device).triu(1)
        x, cross = self.embed(self.model.decoder, shifted), []
        for layer in self.model.decoder.layers:
            past = layer.self_attn.keys_values(x)
            x, probs = layer(x, past, causal, layer.encoder_attn.keys_values(memory), mask)
            cross.append(probs)
        return x, cross

    def logits(self, states: Tensor) -> Tensor:
        scores = F.linear(states, self.model.decoder.embed_tokens.weight, self.final_logits_bias[0]).float()
        scores[..., self.target_pad] = -math.inf
        return scores

    @torch.no_grad()
    def greedy(self, source: Tensor, limit: int) -> Tensor:
        """Translate source [B][S]: ids [B][T] that end in </s> = 0 where the limit allows."""
        memory, mask = self.encode(source)
        layers = list(self.model.decoder.layers)
        cross = [layer.encoder_attn.keys_values(memory) for layer in layers]
        past: list[tuple[Tensor, Tensor] | None] = [None] * len(layers)
        token = torch.full((source.shape[0], 1), self.target_pad, device=source.device)
        done = torch.zeros(source.shape[0], dtype=torch.bool, device=source.device)
        output = []
        for step in range(limit):
            x = self.embed(self.model.decoder, token, step)
            for n, layer in enumerate(layers):
                new = layer.self_attn.keys_values(x)
                past[n] = tuple(torch.cat(both, dim=2) for both in zip(past[n], new)) if past[n] else new
                x, _ = layer(x, past[n], None, cross[n], mask)
            token = self.logits(x).argmax(-1).masked_fill(done[:, None], 0)
            output.append(token)
            done |= token[:, 0] == 0
            if done.all():
                break
        return torch.cat(output, dim=1)


class TiedCrossEntropy(torch.autograd.Function):
    """Σ label-smoothed cross-entropy of states · Eᵀ + b, a few hundred rows at a time.

    The [rows][V] logits of a chunk, their softmax and their gradient stay in the cache; the whole matrix,
    which would be the largest thing in the training by far, never exists. The column of <pad> is banned.
    """

    ROWS = {"cpu": 256, "cuda": 16384}

    @staticmethod
    def forward(ctx, states: Tensor, table: Tensor, bias: Tensor, target: Tensor, smoothing: float):
        vocab, pad = table.shape[0], table.shape[0] - 1
        weights = table.to(states.dtype)
        total = torch.zeros((), device=states.device)
        grad_states, grad_table = torch.empty_like(states), torch.zeros_like(table)
        grad_bias = torch.zeros_like(bias)
        chunk = TiedCrossEntropy.ROWS[states.device.type]
        for start in range(0, states.shape[0], chunk):
            rows = slice(start, start + chunk)
            logits = (states[rows] @ weights.T).float().add_(bias)
            logits[:, pad] = 0
            mean = logits.sum(1) / (vocab - 1)
            logits[:, pad] = -math.inf
            log_sum = logits.logsumexp(1)
            right = logits.gather(1, target[rows, None])[:, 0]
            total += (log_sum - (1 - smoothing) * right - smoothing * mean).sum()
            grad = logits.sub_(log_sum[:, None]).exp_().sub_(smoothing / (vocab - 1))
            grad.scatter_add_(
                1, target[rows, None], torch.full((len(log_sum), 1), smoothing - 1.0, device=grad.device)
            )
            grad[:, pad] = 0
            grad_bias += grad.sum(0)
            grad = grad.to(states.dtype)
            torch.mm(grad, weights, out=grad_states[rows])
            grad_table += (grad.T @ states[rows]).to(table.dtype)
        ctx.save_for_backward(grad_states, grad_table, grad_bias)
        return total

    @staticmethod
    def backward(ctx, scale: Tensor):
        grad_states, grad_table, grad_bias = ctx.saved_tensors
        return grad_states * scale, grad_table * scale, grad_bias * scale, None, None


@torch.no_grad()
def copy_into(model: nn.Module, values: list[Tensor]) -> None:
    for parameter, value in zip(model.parameters(), values, strict=True):
        parameter.copy_(value)


def parameters_in_millions(model: nn.Module) -> float:
    return sum(p.numel() for p in model.parameters()) / 1e6
