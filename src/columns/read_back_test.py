"""Reads a messages.parquet as a user would: with pyarrow, pandas and DuckDB. `read_back_test.py FILE` exits 1 and says
what differs; FILE comes from `custos ingest --sink parquet=DIR` or from a segment."""

import sys

import duckdb
import pandas
import pyarrow as pa
import pyarrow.parquet as pq

FIRST = ["id", "redacted", "tokens", "message_id", "date", "date_offset", "subject", "thread", "channel"]


def check(condition, what):
    if not condition:
        sys.exit(f"read_back_test: {what}")


def check_pyarrow(path):
    table = pq.read_table(path, partitioning=None)
    table.validate(full=True)
    check(table.column_names[: len(FIRST)] == FIRST, f"columns begin {table.column_names[:len(FIRST)]}")
    check(table.schema.field("tokens").type.value_type == pa.string(), "tokens are not strings")
    check(table.schema.field("date").type == pa.timestamp("us", tz="UTC"), "date is not timestamp[us, UTC]")
    for row in table.select(["id", "redacted", "parts", "entities"]).to_pylist():
        text = row["redacted"].encode()
        for entity in row["entities"]:
            check(0 <= entity["begin"] <= entity["end"] <= len(text), f"{row['id']}: an entity is outside its text")
        for part in row["parts"]:
            check(part["begin"] is None or part["end"] <= len(text), f"{row['id']}: a part is outside its text")
    return table


def check_pandas(path, table):
    frame = pandas.read_parquet(path)
    check(len(frame) == table.num_rows, f"pandas reads {len(frame)} rows of {table.num_rows}")
    check(list(frame["id"]) == table["id"].to_pylist(), "pandas reads other ids")
    check([list(tokens) for tokens in frame["tokens"]] == table["tokens"].to_pylist(), "pandas reads other tokens")


def check_duckdb(path, table):
    query = "select id, redacted, tokens, len(parts), epoch_us(date) from read_parquet(?, file_row_number=true) order by file_row_number"
    rows = duckdb.execute(query, [path]).fetchall()
    expected = zip(
        table["id"].to_pylist(),
        table["redacted"].to_pylist(),
        table["tokens"].to_pylist(),
        [len(parts) for parts in table["parts"].to_pylist()],
        table["date"].cast(pa.int64()).to_pylist(),
    )
    check(rows == [tuple(row) for row in expected], "DuckDB reads other rows")


def main(path):
    table = check_pyarrow(path)
    check_pandas(path, table)
    check_duckdb(path, table)
    print(f"{path}: {table.num_rows} rows, the same by pyarrow, pandas and DuckDB")


if __name__ == "__main__":
    check(len(sys.argv) == 2, "usage: read_back_test.py FILE")
    main(sys.argv[1])
