"""The plain decoder: row events read value by value, slowly, with nothing left out.

It shares no line with the feed, takes types and metadata as the log has them, and gives every value
of every row. It is the oracle for the generated code.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class PlainColumn:
    """A column as TABLE_MAP tells it."""

    code: int
    metadata: bytes
    is_unsigned: bool = False
    is_binary: bool = False


@dataclass
class Reader:
    """Bytes and how far they were read."""

    source: bytes
    at: int = 0

    def take(self, count: int) -> bytes:
        taken = self.source[self.at : self.at + count]
        assert len(taken) == count, "the row is shorter than its columns"
        self.at += count
        return taken

    def little(self, count: int) -> int:
        return int.from_bytes(self.take(count), "little")

    def big(self, count: int) -> int:
        return int.from_bytes(self.take(count), "big")


Value = int | str | bytes | None


def plain_rows(
    columns: list[PlainColumn], images: list[list[bool]], body: bytes
) -> list[list[dict[int, Value]]]:
    """Each row as its images, each image as the values of the columns that are present."""
    reader = Reader(body)
    rows = []
    while reader.at < len(body):
        rows.append([_image(columns, present, reader) for present in images])
    return rows


def plain_keys(
    columns: list[PlainColumn], *, key: list[int], images: list[list[bool]], body: bytes
) -> list[tuple[Value, ...]]:
    """The keys to file: each row's, and for an update the new one too if it is another."""
    keys = []
    for row in plain_rows(columns, images, body):
        before = tuple(row[0][ordinal] for ordinal in key)
        keys.append(before)
        if len(row) > 1:
            after = tuple(row[1].get(ordinal, row[0][ordinal]) for ordinal in key)
            if after != before:
                keys.append(after)
    return keys


def _image(columns: list[PlainColumn], present: list[bool], reader: Reader) -> dict[int, Value]:
    ordinals = [ordinal for ordinal, is_there in enumerate(present) if is_there]
    nulls = reader.little((len(ordinals) + 7) // 8)
    values: dict[int, Value] = {}
    for place, ordinal in enumerate(ordinals):
        is_null = nulls & (1 << place)
        values[ordinal] = None if is_null else _value(columns[ordinal], reader)
    return values


def _value(column: PlainColumn, reader: Reader) -> Value:  # noqa: C901, PLR0911 one branch per type is the plain way
    code, metadata = column.code, column.metadata
    if code in {1, 2, 3, 8, 9}:
        width = {1: 1, 2: 2, 9: 3, 3: 4, 8: 8}[code]
        number = reader.little(width)
        if not column.is_unsigned and number >= 1 << (8 * width - 1):
            number -= 1 << (8 * width)
        return number
    if code in {4, 5}:
        return reader.take(metadata[0])
    if code == 13:
        year = reader.little(1)
        return 1900 + year if year else 0
    if code == 16:
        return reader.big((metadata[0] + 8 * metadata[1] + 7) // 8)
    if code == 246:
        return _decimal(metadata[0], metadata[1], reader)
    if code == 10:
        return _date(reader.little(3))
    if code in {17, 18, 19}:
        return _temporal(code, metadata[0], reader)
    if code in {245, 252, 255, 242}:
        return reader.take(reader.little(metadata[0]))
    if code == 15:
        longest = metadata[0] + 256 * metadata[1]
        return reader.take(reader.little(1 if longest < 256 else 2))
    assert code == 254
    return _string(column, reader)


def _string(column: PlainColumn, reader: Reader) -> Value:
    first, second = column.metadata
    if first in {247, 248}:
        return reader.little(second)
    high_bits = {0xFE: 0, 0xEE: 256, 0xDE: 512, 0xCE: 768}[first]
    longest = high_bits + second
    text = reader.take(reader.little(1 if longest < 256 else 2))
    return text + bytes(longest - len(text)) if column.is_binary else text


def _decimal(precision: int, scale: int, reader: Reader) -> str:
    def groups(digits: int, *, is_fraction: bool) -> list[int]:
        full, odd = [9] * (digits // 9), [digits % 9] if digits % 9 else []
        return full + odd if is_fraction else odd + full

    sizes = {1: 1, 2: 1, 3: 2, 4: 2, 5: 3, 6: 3, 7: 4, 8: 4, 9: 4}
    whole, fraction = groups(precision - scale, is_fraction=False), groups(scale, is_fraction=True)
    raw = reader.take(sum(sizes[n] for n in whole + fraction))
    is_negative = raw[0] < 0x80
    if is_negative:
        raw = bytes(255 - b for b in raw)
    digits = Reader(bytes([raw[0] - 0x80]) + raw[1:])
    text = "".join(str(digits.big(sizes[n])).zfill(n) for n in whole + fraction)
    before, behind = text[: precision - scale], text[precision - scale :]
    number = str(int(before or "0")) + ("." + behind if scale else "")
    return "-" + number if is_negative else number


def _date(packed: int) -> str:
    year, rest = divmod(packed, 512)
    month, day = divmod(rest, 32)
    return f"{year:04}-{month:02}-{day:02}"


def _temporal(code: int, scale: int, reader: Reader) -> str:
    fraction_bytes = (scale + 1) // 2
    if code == 17:
        seconds = reader.big(4)
        text = _utc(seconds)
        return text + _fraction(reader.big(fraction_bytes), fraction_bytes, scale)
    if code == 18:
        packed = reader.big(5) - 2**39
        rest, second = divmod(packed, 64)
        rest, minute = divmod(rest, 64)
        rest, hour = divmod(rest, 32)
        months, day = divmod(rest, 32)
        text = f"{months // 13:04}-{months % 13:02}-{day:02} {hour:02}:{minute:02}:{second:02}"
        return text + _fraction(reader.big(fraction_bytes), fraction_bytes, scale)
    unit = 256**fraction_bytes
    packed = reader.big(3 + fraction_bytes) - 2**23 * unit
    sign = "-" if packed < 0 else ""
    whole, fraction = divmod(abs(packed), unit)
    text = f"{sign}{whole // 4096:02}:{whole // 64 % 64:02}:{whole % 64:02}"
    return text + _fraction(fraction, fraction_bytes, scale)


def _fraction(value: int, fraction_bytes: int, scale: int) -> str:
    return "." + str(value).zfill(2 * fraction_bytes)[:scale] if scale else ""


def _utc(seconds: int) -> str:
    if seconds == 0:
        return "0000-00-00 00:00:00"
    days, clock = divmod(seconds, 86400)
    year = 1970
    while days >= _days_in(year):
        days -= _days_in(year)
        year += 1
    lengths = [31, _days_in(year) - 337, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
    month = 0
    while days >= lengths[month]:
        days -= lengths[month]
        month += 1
    time = f"{clock // 3600:02}:{clock // 60 % 60:02}:{clock % 60:02}"
    return f"{year:04}-{month + 1:02}-{days + 1:02} {time}"


def _days_in(year: int) -> int:
    return 366 if year % 4 == 0 and (year % 100 or year % 400 == 0) else 365
