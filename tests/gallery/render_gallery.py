"""Render the visual foundation without the application: plain Jinja2, stubbed globals, sample facts.

    python tests/gallery/render_gallery.py [--out /tmp/terrace-gallery] [--shots] [--axe] [--only home,lesson]

Pages under tests/gallery/pages/ extend the real layouts and serve as examples of every macro and class.
Samples only: people, figures and dates in them are invented.
"""

import argparse
import functools
import http.server
import json
import pathlib
import re
import subprocess
import threading
from types import SimpleNamespace

import jinja2

HERE = pathlib.Path(__file__).resolve().parent
WEB = HERE.parents[1] / "lms" / "web"
CATALOGUE = HERE.parents[1] / "lms" / "i18n" / "zh" / "LC_MESSAGES" / "web.po"
CHROMIUM = [
    "/usr/bin/chromium",
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--hide-scrollbars",
    "--force-prefers-reduced-motion",
    "--disable-background-networking",
    "--disable-dev-shm-usage",
]
SIZES = {"1440": 1000, "768": 1000, "390": 900, "360": 900}
HOVER = """<script>document.querySelector("iframe").onload = (event) => {
  const slug = new URLSearchParams(location.search).get("hover");
  const page = event.target.contentDocument;
  if (slug) setTimeout(() => page.querySelector(`[data-module=${slug}]`).dispatchEvent(new Event("mouseenter")), 300);
  const report = document.createElement("pre");
  report.hidden = true;
  report.textContent = "overflow " + (page.documentElement.scrollWidth - page.documentElement.clientWidth);
  document.body.append(report);
}</script>"""


def read_catalogue():
    try:
        from babel.messages.pofile import read_po
    except ImportError:
        return {}
    with CATALOGUE.open("rb") as file:
        return {m.id if isinstance(m.id, str) else m.id[0]: m.string for m in read_po(file) if m.id}


