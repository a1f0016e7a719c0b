// The checkpoint page: codes in, verdicts out.

import {
  ask, dateAndTime, explain, has, html, isKeyFault, listed, number, prepare, say, sayCount, soundWanted, timeOfDay, Unreachable,
  whenSpoken,
} from './common.js';
import { forgetVerdicts, lastVerdicts, note } from './history.js';
import { holderOf, isForeign, isGenuine, Parts } from './holder.js';
import { codeText, isCheckpointName } from './qr-codes.js';
import { Camera, readFile } from './scanner.js';
import { mustBeSeen, shapeOf, sound, stateOf, wakeAudio } from './verdict.js';
import { Wedge } from './wedge.js';

/** How long a verdict stays that nobody has to see; hold and refuse stay until they are tapped. */
const VERDICT_MILLIS = 8_000;
/** A code held still before the camera is judged once, and again when it was away so long. */
const AWAY_MILLIS = 2_500;
/** A code that comes again so soon is said to be the same. */
const SAME_MILLIS = 30_000;
const PULSE_MILLIS = 3_000;
const PULSE_LOST_MILLIS = 1_500;
const TRIES_WHEN_BUSY = 3;
/** A second Enter of a hand scanner, or a hand already on its way, puts no verdict out so soon. */
const FIRM_MILLIS = 400;
const PLACES_KEPT = 10;

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
  const isRight = isPlaceRight();
  if (isRight) {
    placeInput.removeAttribute('aria-invalid');
  } else {
    placeInput.setAttribute('aria-invalid', 'true');
  }
  const fault = isRight ? '' : say('checkpoint.place.fault');
  if (byId('place-bad').textContent !== fault) {
    byId('place-bad').textContent = fault;
  }
}

/** A list that this browser keeps, or none. */
function kept(name) {
  try {
    const list = JSON.parse(localStorage.getItem(name) ?? '[]');
    return Array.isArray(list) ? list.filter((each) => typeof each === 'string') : [];
  } catch {
    return [];
  }
}

function offerPlaces() {
  byId('places').replaceChildren(...kept('gongbei.places').map((value) => html('option', { value })));
}

function keepPlace() {
  const place = placeInput.value.trim();
  localStorage.setItem('gongbei.place', place);
  if (place !== '') {
    const places = [place, ...kept('gongbei.places').filter((each) => each !== place)];
    localStorage.setItem('gongbei.places', JSON.stringify(places.slice(0, PLACES_KEPT)));
    offerPlaces();
  }
}

function kindName(kind) {
  return has(`kind.${kind}`) ? say(`kind.${kind}`) : kind;
}

function nameKinds() {
  [...kindChoice.options].forEach((option) => {
    option.textContent = kindName(option.value);
  });
}

function offerKinds(names) {
  const wanted = localStorage.getItem('gongbei.kind') ?? kindChoice.value;
  kindChoice.replaceChildren(...names.map((name) => html('option', { value: name }, name)));
  kindChoice.value = names.includes(wanted) ? wanted : names.includes('metro') ? 'metro' : names[0];
  nameKinds();
}

/** The kinds of checkpoint whose rules let no name be shown; null until they are known. */
let withoutNames = null;

/** The kinds are kept for when the node is away: nothing is checked then, but nothing is lost. */
async function loadKinds() {
  try {
    const answer = await ask('/v1/rulesets', undefined, 'any');
    if (answer.status === 200) {
      const names = answer.body.rulesets.map((ruleset) => ruleset.name);
      withoutNames = answer.body.rulesets.filter((ruleset) => ruleset.holderNames === 'hide').map((ruleset) => ruleset.name);
      localStorage.setItem('gongbei.kinds', JSON.stringify(names));
      offerKinds(names);
      await checkKey();
    } else if (!isKeyFault(answer)) {
      tell(explain(answer));
    }
  } catch (failure) {
    lostBy(failure);
  }
}

