// Reading a lesson: remembers the section on screen, tells the server that somebody reads, ticks the end.
// The server's clock counts the study time; this page only says "still here".
const BEAT = 60000;
const PAUSE = 5000;
const article = document.querySelector("[data-reading]");
const state = document.querySelector("[data-saved-state]");
const token = document.querySelector("[name=csrf_token]")?.value;
const sections = [...article.querySelectorAll("section[data-section]")];
const links = [...document.querySelectorAll("[data-section-link]")];
const keptKey = `place:${location.pathname}`;
let current = Number(article.dataset.section) || 0;
let isRead = article.dataset.read === "1";
let lastSent = 0;
let pending = null; // a place that waits so that scrolling does not send one message per section

function say(text, ok) {
  if (!state) return;
  state.classList.toggle("is-failed", !ok);
  state.lastElementChild.textContent = text;
}

async function send(url, fields) {
  const body = new URLSearchParams(fields);
  const answer = await fetch(url, {
    method: "POST", body, keepalive: true,
    headers: { Accept: "application/json", "X-CSRFToken": token },
  }).catch(() => null);
  if (answer?.ok) {
    localStorage.removeItem(keptKey);
    say((await answer.json()).saved_at, true);
    return true;
  }
  localStorage.setItem(keptKey, String(current));
  say(answer?.status === 419 ? article.dataset.endedText : article.dataset.failedText, false);
  return false;
}

function notePlace() {
  clearTimeout(pending);
  pending = null;
  lastSent = Date.now();
  return send(article.dataset.placeUrl, { section: current });
}

function showSection(number) {
  for (const link of links) {
    if (Number(link.dataset.sectionLink) === number) link.setAttribute("aria-current", "true");
    else link.removeAttribute("aria-current");
  }
}

async function markRead() {
  if (isRead) return;
  isRead = true;
  if (!(await send(article.dataset.endUrl, {}))) { isRead = false; return; }
  document.querySelector("[data-rule-end]").classList.remove("is-todo");
  const done = document.querySelector("[data-tick-done]").content;
  for (const tick of document.querySelectorAll("[data-rule-end] .tick, .outline a[aria-current=page] .tick")) {
    tick.replaceWith(done.cloneNode(true));
  }
}

const seen = new IntersectionObserver((entries) => {
  for (const entry of entries) {
    if (!entry.isIntersecting) continue;
    current = Number(entry.target.dataset.section);
    showSection(current);
    pending ??= setTimeout(notePlace, Math.max(0, PAUSE - (Date.now() - lastSent)));
  }
}, { rootMargin: "-20% 0px -60% 0px" });
sections.forEach((section) => seen.observe(section));

new IntersectionObserver((entries) => {
  if (entries.some((entry) => entry.isIntersecting)) markRead();
}, { threshold: 0.5 }).observe(document.querySelector("[data-lesson-end]"));

setInterval(() => { if (document.visibilityState === "visible") notePlace(); }, BEAT);
addEventListener("online", notePlace);
addEventListener("pagehide", () => { if (pending) notePlace(); });

const kept = localStorage.getItem(keptKey);
const start = kept === null ? current : Number(kept);
if (start > 0 && !location.hash && sections[start]) sections[start].scrollIntoView();
showSection(start);
notePlace();
