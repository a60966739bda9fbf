// The team's list without reloading the page: search as typed, rows that open in place, order. Without this file
// the same links and the same form do the same.

const REGION = "team-list";
const PAUSE = 250;
let latest = 0;

async function show(url, focusId) {
  const mine = ++latest;
  let answer;
  try {
    answer = await fetch(url, { headers: { Accept: "text/html" } });
  } catch {
    location.assign(url);
    return;
  }
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const fresh = page.getElementById(REGION);
  if (mine !== latest) return; // something newer was asked for meanwhile
  if (!answer.ok || !fresh) {
    location.assign(url);
    return;
  }
  const field = document.querySelector(`#${REGION} input[name=q]`);
  const isTyping = field && field === document.activeElement;
  const typed = field?.value;
  document.getElementById(REGION).replaceWith(fresh);
  history.replaceState(null, "", url);
  if (isTyping) {
    const again = fresh.querySelector("input[name=q]");
    again.value = typed;
    again.focus();
  } else if (focusId) {
    document.getElementById(focusId)?.focus();
  }
}

function searchUrl(form) {
  const values = new URLSearchParams(new FormData(form));
  for (const [name, value] of [...values]) if (!value) values.delete(name);
  return `${form.getAttribute("action")}?${values}`;
}

let timer;
document.addEventListener("input", (event) => {
  if (!event.target.matches(`#${REGION} input[name=q]`)) return;
  clearTimeout(timer);
  timer = setTimeout(() => show(searchUrl(event.target.form)), PAUSE);
});
document.addEventListener("submit", (event) => {
  if (!event.target.matches(`#${REGION} form[role=search]`)) return;
  event.preventDefault();
  clearTimeout(timer);
  show(searchUrl(event.target));
});
document.addEventListener("click", (event) => {
  const link = event.target.closest?.(`#${REGION} a[data-swap]`);
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
  event.preventDefault();
  show(link.href, link.id);
});