/** Asks for no verdict at all, to learn whether the key may ask for one. */
async function checkKey() {
  await ask('/v1/scans/batch', { codes: [], checkpoint: kindChoice.value }, 'checkpoint');
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

/** Ready, or nothing where the banner says that the node is away: one thing is said at a time. */
function tellReady() {
  if (lostSince === null) {
    tellKey('checkpoint.ready');
  } else {
    tell('');
  }
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
    tellReady();
  }
}

function lostBy(failure) {
  if (!(failure instanceof Unreachable)) {
    throw failure;
  }
  lost();
}

function found() {
  if (lostSince !== null) {
    lostSince = null;
    showLost();
    tellReady();
    loadKinds();
  }
}

/** Looks whether the node is there, and whether reserve codes count. */
async function pulse() {
  try {
    const answer = await ask('/v1/minting');
    if (answer.status < 500) {
      found();
      byId('reserve').hidden = answer.body.reservesCount !== true;
    }
  } catch (failure) {
    lostBy(failure);
  }
  setTimeout(pulse, lostSince === null ? PULSE_MILLIS : PULSE_LOST_MILLIS);
}

// ---- A verdict

function fact(key, ...value) {
  return [html('div', {}, html('dt', {}, say(key)), html('dd', {}, ...value))];
}

function shortReason(reason) {
  return has(`short.${reason}`) ? say(`short.${reason}`) : reason;
}

/** How many have each colour, who would not pass, and how many for each reason, with their places. */
function groupView(group) {
  const colours = Object.entries(group.colours).filter(([, count]) => count > 0);
  const parts = [
    html('h3', {}, say('checkpoint.group', { size: number(group.size) })),
    html('ul', { class: 'counts' }, ...colours.map(([colour, count]) =>
      html('li', {}, sayCount(`count.${colour}`, count, { count: number(count) })))),
  ];
  if (group.heldUpBy.length > 0) {
    parts.push(html('p', {}, sayCount('checkpoint.group.held', group.heldUpBy.length, { places: listed(group.heldUpBy) })));
  }
  parts.push(html('ul', { class: 'reasons' }, ...Object.entries(group.reasons).map(([reason, count]) => {
    const line = html('li', {}, html('b', {}, number(count)), ` ${shortReason(reason)}`);
    const members = group.heldUpFor?.[reason] ?? [];
    if (members.length > 0) {
      line.append(html('small', {}, sayCount('checkpoint.group.members', members.length, { places: listed(members) })));
    }
    return line;
  })));
  return parts;
}

function rulesetName(label) {
  const [kind, version] = label.split('@');
  return version === undefined ? kindName(kind) : say('checkpoint.rules.value', { kind: kindName(kind), version });
}

function reasonText(of) {
  if (of.words) {
    return say(of.words, { seconds: number(of.seconds ?? 0) });
  }
  return of.detail ?? (has(`reason.${of.reason}`) ? say(`reason.${of.reason}`) : of.reason);
}

function factsOf(of) {
  const facts = [];
  if (of.count > 1) {
    facts.push(...fact('checkpoint.several', say('checkpoint.several.of', { number: number(of.number), count: number(of.count) })));
  }
  if (of.rule) {
    // The field at fault is the rule's identifier, and the text in the language that it was asked for.
    facts.push(...fact('checkpoint.rule', html('bdi', {}, of.rule.id), ' ', html('span', { lang: of.rule.language }, of.rule.text)));
  } else if (of.field) {
    facts.push(...fact('checkpoint.field', of.field));
  }
  if (of.ruleset) {
    facts.push(...fact('checkpoint.rules', rulesetName(of.ruleset)));
  }
  facts.push(...fact('checkpoint.time', timeOfDay(of.at)));
  if (of.stale) {
    facts.push(...fact('checkpoint.stale', say('checkpoint.age', { seconds: number(of.dataAgeMillis / 1000) })));
  }
  return facts;
}

