"""Writes the rows of tests/behaviours/generated/scalar_*.txt from Python's own arithmetic, digests and encodings.

    python3 crates/trino/tests/reference/scalar.py

The expected values come from: int and decimal (ROUND_HALF_UP) for operators and casts; hashlib, hmac, zlib, base64 and
urllib.parse for bytes; str for texts; unicodedata for normal forms; re for patterns that mean the same in Java; math
for functions of real numbers. The seed is fixed, so the files change only when this script does.
"""

import base64
import hashlib
import hmac
import math
import pathlib
import random
import re
import unicodedata
import urllib.parse
import zlib
from decimal import ROUND_HALF_UP, Decimal, getcontext

getcontext().prec = 200
RANDOM = random.Random(8)
HERE = pathlib.Path(__file__).parent.parent / "behaviours" / "generated"
WORDS = ["", "a", "abc", "Straße", "äöü", "hello world", "€uro", "日本語", "x=1&y=2", "tab\there", "🎵 song", "O Superman"]


def text(value):
    return "'" + value.replace("'", "''") + "'"


def spaced(data):
    return " ".join(f"{byte:02x}" for byte in data)


def write(name, about, rows):
    lines = [f"-- {about}", "-- Written by tests/reference/scalar.py."]
    lines += [f"{expression} => {value}" for expression, value in rows if "\n" not in expression + value]
    (HERE / f"scalar_{name}.txt").write_text("\n".join(lines) + "\n")


def quotient(a, b):
    return abs(a) // abs(b) * (1 if (a < 0) == (b < 0) else -1)


def integers():
    for bits, name in ((8, "tinyint"), (16, "smallint"), (32, "integer"), (64, "bigint")):
        low, high = -(2 ** (bits - 1)), 2 ** (bits - 1) - 1
        values = [low + 1, high, 0, 1, -1, 7, -7] + [RANDOM.randint(low + 1, high) for _ in range(3)]
        for _ in range(30):
            a, b, operator = RANDOM.choice(values), RANDOM.choice(values), RANDOM.choice("+-*/%")
            shown = f"CAST({a} AS {name}) {operator} CAST({b} AS {name})"
            if operator in "/%" and b == 0:
                yield shown, "!DIVISION_BY_ZERO"
                continue
            result = {
                "+": lambda: a + b, "-": lambda: a - b, "*": lambda: a * b,
                "/": lambda: quotient(a, b), "%": lambda: a - b * quotient(a, b),
            }[operator]()
            fits = low <= result <= high
            yield shown, f"{result} : {name}" if fits else "!NUMERIC_VALUE_OUT_OF_RANGE"


def literal(value):
    shown = f"{value:f}"
    return f"DECIMAL '{shown}'"


def digits(value):
    shown = f"{abs(value):f}"
    whole, _, fraction = shown.partition(".")
    whole = whole.lstrip("0")
    return max(len(whole) + len(fraction), 1), len(fraction)


def decimals():
    for _ in range(150):
        scale_a, scale_b = RANDOM.randint(0, 6), RANDOM.randint(0, 6)
        a = Decimal(RANDOM.randint(-(10**8), 10**8)).scaleb(-scale_a)
        b = Decimal(RANDOM.randint(1, 10**5)).scaleb(-scale_b)
        (p, s), (q, t) = digits(a), digits(b)
        operator = RANDOM.choice("+-*/%")
        if operator in "+-":
            precision, scale = max(p - s, q - t) + max(s, t) + 1, max(s, t)
            value = a + b if operator == "+" else a - b
        elif operator == "*":
            precision, scale, value = p + q, s + t, a * b
        elif operator == "/":
            precision, scale = p + t + max(0, t - s), max(s, t)
            value = (a / b).quantize(Decimal(1).scaleb(-scale), ROUND_HALF_UP)
        else:
            precision, scale = min(p - s, q - t) + max(s, t), max(s, t)
            value = a - b * int(a / b)
        value = value.quantize(Decimal(1).scaleb(-scale))
        value = abs(value) if value == 0 else value
        yield f"{literal(a)} {operator} {literal(b)}", f"{value:f} : decimal({min(precision, 38)},{scale})"


def casts():
    for _ in range(120):
        scale = RANDOM.randint(0, 6)
        value = Decimal(RANDOM.randint(-(10**9), 10**9)).scaleb(-scale)
        to_scale = RANDOM.randint(0, 4)
        precision = RANDOM.randint(max(to_scale, 1), 12)
        rounded = value.quantize(Decimal(1).scaleb(-to_scale), ROUND_HALF_UP)
        rounded = abs(rounded) if rounded == 0 else rounded
        fits = abs(rounded) < Decimal(10) ** (precision - to_scale)
        shown = f"{rounded:f}" if fits else "!INVALID_CAST_ARGUMENT"
        yield f"CAST({text(f'{value:f}')} AS decimal({precision},{to_scale}))", shown
        yield f"CAST({literal(value)} AS decimal({precision},{to_scale}))", shown
        whole = value.quantize(Decimal(1), ROUND_HALF_UP)
        whole = abs(whole) if whole == 0 else whole
        yield f"CAST({literal(value)} AS bigint)", f"{whole:f}"


