"""Looks at the neighbours that a contestant has written, and compares them with what others wrote.

Counts, ranks and texts must be equal. Measures are compared as sums over all rows, to nine digits: contestants divide
and take roots in different orders. Of neighbours with equal cosines the order is fixed, too, but their cosines may come
out different in the last digit, so ranks are compared by their sum.
"""

import json
import subprocess
from pathlib import Path

from harness.measure import RunFailed
from harness.output import Output

SCRIPT = """
import duckdb, json, sys
exact = ["item", "neighbour", "pair_count::BIGINT"]
measures = ["cosine", "jaccard", "lift", "conditional"]
sums = [f"sum(hash({value})::HUGEINT)::VARCHAR" for value in exact + ["(" + ", ".join(exact) + ")"]]
sums += ["sum(neighbour_rank)::VARCHAR"] + [f"printf('%.9e', sum({value} ORDER BY {value}))" for value in measures]
row = duckdb.execute(f"SELECT count(*), {', '.join(sums)} FROM read_parquet(?)", [sys.argv[1] + "/*.parquet"]).fetchone()
names = ["item", "neighbour", "pair_count", "pairs", "neighbour_rank", *measures]
print(json.dumps({"rows": row[0], "columns": dict(zip(names, row[1:]))}))
"""


def inspect(folder: Path, python: Path) -> Output:
    """Reads all that a contestant has written, outside of the timing."""
    done = subprocess.run([python, "-c", SCRIPT, folder], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise RunFailed(f"what it wrote cannot be read:\n{done.stderr.strip()}")
    # DuckDB may have shown its progress before.
    told = json.loads(done.stdout.strip().splitlines()[-1])
    files = [path for path in folder.rglob("*.parquet") if path.is_file()]
    size = sum(path.stat().st_size for path in files)
    return Output(size, len(files), told["rows"], json.dumps(told["columns"]), told["columns"])


def differences(outputs: dict[str, Output]) -> list[str]:
    """How the outputs differ from the first of them, none if all agree."""
    if not outputs:
        return []
    (first_name, first), *others = outputs.items()
    found = []
    for name, other in others:
        columns = [column for column, told in other.columns.items() if told != first.columns[column]]
        if other.rows != first.rows or columns:
            found.append(f"{name} and {first_name} disagree: {other.rows} and {first.rows} rows, values of {columns}")
    return found
