"""Does a newspaper's live site still read? And the beginning of a new newspaper's file. Called by `genbun newspapers`.

check      `asking` a sample crawl, and what it kept → `fields` each article's fields, judged → `markup` what a page is
           made of → `site` robots.txt and listings → `report` all of it, and the verdict → `printing` for people
new        `clues` what one saved page tells → `beginning` the newspaper's file and its first case
"""
