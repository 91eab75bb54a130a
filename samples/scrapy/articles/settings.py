BOT_NAME = "articles"
SPIDER_MODULES = ["articles.spiders"]
ITEM_PIPELINES = {"articles.pipelines.DedupPipeline": 300}
# The command and its options; --in - --out - --quiet are added.
DEDUP_COMMAND = ["dedup"]
DEDUP_OPTIONS = ["--threshold", "0.8"]

CONCURRENT_REQUESTS = 4
ROBOTSTXT_OBEY = False  # the site is our own
TELNETCONSOLE_ENABLED = False
LOG_LEVEL = "WARNING"
FEED_EXPORT_ENCODING = "utf-8"
