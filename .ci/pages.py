"""Makes pages of `gwg sample --report`, `gwg learn --report`, `gwg compare` and `gwg verify` and maps of `gwg contacts`, and opens them in headless Chromium at two widths.

    python3 .ci/pages.py GWG [--screenshots FOLDER]

GWG is the command. Needs `chromium` and `chromedriver` on the PATH, and nothing but the standard library. Fails on a message in the console, on a page wider
than its window, on text of a picture outside of it, on another text, or too small, on a missing section, and on anything that is not self-contained.
"""

import argparse
import base64
import contextlib
import json
import pathlib
import random
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request

WIDTHS = (360, 1280)
SMALLEST_TEXT = 10.0

# Sections of every report of a run with draws; those of the recorded quantities begin with series-0.
ALWAYS = ["advice", "statistics", "run", "moves", "series-0", "series-1", "definitions", "again"]
PLOTS = ["-trace-t", "-density-t", "-lags-t", "-ess-t", "-ranks-t"]

LONG = "a-folder-of-models-with-a-very-long-name-that-no-window-is-wide-enough-for"

# Name, arguments, ids that the page must have, and words that it must not have.
RUNS = [
    ("ising", ["ising-lattice:side=16,theta=0.3", "--draws", "400", "--thin", "64"], ["states", "sites"], []),
    ("rbm", ["rbm:visible=784,hidden=20", "--draws", "300", "--thin", "50"], ["states", "sites"], ["lattice"]),
    ("potts", ["potts-lattice:side=12,states=5", "--draws", "300", "--thin", "100", "--sampler", "gibbs"], ["states", "sites"], []),
    ("tempered", ["ising-lattice:side=8,theta=0.4", "--replicas", "5", "--draws", "400"], ["states", "swaps", "swap-acceptance-t"], []),
    ("stuck", ["ising-lattice:side=10,theta=4", "--draws", "200", "--beta", "4"], ["states"], []),
    ("many-chains", ["ising-er:sites=30", "--chains", "24", "--draws", "200", "--sampler", "gwg:flips=auto"], ["sites"], ["lattice"]),
    ("ten-chains", ["categorical:sites=7", "--chains", "10", "--draws", "100"], ["sites"], ["lattice"]),
    ("cube", ["ising-lattice:side=4,dims=3", "--draws", "100", "--chains", "1"], ["sites"], []),
    ("long-run", ["bernoulli:sites=9", "--draws", "100000", "--chains", "2"], ["states"], ["lattice"]),
    ("few", ["bernoulli:sites=5", "--draws", "2"], [], ["lattice"]),
    ("long-names", [f"{LONG}/{LONG}.safetensors", "--kind", "rbm", "--draws", "50"], ["sites"], ["lattice"]),
]

# Sections of every report of a training run, after its first update.
LEARNED = ["warnings", "result", "curves", "curve-data-t", "data", "run", "definitions", "again"]
IMAGES = ["image-data-t", "image-chains-t"]

# Name, arguments, ids that the page must have. Data are made here.
LEARN_RUNS = [
    ("learn-rbm", ["rbm:hidden=50", "images.txt", "--updates", "400", "--rate", "0.05"], [*IMAGES, "image-filters-t", "curve-gradient-t"]),
    ("learn-few-units", ["rbm:hidden=3", "images.txt", "--updates", "1", "--image", "8x18"], [*IMAGES, "image-filters-t"]),
    ("learn-ising", ["ising", "images.txt", "--updates", "5", "--chains", "100"], [*IMAGES, "curve-pearson-t"]),
    ("learn-potts", ["potts", "rows.fasta", "--updates", "30", "--chains", "500"], ["scores-t", "curve-pearson-t", "curve-slope-t"]),
    ("learn-sampler", ["potts", "rows.fasta", "--updates", "30", "--sampler", "gwg", "--decay-after", "5"], ["curve-rate-t"]),
    ("learn-long-names", ["ising", f"{LONG}/{LONG}.txt", "--updates", "3", "--seed", "12345678901234567"], []),
]

