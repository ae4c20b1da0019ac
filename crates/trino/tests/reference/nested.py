"""Writes the rows of tests/behaviours/generated/nested_*.txt from Python's lists, itertools and statistics.

    python3 crates/trino/tests/reference/nested.py

Arrays and lambdas: lists, sets and functools. Combinations: itertools, put into Trino's order. Aggregations: statistics,
collections.Counter, decimal and sorted. SQL/JSON: dicts and json. The seed is fixed, so the files change only when this
script does.
"""

import functools
import itertools
import json
import math
import pathlib
import random
import statistics
from collections import Counter
from decimal import Decimal

RANDOM = random.Random(8)
HERE = pathlib.Path(__file__).parent.parent / "behaviours" / "generated"


def sql(value):
    """A value as a literal."""
    if value is None:
        return "NULL"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        return "'" + value.replace("'", "''") + "'"
    if isinstance(value, list):
        return "ARRAY[" + ", ".join(map(sql, value)) + "]"
    return str(value)


def shown(value, inside=False):
    """A value as Athena writes it."""
    if value is None:
        return "null" if inside else "NULL"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, list):
        return "[" + ", ".join(shown(one, True) for one in value) + "]"
    return str(value)


def write(name, about, rows):
    lines = [f"-- {about}", "-- Written by tests/reference/nested.py."]
    lines += [f"{expression} => {value}" for expression, value in rows]
    (HERE / f"nested_{name}.txt").write_text("\n".join(lines) + "\n")


def once(values):
    """Each value once, in the order of the first ones."""
    return list(dict.fromkeys(values))


def in_order(values):
    """Ascending, None last."""
    return sorted(values, key=lambda one: (one is None, one if one is not None else 0))


def numbers(least=0, with_null=False):
    choices = list(range(-3, 8)) + ([None, None] if with_null else [])
    return [RANDOM.choice(choices) for _ in range(RANDOM.randint(least, 8))]


def arrays():
    for _ in range(15):
        a, b = numbers(1, True), numbers(1, True)
        yield f"array_sort({sql(a)})", shown(in_order(a))
        yield f"array_distinct({sql(a)})", shown(once(a))
        yield f"array_union({sql(a)}, {sql(b)})", shown(once(a + b))
        yield f"array_intersect({sql(a)}, {sql(b)})", shown(once(one for one in a if one in b))
        yield f"array_except({sql(a)}, {sql(b)})", shown(once(one for one in a if one not in b))
        yield f"reverse({sql(a)})", shown(a[::-1])
        yield f"{sql(a)} || {sql(b)}", shown(a + b)
        yield f"cardinality({sql(a)})", shown(len(a))
        sought = RANDOM.randint(-3, 7)
        yield f"array_position({sql(a)}, {sought})", shown(a.index(sought) + 1 if sought in a else 0)
        yield f"array_remove({sql(a)}, {sought})", shown([one for one in a if one != sought])
        yield f"contains({sql(a)}, {sought})", shown(True if sought in a else None if None in a else False)
        overlap = {one for one in a if one is not None} & set(b)
        yield f"arrays_overlap({sql(a)}, {sql(b)})", shown(True if overlap else None if None in a + b else False)
        yield f"array_max({sql(a)})", shown(None if None in a else max(a))
        yield f"array_min({sql(a)})", shown(None if None in a else min(a))
        start, length = RANDOM.choice([-9, -3, -1, 1, 2, 5, 9]), RANDOM.randint(0, 5)
        at = start - 1 if start > 0 else len(a) + start
        yield f"slice({sql(a)}, {start}, {length})", shown(a[at:at + length] if 0 <= at else [])
        cut = RANDOM.randint(0, len(a))
        yield f"trim_array({sql(a)}, {cut})", shown(a[:len(a) - cut])
        size = RANDOM.randint(1, 4)
        grams = [a[i:i + size] for i in range(len(a) - size + 1)] if len(a) > size else [a]
        yield f"ngrams({sql(a)}, {size})", shown(grams)
        chosen = sorted(itertools.combinations(range(len(a)), size), key=lambda places: places[::-1])
        yield f"combinations({sql(a)}, {size})", shown([[a[i] for i in places] for places in chosen])
        yield f"array_join({sql(a)}, '-')", "-".join(str(one) for one in a if one is not None)
        yield f"array_join({sql(a)}, '-', '?')", "-".join("?" if one is None else str(one) for one in a)
        yield f"flatten(ARRAY[{sql(a)}, {sql(b)}])", shown(a + b)


