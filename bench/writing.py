"""WARC writing beside warcio's own writer, on the same exchanges: python -m bench.writing [--pairs 120] [--rounds 7].

Both write response and request records with digests, one gzip member a record, into memory; ours write the metadata
record as well. CPU time, alternating rounds, medians.
"""

from __future__ import annotations

import argparse
import datetime as dt
import tempfile
import time
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

from warcio.statusandheaders import StatusAndHeadersParser
from warcio.warcwriter import WARCWriter

from archives.exchange import Exchange
from archives.message import digest_of, read_response
from archives.reader import stored_records
from archives.records import group_of
from bench.crawl import genbun
from bench.measure import middle, press


def exchanges(pairs: int) -> list[Exchange]:
    """The exchanges of a crawl of that many generated pairs."""
    found: list[Exchange] = []
    with press(pairs) as origin, tempfile.TemporaryDirectory() as scratch:
        genbun(origin, Path(scratch) / "g")
        for warc in (Path(scratch) / "g" / "archive").iterdir():
            for record in stored_records(warc):
                if record.type == "response":
                    message = read_response(record.block)
                    found.append(
                        Exchange(
                            record.url,
                            dt.datetime.fromisoformat(record.date),
                            received=record.block,
                            head=message.head,
                            head_length=len(record.block) - len(message.payload),
                            payload=message.payload,
                            peer="127.0.0.1",
                        )
                    )
                elif record.type == "request" and found and not found[-1].sent:
                    found[-1].sent = record.block
    return found


def ours(everything: list[Exchange]) -> int:
    """Write all with our records; returns the bytes written."""
    size = 0
    for exchange in everything:
        exchange.payload_digest = digest_of(exchange.payload)
        size += sum(len(record.member) for record in group_of(exchange, "<urn:uuid:0>"))
    return size


def theirs(everything: list[Exchange]) -> int:
    """Write all as warcio does; returns the bytes written."""
    out = BytesIO()
    writer = WARCWriter(out, gzip=True, warc_version="1.1")
    for exchange in everything:
        block = BytesIO(exchange.received)
        head = StatusAndHeadersParser(["HTTP/1.1"]).parse(block)
        answer = writer.create_warc_record(exchange.url, "response", payload=block, http_headers=head)
        request_block = BytesIO(exchange.sent)
        request_head = StatusAndHeadersParser(["GET"], verify=False).parse(request_block)
        request = writer.create_warc_record(exchange.url, "request", payload=request_block, http_headers=request_head)
        writer.write_request_response_pair(request, answer)
    return out.tell()


def timed(write: Callable[[list[Exchange]], int], everything: list[Exchange]) -> float:
    """CPU seconds of one round."""
    began = time.process_time()
    write(everything)
    return time.process_time() - began


def main() -> None:
    """Alternate both and print rates."""
    options = argparse.ArgumentParser(prog="python -m bench.writing", description=main.__doc__)
    options.add_argument("--pairs", type=int, default=120)
    options.add_argument("--rounds", type=int, default=7)
    asked = options.parse_args()
    everything = exchanges(asked.pairs)
    size = sum(len(one.received) + len(one.sent) for one in everything) / 1e6
    rounds = [(timed(ours, everything), timed(theirs, everything)) for _ in range(asked.rounds)]
    print(f"{len(everything)} exchanges, {size:.1f} MB of blocks, {asked.rounds} rounds")
    print(f"genbun  {size / middle([a for a, _ in rounds]):>6.0f} MB/s")
    print(f"warcio  {size / middle([b for _, b in rounds]):>6.0f} MB/s")
    print(f"genbun is {middle([b / a for a, b in rounds]):.1f} times as fast")


if __name__ == "__main__":
    main()
