// The page of a venue's screen: the code of the minute, its word, and the last visits.

import {
  dateAndTime, explain, follow, has, html, isKeyFault, keepAwake, prepare, say, timeOfDay, Unreachable,
  whenSpoken,
} from './common.js';
import { claimsOf } from './code-claims.js';
import { codeText } from './qr-codes.js';
import { picture } from './qr-picture.js';
import { shapeOf } from './verdict.js';

const RETRY_MILLIS = 3_000;
const TICK_MILLIS = 250;
const MAX_VISITS = 8;
const LICENCE = 'gongbei.venue';

const byId = (id) => document.getElementById(id);
let licence = null;
let shown = null;
let skewMillis = 0;
let now = null;
let visits = [];
let ending = new AbortController();

function trouble(text) {
  byId('trouble').hidden = text === null;
  byId('trouble').textContent = text ?? '';
}

const nodeMillis = () => Date.now() + skewMillis;

function drawCard() {
  const card = byId('venue-card');
  card.hidden = licence === null;
  if (licence === null) {
    card.replaceChildren();
    return;
  }
  const { venue } = claimsOf(licence);
  now = html('p', { class: 'now' });
  const window = html('div', { class: 'code' });
  if (shown?.code !== undefined) {
    window.append(picture(shown.code));
    window.dataset.code = shown.code;
  } else {
    window.append(html('p', {}, say(venue.form === 'licence' ? 'venue.lost' : 'venue.printed')));
  }
  card.replaceChildren(
    html('p', { class: 'issuer' }, venue.place),
    window,
    html('p', { class: 'word', lang: 'zxx' }, shown === null ? '' : shown.word),
    now,
    html('p', { class: 'note' }, say(shown === null ? 'venue.lost' : 'venue.scan')),
  );
}

function drawVisits() {
  byId('visits').hidden = licence === null;
  byId('visits-none').hidden = visits.length > 0;
  byId('visits-list').replaceChildren(...visits.map((visit) => html('li', { class: visit.verdict },
    shapeOf(visit.verdict),
    html('b', {}, say(`verdict.${visit.verdict}`)),
    html('span', { class: 'word', lang: 'zxx' }, visit.word),
    html('small', {}, `${timeOfDay(new Date(visit.at))} · ${say(`short.${visit.reason}`)}`))));
}

function draw() {
  byId('venue-form').hidden = licence !== null;
  byId('venue-remove').hidden = licence === null;
  drawCard();
  drawVisits();
}

function onEvent(name, data) {
  trouble(null);
  if (name === 'screen') {
    shown = data;
    skewMillis = Date.parse(data.at) - Date.now();
    drawCard();
  } else if (name === 'visit') {
    visits = [data, ...visits].slice(0, MAX_VISITS);
    drawVisits();
  } else if (name === 'over') {
    remove();
    byId('licence-bad').textContent = say('venue.over');
  } else {
    shown = null;
    drawCard();
  }
}

/** Follows the venue's events until the licence is removed; asks anew where they end. */
async function watch() {
  const { signal } = ending;
  while (!signal.aborted) {
    try {
      const answer = await follow('/v1/venues/watch', { venue: licence }, 'checkpoint', onEvent, signal);
      if (answer.status !== 200 && !signal.aborted) {
        const fault = `visit.fault.${(answer.body.type ?? '').replace('/problems/', '')}`;
        if (has(fault)) {
          remove();
          byId('licence-bad').textContent = say(fault);
          return;
        }
        trouble(isKeyFault(answer) ? null : explain(answer));
        await rest(signal);
      }
    } catch (failure) {
      if (!(failure instanceof Unreachable)) {
        throw failure;
      }
      if (!signal.aborted) {
        trouble(say('app.unreachable'));
        await rest(signal);
      }
    }
  }
}

const rest = (signal) => new Promise((resolve) => {
  setTimeout(resolve, RETRY_MILLIS);
  signal.addEventListener('abort', resolve);
});

function start(code) {
  if ((claimsOf(code)?.venue ?? null) === null) {
    byId('licence-bad').textContent = say('visit.bad');
    byId('licence').focus();
    return;
  }
  byId('licence-bad').textContent = '';
  licence = code;
  // A screen that has been without power shows its venue again.
  localStorage.setItem(LICENCE, licence);
  ending = new AbortController();
  keepAwake(byId('venue-card'), true);
  draw();
  watch();
}

function remove() {
  ending.abort();
  localStorage.removeItem(LICENCE);
  licence = null;
  shown = null;
  visits = [];
  byId('licence').value = '';
  keepAwake(byId('venue-card'), false);
  trouble(null);
  draw();
}

byId('venue-form').addEventListener('submit', (event) => {
  event.preventDefault();
  start(codeText(byId('licence').value));
});
byId('venue-remove').addEventListener('click', () => {
  remove();
  byId('licence').focus();
});
document.addEventListener('settings', () => {
  if (licence !== null) {
    ending.abort();
    start(licence);
  }
});

function tick() {
  if (licence === null || now === null) {
    return;
  }
  now.textContent = dateAndTime(new Date(nodeMillis()), { dateStyle: 'long', timeStyle: 'medium' });
  // What is over is not shown: the next minute's has not come.
  if (shown !== null && nodeMillis() > Date.parse(shown.expires ?? shown.refreshAt)) {
    shown = null;
    drawCard();
  }
}

await prepare();
whenSpoken(draw);
setInterval(tick, TICK_MILLIS);
const kept = localStorage.getItem(LICENCE);
if (kept !== null) {
  start(kept);
}
