"""A capture: which page was kept, when, and where its bytes lie in which WARC file."""

from __future__ import annotations

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field


class Capture(BaseModel):
    """The way from a line back to the bytes it was read from. A plain value."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    record_id: str = Field(description="WARC-Record-ID of the response record, as in the WARC: `<urn:uuid:…>`.")
    warc: str = Field(description="Path of the WARC file within the collection, its final name: `archive/….warc.gz`.")
    offset: int = Field(ge=0, description="Where the record's gzip member begins in that file, in bytes.")
    length: int = Field(gt=0, description="Length of that gzip member, in bytes.")
    captured_at: AwareDatetime = Field(description="WARC-Date of the record: when the exchange began.")
    status: int = Field(ge=0, le=999, description="HTTP status code of the response.")
    payload_digest: str = Field(
        description="`sha1:` and Base32 over the payload: transfer coding removed, content coding kept (WARC/1.1, 5.9)."
    )
    url: str = Field(description="The address as it was requested (WARC-Target-URI).")
