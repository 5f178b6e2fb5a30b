"""Every setting, in the order of a page's path. A deployment overrides single values by `-s`."""

import os

# --- who we are
BOT_NAME = "genbun"
SPIDER_MODULES = ["spiders.editorials", "spiders.sample"]  # Scrapy imports all in them: not what few crawls need
CONTACT = os.environ.get(
    "GENBUN_CONTACT", ""
)  # a mail address or page that a newspaper can turn to; part of the user agent
# USER_AGENT is made from CONTACT by the spider: see spiders.guest.user_agent

# --- the collection
COLLECTION = ""  # the folder to write into; nothing is fetched without
WARC_SIZE = 1_000_000_000  # a WARC file is closed at this size, in bytes: what archives commonly exchange …
WARC_AGE = 24 * 3600  # … or age, in seconds
REVISIT_MIN = 1024  # bytes: a payload that is shorter is stored again, since a revisit would not be smaller
COMMIT_INTERVAL = 0.01  # seconds between two group commits: less makes pages wait less, more makes the disk work less

# --- seed → request: calm by default, since newspapers are hosts whose guests we are
DOWNLOAD_DELAY = 1.0  # the least time between two requests to one host, whatever they are for
DOWNLOAD_DELAY_JITTER = 0  # Scrapy's jitter may shorten a delay; ours may not
CONCURRENT_REQUESTS = 32  # under way in Scrapy at once, those that wait for their bytes to be durable among them
WIRE_REQUESTS = 16  # on the wire at once, to all hosts together
CONCURRENT_REQUESTS_PER_DOMAIN = 8  # matters only where the delay is shorter than an answer takes
DOWNLOAD_SLOTS = {"archive": {"delay": 0, "concurrency": 16}}  # what a resumed crawl recalls from the archive
CONNECT_TO: list[str] = []  # HOST=ORIGIN: see --connect-to
CA_FILE = ""  # one more authority for TLS, a PEM file
INSECURE = False  # take any certificate; every record and the receipt say so
REQUISITES = True  # images, styles, scripts and fonts of editorials and originals, so that they replay whole
SEARCH = True  # translations that name no original: ask for the editorials of the paper they translate, in their window
CONCURRENT_ITEMS = 1  # we yield no items, and Scrapy starts this many tasks for every response: a fifth of its CPU
DEFAULT_REQUEST_HEADERS = {
    "Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
    "Accept-Language": "en,ja;q=0.8",
    "Accept-Encoding": "gzip",  # br and zstd break replay and mining tools (ARCHIVING 5.2, rule 8)
}

# --- several workers: what is to be asked lies in a Redis that they share (docs/scale.md)
FRONTIER = os.environ.get("GENBUN_FRONTIER", "")  # redis://HOST:PORT/DB; empty: this crawl is one worker's
FRONTIER_CRAWL = ""  # the name under which workers meet; the newspaper's unless it is given
FRONTIER_LEASE = 30.0  # seconds of silence after which what a worker had claimed is given to others
FRONTIER_AGAIN = 3600.0  # seconds after the end of a crawl in which whoever comes has come late, and begins no other
FRONTIER_PATIENCE = 60.0  # seconds for which Redis is tried again before the crawl ends

# --- request → capture → WARC
DOWNLOAD_HANDLERS = {
    "http": "archives.wire.WireDownloadHandler",
    "https": "archives.wire.WireDownloadHandler",
    "ftp": None,
    "file": None,
    "data": None,
    "s3": None,
}
DOWNLOAD_TIMEOUT = 60
DOWNLOAD_MAXSIZE = 32 * 1024 * 1024  # a body, as sent and as unpacked
DOWNLOADER_MIDDLEWARES = {
    "scrapy.downloadermiddlewares.robotstxt.RobotsTxtMiddleware": None,  # allows all where robots.txt fails
    "spiders.patience.PatienceMiddleware": 90,
    "spiders.guest.RobotsMiddleware": 100,
    "spiders.attempts.AttemptsMiddleware": 560,
    "scrapy.downloadermiddlewares.offsite.OffsiteMiddleware": None,  # the desk asks only our hosts
    "scrapy.downloadermiddlewares.httpauth.HttpAuthMiddleware": None,  # no credentials, ever
}
REDIRECT_ENABLED = False  # the spider follows redirects itself, so that each is asked, counted and kept
METAREFRESH_ENABLED = False
COMPRESSION_ENABLED = False  # the download handler unpacks, with the code that reads the archive
COOKIES_ENABLED = False  # and with them Scrapy's download of the public suffix list
HTTPPROXY_ENABLED = False  # a proxy from the environment would stand between us and the wire
RETRY_HTTP_CODES = [500, 502, 504, 522, 524, 408]  # 429 means no, and 503 not now: see spiders.patience
PATIENCE = 120  # seconds: a host that asks for a longer rest by Retry-After is asked again in a later crawl only
RETRY_GIVE_UP_LOG_LEVEL = "INFO"  # each is an outcome in the receipt

# --- page → article → pair
ENCODER = ""  # helps to align: universal (pip install 'genbun[embed]'), or the folder of a sentence-transformers model
ALIGN = True  # sentences of new pairs are aligned once the last page has come
SPIDER_MIDDLEWARES = {
    "scrapy.spidermiddlewares.referer.RefererMiddleware": None,
    "scrapy.spidermiddlewares.urllength.UrlLengthMiddleware": None,
    "scrapy.spidermiddlewares.depth.DepthMiddleware": None,
}
HTTPERROR_ALLOW_ALL = True  # an error page is a capture too
EXTENSIONS = {
    "spiders.collecting.Collecting": 0,
    "scrapy.extensions.memusage.MemoryUsage": None,
}

# --- nothing leaves that is not archived, nothing listens
REMOTE_CONTROL_ENABLED = False
TELNETCONSOLE_ENABLED = False
LOG_LEVEL = "INFO"
LOG_FORMAT = "%(asctime)s %(levelname)s %(name)s: %(message)s"
TWISTED_REACTOR = "twisted.internet.asyncioreactor.AsyncioSelectorReactor"
