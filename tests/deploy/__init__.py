"""What stands in deploy/: Scrapyd is really run; units, crontab and container files are read as strictly as we can."""