/** Writes the verdict at hand, or nothing, in the language of the moment. */
function draw() {
  if (shown === null) {
    return;
  }
  const word = say(`verdict.${shown.state}`);
  const reason = reasonText(shown);
  verdictView.className = `verdict ${shown.state}`;
  verdictView.dataset.verdict = shown.state;
  verdictView.dataset.reason = shown.reason;
  byId('verdict-shape').replaceChildren(shapeOf(shown.state));
  byId('verdict-word').textContent = word;
  byId('verdict-reason').textContent = reason;
  byId('verdict-same').hidden = shown.sameSeconds === null;
  byId('verdict-same').textContent = shown.sameSeconds === null ? '' : say('checkpoint.same', { seconds: number(shown.sameSeconds) });
  byId('verdict-holder').hidden = !shown.holder;
  byId('holder-name').textContent = shown.holder?.name ?? '';
  byId('holder-birth').textContent = shown.holder?.birthDate ?? '';
  byId('verdict-group').hidden = !shown.group;
  byId('verdict-group').replaceChildren(...(shown.group ? groupView(shown.group) : []));
  byId('verdict-facts').replaceChildren(...factsOf(shown));
  byId('verdict-closes').textContent = say(stays(shown) ? 'checkpoint.stays' : 'checkpoint.clears');
  byId('verdict-first').textContent = shown.isBlocking ? say('checkpoint.first') : '';
  byId('verdict-said').textContent = `${word}. ${reason}`;
}

/** Whether it stays until it is tapped: so does a name, which somebody compares with a passport. */
function stays(verdict) {
  return mustBeSeen(verdict.state) || Boolean(verdict.holder);
}

function runClock() {
  const clock = byId('verdict-clock');
  clock.getAnimations().forEach((running) => running.cancel());
  clearTimeout(clearTimer);
  clock.parentElement.hidden = stays(shown);
  if (!stays(shown)) {
    clock.animate([{ transform: 'scaleX(1)' }, { transform: 'scaleX(0)' }], { duration: VERDICT_MILLIS, fill: 'forwards' });
    clearTimer = setTimeout(next, VERDICT_MILLIS);
  }
}

function show(verdict) {
  shown = { ...verdict, isBlocking: false, at: new Date(), sinceMillis: performance.now() };
  draw();
  if (!verdictView.open) {
    verdictView.showModal();
  }
  byId('verdict-body').scrollTop = 0;
  byId('next').focus({ preventScroll: true });
  runClock();
  // Whoever sees the same screen twice must see that it is another answer.
  byId('verdict-shape').animate([{ transform: 'scale(0.4)' }, { transform: 'scale(1)' }], { duration: 300, easing: 'ease-out' });
  if (soundWanted()) {
    sound(shown.state);
  }
}

/** Whether a verdict is up that somebody has to see first: nothing takes its place. */
function isStanding() {
  return shown !== null && mustBeSeen(shown.state);
}

