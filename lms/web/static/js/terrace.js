// Progressive enhancement only: every page reads and submits without this file.

const root = document.documentElement;
root.classList.add("js");

// Menus (native details): close on a click elsewhere, on Escape, and when another one opens.
const openMenus = () => document.querySelectorAll("details.menu[open]");
document.addEventListener("click", (event) => {
  for (const menu of openMenus()) if (!menu.contains(event.target)) menu.open = false;
});
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") {
    for (const menu of openMenus()) {
      menu.open = false;
      menu.querySelector("summary").focus();
    }
  }
  // Ctrl/⌘ K goes to the search field.
  if ((event.ctrlKey || event.metaKey) && !event.altKey && event.key.toLowerCase() === "k") {
    const search = document.querySelector("[data-search]");
    if (search && search.offsetParent !== null) {
      event.preventDefault();
      search.focus();
      search.select();
    }
  }
});
if (/Mac|iP(hone|ad)/.test(navigator.platform)) {
  for (const key of document.querySelectorAll(".search-key")) key.textContent = "⌘ K";
}

// Toasts: a close button; gone by themselves after a while unless read or touched.
for (const toast of document.querySelectorAll(".toast")) {
  const close = toast.querySelector(".toast-close");
  const leave = () => toast.remove();
  if (close) {
    close.hidden = false;
    close.addEventListener("click", leave);
  }
  let timer = setTimeout(leave, 10000);
  const hold = () => clearTimeout(timer);
  const release = () => { hold(); timer = setTimeout(leave, 4000); };
  for (const name of ["mouseenter", "focusin"]) toast.addEventListener(name, hold);
  for (const name of ["mouseleave", "focusout"]) toast.addEventListener(name, release);
}

// The password's eye.
for (const eye of document.querySelectorAll(".eye")) {
  const input = document.getElementById(eye.getAttribute("aria-controls"));
  if (!input) continue;
  eye.hidden = false;
  eye.addEventListener("click", () => {
    const shown = input.type === "password";
    input.type = shown ? "text" : "password";
    eye.setAttribute("aria-pressed", String(shown));
  });
}

// The language switch comes back to this very place, fragment included.
for (const form of document.querySelectorAll("[data-language-switch]")) {
  form.addEventListener("submit", () => {
    form.elements.next.value = location.pathname + location.search + location.hash;
  });
}

// Dialogs.
for (const opener of document.querySelectorAll("[data-open-dialog]")) {
  const dialog = document.getElementById(opener.dataset.openDialog);
  if (dialog && dialog.showModal) opener.addEventListener("click", (event) => { event.preventDefault(); dialog.showModal(); });
}

// An error summary takes the focus, so that it is read first.
for (const printer of document.querySelectorAll("[data-print]")) {
  printer.hidden = false;
  printer.addEventListener("click", () => window.print());
}

document.querySelector("[data-autofocus]")?.focus();

// Lesson tables: on the phone each cell carries the name of its column.
for (const table of document.querySelectorAll(".lesson table")) {
  const heads = [...table.querySelectorAll("thead th")].map((th) => th.textContent.trim());
  for (const row of table.tBodies[0]?.rows ?? []) {
    [...row.cells].forEach((cell, i) => { cell.dataset.label ??= heads[i] ?? ""; });
  }
}

// The map of the curriculum: hover or focus draws the whole chain of a module and says what is missing.
for (const map of document.querySelectorAll("[data-terraces]")) drawChains(map);

