"""Computes the scores of an exported model from its files, in plain Python: `export.py FOLDER`.

Shares nothing with Segue but the README of the export. Reads lists of item numbers as JSON from standard input, and writes
for each of them the logits of the network and the scores of the blend.
"""

import json
import math
import struct
import sys
from pathlib import Path


def read(path):
    """The tensors of a safetensors file, as flat lists."""
    data = path.read_bytes()
    (length,) = struct.unpack("<Q", data[:8])
    tensors = {}
    for name, told in json.loads(data[8 : 8 + length]).items():
        begin, end = (8 + length + offset for offset in told["data_offsets"])
        kind, width = {"F32": ("f", 4), "I64": ("q", 8)}[told["dtype"]]
        tensors[name] = list(struct.unpack(f"<{(end - begin) // width}{kind}", data[begin:end]))
    return tensors


def rows(flat, width):
    """A flat list as rows."""
    return [flat[first : first + width] for first in range(0, len(flat), width)]


def dot(one, other):
    """The sum of products."""
    return sum(left * right for left, right in zip(one, other))


def norm(x, weights, name, epsilon):
    """Layer normalisation."""
    mean = sum(x) / len(x)
    scale = 1 / math.sqrt(sum((value - mean) ** 2 for value in x) / len(x) + epsilon)
    parameters = zip(x, weights[name + ".weight"], weights[name + ".bias"])
    return [(value - mean) * scale * weight + bias for value, weight, bias in parameters]


def affine(x, weights, name):
    """x · Wᵀ + b."""
    return [dot(x, row) + bias for row, bias in zip(rows(weights[name + ".weight"], len(x)), weights[name + ".bias"])]


def add(one, other):
    """The sum of two vectors."""
    return [left + right for left, right in zip(one, other)]


def gelu(value):
    """x · Φ(x)."""
    return value * 0.5 * (1 + math.erf(value / math.sqrt(2)))


def sigmoid(value):
    """1 / (1 + e^-value)."""
    return 1 / (1 + math.exp(-value))


def gated(x, added, weights, name):
    """What is added to x, as far as the gate lets it through; all of it where there is no gate."""
    if name + ".weight" not in weights:
        return added
    return [value * sigmoid(gate) for value, gate in zip(added, affine(x, weights, name))]


def activated(inner, is_gated):
    """What the feed-forward layer makes of its inner values."""
    if not is_gated:
        return [gelu(value) for value in inner]
    half = len(inner) // 2
    return [left * sigmoid(left) * right for left, right in zip(inner[:half], inner[half:])]


def softmax(values):
    """Shares that sum to 1."""
    largest = max(values)
    powers = [math.exp(value - largest) for value in values]
    return [power / sum(powers) for power in powers]


def attend(xs, weights, block, heads):
    """Causal attention of all positions."""
    dimension = len(xs[0])
    width = dimension // heads
    projected = [affine(x, weights, block + ".projection") for x in xs]
    part = lambda position, which, head: projected[position][which * dimension + head * width :][:width]
    mixed = []
    for position in range(len(xs)):
        out = []
        for head in range(heads):
            query = part(position, 0, head)
            shares = softmax([dot(query, part(before, 1, head)) / math.sqrt(width) for before in range(position + 1)])
            values = [part(before, 2, head) for before in range(position + 1)]
            out += [dot(shares, column) for column in zip(*values)]
        mixed.append(affine(out, weights, block + ".attention_output"))
    return mixed