def lambdas():
    for _ in range(15):
        a, b, least = numbers(1), numbers(1), RANDOM.randint(-3, 7)
        nulls = numbers(1, True)
        yield f"transform({sql(a)}, x -> x * 2 + {least})", shown([one * 2 + least for one in a])
        yield f"filter({sql(nulls)}, x -> x > {least})", shown([one for one in nulls if one is not None and one > least])
        yield f"reduce({sql(a)}, 0, (s, x) -> s + x, s -> s)", shown(sum(a))
        yield f"reduce({sql(a)}, 1, (s, x) -> s * x, s -> -s)", shown(-functools.reduce(lambda s, x: s * x, a, 1))
        yield f"any_match({sql(a)}, x -> x > {least})", shown(any(one > least for one in a))
        yield f"all_match({sql(a)}, x -> x > {least})", shown(all(one > least for one in a))
        yield f"none_match({sql(a)}, x -> x > {least})", shown(not any(one > least for one in a))
        pairs = itertools.zip_longest(a, b)
        yield (f"zip_with({sql(a)}, {sql(b)}, (x, y) -> coalesce(x, 0) * 10 + coalesce(y, 0))",
               shown([(x or 0) * 10 + (y or 0) for x, y in pairs]))
        yield (f"array_sort({sql(a)}, (x, y) -> IF(x < y, 1, IF(x = y, 0, -1)))", shown(sorted(a, reverse=True)))


def table(rows, names):
    return "(VALUES " + ", ".join("(" + ", ".join(map(sql, row)) + ")" for row in rows) + f") AS t({', '.join(names)})"


def aggregations():
    for _ in range(12):
        rows = [(RANDOM.randint(-9, 9), RANDOM.randint(-9, 9)) for _ in range(RANDOM.randint(3, 14))]
        if len({x for x, _ in rows}) < 2 or len({y for _, y in rows}) < 2:
            continue
        xs, ys = [x for x, _ in rows], [y for _, y in rows]
        source = table(rows, "xy")
        pick = lambda what: f"SELECT {what} FROM {source}"  # noqa: E731
        slope, intercept = statistics.linear_regression(xs, ys)
        for name, value in (
            ("avg(x)", statistics.fmean(xs)), ("stddev(x)", statistics.stdev(xs)),
            ("stddev_pop(x)", statistics.pstdev(xs)), ("variance(x)", statistics.variance(xs)),
            ("var_pop(x)", statistics.pvariance(xs)), ("corr(y, x)", statistics.correlation(xs, ys)),
            ("covar_samp(y, x)", statistics.covariance(xs, ys)),
            ("covar_pop(y, x)", statistics.covariance(xs, ys) * (len(xs) - 1) / len(xs)),
            ("regr_slope(y, x)", slope), ("regr_intercept(y, x)", intercept),
            ("geometric_mean(abs(x) + 1)", statistics.geometric_mean([abs(x) + 1 for x in xs])),
        ):
            value = float(value)
            yield pick(f"abs({name} - DOUBLE '{value!r}') < 1e-9"), "true"
        yield pick("sum(x)"), sum(xs)
        yield pick("count_if(x > y)"), sum(x > y for x, y in rows)
        yield pick("min(x, 3)"), shown(sorted(xs)[:3])
        yield pick("max(x, 3)"), shown(sorted(xs, reverse=True)[:3])
        yield pick("max_by(x, y)") if ys.count(max(ys)) == 1 else pick("max(y)"), (
            xs[ys.index(max(ys))] if ys.count(max(ys)) == 1 else max(ys))
        yield pick("array_agg(x ORDER BY y DESC, x)"), shown([x for x, _ in sorted(rows, key=lambda r: (-r[1], r[0]))])
        yield pick("array_sort(set_agg(x))"), shown(sorted(set(xs)))
        yield pick("listagg(CAST(x AS varchar), ';') WITHIN GROUP (ORDER BY x)"), ";".join(map(str, sorted(xs)))
        (value, count), *others = Counter(xs).most_common()
        yield pick(f"histogram(x)[{value}]"), count
        yield pick("cardinality(histogram(x))"), len(set(xs))
        if not others or others[0][1] < count:
            yield pick(f"element_at(approx_most_frequent(2, x, 100), {value})"), count
        yield pick("approx_distinct(x)"), len(set(xs))
        yield pick("reduce_agg(x, 0, (s, v) -> s + v * v, (s, t) -> s + t)"), sum(x * x for x in xs)
        share = RANDOM.choice([0.05, 0.3, 0.55, 0.95])
        # Of few values the digest has each as it is, and a value is found by its half-open share.
        rank = share * len(xs)
        exact = max(xs) if rank >= len(xs) - 1 else sorted(xs)[math.floor(rank)]
        yield pick(f"approx_percentile(x, {share})"), exact
        decimals = [Decimal(x) / 4 for x in xs]
        yield pick("sum(CAST(x AS decimal(10,2)) / 4)"), f"{sum(decimals):.2f}"


