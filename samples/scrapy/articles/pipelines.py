"""An item pipeline that lets dedup clean the text of each item and decide whether it is new."""

import json
import subprocess

try:
    from scrapy.exceptions import DropItem
except ImportError:  # the class works without Scrapy too

    class DropItem(Exception):
        pass


class DedupPipeline:
    """Talks to `dedup --in - --out -`: an item goes in as a line of JSON with a blank line behind it. Blank lines come out in
    their place, so what stands before it is the verdict: the line with the clean text, or nothing for a duplicate."""

    def __init__(self, command=("dedup",), options=()):
        self.command = [*command, "--in", "-", "--out", "-", "--quiet", *options]
        self.process = None

    @classmethod
    def from_crawler(cls, crawler):
        settings = crawler.settings
        return cls(settings.getlist("DEDUP_COMMAND", ["dedup"]), settings.getlist("DEDUP_OPTIONS"))

    def open_spider(self, spider=None):
        self.process = subprocess.Popen(self.command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    def process_item(self, item, spider=None):
        line = json.dumps({"text": item["text"]}, ensure_ascii=False)
        self.process.stdin.write(line.encode() + b"\n\n")
        self.process.stdin.flush()
        answer = self.process.stdout.readline()
        if not answer:
            raise RuntimeError(f"dedup ended with exit code {self.process.wait()}")
        if answer == b"\n":
            raise DropItem(f"duplicate: {item.get('url', '')}")
        self.process.stdout.readline()  # the blank line
        item["text"] = json.loads(answer)["text"]
        return item

    def close_spider(self, spider=None):
        self.process.stdin.close()
        self.process.stdout.close()
        if self.process.wait() not in (0, 1):
            raise RuntimeError(f"dedup ended with exit code {self.process.returncode}")