# What is wrong with the page that is open.
PROBLEMS = r"""
const found = [], most = innerWidth;
const wide = document.documentElement.scrollWidth;
if (wide > most) {
  found.push(`the page is ${wide} pixels wide, the window ${most}`);
  for (const e of document.body.querySelectorAll('*'))
    if (!e.closest('.scroll') && !e.closest('svg svg') && e.getBoundingClientRect().right > most + 1)
      found.push(`beyond the window: <${e.tagName} class="${e.getAttribute('class') || ''}"> ${e.textContent.slice(0, 60)}`);
}
const name = svg => (svg.querySelector('title') || {}).textContent || svg.getAttribute('class');
for (const svg of document.querySelectorAll('svg')) {
  if (svg.parentElement.closest('svg')) continue;
  const box = svg.getBoundingClientRect(), seen = [];
  if (box.width < 8 || box.height < 8) found.push(`empty picture: ${name(svg)}`);
  if (box.right > most + 1) found.push(`picture beyond the window: ${name(svg)}`);
  for (const text of svg.querySelectorAll('text')) {
    const r = text.getBoundingClientRect();
    if (r.width === 0) continue;
    const said = `"${text.textContent}" in ${name(svg)}`;
    if (r.left < box.left - 1 || r.right > box.right + 1 || r.top < box.top - 1 || r.bottom > box.bottom + 1)
      found.push(`text outside its picture: ${said}`);
    const size = parseFloat(getComputedStyle(text).fontSize) * text.getScreenCTM().d;
    if (size < SMALLEST) found.push(`text of ${size.toFixed(1)} pixels: ${said}`);
    for (const [other, words] of seen) {
      const across = Math.min(r.right, other.right) - Math.max(r.left, other.left);
      const down = Math.min(r.bottom, other.bottom) - Math.max(r.top, other.top);
      if (across > 1 && down > 4) found.push(`text over "${words}": ${said}`);
    }
    seen.push([r, text.textContent]);
  }
}
for (const cell of document.querySelectorAll('td, th, dt, dd, li, p, figcaption, caption'))
  if (!cell.closest('.scroll') && cell.scrollWidth > cell.clientWidth + 1 && cell.clientWidth > 0)
    found.push(`text beyond its box: ${cell.textContent.slice(0, 80)}`);
if (document.querySelector('script, iframe, link, img, object, embed')) found.push('an element that could load something');
if (performance.getEntriesByType('resource').length) found.push('something was loaded');
return found;
"""


class Browser:
    """A session of WebDriver, spoken over HTTP."""

    def __init__(self, driver, profile):
        self.driver = subprocess.Popen([driver, "--port=0"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        self.base = f"http://127.0.0.1:{self._port()}/session"
        switches = "headless no-sandbox disable-gpu disable-quic no-first-run disable-background-networking disable-component-update disable-sync"
        switches = [f"--{s}" for s in switches.split()] + [f"--user-data-dir={profile}", "--disable-dev-shm-usage"]
        wanted = {
            "browserName": "chrome",
            "goog:chromeOptions": {"binary": shutil.which("chromium"), "args": switches},
            "goog:loggingPrefs": {"browser": "ALL"},
        }
        self.base += "/" + self._post("", {"capabilities": {"alwaysMatch": wanted}})["sessionId"]

    def _port(self):
        for line in self.driver.stdout:
            if found := re.search(r"started successfully on port (\d+)", line):
                return int(found[1])
        sys.exit("chromedriver did not start")

    def _post(self, path, body):
        request = urllib.request.Request(self.base + path, json.dumps(body).encode(), {"Content-Type": "application/json"})
        with urllib.request.urlopen(request, timeout=120) as answer:
            return json.load(answer)["value"]

    def _cdp(self, command, **params):
        return self._post("/goog/cdp/execute", {"cmd": command, "params": params})

    def open(self, page, width):
        self._cdp("Emulation.setDeviceMetricsOverride", width=width, height=800, deviceScaleFactor=1, mobile=False)
        self._post("/url", {"url": page.resolve().as_uri()})

    def run(self, script):
        return self._post("/execute/sync", {"script": script, "args": []})

    def messages(self):
        return [entry["message"] for entry in self._post("/se/log", {"type": "browser"})]

    def screenshot(self, path, width, theme):
        self._cdp("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": theme}])
        height = self.run("return document.documentElement.scrollHeight")
        clip = {"x": 0, "y": 0, "width": width, "height": height, "scale": 1}
        shot = self._cdp("Page.captureScreenshot", clip=clip, captureBeyondViewport=True)
        path.write_bytes(base64.b64decode(shot["data"]))

    def close(self):
        with contextlib.suppress(OSError):
            urllib.request.urlopen(urllib.request.Request(self.base, method="DELETE"), timeout=30)
        self.driver.terminate()
        self.driver.wait()