def environment(locale, translations):
    def translate(text, **values):
        found = translations.get(text) if locale == "zh" else None
        return (found or text) % values if values else found or text

    def count(one, many, num, **values):
        found = translations.get(one) if locale == "zh" else None
        text = found[0] if found else (one if num == 1 else many)
        return text % {"num": num, **values}

    env = jinja2.Environment(
        loader=jinja2.FileSystemLoader([str(WEB / "templates"), str(HERE / "pages")]),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    both = json.loads((HERE / "samples.json").read_text())
    env.globals.update(
        _=translate,
        ngettext=count,
        get_locale=lambda: locale,
        url_for=lambda endpoint, **values: "#",
        static_url=lambda path: "/static/" + path,
        csp_nonce=lambda: "nonce",
        csrf_token=lambda: "token",
        get_flashed_messages=lambda with_categories=False: [],
        current_actor=SimpleNamespace(
            display_name="周敏" if locale == "zh" else "Zhou Min",
            initial="周" if locale == "zh" else "ZM",
            is_signed_in=True,
            hat_label="学员" if locale == "zh" else "Learner",
        ),
        navigation=[
            {"label": label[0 if locale == "zh" else 1], "url": "#", "icon": icon, "key": key}
            for label, icon, key in (
                (("首页", "Home"), "home", "home"),
                (("课程", "Modules"), "stack-2", "modules"),
                (("能力", "Skills"), "stairs-up", "skills"),
                (("记录", "Record"), "certificate", "record"),
            )
        ],
        demo_marked=False,
        error=SimpleNamespace(message="Sample reason", figures={}, retry_after=30),
        search_url="#",
        language_switch_url="#",
        notifications_url="#",
        unread_count=2,
        help_url="#",
        sign_out_url="#",
        map=both["map"],
    )
    return env


def render(out, only):
    out.mkdir(parents=True, exist_ok=True)
    (out / "static").unlink(missing_ok=True)
    (out / "static").symlink_to(WEB / "static")
    (out / "axe.min.js").unlink(missing_ok=True)
    (out / "axe.min.js").symlink_to(HERE.parent / "vendor" / "axe.min.js")
    translations = read_catalogue()
    names = []
    for locale in ("zh", "en"):
        env = environment(locale, translations)
        for template in env.list_templates(filter_func=lambda n: n.startswith("errors/") or "/" not in n):
            name = pathlib.Path(template).stem
            if only and name not in only:
                continue
            html = env.get_template(template).render()
            if bad := re.findall(r'\sstyle="|\son[a-z]+="', html):
                raise SystemExit(f"{template}: inline style or handler {bad[:3]}")
            (out / f"{name}-{locale}.html").write_text(html)
            axe = html.replace(
                "</head>",
                '<script src="/axe.min.js"></script><script>addEventListener("load",()=>axe.run().then(r=>{const p=document.createElement("pre");p.id="axe";p.textContent=JSON.stringify(r.violations.map(v=>[v.id,v.nodes.length,v.nodes[0].html.slice(0,200),v.nodes[0].failureSummary.slice(0,300)]));document.body.replaceChildren(p)}))</script></head>',
            )
            (out / f"{name}-{locale}.axe.html").write_text(axe)
            for width in SIZES:
                (out / f"{name}-{locale}-{width}.frame.html").write_text(
                    f'<!doctype html><style>body{{margin:0}}iframe{{border:0;width:{width}px;height:100vh;display:block}}</style><iframe src="{name}-{locale}.html"></iframe>{HOVER}'
                )
            names.append(f"{name}-{locale}")
    return names


def serve(out):
    class Quiet(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *args):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=str(out)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return f"http://127.0.0.1:{server.server_port}"


def shoot(base, out, name, width, dark=False, height=None, hover=""):
    target = out / f"{name}-{width}{'-dark' if dark else ''}{'-chain' if hover else ''}.png"
    command = [
        *CHROMIUM,
        f"--screenshot={target}",
        f"--window-size={max(int(width), 500)},{height or SIZES[width]}",
        "--virtual-time-budget=2500",
        "--blink-settings=preferredColorScheme=" + ("0" if dark else "1"),
        f"{base}/{name}-{width}.frame.html" + (f"?hover={hover}" if hover else ""),
    ]
    subprocess.run(command, check=True, capture_output=True, timeout=90)


def check_axe(base, name, dark=False):
    command = [
        *CHROMIUM,
        "--dump-dom",
        "--virtual-time-budget=20000",
        "--window-size=1440,1000",
        "--blink-settings=preferredColorScheme=" + ("0" if dark else "1"),
        f"{base}/{name}.axe.html",
    ]
    dom = subprocess.run(command, check=True, capture_output=True, text=True, timeout=120).stdout
    found = re.search(r'<pre id="axe">(.*?)</pre>', dom, re.S)
    return (
        json.loads(found.group(1).replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&"))
        if found
        else "axe did not finish"
    )


def measure_overflow(base, name, width):
    command = [
        *CHROMIUM,
        "--dump-dom",
        "--virtual-time-budget=2500",
        "--window-size=1440,1000",
        f"{base}/{name}-{width}.frame.html",
    ]
    dom = subprocess.run(command, check=True, capture_output=True, text=True, timeout=90).stdout
    return int(re.search(r"overflow (-?\d+)", dom).group(1))


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=pathlib.Path, default=pathlib.Path("/tmp/terrace-gallery"))
    parser.add_argument("--only", type=lambda text: text.split(","))
    parser.add_argument("--shots", help="comma list of name-locale:width[:dark][:height][:hover=slug]")
    parser.add_argument("--axe", action="store_true", help="run axe on every page, light and dark")
    parser.add_argument(
        "--overflow", action="store_true", help="look for sideways scroll at 360, 390 and 768"
    )
    arguments = parser.parse_args()
    names = render(arguments.out, arguments.only)
    print(len(names), "pages in", arguments.out)
    base = serve(arguments.out)
    for shot in (arguments.shots or "").split(","):
        if shot:
            name, width, *rest = shot.split(":")
            shoot(
                base,
                arguments.out,
                name,
                width,
                "dark" in rest,
                next((r for r in rest if r.isdigit()), None),
                next((r[6:] for r in rest if r.startswith("hover=")), ""),
            )
    if arguments.overflow:
        for name in names:
            wide = {w: px for w in ("360", "390", "768") if (px := measure_overflow(base, name, w)) > 0}
            print(name, "wider than the screen:", wide or "no")
    if arguments.axe:
        for name in names:
            for dark in (False, True):
                print(name, "dark" if dark else "light", check_axe(base, name, dark))


if __name__ == "__main__":
    main()
