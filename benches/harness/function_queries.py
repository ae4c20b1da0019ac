"""The queries of `make bench-functions`: each in Trino's SQL and in DuckDB's, with results that must agree.

Every one reads the table `data` and yields few rows, so that what is measured is the function and the scan of its
column. Where both engines answer by estimates of their own, the results may differ by a share.
"""

from dataclasses import dataclass

# Rows of the table: texts, times, JSON, numbers, arrays, all by hashes of the row number.
DATA = """
SELECT
    i AS id,
    'Track ' || (h % 50000) || ' of the ' || CASE h % 3 WHEN 0 THEN 'Summer' WHEN 1 THEN 'Night' ELSE 'Road' END
        || ' mix, vol. ' || (h % 97) AS name,
    'spotify:track:' || substr(md5(i::VARCHAR), 1, 22) AS uri,
    TIMESTAMP '2015-01-01 00:00:00' + to_seconds((h % 157680000)::BIGINT) AS added,
    (DATE '2010-01-01' + (h % 3650)::INTEGER)::DATE AS released,
    '{"artist": {"name": "artist ' || (h % 9973) || '", "id": ' || (h % 9973) || '}, "tags": ["a' || (h % 7)
        || '", "b"], "popularity": ' || (h % 101) || '}' AS details,
    (h % 1000)::INTEGER AS duration,
    (h % 100003) / 7.0 AS score,
    (h % 2000)::INTEGER AS grp,
    [(h % 11)::INTEGER, (h % 13)::INTEGER, (h % 17)::INTEGER, (h % 19)::INTEGER, (h % 23)::INTEGER, (h % 29)::INTEGER]
        AS plays,
    ['x' || (h % 5), 'y' || (h % 7), 'z' || (h % 9)] AS words
FROM (SELECT i, hash(i) % 9223372036854775783 AS h FROM range(ROWS) AS t(i))
"""


@dataclass(frozen=True)
class Query:
    """One query of both; `tolerance` is the share by which numbers may differ."""

    name: str
    trino: str
    duckdb: str
    tolerance: float = 1e-9


def same(name: str, sql: str, tolerance: float = 1e-9) -> Query:
    """A query that both have in the same words."""
    return Query(name, sql, sql, tolerance)


