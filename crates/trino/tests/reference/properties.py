"""What Trino's functions should give, by Python's own modules: decimal, datetime, zoneinfo, re, json, hashlib and others.

Prints a JSON object a line: the name of a property, a query, and the text of each of its rows. The arguments are random,
from the seed that is the only argument of this script. Nothing here knows how Segue computes anything.
"""

import base64
import calendar
import hashlib
import json
import random
import re
import string
import sys
import unicodedata
import zlib
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta, timezone
from decimal import ROUND_CEILING, ROUND_DOWN, ROUND_FLOOR, ROUND_HALF_UP, Context, Decimal
from zoneinfo import ZoneInfo

from athena_text import shown

RANDOM = random.Random(int(sys.argv[1]))
ROWS = 60
EXACT = Context(prec=200)


def text(value: str | None) -> str:
    """A literal of a text."""
    return "CAST(NULL AS varchar)" if value is None else "'" + value.replace("'", "''") + "'"


def tell(name: str, arguments: list[tuple[str, ...]], expression: str, values: Iterable[object]) -> None:
    """A property: an expression over the columns a, b, c… of literals, and its values in order."""
    names = ["i", *string.ascii_lowercase[: len(arguments[0])]]
    rows = ", ".join(f"({', '.join([str(at), *row])})" for at, row in enumerate(arguments))
    sql = f"SELECT {expression} FROM (VALUES {rows}) AS t ({', '.join(names)}) ORDER BY i"
    expected = [shown(value) for value in values]
    assert len(expected) == len(arguments), name
    print(json.dumps({"property": name, "sql": sql, "expected": expected}))


# Decimals


def a_decimal(precision: int, scale: int) -> Decimal:
    """A number of so many digits, small ones as likely as large ones."""
    digits = RANDOM.randint(0, precision)
    return Decimal(RANDOM.choice([1, -1]) * RANDOM.randint(0, 10**digits - 1)).scaleb(-scale, EXACT)


def rounded(value: Decimal, scale: int, how: str = ROUND_HALF_UP) -> Decimal:
    """A number to so many digits behind the point, without a sign if it is zero."""
    found = value.quantize(Decimal(1).scaleb(-scale), rounding=how, context=EXACT)
    return abs(found) if found == 0 else found


def as_decimal(value: Decimal, precision: int, scale: int) -> str:
    return f"CAST('{value:f}' AS decimal({precision}, {scale}))"


def decimals() -> None:
    for _ in range(6):
        p, s = (lambda p: (p, RANDOM.randint(0, p)))(RANDOM.randint(1, 18))
        q, t = (lambda q: (q, RANDOM.randint(0, q)))(RANDOM.randint(1, 18))
        pairs = [(a_decimal(p, s), a_decimal(q, t)) for _ in range(ROWS)]
        literals = [(as_decimal(a, p, s), as_decimal(b, q, t)) for a, b in pairs]
        name = f"decimal({p}, {s}) and decimal({q}, {t})"
        most = max(s, t)
        tell(f"{name}: +", literals, "a + b", [rounded(EXACT.add(a, b), most) for a, b in pairs])
        tell(f"{name}: -", literals, "a - b", [rounded(EXACT.subtract(a, b), most) for a, b in pairs])
        tell(f"{name}: *", literals, "a * b", [rounded(EXACT.multiply(a, b), s + t) for a, b in pairs])
        tell(f"{name}: <", literals, "a < b", [a < b for a, b in pairs])
        some = [(pair, row) for pair, row in zip(pairs, literals, strict=True) if pair[1] != 0]
        if some:
            # The digits that are wanted and many more, so that the last one is rounded once.
            quotients = [rounded(Context(prec=150).divide(a, b), most) for (a, b), _ in some]
            tell(f"{name}: /", [row for _, row in some], "a / b", quotients)
            rests = [rounded(EXACT.remainder(a, b), most) for (a, b), _ in some]
            tell(f"{name}: %", [row for _, row in some], "a % b", rests)
        least = min(s, RANDOM.randint(0, 6))
        wide = p - s + least + 1
        narrow = [(row[0],) for row in literals]
        firsts = [a for a, _ in pairs]
        tell(f"{name}: CAST", narrow, f"CAST(a AS decimal({wide}, {least}))", [rounded(a, least) for a in firsts])
        tell(f"{name}: CAST AS bigint", narrow, "CAST(a AS bigint)", [rounded(a, 0) for a in firsts])
        tell(f"{name}: CAST AS double", narrow, "CAST(a AS double) = CAST(CAST(a AS varchar) AS double)", [True] * ROWS)
        tell(f"{name}: floor", narrow, "floor(a)", [rounded(a, 0, ROUND_FLOOR) for a in firsts])
        tell(f"{name}: ceil", narrow, "ceil(a)", [rounded(a, 0, ROUND_CEILING) for a in firsts])
        tell(f"{name}: truncate", narrow, "truncate(a)", [rounded(a, 0, ROUND_DOWN) for a in firsts])
        tell(f"{name}: round", narrow, "round(a)", [rounded(a, 0) for a in firsts])
        tell(f"{name}: sum", narrow, "sum(a) OVER (ORDER BY i)", running(firsts, s))


