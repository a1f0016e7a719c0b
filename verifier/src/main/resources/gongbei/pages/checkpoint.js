// The checkpoint page: codes in, verdicts out.

import { ask, explain, has, html, number, prepare, say, soundWanted, svg, timeOfDay, Unreachable, whenSpoken } from './common.js';
import { codeText, isCheckpointName } from './qr-codes.js';
import { Camera, readFile } from './scanner.js';
import { Wedge } from './wedge.js';

/** How long a verdict stays; what was seen a moment ago is then no longer on the screen. */
const VERDICT_MILLIS = 8_000;
/** A code held still before the camera is judged once, and again when it was away so long. */
const AWAY_MILLIS = 2_500;
const PULSE_MILLIS = 3_000;
const PULSE_LOST_MILLIS = 1_500;
const TRIES_WHEN_BUSY = 3;
/** A second Enter of a hand scanner, or a hand already on its way, puts no verdict out so soon. */
const FIRM_MILLIS = 400;

const byId = (id) => document.getElementById(id);
const verdictView = byId('verdict');
let shown = null;
let clearTimer = 0;
let lostSince = null;
let statusKey = 'checkpoint.ready';

// ---- Which checkpoint

const kindChoice = byId('kind');
const placeInput = byId('place');

function checkpointName() {
  const place = placeInput.value.trim();
  return place === '' ? kindChoice.value : `${kindChoice.value}/${place}`;
}

/** The node's own rule: what it would refuse is neither kept nor sent. */
function isPlaceRight() {
  return isCheckpointName(checkpointName());
}

function checkPlace() {
  if (isPlaceRight()) {
    placeInput.removeAttribute('aria-invalid');
  } else {
    placeInput.setAttribute('aria-invalid', 'true');
  }
}

function nameKinds() {
  [...kindChoice.options].forEach((option) => {
    const key = `kind.${option.value}`;
    option.textContent = has(key) ? say(key) : option.value;
  });
}

async function loadKinds() {
  try {
    const answer = await ask('/v1/rulesets');
    if (answer.status !== 200) {
      tell(explain(answer));
      return;
    }
    const names = answer.body.rulesets.map((ruleset) => ruleset.name);
    const wanted = localStorage.getItem('gongbei.kind') ?? kindChoice.value;
    kindChoice.replaceChildren(...names.map((name) => html('option', { value: name }, name)));
    kindChoice.value = names.includes(wanted) ? wanted : names.includes('metro') ? 'metro' : names[0];
    nameKinds();
  } catch {
    lost();
  }
}

// ---- Whether the node is there

function tell(text) {
  statusKey = null;
  byId('status').textContent = text;
}

function tellKey(key) {
  statusKey = key;
  byId('status').textContent = say(key);
}

function showLost() {
  const banner = byId('lost');
  banner.hidden = lostSince === null;
  banner.textContent = lostSince === null ? '' : say('checkpoint.lost', { time: timeOfDay(lostSince) });
}

function lost() {
  if (lostSince === null) {
    lostSince = new Date();
    showLost();
  }
}

function found() {
  if (lostSince !== null) {
    lostSince = null;
    showLost();
    loadKinds();
  }
}

async function pulse() {
  try {
    const answer = await ask('/health/live');
    if (answer.status < 500) {
      found();
    }
  } catch {
    lost();
  }
  setTimeout(pulse, lostSince === null ? PULSE_MILLIS : PULSE_LOST_MILLIS);
}

// ---- How a verdict looks, sounds and feels

const SHAPES = {
  pass: () => [svg('circle', { cx: 50, cy: 50, r: 46 }), svg('path', { d: 'M28 52l15 15 30-33' })],
  hold: () => [svg('path', { class: 'body', d: 'M50 6L96 90H4z' }), svg('path', { d: 'M50 36v26' }), svg('path', { d: 'M50 76v1' })],
  refuse: () => [svg('path', { class: 'body', d: 'M31 4h38l27 27v38L69 96H31L4 69V31z' }), svg('path', { d: 'M33 33l34 34M67 33L33 67' })],
  none: () => [svg('rect', { x: 6, y: 6, width: 88, height: 88, rx: 4 }), svg('path', { d: 'M36 40c0-20 28-20 28-3 0 11-14 11-14 23' }), svg('path', { d: 'M50 76v1' })],
};

/** Hertz, seconds of beginning and end, and the wave of each tone. */
const TONES = {
  pass: [[880, 0, 0.1, 'sine'], [1320, 0.1, 0.28, 'sine']],
  hold: [[587, 0, 0.14, 'triangle'], [587, 0.22, 0.36, 'triangle'], [587, 0.44, 0.58, 'triangle']],
  refuse: [[196, 0, 0.6, 'sawtooth'], [147, 0.3, 0.9, 'sawtooth']],
  none: [[330, 0, 0.12, 'square'], [247, 0.14, 0.3, 'square']],
};

/** Milliseconds of vibration and rest, by turns. */
const PULSES = { pass: [80], hold: [120, 80, 120, 80, 120], refuse: [600], none: [40, 40, 40, 40] };