QUERIES = [
    same("upper", "SELECT sum(length(upper(name))) FROM data"),
    same("substr", "SELECT count(DISTINCT substr(uri, 15, 3)) FROM data"),
    same("split_part", "SELECT max(split_part(name, ' ', 2)), count(split_part(uri, ':', 3)) FROM data"),
    same("replace", "SELECT sum(length(replace(name, ' of the ', '-'))) FROM data"),
    same("strpos", "SELECT sum(strpos(name, 'mix')) FROM data"),
    same("reverse", "SELECT min(reverse(uri)) FROM data"),
    same("concat", "SELECT max(concat(uri, ':', name)) FROM data"),
    same("like", "SELECT count(*) FROM data WHERE lower(name) LIKE '%summer%7'"),
    Query("levenshtein", "SELECT sum(levenshtein_distance(name, 'Track 1 of the Road mix')) FROM data WHERE id % 10 = 0",
          "SELECT sum(levenshtein(name, 'Track 1 of the Road mix')) FROM data WHERE id % 10 = 0"),
    Query("regexp_like", "SELECT count(*) FROM data WHERE regexp_like(name, '^Track \\d+5 of .*vol\\. 9')",
          "SELECT count(*) FROM data WHERE regexp_matches(name, '^Track \\d+5 of .*vol\\. 9')"),
    same("regexp_extract", "SELECT sum(CAST(regexp_extract(name, 'vol\\. (\\d+)', 1) AS bigint)) FROM data"),
    Query("regexp_replace", "SELECT sum(length(regexp_replace(name, '[aeiou]', ''))) FROM data",
          "SELECT sum(length(regexp_replace(name, '[aeiou]', '', 'g'))) FROM data"),
    same("date_trunc", "SELECT date_trunc('month', added) AS m, count(*) FROM data GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT 3"),
    same("extract", "SELECT sum(year(added) + month(added) + hour(added)) FROM data"),
    same("date_diff", "SELECT sum(date_diff('day', released, DATE '2024-01-01')) FROM data"),
    Query("date_format", "SELECT max(date_format(added, '%Y-%m-%d %H:%i')) FROM data",
          "SELECT max(strftime(added, '%Y-%m-%d %H:%M')) FROM data"),
    Query("date_parse", "SELECT max(date_parse(substr(CAST(added AS varchar), 1, 10), '%Y-%m-%d')) FROM data",
          "SELECT max(strptime(substr(CAST(added AS varchar), 1, 10), '%Y-%m-%d')) FROM data"),
    Query("json_extract_scalar", "SELECT count(DISTINCT json_extract_scalar(details, '$.artist.name')) FROM data",
          "SELECT count(DISTINCT json_extract_string(details, '$.artist.name')) FROM data"),
    Query("json number", "SELECT sum(CAST(json_extract_scalar(details, '$.popularity') AS bigint)) FROM data",
          "SELECT sum(CAST(json_extract_string(details, '$.popularity') AS bigint)) FROM data"),
    Query("json_array_length", "SELECT sum(json_array_length(json_extract(details, '$.tags'))) FROM data",
          "SELECT sum(json_array_length(details, '$.tags')) FROM data"),
    Query("transform", "SELECT sum(reduce(transform(plays, x -> x * 2), 0, (s, x) -> s + x, s -> s)) FROM data",
          "SELECT sum(list_sum(list_transform(plays, lambda x: x * 2))) FROM data"),
    Query("filter", "SELECT sum(cardinality(filter(plays, x -> x > 10))) FROM data",
          "SELECT sum(len(list_filter(plays, lambda x: x > 10))) FROM data"),
    Query("array_sort", "SELECT sum(array_sort(plays)[3]) FROM data",
          "SELECT sum(list_sort(plays)[3]) FROM data"),
    Query("array_distinct", "SELECT sum(cardinality(array_distinct(plays))) FROM data",
          "SELECT sum(len(list_distinct(plays))) FROM data"),
    Query("contains", "SELECT count(*) FROM data WHERE contains(words, 'y3') AND contains(plays, 7)",
          "SELECT count(*) FROM data WHERE list_contains(words, 'y3') AND list_contains(plays, 7)"),
    Query("array_join", "SELECT max(array_join(words, '-')) FROM data",
          "SELECT max(array_to_string(words, '-')) FROM data"),
    Query("md5", "SELECT max(to_hex(md5(to_utf8(uri)))) FROM data", "SELECT max(upper(md5(uri))) FROM data"),
    same("math", "SELECT sum(round(sqrt(score) * 10) + floor(score / 3) + mod(duration, 7)) FROM data"),
    same("sum, avg, stddev", "SELECT grp, sum(duration), avg(score), stddev(score) FROM data GROUP BY grp"
         " ORDER BY grp LIMIT 3"),
    same("corr", "SELECT corr(score, duration) FROM data", 1e-6),
    Query("max_by", "SELECT count(m), min(m) FROM (SELECT grp, max_by(uri, id) AS m FROM data GROUP BY grp)",
          "SELECT count(m), min(m) FROM (SELECT grp, arg_max(uri, id) AS m FROM data GROUP BY grp)"),
    Query("max_by, many groups", "SELECT count(m) FROM (SELECT grp * 100 + duration % 100 AS g, max_by(id, score) AS m"
          " FROM data GROUP BY 1)", "SELECT count(m) FROM (SELECT grp * 100 + duration % 100 AS g, arg_max(id, score) AS m"
          " FROM data GROUP BY 1)"),
    Query("array_agg", "SELECT max(cardinality(a)) FROM (SELECT grp, array_agg(id) AS a FROM data GROUP BY grp)",
          "SELECT max(len(a)) FROM (SELECT grp, array_agg(id) AS a FROM data GROUP BY grp)"),
    Query("array_agg, many groups", "SELECT sum(cardinality(a)) FROM (SELECT id % 300000 AS g, array_agg(id) AS a"
          " FROM data GROUP BY 1)", "SELECT sum(len(a)) FROM (SELECT id % 300000 AS g, array_agg(id) AS a FROM data"
          " GROUP BY 1)"),
    Query("histogram", "SELECT cardinality(histogram(duration)) FROM data",
          "SELECT cardinality(histogram(duration)) FROM data"),
    Query("listagg", "SELECT sum(length(s)) FROM (SELECT id % 50000 AS g, listagg(split_part(name, ' ', 2), ',')"
          " WITHIN GROUP (ORDER BY id) AS s FROM data GROUP BY 1)",
          "SELECT sum(length(s)) FROM (SELECT id % 50000 AS g, string_agg(split_part(name, ' ', 2), ','"
          " ORDER BY id) AS s FROM data GROUP BY 1)"),
    Query("approx_distinct", "SELECT approx_distinct(uri) FROM data", "SELECT approx_count_distinct(uri) FROM data", 0.1),
    Query("approx_distinct, groups", "SELECT sum(n) FROM (SELECT grp, approx_distinct(id) AS n FROM data GROUP BY grp)",
          "SELECT sum(n) FROM (SELECT grp, approx_count_distinct(id) AS n FROM data GROUP BY grp)", 0.1),
    Query("approx_percentile", "SELECT approx_percentile(score, 0.5) FROM data",
          "SELECT approx_quantile(score, 0.5) FROM data", 0.02),
    Query("approx_percentile, groups",
          "SELECT sum(p) FROM (SELECT grp, approx_percentile(score, 0.9) AS p FROM data GROUP BY grp)",
          "SELECT sum(p) FROM (SELECT grp, approx_quantile(score, 0.9) AS p FROM data GROUP BY grp)", 0.02),
]