function drawChains(map) {
  const tiles = new Map([...map.querySelectorAll("[data-module]")].map((tile) => [tile.dataset.module, tile]));
  const edges = [...map.querySelectorAll(".edge")];
  const popover = map.querySelector(".terraces-popover");
  const requires = (slug) => (tiles.get(slug)?.dataset.requires ?? "").split(" ").filter((s) => tiles.has(s));
  const title = (tile) => tile.querySelector(".tile-title").textContent;
  const fill = (text, values) => text.replace(/\{(\w)\}/g, (_, key) => values[key]);
  const wide = matchMedia("(min-width: 1200px)");
  let timer;

  // Prerequisites first, each once: the order in which they can be learned.
  function chainOf(slug, chain = []) {
    for (const before of requires(slug)) chainOf(before, chain);
    if (!chain.includes(slug)) chain.push(slug);
    return chain;
  }

  function clear() {
    map.classList.remove("has-chain");
    for (const element of map.querySelectorAll(".is-chain, .is-chosen")) element.classList.remove("is-chain", "is-chosen");
    popover.hidden = true;
  }

  function choose(slug) {
    clear();
    const chain = chainOf(slug);
    map.classList.add("has-chain");
    for (const one of chain) tiles.get(one).classList.add("is-chain");
    tiles.get(slug).classList.add("is-chosen");
    for (const edge of edges) {
      if (chain.includes(edge.dataset.from) && chain.includes(edge.dataset.to)) edge.classList.add("is-chain");
    }
    if (wide.matches) tell(slug, chain);
  }

  function tell(slug, chain) {
    const tile = tiles.get(slug);
    const before = chain.slice(0, -1).map((s) => tiles.get(s));
    const missing = before.filter((t) => !t.classList.contains("is-done"));
    const text = map.dataset;
    const sum = missing.reduce((total, t) => total + Number(t.dataset.periods), 0);
    const section = tile.closest(".terrace");
    const part = (name) => popover.querySelector(name);
    part(".popover-layer").replaceChildren(section.querySelector(".layer-mark").cloneNode(true));
    part(".popover-title").textContent = title(tile);
    part(".popover-meta").textContent = fill(text.textPeriods, { n: tile.dataset.periods });
    const done = before.length - missing.length;
    let route = !before.length ? text.textNone : text.textReady;
    if (missing.length) {
      route = fill(missing.length === 1 ? text.textMissingOne : text.textMissing, { n: missing.length, p: sum });
      if (done) route += " · " + fill(text.textDone, { n: done });
    }
    part(".popover-route").textContent = route;
    part("ol").replaceChildren(...missing.map((t) => {
      const item = document.createElement("li");
      const name = document.createElement("span");
      const periods = document.createElement("span");
      name.textContent = title(t);
      periods.textContent = fill(text.textPeriods, { n: t.dataset.periods });
      item.append(name, periods);
      return item;
    }));
    popover.hidden = false;
    place(chain);
  }

  // Beside the chain, never over it: the place that covers the fewest of its tiles, nearest to the chosen one.
  function place(chain) {
    const frame = map.getBoundingClientRect();
    const boxes = chain.map((s) => tiles.get(s).getBoundingClientRect());
    const chosen = boxes.at(-1);
    const { offsetWidth: w, offsetHeight: h } = popover;
    const limit = Math.max(8, Math.min(frame.height, innerHeight - frame.top) - h - 8);
    const tops = [chosen.top - frame.top, chosen.bottom - frame.top + 12, chosen.top - frame.top - h - 12, limit];
    let best = null;
    for (let left = 0; left <= frame.width - w; left += 20) {
      for (const wish of tops) {
        const top = Math.max(Math.min(wish, limit), Math.max(8, 8 - frame.top));
        const hits = boxes.filter((b) => b.left - frame.left < left + w + 12 && b.right - frame.left > left - 12
          && b.top - frame.top < top + h + 12 && b.bottom - frame.top > top - 12).length;
        const far = Math.abs(left + w / 2 - (chosen.left + chosen.width / 2 - frame.left)) + Math.abs(top - (chosen.top - frame.top)) / 2;
        const cost = hits * 10000 + far;
        if (!best || cost < best.cost) best = { cost, left, top };
      }
    }
    popover.style.left = best.left + "px";
    popover.style.top = best.top + "px";
  }

  for (const [slug, tile] of tiles) {
    tile.addEventListener("mouseenter", () => { clearTimeout(timer); timer = setTimeout(choose, 120, slug); });
    tile.addEventListener("mouseleave", () => { clearTimeout(timer); timer = setTimeout(clear, 160); });
    tile.addEventListener("focus", () => { if (tile.matches(":focus-visible")) choose(slug); });
    tile.addEventListener("blur", clear);
  }
  map.addEventListener("keydown", (event) => { if (event.key === "Escape") clear(); });
}

// Without a connection the browser shows our own page, in both languages, with a way on.
navigator.serviceWorker?.register("/sw.js").catch(() => {});
