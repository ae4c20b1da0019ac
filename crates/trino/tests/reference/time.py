"""Rows of dates and zones by Python's own calendar and zoneinfo.

    python3 tests/reference/time.py > tests/behaviours/generated/time.txt
"""

import random
from datetime import date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

random.seed(8)
print("-- Made by tests/reference/time.py: Python's datetime and zoneinfo.")

days = [date(1970, 1, 1), date(1969, 12, 31), date(2000, 2, 29), date(1900, 3, 1), date(2020, 12, 31), date(2021, 1, 3)]
days += [date(1900, 1, 1) + timedelta(days=random.randrange(70_000)) for _ in range(34)]
for day in days:
    literal = f"DATE '{day}'"
    year, week, weekday = day.isocalendar()
    fields = {
        "year": day.year, "quarter": (day.month - 1) // 3 + 1, "month": day.month, "week": week, "day": day.day,
        "day_of_week": weekday, "day_of_year": day.timetuple().tm_yday, "year_of_week": year,
    }
    for name, value in fields.items():
        print(f"{name}({literal}) => {value}")
    first = day.replace(day=1)
    print(f"date_trunc('month', {literal}) => {first}")
    print(f"date_trunc('week', {literal}) => {day - timedelta(days=weekday - 1)}")
    print(f"date_format({literal}, '%W %d %M %Y %j %v') => {day.strftime('%A %d %B %Y %j %V')}")
    other = date(1900, 1, 1) + timedelta(days=random.randrange(70_000))
    print(f"date_diff('day', {literal}, DATE '{other}') => {(other - day).days}")
    print(f"date_add('day', {(other - day).days}, {literal}) => {other}")

zones = ["America/New_York", "Europe/Vienna", "Asia/Kolkata", "Australia/Lord_Howe", "America/St_Johns", "Asia/Tokyo"]
for _ in range(60):
    seconds, zone = random.randrange(0, 2_000_000_000), random.choice(zones)
    moment = datetime.fromtimestamp(seconds, ZoneInfo(zone))
    shown = moment.strftime("%Y-%m-%d %H:%M:%S.000")
    print(f"from_unixtime({seconds}, '{zone}') => {shown} {zone}")
    print(f"hour(from_unixtime({seconds}, '{zone}')) => {moment.hour}")
    naive = moment.strftime("%Y-%m-%d %H:%M:%S")
    parsed = f"date_parse('{naive}', '%Y-%m-%d %H:%i:%s')"
    unique = moment.replace(fold=0).utcoffset() == moment.replace(fold=1).utcoffset()
    if unique:
        print(f"date_diff('second', from_unixtime({seconds}), with_timezone({parsed}, '{zone}')) => 0")
    utc = datetime.fromtimestamp(seconds, timezone.utc)
    print(f"to_iso8601(from_unixtime({seconds})) => {utc.strftime('%Y-%m-%dT%H:%M:%S.000Z')}")
