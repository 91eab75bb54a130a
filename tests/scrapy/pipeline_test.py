#!/usr/bin/env python3
"""pipeline_test.py DEDUP: the pipeline without Scrapy. pipeline_test.py --items FILE: what a crawl gave."""
import json
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "samples" / "scrapy"))
from importlib.util import module_from_spec, spec_from_file_location

from articles.pipelines import DedupPipeline, DropItem

spec = spec_from_file_location("pages", Path(sys.path[0]) / "site.py")
pages = module_from_spec(spec)
spec.loader.exec_module(pages)


def test_pipeline(command):
    pipeline = DedupPipeline([command], ["--threshold", "0.8"])
    pipeline.open_spider()
    kept = dropped = 0
    for name, title, paragraphs in pages.pages():
        item = {"url": name, "title": title, "text": "\n".join(paragraphs)}
        try:
            clean = pipeline.process_item(item)
        except DropItem:
            dropped += 1
            continue
        assert clean["title"] == title
        assert not any(notice in clean["text"] for notice in pages.NOTICES[:2]), clean["text"]
        kept += 1
    pipeline.close_spider()
    assert kept + dropped == len(list(pages.pages()))
    assert dropped >= kept > 3, (kept, dropped)

    pipeline = DedupPipeline([command], ["--threshold", "7"])  # the command refuses to start
    pipeline.open_spider()
    for step in (lambda: pipeline.process_item({"text": "一二三"}), pipeline.close_spider):
        try:
            step()
        except (RuntimeError, BrokenPipeError):
            continue
        raise AssertionError("a command that fails must be told of")
    print(f"pipeline: {kept} kept, {dropped} dropped")


def test_items(path):
    items = [json.loads(line) for line in open(path, encoding="utf-8")]
    assert 3 < len(items) <= len(list(pages.pages())) // 2
    assert not any(notice in item["text"] for item in items for notice in pages.NOTICES[:2])
    print("crawl: good")


if sys.argv[1] == "--items":
    test_items(sys.argv[2])
else:
    test_pipeline(sys.argv[1])