/** Says that another code came while a verdict stands, and that nothing was checked. */
function refuseToJudge() {
  const isNew = !shown.isBlocking;
  shown.isBlocking = true;
  byId('verdict-first').textContent = say('checkpoint.first');
  byId('verdict-body').scrollTop = 0;
  if (isNew && soundWanted()) {
    sound('none');
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
  ['verdict-word', 'verdict-reason', 'verdict-same', 'verdict-first', 'verdict-said', 'holder-name', 'holder-birth'].forEach((id) => {
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
/** The code that was judged last, for as long as this page is open. */
let last = null;

const parts = new Parts();

async function judge(...read) {
  if (isStanding()) {
    refuseToJudge();
    // The scanner's second Enter is no tap.
    shown.sinceMillis = performance.now();
    return;
  }
  const codes = read.flatMap((each) => parts.take(each));
  if (codes.length === 0) {
    tellKey('checkpoint.fragment');
    return;
  }
  const mine = ++judging;
  tellKey('checkpoint.checking');
  const outcomes = await Promise.all(codes.map(outcomeOf));
  if (mine !== judging) {
    return;
  }
  tellReady();
  const before = last;
  const now = performance.now();
  const checkpoint = checkpointName();
  outcomes.forEach((outcome) => note(outcome.state, outcome.reason, isPlaceRight() ? checkpoint : kindChoice.value));
  waiting = outcomes.map((outcome, index) => ({
    ...outcome,
    number: index + 1,
    count: codes.length,
    sameSeconds: before?.code === codes[index] && now - before.atMillis < SAME_MILLIS
      ? Math.max(1, Math.round((now - before.atMillis) / 1_000)) : null,
  }));
  last = { code: codes.at(-1), state: outcomes.at(-1).state, atMillis: now };
  show(waiting.shift());
}

function notChecked(reason, more = {}) {
  return { verdict: 'none', state: 'none', reason, ...more };
}

/** Whom a foreign code is of, where its signature is genuine and the rules here let it be shown. */
async function shownHolder(code, reason) {
  const mayBeShown = withoutNames !== null && !withoutNames.includes(kindChoice.value);
  return mayBeShown && isForeign(code) && isGenuine(reason) ? holderOf(code) : null;
}

async function outcomeOf(code) {
  if (!isPlaceRight()) {
    return notChecked('error', { words: 'checkpoint.place.bad' });
  }
  try {
    for (let tries = 1; ; tries++) {
      const answer = await ask('/v1/scans', { code, checkpoint: checkpointName() }, 'checkpoint');
      found();
      if (answer.status === 200) {
        return {
          ...answer.body,
          ...stateOf(answer.body, code, answer.atMillis),
          holder: await shownHolder(code, answer.body.reason),
        };
      }
      if (answer.status !== 503) {
        return notChecked('error', { detail: explain(answer) });
      }
      if (tries === TRIES_WHEN_BUSY) {
        return notChecked('busy');
      }
      await new Promise((resolve) => setTimeout(resolve, answer.retryMillis));
    }
  } catch (failure) {
    lostBy(failure);
    return notChecked('unreachable');
  }
}

// ---- Camera, picture, hand scanner

const lastSeen = new Map();
let stillTimer = 0;

/** Says over the camera's picture that what it still sees has been judged, and as what. */
function showStill(code) {
  if (shown !== null || code !== last?.code) {
    return;
  }
  byId('still').textContent = say('checkpoint.still', { verdict: say(`verdict.${last.state}`) });
  byId('still').hidden = false;
  clearTimeout(stillTimer);
  stillTimer = setTimeout(() => {
    byId('still').hidden = true;
  }, AWAY_MILLIS);
}

const camera = new Camera(byId('camera'), (codes) => {
  const now = performance.now();
  const fresh = codes.filter((code) => !(now - lastSeen.get(code) < AWAY_MILLIS));
  // What comes while a verdict stands is judged when that is put out, if it is still there.
  codes.filter((code) => !(isStanding() && fresh.includes(code))).forEach((code) => lastSeen.set(code, now));
  lastSeen.forEach((millis, code) => now - millis > AWAY_MILLIS && lastSeen.delete(code));
  if (fresh.length > 0 && isStanding()) {
    refuseToJudge();
  } else if (fresh.length > 0) {
    judge(...fresh);
  } else {
    showStill(codes[0]);
  }
}, () => {
  cameraFault = 'checkpoint.camera.absent';
  nameCamera();
}, () => isStanding() || tellKey('checkpoint.fragment'));

let cameraFault = null;

function nameCamera() {
  const start = cameraFault === null ? 'checkpoint.camera.start' : 'checkpoint.camera.again';
  byId('start').textContent = say(camera.isOn ? 'checkpoint.camera.stop' : start);
  byId('hint').textContent = camera.isOn ? '' : say(cameraFault ?? 'checkpoint.camera.off');
  byId('hint').classList.toggle('trouble', cameraFault !== null);
  document.body.classList.toggle('looking', camera.isOn);
  byId('torch').hidden = !camera.hasTorch;
  byId('torch').setAttribute('aria-pressed', 'false');
  if (!camera.isOn) {
    byId('which').hidden = true;
    byId('still').hidden = true;
  }
}

/** Offers the cameras where there is a choice. */
async function offerCameras() {
  const { all, used } = await camera.cameras();
  byId('which-camera').replaceChildren(...all.map((each, index) =>
    html('option', { value: each.deviceId }, each.label || say('checkpoint.camera.number', { number: number(index + 1) }))));
  byId('which-camera').value = used;
  byId('which').hidden = all.length < 2;
}

async function startCamera() {
  try {
    await camera.start(localStorage.getItem('gongbei.camera.id'));
    cameraFault = null;
    localStorage.setItem('gongbei.camera', 'on');
    tellReady();
  } catch (key) {
    cameraFault = typeof key === 'string' ? key : 'checkpoint.camera.failed';
  }
  nameCamera();
  if (camera.isOn) {
    await offerCameras();
  }
}

byId('start').addEventListener('click', () => {
  wakeAudio();
  if (camera.isOn) {
    camera.stop();
    localStorage.setItem('gongbei.camera', 'off');
    lastSeen.clear();
    nameCamera();
  } else {
    startCamera();
  }
});

byId('torch').addEventListener('click', async () => {
  const isOn = byId('torch').getAttribute('aria-pressed') !== 'true';
  try {
    await camera.torch(isOn);
    byId('torch').setAttribute('aria-pressed', String(isOn));
  } catch {
    byId('torch').hidden = true;
  }
});

byId('which-camera').addEventListener('change', () => {
  localStorage.setItem('gongbei.camera.id', byId('which-camera').value);
  camera.stop();
  startCamera();
});

byId('picture').addEventListener('change', async (event) => {
  const [file] = event.target.files;
  event.target.value = '';
  if (file) {
    tellKey('checkpoint.checking');
    try {
      judge(...await readFile(file));
    } catch (key) {
      tellKey(key);
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
  ['settings', 'history'].filter((id) => byId(id).open).forEach((id) => byId(id).close());
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
    keepPlace();
  }
});
document.addEventListener('pointerdown', wakeAudio, { once: true });
document.addEventListener('settings', loadKinds);

// ---- The last verdicts

function historyLine({ at, state, reason, checkpoint }) {
  const [kind, place] = checkpoint.split('/');
  return html('li', { class: state },
    shapeOf(state),
    html('b', {}, say(`verdict.${state}`)),
    html('span', {}, shortReason(reason)),
    html('small', {}, [dateAndTime(new Date(at), { dateStyle: 'short', timeStyle: 'medium' }), kindName(kind), place].filter(Boolean).join(' · ')));
}

function drawHistory() {
  const all = lastVerdicts();
  byId('history-none').hidden = all.length > 0;
  byId('clear-history').hidden = all.length === 0;
  byId('history-list').hidden = all.length === 0;
  byId('history-list').replaceChildren(...all.map(historyLine));
}

byId('open-history').addEventListener('click', () => {
  drawHistory();
  byId('history').showModal();
});
byId('close-history').addEventListener('click', () => byId('history').close());
byId('clear-history').addEventListener('click', () => {
  forgetVerdicts();
  drawHistory();
});

await prepare();
placeInput.value = localStorage.getItem('gongbei.place') ?? '';
if (!isPlaceRight()) {
  placeInput.value = '';
}
if (kept('gongbei.kinds').length > 0) {
  offerKinds(kept('gongbei.kinds'));
}
offerPlaces();
whenSpoken(() => {
  nameCamera();
  nameKinds();
  checkPlace();
  showLost();
  draw();
  drawHistory();
  if (statusKey !== null) {
    tellKey(statusKey);
  }
});
await loadKinds();
pulse();
if (localStorage.getItem('gongbei.camera') === 'on') {
  startCamera();
}
