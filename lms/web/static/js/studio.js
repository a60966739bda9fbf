// The page of an import shows how far it is, without being loaded anew.
const card = document.querySelector('[data-progress]');

async function look() {
  try {
    const answer = await fetch(card.dataset.progress, { headers: { Accept: 'text/html' } });
    if (!answer.ok) return;
    const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
    const fresh = page.querySelector('[data-progress]');
    if (!fresh) { window.location.reload(); return; }
    card.replaceChildren(...fresh.childNodes);
  } catch { /* no connection: look again later */ }
  window.setTimeout(look, 2000);
}

if (card) window.setTimeout(look, 1000);
