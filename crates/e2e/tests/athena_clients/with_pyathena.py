"""PyAthena's cursors, and SQLAlchemy through it."""

from urllib.parse import quote_plus

from expected import BY_ARTIST, ROWS, STAGING, plays_by_artist, same
from pyathena import connect
from pyathena.cursor import DictCursor
from pyathena.pandas.cursor import PandasCursor
from sqlalchemy import create_engine, inspect, text

OPTIONS = {"s3_staging_dir": STAGING, "region_name": "us-east-1"}

cursor = connect(**OPTIONS).cursor()
same(cursor.execute(BY_ARTIST).fetchall(), plays_by_artist())
same(cursor.execute("SELECT pid FROM plays ORDER BY pid").fetchall(), [(row["pid"],) for row in ROWS])
found = cursor.execute("SELECT count(*) FROM plays WHERE artist = %(artist)s", {"artist": "artist-3"}).fetchone()
same(found, (dict(plays_by_artist())["artist-3"],))

cursor = connect(cursor_class=DictCursor, **OPTIONS).cursor()
same(cursor.execute("SELECT pid, ms FROM plays WHERE pid = 3").fetchall(), [{"pid": 3, "ms": 30}])

for options in [{}, {"unload": True}]:
    frame = connect(cursor_class=PandasCursor, **OPTIONS).cursor(**options).execute(BY_ARTIST).as_pandas()
    same(sorted(frame.itertuples(index=False, name=None)), plays_by_artist())

engine = create_engine(
    f"awsathena+rest://@athena.us-east-1.amazonaws.com:443/default?s3_staging_dir={quote_plus(STAGING)}"
)
with engine.connect() as connection:
    same(connection.execute(text("SELECT max(ms) FROM plays")).scalar(), ROWS[-1]["ms"])
inspector = inspect(engine)
same([column["name"] for column in inspector.get_columns("plays")], ["pid", "artist", "ms"])
same((inspector.has_table("plays"), inspector.has_table("nowhere")), (True, False))