def logits(seeds, weights, shape):
    """The logit of every item after the seeds."""
    dimension, epsilon = shape["dimension"], shape["layer_norm_epsilon"]
    items = rows(weights["items.weight"], dimension)
    positions = rows(weights["encoder.positions"], dimension)
    tokens = [len(items) - 1, *seeds[-shape["max_length"] :]]
    scale = math.sqrt(dimension)
    xs = [add([scale * value for value in items[token]], positions[place]) for place, token in enumerate(tokens)]
    for number in range(shape["blocks"]):
        block = f"encoder.block_{number}"
        normed = [norm(x, weights, block + ".attention_norm", epsilon) for x in xs]
        attended = attend(normed, weights, block, shape["heads"])
        xs = [add(x, gated(x, added, weights, block + ".attention_gate")) for x, added in zip(xs, attended)]
        for place, x in enumerate(xs):
            inner = affine(norm(x, weights, block + ".feed_forward_norm", epsilon), weights, block + ".expansion")
            outer = affine(activated(inner, shape["encoder"] == "gated_transformer"), weights, block + ".contraction")
            xs[place] = add(x, gated(x, outer, weights, block + ".feed_forward_gate"))
    context = norm(xs[-1], weights, "output_norm", epsilon)
    return [dot(context, item) + bias for item, bias in zip(items[:-1], weights["items.bias"])]


def neighbour_scores(seeds, table, decay, count):
    """What the neighbours of the seeds add up to."""
    scores, seen = [0.0] * count, set()
    for distance, seed in enumerate(reversed(seeds)):
        if seed not in seen:
            seen.add(seed)
            weight = table["seed_weights"][seed] * decay**distance
            for place in range(table["offsets"][seed], table["offsets"][seed + 1]):
                scores[table["items"][place]] += weight * table["values"][place]
    return scores


def solve(matrix, right):
    """x of matrix · x = right, by elimination."""
    rows_left = [[*row, value] for row, value in zip(matrix, right)]
    size = len(rows_left)
    for step in range(size):
        pivot = max(range(step, size), key=lambda place: abs(rows_left[place][step]))
        rows_left[step], rows_left[pivot] = rows_left[pivot], rows_left[step]
        for place in range(step + 1, size):
            share = rows_left[place][step] / rows_left[step][step]
            rows_left[place] = [own - share * above for own, above in zip(rows_left[place], rows_left[step])]
    found = [0.0] * size
    for step in reversed(range(size)):
        known = dot(rows_left[step][step + 1 : size], found[step + 1 :])
        found[step] = (rows_left[step][size] - known) / rows_left[step][step]
    return found


def factor_scores(seeds, factors, told):
    """The products of each item's factors with those of the list."""
    factors, size = rows(factors, told["dimension"]), told["dimension"]
    held = [factors[seed] for seed in set(seeds)]
    if not held:
        return [0.0] * len(factors)
    entry = lambda lists, one, other: sum(row[one] * row[other] for row in lists)
    matrix = [
        [
            entry(factors, one, other) + told["confidence"] * entry(held, one, other) + (one == other) * told["regularisation"]
            for other in range(size)
        ]
        for one in range(size)
    ]
    found = solve(matrix, [(1 + told["confidence"]) * sum(row[place] for row in held) for place in range(size)])
    return [dot(found, row) for row in factors]


def z_scores(values):
    """Mean 0 and deviation 1."""
    mean = sum(values) / len(values)
    deviation = math.sqrt(sum((value - mean) ** 2 for value in values) / len(values))
    return [(value - mean) / deviation if deviation > 1e-12 else 0.0 for value in values]


def main():
    """Reads and answers."""
    folder = Path(sys.argv[1])
    told = json.loads((folder / "export.json").read_text())
    weights, table = read(folder / "model.safetensors"), read(folder / "neighbours.safetensors")
    vocabulary = (folder / "vocabulary.txt").read_text().splitlines()
    assert len(vocabulary) == told["items"]
    answers = []
    for seeds in json.load(sys.stdin):
        network = logits(seeds, weights, told["network"])
        neighbours = neighbour_scores(seeds, table, told["neighbours"]["decay"], told["items"])
        weight, parts = told["blend"]["weight"], zip(z_scores(neighbours), z_scores(network))
        blend = [weight * one + (1 - weight) * other for one, other in parts]
        if told["factorisation"]:
            factors = read(folder / "factors.safetensors")["factors"]
            share, scores = told["blend"]["factorisation_share"], factor_scores(seeds, factors, told["factorisation"])
            blend = [share * one + (1 - share) * other for one, other in zip(z_scores(scores), blend)]
        answers.append({"network": network, "blend": blend})
    json.dump(answers, sys.stdout)


if __name__ == "__main__":
    main()
