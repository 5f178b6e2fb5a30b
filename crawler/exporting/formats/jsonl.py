"""JSON Lines: rows as they are, nested, words repeated in blocks; a JSON Schema of each kind beside them."""

from __future__ import annotations

from crawler.exporting.columns import json_of
from crawler.exporting.formats import writer
from crawler.exporting.rows import TABLES, Row


class Writer(writer.Writer):
    """`articles.jsonl`, `pairs.jsonl`, `sentences.jsonl`, `history.jsonl`, `schema/*.json`."""

    next = ("head -n 1 {path}/{table}.jsonl | jq .",)

    def begin(self) -> None:
        """Open the files."""
        self._files = {table: self.open(self.job.path / f"{table}.jsonl") for table in self.job.format.tables}

    def add(self, table: str, row: Row) -> None:
        """Write a line."""
        self._files[table].write(json_of(row) + "\n")
        self.written[table] += 1

    def finish(self, provenance: object) -> None:
        """Write the schemas."""
        from crawler.lines import schema_of

        folder = self.job.path / "schema"
        folder.mkdir()
        for table, model in TABLES.items():
            with self.open(folder / f"{table}.json") as out:
                out.write(schema_of(model))
