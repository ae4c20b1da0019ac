"""Takes training steps with PyTorch: `torch_train.py FOLDER STEPS SETTINGS OPTIMISER`.

`FOLDER` has the first weights, and for every step the batch and the negatives that Segue drew, all as safetensors; so
batches cost nothing here, while Segue makes its own within its time. `OPTIMISER` is `sparse` (SparseAdam for the item
table, Adam for the rest: the arithmetic of Segue's) or `dense` (Adam for all, as most people write it). Prints a line of
JSON: the loss before each step, and the seconds that each step took.

Written as one would who knows PyTorch well: the fused attention kernel, one projection for queries, keys and values, the
fused Adam of the processor, gradients set to none, no waiting for a number that is not needed. `torch.compile` is left
out: it needs a C++ compiler and recompiles for every new length of a batch.
"""

import json
import sys
import time
import tomllib
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn

KINDS = {"F32": np.float32, "I64": np.int64}
FEED_FORWARD_FACTOR = 2
CLIP_NORM = 5.0
WARMUP_STEPS = 50


def read(path: Path) -> dict[str, Tensor]:
    """The tensors of a safetensors file."""
    data = path.read_bytes()
    length = int.from_bytes(data[:8], "little")
    header, body = json.loads(data[8 : 8 + length]), data[8 + length :]
    tensors = {}
    for name, told in header.items():
        if name != "__metadata__":
            begin, end = told["data_offsets"]
            array = np.frombuffer(body[begin:end], KINDS[told["dtype"]]).reshape(told["shape"])
            tensors[name] = torch.from_numpy(array.copy())
    return tensors


class Block(nn.Module):
    """A pre-norm transformer block."""

    def __init__(self, dimension: int, heads: int, dropout: float) -> None:
        super().__init__()
        self.heads, self.dropout = heads, dropout
        self.attention_norm = nn.LayerNorm(dimension)
        self.projection = nn.Linear(dimension, 3 * dimension)
        self.attention_output = nn.Linear(dimension, dimension)
        self.feed_forward_norm = nn.LayerNorm(dimension)
        self.expansion = nn.Linear(dimension, FEED_FORWARD_FACTOR * dimension)
        self.contraction = nn.Linear(FEED_FORWARD_FACTOR * dimension, dimension)

    def forward(self, xs: Tensor) -> Tensor:
        """Maps [batch, length, dimension] to the same shape."""
        batch, length, dimension = xs.shape
        qkv = self.projection(self.attention_norm(xs)).view(batch, length, 3, self.heads, dimension // self.heads)
        q, k, v = qkv.permute(2, 0, 3, 1, 4)
        mixed = F.scaled_dot_product_attention(q, k, v, is_causal=True)
        attended = self.attention_output(mixed.transpose(1, 2).reshape(batch, length, dimension))
        xs = xs + F.dropout(attended, self.dropout)
        inner = F.gelu(self.expansion(self.feed_forward_norm(xs)))
        return xs + F.dropout(self.contraction(inner), self.dropout)


class Network(nn.Module):
    """SASRec with a start mark, tied embeddings, a bias for each item, and a sampled softmax."""

    def __init__(self, weights: dict[str, Tensor], settings: dict, sparse: bool) -> None:
        super().__init__()
        rows, dimension = weights["items.weight"].shape
        self.dropout = settings["dropout"]
        self.items = nn.Embedding(rows, dimension, sparse=sparse)
        self.bias = nn.Embedding(rows, 1, sparse=sparse)
        self.positions = nn.Parameter(torch.empty_like(weights["encoder.positions"]))
        blocks = range(settings["blocks"])
        self.blocks = nn.ModuleList(Block(dimension, settings["heads"], self.dropout) for _ in blocks)
        self.output_norm = nn.LayerNorm(dimension)
        self.load(weights)

    def load(self, weights: dict[str, Tensor]) -> None:
        """Takes over all weights by their names in Segue."""
        names = {"items.weight": "items.weight", "bias.weight": "items.bias", "positions": "encoder.positions"}
        with torch.no_grad():
            for name, parameter in self.named_parameters():
                theirs = names.get(name) or name.replace("blocks.", "encoder.block_")
                parameter.copy_(weights.pop(theirs).reshape(parameter.shape))
        if weights:
            raise ValueError(f"weights that nobody took: {sorted(weights)}")

    def forward(self, batch: dict[str, Tensor]) -> Tensor:
        """The mean loss of a batch."""
        tokens, targets, negatives = batch["tokens"], batch["targets"], batch["negatives"]
        xs = self.items(tokens) * self.items.embedding_dim**0.5 + self.positions[: tokens.shape[1]]
        xs = F.dropout(xs, self.dropout)
        for block in self.blocks:
            xs = block(xs)
        contexts = self.output_norm(xs).flatten(0, 1)[batch["places"]]
        target_logits = (contexts * self.items(targets)).sum(-1, keepdim=True) + self.bias(targets)
        bias = self.bias(negatives).squeeze(1) - batch["corrections"]
        logits = F.linear(contexts, self.items(negatives), bias)
        logits = logits.masked_fill(targets.unsqueeze(1) == negatives, float("-inf"))
        return (torch.cat([target_logits, logits], 1).logsumexp(1, keepdim=True) - target_logits).mean()


class Optimiser:
    """Adam with clipping and a warm-up."""

    def __init__(self, network: Network, sparse: bool, rate: float) -> None:
        self.rate, self.steps = rate, 0
        self.parameters = list(network.parameters())
        tables = [network.items.weight, network.bias.weight]
        rest = [parameter for parameter in self.parameters if all(parameter is not table for table in tables)]
        betas = (0.9, 0.98)
        if sparse:
            self.parts = [torch.optim.SparseAdam(tables, betas=betas), torch.optim.Adam(rest, betas=betas, fused=True)]
        else:
            self.parts = [torch.optim.Adam(self.parameters, betas=betas, fused=True)]

    def step(self) -> None:
        """Moves the weights by their gradients, which are scaled down to a common norm."""
        self.steps += 1
        gradients = []
        for parameter in self.parameters:
            if parameter.grad.is_sparse:
                parameter.grad = parameter.grad.coalesce()
                gradients.append(parameter.grad.values())
            else:
                gradients.append(parameter.grad)
        norm = torch.linalg.vector_norm(torch.stack([torch.linalg.vector_norm(gradient) for gradient in gradients]))
        torch._foreach_mul_(gradients, (CLIP_NORM / norm).clamp(max=1.0))
        for part in self.parts:
            for group in part.param_groups:
                group["lr"] = self.rate * min(1.0, self.steps / WARMUP_STEPS)
            part.step()
            part.zero_grad(set_to_none=True)


def main() -> None:
    """Takes the steps."""
    folder, steps, settings, sparse = Path(sys.argv[1]), int(sys.argv[2]), Path(sys.argv[3]), sys.argv[4] == "sparse"
    settings = tomllib.loads(settings.read_text())
    network = Network(read(folder / "weights.safetensors"), settings["network"], sparse)
    optimiser = Optimiser(network, sparse, settings["optimiser"]["learning_rate"])
    losses, seconds = [], []
    for number in range(steps):
        batch = read(folder / f"step-{number:06}.safetensors")
        began = time.perf_counter()
        loss = network(batch)
        loss.backward()
        optimiser.step()
        losses.append(loss.item())
        seconds.append(time.perf_counter() - began)
    print(json.dumps({"losses": losses, "seconds": seconds}))


if __name__ == "__main__":
    main()
