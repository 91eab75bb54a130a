#!/usr/bin/env python3
"""Opens report.html in headless Chromium, over its debugging pipe, and checks what a reader would see: both themes, a
phone, English and Chinese, without scripts; no console messages, no requests, no markup from the input.

Usage: report.py REPORT.html            Environment: CHROMIUM, SHOTS (a folder for screenshots)
Ends with 77 where there is no Chromium."""
import base64
import json
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import tempfile

BROWSERS = ["chromium", "chromium-browser", "google-chrome"]
FLAGS = ["--headless=new", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--no-first-run", "--disable-extensions",
         "--disable-background-networking", "--disable-component-update", "--remote-debugging-pipe"]
SECONDS = 120  # a browser that hangs is a failure
DESK, PHONE = (1280, 1000), (390, 844)


class Browser:
    """Chromium reads commands from descriptor 3 and writes answers and events to 4, each ending with a zero byte."""

    def __init__(self, program, profile):
        command_read, self.commands = os.pipe()
        self.answers, answer_write = os.pipe()

        def place():
            low, high = os.dup(command_read), os.dup(answer_write)
            os.dup2(low, 3)
            os.dup2(high, 4)

        self.process = subprocess.Popen([program, *FLAGS, f"--user-data-dir={profile}", "about:blank"],
                                        preexec_fn=place, close_fds=False, stdout=subprocess.DEVNULL,
                                        stderr=subprocess.DEVNULL)
        os.close(command_read)
        os.close(answer_write)
        self.pending, self.number, self.session, self.events = b"", 0, None, []

    def message(self):
        while b"\0" not in self.pending:
            piece = os.read(self.answers, 1 << 16)
            if not piece:
                raise SystemExit("Chromium ended")
            self.pending += piece
        text, self.pending = self.pending.split(b"\0", 1)
        return json.loads(text)

    def call(self, method, **parameters):
        self.number += 1
        command = {"id": self.number, "method": method, "params": parameters}
        if self.session:
            command["sessionId"] = self.session
        os.write(self.commands, json.dumps(command).encode() + b"\0")
        while True:
            message = self.message()
            if message.get("id") == self.number:
                if "error" in message:
                    raise SystemExit(f"{method}: {message['error']}")
                return message["result"]
            self.events.append(message)

    def open(self, url):
        self.call("Page.navigate", url=url)
        while not any(event.get("method") == "Page.loadEventFired" for event in self.events):
            self.events.append(self.message())

    def value(self, expression):
        result = self.call("Runtime.evaluate", expression=expression, returnByValue=True)
        if "exceptionDetails" in result:
            raise SystemExit(f"{expression}: {result['exceptionDetails']}")
        return result["result"].get("value")

    def attach(self):
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        self.session = self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Log", "Network"):
            self.call(f"{domain}.enable")


def check(condition, what):
    if not condition:
        print(f"FAILED: {what}")
        raise SystemExit(1)


def check_events(browser, url):
    """Nothing was said on the console, nothing asked for, no dialog opened."""
    for event in browser.events:
        method, parameters = event.get("method"), event.get("params", {})
        check(method not in ("Runtime.consoleAPICalled", "Runtime.exceptionThrown", "Log.entryAdded",
                             "Page.javascriptDialogOpening"), f"the page says {parameters}")
        if method == "Network.requestWillBeSent":
            asked = parameters["request"]["url"].split("#")[0]
            check(asked == url or asked.startswith("data:"), f"the page asks for {asked}")


def look(browser, url, name, size=DESK, scheme="light", language="en-US", scripts=True):
    """Opens the page in one way and returns the words of its headline."""
    browser.events.clear()
    browser.call("Emulation.setScriptExecutionDisabled", value=not scripts)
    browser.call("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": scheme}])
    browser.call("Emulation.setDeviceMetricsOverride", width=size[0], height=size[1], deviceScaleFactor=1,
                 mobile=size == PHONE)
    browser.call("Emulation.setUserAgentOverride", userAgent="test", acceptLanguage=language)
    browser.open(url)
    check_events(browser, url)
    if os.environ.get("SHOTS"):
        height = browser.call("Page.getLayoutMetrics")["cssContentSize"]["height"]
        clip = {"x": 0, "y": 0, "width": size[0], "height": min(height, 9000), "scale": 1}
        shot = browser.call("Page.captureScreenshot", captureBeyondViewport=True, clip=clip)["data"]
        pathlib.Path(os.environ["SHOTS"], name + ".png").write_bytes(base64.b64decode(shot))
    return browser.value("document.querySelector('h1').innerText")


def brightness(browser, of):
    colour = browser.value(f"getComputedStyle(document.body).{of}")
    return sum(int(part) for part in colour[colour.index("(") + 1:-1].split(",")[:3])


def check_page(browser, url):
    check("removed" in look(browser, url, "light"), "the headline is English")
    check(brightness(browser, "backgroundColor") > 600 > brightness(browser, "color"), "light is light")
    check(browser.value("document.querySelectorAll('script, img, iframe, link[rel=stylesheet], object').length") == 1,
          "the page has one script and nothing that loads")
    check(browser.value("[...document.querySelectorAll('*')].every(e => [...e.attributes].every("
                        "a => !a.name.startsWith('on')))"), "no element has a handler")
    check(browser.value("[...document.querySelectorAll('rect')].every(r => ['width', 'height'].every("
                        "n => parseFloat(r.getAttribute(n)) >= 0))"), "bars have sizes")
    check(browser.value("!/[\\u202a-\\u202e\\u2066-\\u2069\\u0000-\\u0008]/.test(document.documentElement.outerHTML)"),
          "nothing turns the direction of text")
    check(browser.value("[...document.querySelectorAll('a[href]')].every(a => document.querySelector("
                        "a.getAttribute('href')))"), "links lead somewhere")

    check("删去" in look(browser, url, "dark-zh", scheme="dark", language="zh-CN"), "the headline is Chinese")
    check(brightness(browser, "backgroundColor") < 150 < 500 < brightness(browser, "color"), "dark is dark")
    check(browser.value("document.getElementById('language').click() || document.querySelector('h1').innerText")
          .endswith("removed."), "the button changes the language")

    for scheme in ("light", "dark"):
        look(browser, url, f"phone-{scheme}", size=PHONE, scheme=scheme, language="zh-CN")
        browser.value("document.querySelectorAll('details').forEach(d => d.open = true)")
        check(browser.value("document.documentElement.scrollWidth") <= PHONE[0], "a phone need not scroll sideways")

    check("removed" in look(browser, url, "plain", scripts=False), "the page is readable without scripts")
    check(browser.value("getComputedStyle(document.getElementById('language')).display") == "none",
          "without scripts there is no button")


def main():
    program = os.environ.get("CHROMIUM") or next((found for found in map(shutil.which, BROWSERS) if found), None)
    if not program:
        print("skipped: no Chromium here; tests/support/packages.sh browser installs it (500 MB)")
        return 77
    signal.alarm(SECONDS)
    url = pathlib.Path(sys.argv[1]).resolve().as_uri()
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        browser = Browser(program, profile)
        try:
            browser.attach()
            check_page(browser, url)
        finally:
            browser.process.terminate()
            browser.process.wait()
    print("the report looks right: light, dark, phone, English, Chinese, without scripts")
    return 0


if __name__ == "__main__":
    sys.exit(main())
