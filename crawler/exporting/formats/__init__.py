"""ROWS → one format each: what a writer is, and which there are.

A writer is opened in a folder of its own that nobody sees yet; it is told of every row, articles first, and finished
when all have come. Heavy libraries are imported by the module that needs them, when it is asked for.
"""

from crawler.exporting.formats.writer import FORMATS, Format, Job, Writer, writer_for

__all__ = ["FORMATS", "Format", "Job", "Writer", "writer_for"]