def json_paths():
    for _ in range(15):
        values = [RANDOM.randint(0, 20) for _ in range(RANDOM.randint(1, 6))]
        fields = {name: RANDOM.randint(0, 9) for name in RANDOM.sample("abcdef", 3)}
        text, at, least = json.dumps({"v": values, "f": fields}), RANDOM.randint(0, 6), RANDOM.randint(0, 20)
        value = lambda path, returning="integer": f"json_value({sql(text)}, 'lax {path}' RETURNING {returning})"  # noqa: E731
        query = lambda path: f"json_query({sql(text)}, 'lax {path}' WITH ARRAY WRAPPER)"  # noqa: E731
        wrapped = lambda found: json.dumps(found, separators=(",", ":")) if found else "NULL"  # noqa: E731
        yield value(f"$.v[{at}]"), shown(values[at] if at < len(values) else None)
        yield value("$.v[last]"), values[-1]
        yield value("$.v.size()"), len(values)
        yield query("$.v[*]"), wrapped(values)
        yield query(f"$.v[*]?(@ > {least})"), wrapped([one for one in values if one > least])
        yield query(f"$.v[*]?(@ > {least} || @ == 3)"), wrapped([one for one in values if one > least or one == 3])
        yield query("$.f.*"), wrapped([fields[name] for name in sorted(fields)])
        yield query(f"$.v[{min(at, 2)} to {at}]"), wrapped(values[min(at, 2):at + 1])
        yield value("$.f.a"), shown(fields.get("a"))
        yield value("$.f.a + 1") if "a" in fields else value("$.f.b"), shown(fields["a"] + 1 if "a" in fields else fields.get("b"))
        exists = any(one > least for one in values)
        yield f"json_exists({sql(text)}, 'lax $.v?(@ > {least})')", shown(exists)
        yield f"json_query({sql(text)}, 'lax $')", json.dumps({"f": dict(sorted(fields.items())), "v": values}, separators=(",", ":"))


write("arrays", "Functions of arrays, by lists and itertools.", arrays())
write("lambdas", "Lambdas, by comprehensions.", lambdas())
write("aggregations", "Aggregations, by statistics, collections and decimal.", aggregations())
write("json", "Paths into JSON, by dicts and lists.", json_paths())
