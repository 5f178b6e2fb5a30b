"""An independent test press: japan-forward.com and www.sankei.com as SITES.md describes them, every word invented.
Written from SITES.md alone (the saved Sankei pages for structure, DESIGN.md for names) by someone who has not read
the readers, and it must stay so. Tests crawl `server.serve()` and hold what they get against `truth.json`."""
