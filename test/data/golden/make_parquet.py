"""Parquet files of Arrow's writer, in the forms that its options give, and what they hold.

Golden values of test/data/parquet-arrow.test.ts, made with pyarrow 25.0.1: python test/data/golden/make_parquet.py
"""
import datetime as dt
import decimal
import json
import pathlib
import random

import pyarrow as pa
import pyarrow.parquet as pq

here = pathlib.Path(__file__).parent
random.seed(7)
n = 300


def some(make, nulls=0.15):
    return [None if random.random() < nulls else make(i) for i in range(n)]


utc = dt.timezone.utc
table = pa.table({
    'i8': pa.array(some(lambda i: i % 200 - 100), pa.int8()),
    'u16': pa.array(some(lambda i: i * 200), pa.uint16()),
    'u32': pa.array(some(lambda i: 2**32 - 1 - i), pa.uint32()),
    'i64': pa.array(some(lambda i: i * 3_000_000_000 - 5), pa.int64()),
    'wide': pa.array(some(lambda i: 2**62 + i), pa.int64()),
    'f32': pa.array(some(lambda i: random.randrange(1000) / 8), pa.float32()),
    'f64': pa.array([random.gauss(0, 1) for _ in range(n)], pa.float64()),
    'flag': pa.array(some(lambda i: i % 3 == 0), pa.bool_()),
    'text': pa.array(some(lambda i: random.choice(['', 'a', 'b\u00fcr', '\U0001f600' * 9, 'x' * 70])), pa.string()),
    'unique': pa.array(some(lambda i: f'user-{i}', 0), pa.string()),
    'date': pa.array(some(lambda i: dt.date(2020, 1, 1) + dt.timedelta(days=i)), pa.date32()),
    'ms': pa.array(some(lambda i: dt.datetime(2024, 1, 1, tzinfo=utc) + dt.timedelta(milliseconds=i)), pa.timestamp('ms', tz='UTC')),
    'us': pa.array(some(lambda i: dt.datetime(2024, 1, 1, tzinfo=utc) + dt.timedelta(milliseconds=i)), pa.timestamp('us', tz='UTC')),
    'ns': pa.array(some(lambda i: dt.datetime(2024, 1, 1, tzinfo=utc) + dt.timedelta(milliseconds=i)), pa.timestamp('ns', tz='UTC')),
    'price': pa.array(some(lambda i: decimal.Decimal(i) / 100), pa.decimal128(7, 2)),
    'tags': pa.array(some(lambda i: some(lambda j: f't{j % 7}')[: i % 5]), pa.list_(pa.string())),
    'vector': pa.array([[float(i), i / 4] for i in range(n)], pa.list_(pa.float32())),
    'who': pa.array(some(lambda i: {'name': f'n{i}', 'age': i}), pa.struct([('name', pa.string()), ('age', pa.int32())])),
    'empty': pa.array([None] * n, pa.string()),
})


def plain(value):
    if isinstance(value, dt.datetime):
        return round(value.timestamp() * 1000)
    if isinstance(value, dt.date):
        return round(dt.datetime(value.year, value.month, value.day, tzinfo=utc).timestamp() * 1000)
    if isinstance(value, decimal.Decimal):
        return float(value)
    if isinstance(value, int) and abs(value) > 2**53:
        return str(value)
    return value


dropped = {'wide-number': ['wide']}
forms = {
    'plain': dict(use_dictionary=False, compression='none', data_page_version='1.0'),
    'snappy': dict(compression='snappy', data_page_version='1.0', row_group_size=128, data_page_size=512),
    'zstd-v2': dict(compression='zstd', data_page_version='2.0', data_page_size=512),
    'gzip-crc': dict(compression='gzip', data_page_version='1.0', write_page_checksum=True),
    'brotli-int96': dict(compression='brotli', use_deprecated_int96_timestamps=True),
    'lz4-delta': dict(compression='lz4', use_dictionary=False, data_page_version='2.0', column_encoding={
        'i64': 'DELTA_BINARY_PACKED', 'u32': 'DELTA_BINARY_PACKED', 'text': 'DELTA_BYTE_ARRAY', 'unique': 'DELTA_LENGTH_BYTE_ARRAY', 'f64': 'BYTE_STREAM_SPLIT'}),
}
for name, options in forms.items():
    pq.write_table(table, here / f'arrow-{name}.parquet', **options)
small = table.select(['i64', 'f64', 'text', 'flag']).slice(0, 120)
pq.write_table(small, here / 'arrow-sums.parquet', compression='none', write_page_checksum=True, use_dictionary=['text'], data_page_size=400)

columns = {name: [plain(value) for value in table.column(name).to_pylist()] for name in table.column_names}
(here / 'arrow.json').write_text(json.dumps({'forms': list(forms), 'columns': columns}, ensure_ascii=True))