def binary():
    for word in WORDS:
        data = word.encode()
        of = f"to_utf8({text(word)})"
        for name in ("md5", "sha1", "sha256", "sha512"):
            yield f"to_hex({name}({of}))", hashlib.new(name, data).hexdigest().upper()
            keyed = hmac.new(b"key", data, name).hexdigest().upper()
            yield f"to_hex(hmac_{name}({of}, to_utf8('key')))", keyed
        yield f"crc32({of})", f"{zlib.crc32(data)} : bigint"
        yield f"to_hex({of})", data.hex().upper()
        yield f"from_hex('{data.hex()}')", spaced(data)
        for name, encode in (
            ("base64", base64.b64encode), ("base64url", base64.urlsafe_b64encode), ("base32", base64.b32encode),
        ):
            encoded = encode(data).decode()
            yield f"to_{name}({of})", encoded
            yield f"from_{name}('{encoded}')", spaced(data)
        yield f"length({of})", f"{len(data)} : bigint"


def url():
    for word in WORDS:
        encoded = urllib.parse.quote_plus(word, safe="*-_.").replace("~", "%7E")
        yield f"url_encode({text(word)})", encoded
        yield f"url_decode('{encoded}')", word


def part(word, start, length):
    first = start - 1 if start > 0 else len(word) + start
    if start == 0 or first < 0 or first >= len(word) or length <= 0:
        return ""
    return word[first : first + length]


def strings():
    for word in WORDS:
        yield f"length({text(word)})", f"{len(word)} : bigint"
        yield f"reverse({text(word)})", word[::-1]
        yield f"upper({text(word)})", "".join(c.upper() if len(c.upper()) == 1 else c for c in word)
        yield f"lower({text(word)})", "".join(c.lower() if len(c.lower()) == 1 else c for c in word)
        for _ in range(6):
            start, length = RANDOM.randint(-12, 12), RANDOM.randint(-1, 8)
            yield f"substr({text(word)}, {start}, {length})", part(word, start, length)
        for other in ("o", "abc", "ö"):
            yield f"strpos({text(word)}, {text(other)})", str(word.find(other) + 1)
            yield f"replace({text(word)}, {text(other)}, '--')", word.replace(other, "--")
            yield f"split({text(word)}, {text(other)})", "[" + ", ".join(word.split(other)) + "]"
            yield f"starts_with({text(word)}, {text(other)})", str(word.startswith(other)).lower()
        for size in (0, 2, 9):
            yield f"lpad({text(word)}, {size}, '*')", word[:size].rjust(size, "*")
            yield f"rpad({text(word)}, {size}, '*')", word[:size].ljust(size, "*")
    for form in ("NFC", "NFD", "NFKC", "NFKD"):
        for word in ("schön", "ﬁ", "①", "Å"):
            yield f"normalize({text(word)}, '{form}')", unicodedata.normalize(form, word)


def patterns():
    for pattern in (r"\d+", r"[aeiou]", r"(\w)(\w)", r"o", r"^h", r"l+", r"\s"):
        for word in ("hello world", "a1b22c333", "", "xyz", "foo boo"):
            found = list(re.finditer(pattern, word))
            yield f"regexp_like({text(word)}, {text(pattern)})", str(bool(found)).lower()
            yield f"regexp_count({text(word)}, {text(pattern)})", f"{len(found)} : bigint"
            yield f"regexp_extract({text(word)}, {text(pattern)})", found[0].group() if found else "NULL"
            yield f"regexp_extract_all({text(word)}, {text(pattern)})", "[" + ", ".join(m.group() for m in found) + "]"
            yield f"regexp_replace({text(word)}, {text(pattern)}, '<$0>')", re.sub(pattern, r"<\g<0>>", word)
            yield f"regexp_position({text(word)}, {text(pattern)})", str(found[0].start() + 1 if found else -1)


def shown(value):
    """A double in Java's form, for magnitudes from 10^-3 to 10^7."""
    return repr(float(value))


def maths():
    for value in (0.5, 1.0, 2.0, 3.75, 10.0):
        for name, function in (
            ("sqrt", math.sqrt), ("degrees", math.degrees), ("radians", math.radians), ("abs", abs),
        ):
            yield f"{name}({value}e0)", f"{shown(function(value))} : double"
        for name, function in (
            ("exp", math.exp), ("ln", math.log), ("log2", math.log2), ("log10", math.log10), ("sin", math.sin),
            ("cos", math.cos), ("tan", math.tan), ("atan", math.atan), ("sinh", math.sinh), ("cosh", math.cosh),
            ("tanh", math.tanh), ("cbrt", math.cbrt),
        ):
            yield f"round({name}({value}e0), 9)", shown(round(function(value), 9))
    for value in range(-25, 26, 5):
        for places in (0, 1):
            rounded = Decimal(value).scaleb(-1).quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)
            yield f"round({value / 10}e0, {places})", shown(rounded)
        yield f"ceil({value / 10}e0)", shown(math.ceil(value / 10) or math.copysign(0, value))
        yield f"floor({value / 10}e0)", shown(math.floor(value / 10) or math.copysign(0, value))
        yield f"truncate({value / 10}e0)", shown(math.trunc(value / 10) or math.copysign(0, value))
    for radix in (2, 3, 8, 16, 36):
        for number in (0, 1, 35, 255, 123456789):
            digits, rest = "", number
            while rest or not digits:
                digits, rest = "0123456789abcdefghijklmnopqrstuvwxyz"[rest % radix] + digits, rest // radix
            yield f"to_base({number}, {radix})", digits
            yield f"from_base('{digits}', {radix})", f"{number} : bigint"


HERE.mkdir(exist_ok=True)
write("integers", "Operators on integers of each width.", integers())
write("decimals", "Operators on decimals: values, precision and scale.", decimals())
write("casts", "Casts to decimals and from them.", casts())
write("binary", "Digests, checksums and encodings.", binary())
write("url", "Forms' encoding of URLs.", url())
write("strings", "Texts.", strings())
write("patterns", "Regular expressions.", patterns())
write("math", "Mathematical functions.", maths())