def command(gwg, folder, *args):
    done = subprocess.run([gwg, *args], cwd=folder, capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(f"gwg {' '.join(args)}: {done.stderr}")


def interrupted(gwg, folder):
    """The report of a run that a signal ends after a few draws."""
    args = ["sample", "ising-lattice:side=10", "--draws", "1000000", "--thin", "2000", "--quiet", "--out", "t.zarr", "--report", "interrupted.html"]
    run = subprocess.Popen([gwg, *args], cwd=folder, stdout=subprocess.DEVNULL)
    started = time.monotonic()
    # The trace of a run is a hidden folder until it ends; its first draws make this one.
    while not list(folder.glob(".*/posterior")):
        if run.poll() is not None or time.monotonic() - started > 120:
            run.kill()
            sys.exit("the run to be interrupted wrote no draw")
        time.sleep(0.05)
    run.send_signal(signal.SIGINT)
    if (code := run.wait()) != 130:
        sys.exit(f"the interrupted run ended with {code}, not 130")


def data(folder):
    """Images of bars, an alignment in which some columns depend on each other, and these pairs of columns."""
    numbers = random.Random(5)
    lines = []
    for _ in range(300):
        place, upright = numbers.randrange(2, 10), numbers.random() < 0.5
        on = [[(c if upright else r) in (place, place + 1) for c in range(12)] for r in range(12)]
        lines.append("".join(str(int(x != (numbers.random() < 0.02))) for row in on for x in row))
    for name in ("images.txt", f"{LONG}/{LONG}.txt"):
        (folder / name).write_text("\n".join(lines) + "\n")
    pairs = [(i, 29 - i) for i in range(11)] + [(3, 14), (8, 20)]
    other = dict(zip("ACGU", "UGCA"))
    with (folder / "rows.fasta").open("w") as file:
        for name in range(400):
            row = [numbers.choice("ACGU") for _ in range(30)]
            for i, j in pairs:
                row[j] = other[row[i]] if numbers.random() < 0.6 else row[j]
            row[numbers.randrange(30)] = "-"
            file.write(f">{name}\n{''.join(row)}\n")
    (folder / "known.txt").write_text("".join(f"{i + 1} {j + 1}\n" for i, j in [*pairs, (1, 3), (11, 29)]))


def training(gwg, folder):
    """The report of a training run while it runs, and after a signal: it is whole at every moment."""
    page, running, ended = (folder / f"{name}.html" for name in ("live", "learn-running", "learn-interrupted"))
    args = ["learn", "potts", "rows.fasta", "--updates", "1000000", "--chains", "200", "-q", "-o", "live.safetensors", "--report", page.name]
    run = subprocess.Popen([gwg, *args], cwd=folder, stdout=subprocess.DEVNULL)
    started = time.monotonic()
    while not page.exists() or "curve-data-t" not in page.read_text():
        if run.poll() is not None or time.monotonic() - started > 120:
            run.kill()
            sys.exit("the training run wrote no page with curves")
        time.sleep(0.05)
    running.write_text(page.read_text())
    run.send_signal(signal.SIGINT)
    if (code := run.wait()) != 130:
        sys.exit(f"the interrupted training run ended with {code}, not 130")
    ended.write_text(page.read_text())
    for file, is_live in ((running, True), (ended, False)):
        if ('http-equiv="refresh"' in file.read_text()) != is_live:
            sys.exit(f"{file.name}: it should {'' if is_live else 'not '}load itself again")
    return [(file.stem, file, [*LEARNED, "scores-t"], []) for file in (running, ended)]


def contacts(gwg, folder):
    """Maps of contacts, each in a page of its own."""
    pages = []
    for name, more in (("contacts", ["--reference", "known.txt"]), ("contacts-alone", ["--separation", "0"])):
        command(gwg, folder, "contacts", "rows.fasta", "--method", "mean-field", "--out", name, "-q", *more)
        svg = (folder / name / "contacts.svg").read_text()
        file = folder / f"{name}.html"
        file.write_text(f'<!DOCTYPE html><html lang="en"><meta charset="utf-8"><title>Map</title><body style="margin: 0">{svg}</body></html>')
        pages.append((name, file, [], []))
    return pages


def make(gwg, folder):
    """Pages: name, file, ids, words that must not occur."""
    long = folder / LONG
    long.mkdir()
    command(gwg, folder, "info", "rbm:visible=12,hidden=4", "--export", f"{LONG}/{LONG}.safetensors")
    pages = []
    for name, args, ids, without in RUNS:
        file = folder / f"{name}.html"
        command(gwg, folder, "sample", *args, "--quiet", "--report", file.name)
        pages.append((name, file, ALWAYS + ids, without))
    ising = next(page for page in pages if page[0] == "ising")
    ising[2].extend(f"series-{k}{plot}" for k in (0, 1) for plot in PLOTS)
    interrupted(gwg, folder)
    pages.append(("interrupted", folder / "interrupted.html", ALWAYS, []))
    data(folder)
    for name, args, ids in LEARN_RUNS:
        file = folder / f"{name}.html"
        command(gwg, folder, "learn", *args, "-q", "-o", f"{name}.safetensors", "--report", file.name)
        pages.append((name, file, LEARNED + ids, ["http-equiv=\"refresh\""]))
    pages += training(gwg, folder) + contacts(gwg, folder)
    models = ["ising-lattice:side=6", "rbm:visible=9,hidden=5"]
    command(gwg, folder, "compare", *models, "--steps", "2000", "--quiet", "--out", "compare")
    pages.append(("compare", folder / "compare" / "index.html", [], []))
    command(gwg, folder, "verify", "--out", "verify")
    pages.append(("verify", folder / "verify" / "index.html", [], []))
    return pages


# A page with one problem of each kind, and a part of what is said of it.
BROKEN = """<!DOCTYPE html><title>Broken</title><style>text { font: 20px sans-serif }</style>
<p style="width: 2000px">wide</p><p style="width: 100px; white-space: nowrap">text that is longer than its paragraph</p>
<svg width="300" height="100" viewBox="0 0 300 100"><title>svg</title><text x="280" y="50">outside</text>
<text x="10" y="80" style="font-size: 9px">tiny</text><text x="10" y="30">one</text><text x="15" y="32">two</text></svg>
<script>console.error("wrong")</script> LATTICE"""
SAID = [
    "the page is 2", "beyond the window: <P", "text beyond its box: text that is longer", 'text outside its picture: "outside"', 'text of 9.0 pixels: "tiny"',
    'text over "one": "two"', "in the console: ", "no section missing", "the word lattice", "an element that could load something",
]


def check_the_check(browser, folder):
    """Every kind of problem is found."""
    page = folder / "broken.html"
    page.write_text(BROKEN)
    for width in WIDTHS:
        found = problems(browser, page, ["missing"], ["lattice"], width)
        if unsaid := [said for said in SAID if not any(problem.startswith(said) for problem in found)]:
            sys.exit(f"the check does not find at {width} pixels: {unsaid}; it found {found}")


def problems(browser, file, ids, without, width):
    browser.open(file, width)
    found = browser.run(PROBLEMS.replace("SMALLEST", str(SMALLEST_TEXT)))
    for message in browser.messages():
        found.append(f"in the console: {message}")
    for missing in browser.run(f"return {json.dumps(ids)}.filter(id => !document.getElementById(id))"):
        found.append(f"no section {missing}")
    text = file.read_text()
    found += [f"the word {word}" for word in without if word in text.lower()]
    found += [f"loads {link}" for link in re.findall(r"""(?:src=|url\(|@import)["']?[^"')>]*""", text)]
    return found


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("gwg")
    arguments.add_argument("--screenshots", type=pathlib.Path)
    given = arguments.parse_args()
    gwg = pathlib.Path(given.gwg).resolve()
    driver = shutil.which("chromedriver")
    if not driver or not shutil.which("chromium"):
        sys.exit("chromium and chromedriver are not installed")
    failed = 0
    with tempfile.TemporaryDirectory() as folder, tempfile.TemporaryDirectory() as profile:
        pages = make(gwg, pathlib.Path(folder))
        browser = Browser(driver, profile)
        try:
            check_the_check(browser, pathlib.Path(folder))
            for name, file, ids, without in pages:
                for width in WIDTHS:
                    found = problems(browser, file, ids, without, width)
                    failed += len(found)
                    for problem in found:
                        print(f"{name} at {width} pixels: {problem}")
                    if given.screenshots:
                        given.screenshots.mkdir(parents=True, exist_ok=True)
                        for theme in ("light", "dark"):
                            browser.screenshot(given.screenshots / f"{name}-{width}-{theme}.png", width, theme)
        finally:
            browser.close()
    if failed:
        sys.exit(f"{failed} problems")
    print(f"{len(pages)} pages at {len(WIDTHS)} widths: no problem")


main()