def running(values: list[Decimal], scale: int) -> list[Decimal]:
    total, found = Decimal(0), []
    for value in values:
        total = EXACT.add(total, value)
        found.append(rounded(total, scale))
    return found


# Dates and times


def a_time(first: int = 1600, last: int = 2400) -> datetime:
    start = datetime(first, 1, 1)
    span = datetime(last, 1, 1) - start
    return start + timedelta(milliseconds=RANDOM.randrange(int(span.total_seconds()) * 1000))


def as_timestamp(value: datetime) -> str:
    return f"TIMESTAMP '{stamp(value)}'"


def stamp(value: datetime) -> str:
    return f"{value.year:04}-{value:%m-%d %H:%M:%S}.{value.microsecond // 1000:03}"


def plus_months(value: datetime, months: int) -> datetime:
    """So many months later, on the last day of the month if it has not this one."""
    whole = value.year * 12 + value.month - 1 + months
    year, month = divmod(whole, 12)
    return value.replace(year=year, month=month + 1, day=min(value.day, calendar.monthrange(year, month + 1)[1]))


def months_between(a: datetime, b: datetime) -> int:
    """Whole months from one to the other, by trying."""
    if b < a:
        count = 0
        while plus_months(a, count - 1) >= b:
            count -= 1
        return count
    count = 0
    while plus_months(a, count + 1) <= b:
        count += 1
    return count


def toward_zero(a: timedelta, b: timedelta) -> int:
    count = abs(a) // b
    return count if a >= timedelta(0) else -count