let audio = null;

function wakeAudio() {
  audio ??= new AudioContext();
  if (audio.state === 'suspended') {
    audio.resume().catch(() => {});
  }
}

function sound(verdict) {
  if (!navigator.userActivation.hasBeenActive) {
    return;
  }
  navigator.vibrate?.(PULSES[verdict]);
  wakeAudio();
  TONES[verdict].forEach(([hertz, from, to, wave]) => {
    const tone = audio.createOscillator();
    const volume = audio.createGain();
    const start = audio.currentTime + from;
    tone.type = wave;
    tone.frequency.value = hertz;
    volume.gain.setValueAtTime(0.0001, start);
    volume.gain.exponentialRampToValueAtTime(0.35, start + 0.01);
    volume.gain.exponentialRampToValueAtTime(0.0001, audio.currentTime + to);
    tone.connect(volume).connect(audio.destination);
    tone.start(start);
    tone.stop(audio.currentTime + to);
  });
}

function fact(key, value) {
  return [html('dt', {}, say(key)), html('dd', {}, value)];
}

function groupView(group) {
  const counts = Object.entries(group.colours).filter(([, count]) => count > 0);
  const list = html('ul', {}, ...counts.map(([colour, count]) =>
    html('li', {}, html('b', {}, number(count)), ` ${say(`colour.${colour}`)}`)));
  const parts = [html('h3', {}, say('checkpoint.group', { size: group.size })), list];
  if (group.heldUpBy.length > 0) {
    parts.push(html('p', {}, say('checkpoint.group.held', { places: group.heldUpBy.join(', ') })));
  }
  return parts;
}

/** Writes the verdict at hand, or nothing, in the language of the moment. */
function draw() {
  if (shown === null) {
    return;
  }
  const word = say(`verdict.${shown.verdict}`);
  const reason = has(`reason.${shown.reason}`) ? say(`reason.${shown.reason}`) : shown.reason;
  verdictView.className = `verdict ${shown.verdict}`;
  verdictView.dataset.verdict = shown.verdict;
  verdictView.dataset.reason = shown.reason;
  byId('verdict-shape').replaceChildren(svg('svg', { viewBox: '0 0 100 100' }, ...SHAPES[shown.verdict]()));
  byId('verdict-word').textContent = word;
  const detail = shown.detailKey ? say(shown.detailKey) : shown.detail;
  byId('verdict-reason').textContent = detail ?? reason;
  byId('verdict-group').hidden = !shown.group;
  byId('verdict-group').replaceChildren(...(shown.group ? groupView(shown.group) : []));
  const facts = [];
  if (shown.count > 1) {
    facts.push(...fact('checkpoint.several', say('checkpoint.several.of', { number: number(shown.number), count: number(shown.count) })));
  }
  if (shown.field) {
    facts.push(...fact('checkpoint.field', shown.field));
  }
  if (shown.ruleset) {
    facts.push(...fact('checkpoint.rules', shown.ruleset));
  }
  facts.push(...fact('checkpoint.time', timeOfDay(shown.at)));
  byId('verdict-facts').replaceChildren(...facts);
  if (shown.stale) {
    byId('verdict-facts').append(html('dd', { class: 'stale' },
      say('checkpoint.age', { seconds: number(shown.dataAgeMillis / 1000) })));
  }
  byId('verdict-said').textContent = `${word}. ${detail ?? reason}`;
}

function show(verdict) {
  shown = { ...verdict, at: new Date(), sinceMillis: performance.now() };
  draw();
  if (!verdictView.open) {
    verdictView.showModal();
  }
  byId('next').focus();
  const clock = byId('verdict-clock');
  clock.getAnimations().forEach((running) => running.cancel());
  clock.animate([{ transform: 'scaleX(1)' }, { transform: 'scaleX(0)' }], { duration: VERDICT_MILLIS, fill: 'forwards' });
  clearTimeout(clearTimer);
  clearTimer = setTimeout(next, VERDICT_MILLIS);
  if (soundWanted()) {
    sound(shown.verdict);
  }
}

/** Shows the verdict of the next code of a picture, if there is one. */
function next() {
  if (waiting.length > 0) {
    show(waiting.shift());
  } else {
    clear();
  }
}

function clear() {
  clearTimeout(clearTimer);
  shown = null;
  waiting = [];
  verdictView.close();
}

verdictView.addEventListener('close', () => {
  if (verdictView.open) {
    return; // The next verdict has come in the meantime.
  }
  shown = null;
  waiting = [];
  verdictView.removeAttribute('data-verdict');
  verdictView.removeAttribute('data-reason');
  ['verdict-word', 'verdict-reason', 'verdict-said'].forEach((id) => {
    byId(id).textContent = '';
  });
  // The focus comes back to a field without a caret, and what is typed is lost: give it one.
  if (document.activeElement === byId('typed')) {
    byId('typed').blur();
    byId('typed').focus();
  }
});

// ---- Judging

