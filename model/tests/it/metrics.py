"""Metrics of the RecSys Challenge 2018 and of leave-one-out, written from their definitions and from nothing else.

Reads [{"ranked": [track], "hidden": [track]}] and writes one list of values for each case, in the order of
`continuation()` and `leave_one_out()` of the Rust code. Seven tracks have one artist.
"""

import json
import math
import sys


def artist(track):
    return track // 7


def dcg(relevances):
    # As in the challenge's rules: rel_1 + sum over i >= 2 of rel_i / log2(i + 1).
    return sum(rel / math.log2(i + 1) if i > 1 else rel for i, rel in enumerate(relevances, start=1))


def ndcg(ranked, hidden, places):
    ideal = dcg([1] * min(len(hidden), places))
    return dcg([int(track in hidden) for track in ranked[:places]]) / ideal


def r_precision(ranked, hidden):
    return len(set(ranked[: len(hidden)]) & hidden) / len(hidden)


def r_precision_artists(ranked, hidden):
    first = ranked[: len(hidden)]
    missed = {artist(track) for track in first if track not in hidden}
    shared = missed & {artist(track) for track in hidden}
    return (len(set(first) & hidden) + 0.25 * len(shared)) / len(hidden)


def clicks(ranked, hidden):
    for rank, track in enumerate(ranked[:500], start=1):
        if track in hidden:
            return (rank - 1) // 10
    return 51


def hit_rate(ranked, hidden, places):
    return float(not hidden.isdisjoint(ranked[:places]))


def reciprocal_rank(ranked, hidden, places):
    return next((1 / rank for rank, track in enumerate(ranked[:places], start=1) if track in hidden), 0.0)


def judge(case):
    ranked, hidden = case["ranked"], set(case["hidden"])
    return [
        r_precision(ranked, hidden),
        r_precision_artists(ranked, hidden),
        ndcg(ranked, hidden, 500),
        len(set(ranked[:500]) & hidden) / len(hidden),
        hit_rate(ranked, hidden, 10),
        clicks(ranked, hidden),
        hit_rate(ranked, hidden, 5),
        hit_rate(ranked, hidden, 10),
        hit_rate(ranked, hidden, 20),
        ndcg(ranked, hidden, 10),
        reciprocal_rank(ranked, hidden, 10),
    ]


json.dump([judge(case) for case in json.load(sys.stdin)], sys.stdout)