def times() -> None:
    moments = [a_time() for _ in range(ROWS)]
    literals = [(as_timestamp(one),) for one in moments]
    fields: dict[str, Callable[[datetime], int]] = {
        "year": lambda at: at.year,
        "quarter": lambda at: (at.month + 2) // 3,
        "month": lambda at: at.month,
        "week": lambda at: at.isocalendar().week,
        "year_of_week": lambda at: at.isocalendar().year,
        "day": lambda at: at.day,
        "day_of_week": lambda at: at.isoweekday(),
        "day_of_year": lambda at: at.timetuple().tm_yday,
        "hour": lambda at: at.hour,
        "minute": lambda at: at.minute,
        "second": lambda at: at.second,
        "millisecond": lambda at: at.microsecond // 1000,
    }
    for name, field in fields.items():
        tell(name, literals, f"{name}(a)", [field(at) for at in moments])
    tell("text of a timestamp", literals, "CAST(a AS varchar)", [stamp(at) for at in moments])
    tell("date of a timestamp", literals, "CAST(a AS date)", [at.date().isoformat() for at in moments])
    tell("last_day_of_month", literals, "last_day_of_month(a)", [
        at.date().replace(day=calendar.monthrange(at.year, at.month)[1]).isoformat() for at in moments
    ])
    truncated: dict[str, Callable[[datetime], datetime]] = {
        "second": lambda at: at.replace(microsecond=0),
        "minute": lambda at: at.replace(second=0, microsecond=0),
        "hour": lambda at: at.replace(minute=0, second=0, microsecond=0),
        "day": lambda at: datetime(at.year, at.month, at.day),
        "week": lambda at: datetime(at.year, at.month, at.day) - timedelta(days=at.weekday()),
        "month": lambda at: datetime(at.year, at.month, 1),
        "quarter": lambda at: datetime(at.year, (at.month - 1) // 3 * 3 + 1, 1),
        "year": lambda at: datetime(at.year, 1, 1),
    }
    for unit, cut in truncated.items():
        tell(f"date_trunc of {unit}", literals, f"date_trunc('{unit}', a)", [stamp(cut(at)) for at in moments])
        if unit in ("day", "week", "month", "quarter", "year"):
            values = [cut(datetime(at.year, at.month, at.day)).date().isoformat() for at in moments]
            tell(f"date_trunc of {unit}, dates", literals, f"date_trunc('{unit}', CAST(a AS date))", values)
    patterns = {
        "%Y-%m-%d %H:%i:%s": "%Y-%m-%d %H:%M:%S",
        "%d.%m.%y %k": None,
        "%a, %e %b %Y %h:%i %p": None,
        "%W %M %j %f": None,
        "%x-%v": "%G-%V",
    }
    own = {
        "%d.%m.%y %k": lambda at: f"{at:%d.%m}.{at.year % 100:02} {at.hour}",
        "%a, %e %b %Y %h:%i %p": lambda at: f"{at:%a}, {at.day} {at:%b} {at.year:04} {at:%I:%M %p}",
        "%W %M %j %f": lambda at: f"{at:%A %B %j} {at.microsecond:06}",
    }
    for pattern, python in patterns.items():
        write = own.get(pattern) or (lambda at, python=python: at.strftime(python))
        tell(f"date_format of {pattern}", literals, f"date_format(a, '{pattern}')", [write(at) for at in moments])
    parsed = "date_parse(date_format(a, '%Y-%m-%d %H:%i:%s'), '%Y-%m-%d %H:%i:%s')"
    tell("date_parse", literals, parsed, [stamp(at.replace(microsecond=0)) for at in moments])

    amounts = [RANDOM.randint(-4000, 4000) for _ in moments]
    both = [(as_timestamp(at), str(amount)) for at, amount in zip(moments, amounts, strict=True)]
    lengths = {
        "millisecond": timedelta(milliseconds=1), "second": timedelta(seconds=1), "minute": timedelta(minutes=1),
        "hour": timedelta(hours=1), "day": timedelta(days=1), "week": timedelta(weeks=1),
    }  # fmt: skip
    for unit, length in lengths.items():
        moved = [stamp(at + length * amount) for at, amount in zip(moments, amounts, strict=True)]
        tell(f"date_add of {unit}", both, f"date_add('{unit}', b, a)", moved)
    for unit, months in {"month": 1, "quarter": 3, "year": 12}.items():
        few = [amount // (10 * months) for amount in amounts]
        moved = [stamp(plus_months(at, amount * months)) for at, amount in zip(moments, few, strict=True)]
        rows = [(as_timestamp(at), str(amount)) for at, amount in zip(moments, few, strict=True)]
        tell(f"date_add of {unit}", rows, f"date_add('{unit}', b, a)", moved)
    pairs = [(a_time(1990, 2010), a_time(1990, 2010)) for _ in range(ROWS)]
    literals = [(as_timestamp(a), as_timestamp(b)) for a, b in pairs]
    for unit, length in lengths.items():
        tell(f"date_diff of {unit}", literals, f"date_diff('{unit}', a, b)", [toward_zero(b - a, length) for a, b in pairs])
    for unit, months in {"month": 1, "quarter": 3, "year": 12}.items():
        values = [int(months_between(a, b) / months) for a, b in pairs]
        tell(f"date_diff of {unit}", literals, f"date_diff('{unit}', a, b)", values)
    days = [(b.date() - a.date()).days for a, b in pairs]
    tell("date_diff of dates", literals, "date_diff('day', CAST(a AS date), CAST(b AS date))", days)


def zones() -> None:
    for zone in ("UTC", "Europe/Vienna", "America/New_York", "Asia/Kathmandu", "Australia/Lord_Howe"):
        moments = [a_time(1975, 2037) for _ in range(ROWS)]
        literals = [(f"TIMESTAMP '{stamp(at)} UTC'",) for at in moments]
        local = [at.replace(tzinfo=timezone.utc).astimezone(ZoneInfo(zone)) for at in moments]
        expression = f"CAST(a AT TIME ZONE '{zone}' AS varchar)"
        tell(f"AT TIME ZONE {zone}", literals, expression, [f"{stamp(at)} {zone}" for at in local])
        tell(f"hour in {zone}", literals, f"hour(a AT TIME ZONE '{zone}')", [at.hour for at in local])
        # Through UTC, as the clock does not show midnight where it is moved on then.
        midnights = [datetime(at.year, at.month, at.day, tzinfo=ZoneInfo(zone)).astimezone(timezone.utc) for at in local]
        days = [stamp(at.astimezone(ZoneInfo(zone))) for at in midnights]
        expression = f"CAST(date_trunc('day', a AT TIME ZONE '{zone}') AS timestamp(3))"
        tell(f"date_trunc in {zone}", literals, expression, days)
        whole = [int(at.replace(tzinfo=timezone.utc).timestamp() // 1) for at in moments]
        tell(f"to_unixtime, {zone}", literals, f"CAST(floor(to_unixtime(a AT TIME ZONE '{zone}')) AS bigint)", whole)


# Regular expressions


def a_pattern(depth: int = 2) -> str:
    """A pattern of what Java's, Python's and RE2's expressions mean alike, which matches no empty text."""
    piece = RANDOM.choice(["ab", "a", "b", "c", "[a-c]", "[^a]", r"\d", r"\w", "."])
    if depth > 0 and RANDOM.random() < 0.5:
        inner, other = a_pattern(depth - 1), a_pattern(depth - 1)
        piece = RANDOM.choice([f"({inner})", f"(?:{inner}|{other})", f"{inner}{other}"])
    return piece + RANDOM.choice(["", "", "+", "+?", "{1,2}"]) if not piece.endswith(("+", "?", "}")) else piece


def expressions() -> None:
    for _ in range(40):
        pattern = a_pattern()
        own = re.compile(pattern)
        if own.fullmatch(""):
            continue
        texts = ["".join(RANDOM.choices("abc1 -", k=RANDOM.randint(0, 12))) for _ in range(ROWS)]
        literals = [(text(one),) for one in texts]
        name = f"of {pattern}"
        tell(f"regexp_like {name}", literals, f"regexp_like(a, '{pattern}')", [bool(own.search(one)) for one in texts])
        first = [found.group(0) if (found := own.search(one)) else None for one in texts]
        tell(f"regexp_extract {name}", literals, f"regexp_extract(a, '{pattern}')", first)
        every = [[found.group(0) for found in own.finditer(one)] for one in texts]
        tell(f"regexp_extract_all {name}", literals, f"regexp_extract_all(a, '{pattern}')", every)
        tell(f"regexp_count {name}", literals, f"regexp_count(a, '{pattern}')", [len(found) for found in every])
        tell(f"regexp_replace {name}", literals, f"regexp_replace(a, '{pattern}', '<$0>')", [own.sub(r"<\g<0>>", one) for one in texts])
        places = [found.start() + 1 if (found := own.search(one)) else -1 for one in texts]
        tell(f"regexp_position {name}", literals, f"regexp_position(a, '{pattern}')", places)
        if own.groups == 0:
            tell(f"regexp_split {name}", literals, f"regexp_split(a, '{pattern}')", [own.split(one) for one in texts])
        else:
            groups = [found.group(1) if (found := own.search(one)) else None for one in texts]
            tell(f"group of {pattern}", literals, f"regexp_extract(a, '{pattern}', 1)", groups)


# JSON


def a_document(depth: int = 3) -> object:
    kind = RANDOM.choice("onbst" if depth == 0 else "onbstaaoo")
    if kind == "o" and depth > 0:
        return {RANDOM.choice("abcde") * RANDOM.randint(1, 2): a_document(depth - 1) for _ in range(RANDOM.randint(0, 4))}
    if kind == "a":
        return [a_document(depth - 1) for _ in range(RANDOM.randint(0, 4))]
    letters = 'ab"\\/\nü€ '
    return {"n": None, "b": RANDOM.random() < 0.5, "s": RANDOM.randint(-(10**9), 10**9)}.get(
        kind, "".join(RANDOM.choices(letters, k=RANDOM.randint(0, 5)))
    )


def canonical(value: object) -> str:
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


MISSING = object()


def at_path(value: object, path: list[str | int]) -> object:
    for step in path:
        if isinstance(step, int) and isinstance(value, list) and step < len(value):
            value = value[step]
        elif isinstance(step, str) and isinstance(value, dict) and step in value:
            value = value[step]
        else:
            return MISSING
    return value


def documents() -> None:
    found = [a_document() for _ in range(ROWS)]
    # With blanks, escapes and keys in any order, as people write it.
    literals = [(text(json.dumps(one, indent=RANDOM.choice([None, 1]), ensure_ascii=RANDOM.random() < 0.5)),) for one in found]
    tell("json_parse", literals, "json_format(json_parse(a))", [canonical(one) for one in found])
    lengths = [len(one) if isinstance(one, list) else None for one in found]
    tell("json_array_length", literals, "json_array_length(a)", lengths)
    for _ in range(25):
        path = [RANDOM.choice(["a", "b", "cc", "d", 0, 1, 2]) for _ in range(RANDOM.randint(1, 3))]
        written = "$" + "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in path)
        values = [at_path(one, path) for one in found]
        tell(f"json_extract of {written}", literals, f"json_format(json_extract(a, '{written}'))", [
            None if value is MISSING else canonical(value) for value in values
        ])
        tell(f"json_extract_scalar of {written}", literals, f"json_extract_scalar(a, '{written}')", [
            None if value is MISSING or value is None or isinstance(value, (list, dict)) else value for value in values
        ])
        tell(f"json_size of {written}", literals, f"json_size(a, '{written}')", [
            None if value is MISSING else len(value) if isinstance(value, (list, dict)) else 0 for value in values
        ])


# Texts and bytes


def a_text(letters: str = "abcABC12 _-.äöÜßéΣ€😀", most: int = 12) -> str:
    return "".join(RANDOM.choices(letters, k=RANDOM.randint(0, most)))


def levenshtein(a: str, b: str) -> int:
    last = list(range(len(b) + 1))
    for i, left in enumerate(a, 1):
        current = [i]
        for j, right in enumerate(b, 1):
            current.append(min(last[j] + 1, current[j - 1] + 1, last[j - 1] + (left != right)))
        last = current
    return last[-1]


def substr(value: str, start: int, length: int) -> str:
    if start == 0 or abs(start) > len(value):
        return ""
    begin = start - 1 if start > 0 else len(value) + start
    return value[begin : begin + max(length, 0)]


def padded(value: str, size: int, pad: str, left: bool) -> str:
    if size <= len(value):
        return value[:size]
    filling = (pad * size)[: size - len(value)]
    return filling + value if left else value + filling


def texts() -> None:
    some = [a_text() for _ in range(ROWS)]
    one = [(text(value),) for value in some]
    tell("reverse", one, "reverse(a)", [value[::-1] for value in some])
    tell("length", one, "length(a)", [len(value) for value in some])
    tell("codepoints", one, "cardinality(split(a, 'a'))", [len(value.split("a")) for value in some])
    plain = [a_text("abcXYZ äÖé12", 10) for _ in range(ROWS)]
    tell("upper", [(text(value),) for value in plain], "upper(a)", [value.upper() for value in plain])
    tell("lower", [(text(value),) for value in plain], "lower(a)", [value.lower() for value in plain])
    for form in ("NFC", "NFD", "NFKC", "NFKD"):
        tell(f"normalize to {form}", one, f"normalize(a, {form})", [unicodedata.normalize(form, value) for value in some])
    for name, of in {"md5": hashlib.md5, "sha1": hashlib.sha1, "sha256": hashlib.sha256, "sha512": hashlib.sha512}.items():
        tell(name, one, f"lower(to_hex({name}(to_utf8(a))))", [of(value.encode()).hexdigest() for value in some])
    tell("crc32", one, "crc32(to_utf8(a))", [zlib.crc32(value.encode()) for value in some])
    tell("to_hex", one, "to_hex(to_utf8(a))", [value.encode().hex().upper() for value in some])
    tell("to_base64", one, "to_base64(to_utf8(a))", [base64.b64encode(value.encode()).decode() for value in some])
    tell("from_base64", one, "from_utf8(from_base64(to_base64(to_utf8(a))))", some)
    two = [(a_text(most=8), a_text("abcä", 3)) for _ in range(ROWS)]
    literals = [(text(a), text(b)) for a, b in two]
    tell("strpos", literals, "strpos(a, b)", [a.find(b) + 1 for a, b in two])
    tell("concat", literals, "concat(a, b)", [a + b for a, b in two])
    tell("levenshtein_distance", literals, "levenshtein_distance(a, b)", [levenshtein(a, b) for a, b in two])
    tell("starts_with", literals, "starts_with(a, b)", [a.startswith(b) for a, b in two])
    tell("order of texts", literals, "a < b", [a.encode() < b.encode() for a, b in two])
    parted = [(a, b or ",") for a, b in two]
    literals = [(text(a), text(b)) for a, b in parted]
    tell("split", literals, "split(a, b)", [a.split(b) for a, b in parted])
    tell("replace", literals, "replace(a, b, 'xy')", [a.replace(b, "xy") for a, b in parted])
    tell("split_part", literals, "split_part(a, b, 2)", [(a.split(b) + [None, None])[1] for a, b in parted])
    cut = [(a_text(), RANDOM.randint(-14, 14), RANDOM.randint(0, 6)) for _ in range(ROWS)]
    literals = [(text(a), str(b), str(c)) for a, b, c in cut]
    tell("substr", literals, "substr(a, b, c)", [substr(*row) for row in cut])
    tell("lpad", literals, "lpad(a, abs(b), 'xy')", [padded(a, abs(b), "xy", True) for a, b, _ in cut])
    tell("rpad", literals, "rpad(a, abs(b), 'ü')", [padded(a, abs(b), "ü", False) for a, b, _ in cut])


# Whole numbers and arrays


def quotient(a: int, b: int) -> int:
    return abs(a) // abs(b) * (1 if (a < 0) == (b < 0) else -1)


def integers() -> None:
    pairs = [(RANDOM.randint(-(2**40), 2**40), RANDOM.choice([1, -1]) * RANDOM.randint(1, 2 ** RANDOM.randint(1, 40))) for _ in range(ROWS)]
    literals = [(f"BIGINT '{a}'", f"BIGINT '{b}'") for a, b in pairs]
    tell("quotient", literals, "a / b", [quotient(a, b) for a, b in pairs])
    tell("rest", literals, "a % b", [a - quotient(a, b) * b for a, b in pairs])
    tell("bitwise_and", literals, "bitwise_and(a, b)", [a & b for a, b in pairs])
    tell("bitwise_or", literals, "bitwise_or(a, b)", [a | b for a, b in pairs])
    tell("bitwise_xor", literals, "bitwise_xor(a, b)", [a ^ b for a, b in pairs])
    tell("bitwise_not", literals, "bitwise_not(a)", [~a for a, _ in pairs])
    tell("bit_count", literals, "bit_count(a, 64)", [(a % 2**64).bit_count() for a, _ in pairs])
    tell("to_base", literals, "to_base(abs(a), 16)", [f"{abs(a):x}" for a, _ in pairs])
    tell("from_base", literals, "from_base(to_base(a, 36), 36)", [a for a, _ in pairs])


def arrays() -> None:
    def array(values: list[int]) -> str:
        return f"CAST(ARRAY[{', '.join(map(str, values))}] AS array(bigint))"

    pairs = [([RANDOM.randint(-5, 5) for _ in range(RANDOM.randint(0, 7))], [RANDOM.randint(-5, 5) for _ in range(RANDOM.randint(0, 5))]) for _ in range(ROWS)]
    literals = [(array(a), array(b)) for a, b in pairs]
    tell("array_sort", literals, "array_sort(a)", [sorted(a) for a, _ in pairs])
    tell("array_distinct", literals, "array_sort(array_distinct(a))", [sorted(set(a)) for a, _ in pairs])
    tell("array_union", literals, "array_sort(array_union(a, b))", [sorted(set(a) | set(b)) for a, b in pairs])
    tell("array_intersect", literals, "array_sort(array_intersect(a, b))", [sorted(set(a) & set(b)) for a, b in pairs])
    tell("array_except", literals, "array_sort(array_except(a, b))", [sorted(set(a) - set(b)) for a, b in pairs])
    tell("arrays_overlap", literals, "arrays_overlap(a, b)", [bool(set(a) & set(b)) for a, b in pairs])
    tell("contains", literals, "contains(a, 3)", [3 in a for a, _ in pairs])
    tell("array_position", literals, "array_position(a, -2)", [a.index(-2) + 1 if -2 in a else 0 for a, _ in pairs])
    tell("array_remove", literals, "array_remove(a, 1)", [[one for one in a if one != 1] for a, _ in pairs])
    tell("array_max", literals, "array_max(a)", [max(a, default=None) for a, _ in pairs])
    tell("concat of arrays", literals, "a || b", [a + b for a, b in pairs])
    tell("reverse of arrays", literals, "reverse(a)", [a[::-1] for a, _ in pairs])
    tell("transform", literals, "transform(a, x -> x * x - 1)", [[one * one - 1 for one in a] for a, _ in pairs])
    tell("filter", literals, "filter(a, x -> x % 2 = 0)", [[one for one in a if one % 2 == 0] for a, _ in pairs])
    tell("reduce", literals, "reduce(a, BIGINT '7', (s, x) -> s * 2 + x, s -> s - 1)", [folded(a) for a, _ in pairs])
    tell("slice", literals, "slice(a, 2, 3)", [a[1:4] for a, _ in pairs])
    tell("ngrams", literals, "cardinality(ngrams(a, 2))", [max(len(a) - 1, 1) for a, _ in pairs])
    tell("zip_with", literals, "zip_with(a, b, (x, y) -> coalesce(x, 0) - coalesce(y, 0))", [
        [(a[at] if at < len(a) else 0) - (b[at] if at < len(b) else 0) for at in range(max(len(a), len(b)))] for a, b in pairs
    ])


def folded(values: list[int]) -> int:
    state = 7
    for value in values:
        state = state * 2 + value
    return state - 1


decimals()
times()
zones()
expressions()
documents()
texts()
integers()
arrays()
