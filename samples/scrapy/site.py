#!/usr/bin/env python3
"""A small site for the spider: the sample articles as pages, with the notices that sites add, and reposts of them.

site.py FOLDER      writes the pages
site.py FOLDER --serve COMMAND...   serves them while COMMAND runs; {site} in its arguments becomes the address
"""

import functools
import html
import http.server
import subprocess
import sys
import threading
from pathlib import Path

ARTICLES = Path(__file__).resolve().parent.parent / "articles"
NOTICES = ["展开全文", "点击图片进入下一页", "责任编辑：小林"]


def read(path):
    raw = path.read_bytes()
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return raw.decode("gb18030")


def pages():
    """(name, title, paragraphs) of every page: each article, and each again as other sites repost it."""
    for number, path in enumerate(sorted(ARTICLES.glob("*/*.txt"))):
        lines = [line.strip() for line in read(path).splitlines() if line.strip()]
        name = f"{path.parent.name}-{path.stem}"
        yield name, lines[0], lines + NOTICES[: number % 3 + 1]
        repost = lines[:1] + [line.replace("。", "．", 1) for line in lines[1:]]
        yield f"{name}-repost", f"转载：{lines[0]}", repost + ["本文转载自网络，版权归原作者所有"]


def write(folder):
    folder.mkdir(parents=True, exist_ok=True)
    links = []
    for name, title, paragraphs in pages():
        body = "\n".join(f"<p>{html.escape(text)}</p>" for text in paragraphs)
        page = f'<!doctype html><html><head><meta charset="utf-8"></head><body><h1>{html.escape(title)}</h1>\n<article>\n{body}\n</article></body></html>\n'
        (folder / f"{name}.html").write_text(page, encoding="utf-8")
        links.append(f'<a href="{name}.html">{html.escape(title)}</a>')
    index = '<!doctype html><html><head><meta charset="utf-8"></head><body><nav>\n' + "\n".join(links) + "\n</nav></body></html>\n"
    (folder / "index.html").write_text(index, encoding="utf-8")
    return len(links)


class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *arguments):
        pass


def serve(folder, command):
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=folder)) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        site = f"http://127.0.0.1:{server.server_port}/"
        code = subprocess.call([word.replace("{site}", site) for word in command])
        server.shutdown()
    return code


if __name__ == "__main__":
    print(write(Path(sys.argv[1])), "pages", file=sys.stderr)
    if len(sys.argv) > 3 and sys.argv[2] == "--serve":
        sys.exit(serve(sys.argv[1], sys.argv[3:]))
