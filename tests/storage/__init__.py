"""WARC files in S3: moto's server on loopback, in a process of its own."""
