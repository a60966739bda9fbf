/* The quiz: saves as you answer, keeps what could not be sent, letters and arrows. Without it the form does the same.

   An unsent answer lies in localStorage under the attempt and its place, with its sequence: the server lets the
   highest win, so sending twice or late does no harm. */

const form = document.querySelector('#answer[data-quiz]');
const attempt = form?.dataset.quiz ?? document.querySelector('[data-review]')?.dataset.review;
const submitted = document.querySelector('[data-result]')?.dataset.result;
const prefix = (uuid) => `quiz ${uuid} `;

const store = {
  get: (key) => { try { return localStorage.getItem(key); } catch { return null; } },
  put: (key, value) => { try { localStorage.setItem(key, value); } catch { /* private mode: the page still sends */ } },
  drop: (key) => { try { localStorage.removeItem(key); } catch { /* as above */ } },
  keys: (start) => { try { return Object.keys(localStorage).filter((key) => key.startsWith(start)); } catch { return []; } },
};

const words = form?.dataset ?? {};
const state = document.querySelector('[data-saved-state]');
const say = (text, ok = true) => {
  if (!state || !text) return;
  state.classList.toggle('is-failed', !ok);
  state.querySelector('span').textContent = text;
  const use = state.querySelector('use');
  use?.setAttribute('href', use.getAttribute('href').replace(/#.*/, ok ? '#cloud-check' : '#wifi-off'));
};

const shown = form?.action.split('/').pop();
let isTouched = false;
let isLeaving = false;

const token = () => document.querySelector('[name=csrf_token]')?.value ?? '';

async function post(url, fields) {
  const answer = await fetch(url, {
    method: 'POST', credentials: 'same-origin', redirect: 'error', body: new URLSearchParams(fields),
    headers: { Accept: 'application/json', 'X-CSRFToken': token() },
  });
  return { status: answer.status, body: await answer.json().catch(() => ({})) };
}

const isOver = (status) => status === 404 || status === 409 || status === 422;

/* What a former page could not send goes out now, before anything new. */
async function resend() {
  for (const key of store.keys(prefix(attempt))) {
    const place = key.slice(prefix(attempt).length);
    const kept = store.get(key);
    try {
      const { status, body } = await post(`/attempts/${attempt}/${place}`, kept);
      if (status === 200 || isOver(status)) { if (store.get(key) === kept) store.drop(key); }
      if (status === 200) say(words.textSaved?.replace('{time}', body.saved_at));
      if (status === 200 && body.is_newest && place === shown && !isTouched) return location.reload(); /* show it */
      if (status === 409) say(words.textClosed, false);
      if (status === 419 || status === 401) return say(words.textSession, false);
    } catch { return say(words.textOffline, false); }
  }
}

let sequence = Number(words.sequence ?? 0);
let queue = Promise.resolve();
const key = form && prefix(attempt) + shown;

function fieldsNow() {
  const data = new FormData(form);
  for (const name of ['csrf_token', 'go', 'toggle']) data.delete(name);
  data.set('sequence', ++sequence);
  return new URLSearchParams(data).toString();
}

function save() {
  isTouched = true;
  const kept = fieldsNow();
  store.put(key, kept);
  say(words.textSaving);
  queue = queue.then(() => send(kept));
  return queue;
}

async function send(kept, isAgain = false) {
  try {
    const { status, body } = await post(form.action, kept);
    if (status === 200 && !body.is_newest && !isAgain && !isLeaving) {
      sequence = body.sequence;
      const latest = fieldsNow(); /* what stands on the page now, never the older text that lost */
      store.put(key, latest);
      return await send(latest, true);
    }
    if (status === 200 || isOver(status)) { if (store.get(key) === kept || isAgain) store.drop(key); }
    showErrors(status === 422 ? Object.values(body.errors ?? {})[0] : '');
    if (status === 200) { mark(); say(words.textSaved.replace('{time}', body.saved_at)); }
    else if (status === 409) say(words.textClosed, false);
    else if (status === 419 || status === 401) say(words.textSession, false);
    else say(status === 422 ? words.textBad : words.textFailed, false);
  } catch { say(words.textOffline, false); }
}

function showErrors(text) {
  const box = form.querySelector('[data-error]');
  box.hidden = !text;
  box.querySelector('[data-error-text]').textContent = text ?? '';
  for (const field of form.querySelectorAll('.answer-line .input')) {
    if (text) field.setAttribute('aria-invalid', 'true'); else field.removeAttribute('aria-invalid');
  }
}

/* The map follows what was saved. */
function mark() {
  const fields = new FormData(form);
  const names = [...new Set([...form.querySelectorAll('[name^=place-], [name^=pair-], [name=number], [name=text]')].map((f) => f.name))];
  const whole = names.length ? names.every((name) => String(fields.get(name) ?? '').trim()) : fields.has('choice');
  const entry = document.querySelector(`[data-place="${shown}"]`);
  entry.classList.toggle('is-answered', whole);
  entry.classList.toggle('is-flagged', fields.get('flag') === '1');
  const all = document.querySelectorAll('[data-place]').length;
  const done = document.querySelectorAll('[data-place].is-answered').length;
  for (const figure of document.querySelectorAll('[data-answered], [data-answered-short]')) {
    figure.textContent = figure.textContent.replace(/\d+(\D+)\d+/, (_, between) => `${done}${between}${all}`);
  }
}

function flag() {
  const field = form.elements.flag;
  field.value = field.value === '1' ? '0' : '1';
  form.querySelector('[data-flag]').setAttribute('aria-pressed', field.value === '1');
  save();
}

/* Ordering: buttons move an item by one place; the selects stay what is sent. */
function order(list) {
  const items = [...list.children];
  const select = (item) => item.querySelector('select');
  const sort = () => items.sort((a, b) => (select(a).value || 99) - (select(b).value || 99));
  const fill = () => sort().forEach((item, n) => { select(item).value = n + 1; });
  const show = () => list.append(...sort());
  const move = (item, step, control) => {
    fill();
    const at = items.indexOf(item);
    const other = items[at + step];
    if (!other) return;
    [select(item).value, select(other).value] = [select(other).value, select(item).value];
    show(); control.focus(); save();
  };
  for (const item of items) {
    const text = item.querySelector('.order-text').textContent;
    const box = document.createElement('span');
    box.className = 'order-buttons';
    for (const [step, word, sign] of [[-1, words.textUp, '↑'], [1, words.textDown, '↓']]) {
      const control = document.createElement('button');
      Object.assign(control, { type: 'button', className: 'icon-button', textContent: sign });
      control.setAttribute('aria-label', `${word}: ${text}`);
      control.addEventListener('click', () => move(item, step, control));
      box.append(control);
    }
    item.append(box);
    let before = select(item).value;
    select(item).addEventListener('focus', () => { before = select(item).value; });
    select(item).addEventListener('change', () => {
      const twin = items.find((other) => other !== item && select(other).value && select(other).value === select(item).value);
      if (twin) select(twin).value = before;
      before = select(item).value;
    });
  }
}

function onKey(event) {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  if (event.target.closest('input:not(.choice-input), textarea, select, [contenteditable]')) return;
  const letter = event.key.toUpperCase();
  const choice = form.querySelector(`.choice-input[value="${CSS.escape(letter)}"]`);
  if (event.key === 'ArrowLeft') { event.preventDefault(); document.querySelector('[data-previous]').click(); }
  else if (event.key === 'ArrowRight') { event.preventDefault(); document.querySelector('[data-next]').click(); }
  else if (choice) { event.preventDefault(); choice.click(); choice.focus(); }
  else if (letter === 'F') { event.preventDefault(); flag(); }
}

if (submitted) store.keys(prefix(submitted)).forEach(store.drop);
if (attempt) { resend(); addEventListener('online', () => resend()); }
if (form) {
  const list = form.querySelector('[data-order]');
  if (list) order(list);
  form.addEventListener('change', (event) => { if (event.target.name !== 'flag') save(); });
  form.querySelector('[data-flag]').addEventListener('click', (event) => { event.preventDefault(); flag(); });
  form.addEventListener('submit', (event) => {
    if (!navigator.onLine) {
      event.preventDefault(); /* an error page of the browser would take the answer with it */
      save();
      return;
    }
    isLeaving = true; /* the form goes with the highest number: a save still under way cannot win over it */
    const field = form.elements.sequence ?? form.appendChild(Object.assign(document.createElement('input'), { type: 'hidden', name: 'sequence' }));
    field.value = ++sequence;
  });
  document.addEventListener('keydown', onKey);
}