let judging = 0;
/** Verdicts of one picture's other codes, each shown when the one before is put out. */
let waiting = [];

async function judge(...codes) {
  const mine = ++judging;
  tellKey('checkpoint.checking');
  const outcomes = await Promise.all(codes.map(outcomeOf));
  if (mine === judging) {
    tellKey('checkpoint.ready');
    waiting = outcomes.map((outcome, index) => ({ ...outcome, number: index + 1, count: codes.length }));
    show(waiting.shift());
  }
}

async function outcomeOf(code) {
  if (!isPlaceRight()) {
    return { verdict: 'none', reason: 'error', detailKey: 'checkpoint.place.bad' };
  }
  try {
    for (let tries = 1; ; tries++) {
      const answer = await ask('/v1/scans', { code, checkpoint: checkpointName() });
      found();
      if (answer.status === 200) {
        return answer.body;
      }
      if (answer.status !== 503) {
        return { verdict: 'none', reason: 'error', detail: explain(answer) };
      }
      if (tries === TRIES_WHEN_BUSY) {
        return { verdict: 'hold', reason: 'busy' };
      }
      await new Promise((resolve) => setTimeout(resolve, answer.retryMillis));
    }
  } catch (failure) {
    if (failure instanceof Unreachable) {
      lost();
      return { verdict: 'none', reason: 'unreachable' };
    }
    throw failure;
  }
}

// ---- Camera, picture, hand scanner

const lastSeen = new Map();

const camera = new Camera(byId('camera'), (codes) => {
  const now = performance.now();
  const fresh = codes.filter((code) => !(now - lastSeen.get(code) < AWAY_MILLIS));
  codes.forEach((code) => lastSeen.set(code, now));
  lastSeen.forEach((millis, code) => now - millis > AWAY_MILLIS && lastSeen.delete(code));
  if (fresh.length > 0) {
    judge(...fresh);
  }
});

function nameStart() {
  byId('start').textContent = say(camera.isOn ? 'checkpoint.camera.stop' : 'checkpoint.camera.start');
  document.body.classList.toggle('looking', camera.isOn);
}

async function startCamera() {
  try {
    await camera.start();
    localStorage.setItem('gongbei.camera', 'on');
    tellKey('checkpoint.ready');
  } catch (key) {
    tellKey(typeof key === 'string' ? key : 'checkpoint.camera.failed');
  }
  nameStart();
}

byId('start').addEventListener('click', () => {
  wakeAudio();
  if (camera.isOn) {
    camera.stop();
    localStorage.setItem('gongbei.camera', 'off');
    lastSeen.clear();
    nameStart();
  } else {
    startCamera();
  }
});

byId('picture').addEventListener('change', async (event) => {
  const [file] = event.target.files;
  event.target.value = '';
  if (file) {
    tellKey('checkpoint.checking');
    const codes = await readFile(file);
    if (codes.length === 0) {
      tellKey('checkpoint.picture.none');
    } else {
      judge(...codes);
    }
  }
});

byId('typed-form').addEventListener('submit', (event) => {
  event.preventDefault();
  const code = codeText(byId('typed').value);
  byId('typed').value = '';
  if (code !== '') {
    judge(code);
  }
});

// A hand scanner types its code and Enter, wherever the focus is.
new Wedge((code) => {
  if (byId('settings').open) {
    byId('settings').close();
  }
  byId('typed').value = '';
  judge(code);
}, tellKey);

// A choice made by hand gives up the focus, or the next code would be typed into it.
let byPointer = false;
document.addEventListener('pointerdown', () => {
  byPointer = true;
});
document.addEventListener('keydown', () => {
  byPointer = false;
});
document.querySelectorAll('select').forEach((choice) => {
  choice.addEventListener('change', () => byPointer && choice.blur());
});

function isFirm() {
  return shown !== null && performance.now() - shown.sinceMillis < FIRM_MILLIS;
}

byId('next').addEventListener('click', () => {
  if (!isFirm()) {
    next();
  }
});
verdictView.addEventListener('cancel', (event) => {
  if (isFirm()) {
    event.preventDefault();
  } else if (waiting.length > 0) {
    event.preventDefault();
    next();
  }
});
kindChoice.addEventListener('change', () => localStorage.setItem('gongbei.kind', kindChoice.value));
placeInput.addEventListener('input', checkPlace);
placeInput.addEventListener('change', () => {
  if (isPlaceRight()) {
    localStorage.setItem('gongbei.place', placeInput.value.trim());
  }
});
document.addEventListener('pointerdown', wakeAudio, { once: true });
document.addEventListener('settings', loadKinds);

await prepare();
placeInput.value = localStorage.getItem('gongbei.place') ?? '';
if (!isPlaceRight()) {
  placeInput.value = '';
}
whenSpoken(() => {
  nameStart();
  nameKinds();
  showLost();
  draw();
  if (statusKey !== null) {
    tellKey(statusKey);
  }
});
await loadKinds();
pulse();
if (localStorage.getItem('gongbei.camera') === 'on') {
  startCamera();
}
