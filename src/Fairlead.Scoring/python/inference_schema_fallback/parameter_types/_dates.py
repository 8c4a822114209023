"""Dates and times as JSON has them: ISO 8601, as RFC 3339 narrows it. With python-dateutil, other forms too."""
import datetime
import re

_DATE = r"(\d{4})-(\d\d)-(\d\d)"
_TIME = r"(\d\d):(\d\d)(?::(\d\d)(?:[.,](\d{1,9}))?)?\s*(Z|z|[+-]\d\d(?::?\d\d)?)?"
_ONLY_DATE = re.compile(_DATE + r"$")
_ONLY_TIME = re.compile(_TIME + r"$")
_BOTH = re.compile(_DATE + r"(?:[Tt ]" + _TIME + r")?$")


def parse_date(text):
    match = _ONLY_DATE.match(_text(text, "date"))
    if not match:
        raise ValueError("%r is not a date; expected is YYYY-MM-DD." % text)
    return datetime.date(*map(int, match.groups()))


def parse_time(text):
    match = _ONLY_TIME.match(_text(text, "time"))
    if match:
        return _time(match.groups())
    other = _by_dateutil(text)
    if other is None:
        raise ValueError("%r is not a time; expected is HH:MM:SS, with a zone such as Z or +01:00 if there is one." % text)
    return other.timetz()


def parse_datetime(text):
    match = _BOTH.match(_text(text, "date-time"))
    if match:
        parts = match.groups()
        date = datetime.date(*map(int, parts[:3]))
        return datetime.datetime.combine(date, _time(parts[3:]) if parts[3] else datetime.time())
    other = _by_dateutil(text)
    if other is None:
        raise ValueError("%r is not a date-time; expected is YYYY-MM-DDTHH:MM:SS, with a zone such as Z or +01:00 if "
                         "there is one." % text)
    return other


def _time(parts):
    hour, minute, second, fraction, zone = parts
    microsecond = int((fraction or "0").ljust(6, "0")[:6])
    return datetime.time(int(hour), int(minute), int(second or 0), microsecond, _zone(zone))


def _zone(text):
    if not text:
        return None
    if text in "Zz":
        return datetime.timezone.utc
    digits = text[1:].replace(":", "").ljust(4, "0")
    offset = datetime.timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))
    return datetime.timezone(-offset if text[0] == "-" else offset)


def _text(value, kind):
    if not isinstance(value, str):
        raise ValueError("%r is a %s; expected is a %s as a string." % (value, type(value).__name__, kind))
    return value.strip()


def _by_dateutil(text):
    try:
        from dateutil import parser
    except ImportError:
        return None
    try:
        return parser.parse(text)
    except (ValueError, OverflowError):
        return None
