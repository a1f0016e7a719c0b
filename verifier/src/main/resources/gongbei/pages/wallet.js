// The wallet page: a holder's code that is always fresh, a group's code, and crossing the border.

import {
  ask, bringLanguage, dateAndTime, explain, has, html, isKeyFault, keepAwake, languageTag, number, prepare, say, svg,
  Unreachable, whenSpoken,
} from './common.js';
import { codeText } from './qr-codes.js';
import { picture } from './qr-picture.js';
import { claimsOf } from './code-claims.js';
import { anySeed, Backoff, drawsOf } from './next-code.js';
import { Camera, readFile } from './scanner.js';
import { Wedge } from './wedge.js';
import { Reserve } from './reserve.js';
import { Why } from './why.js';
import { Visit } from './visit.js';
import { Wards } from './wards.js';

const RETRY_MILLIS = 3_000;
const TICK_MILLIS = 250;
const SUBJECT = /^[0-9a-f]{32}$/;

const byId = (id) => document.getElementById(id);
let node = { region: '', target: '', otherWallet: null };
/** How far the node's clock is ahead of this one. */
let skewMillis = 0;
let subject = null;
let nextFetchMillis = Infinity;
/** Before when the node has said that it has no time for this wallet. */
let notBeforeMillis = 0;
const backoff = new Backoff(drawsOf(anySeed()));
let fetching = false;

/** What is shown while no code can be minted. */
const reserve = new Reserve();

const nodeMillis = () => Date.now() + skewMillis;
const regionName = (region) => (has(`region.${region}`) ? say(`region.${region}`) : region);

// ---- Cards

/** The shapes by which the colours are told apart without their colour, as at a checkpoint. */
const COLOUR_SHAPES = {
  green: () => [svg('circle', { cx: 50, cy: 50, r: 42 }), svg('path', { d: 'M28 52l15 15 30-33' })],
  yellow: () => [svg('path', { d: 'M50 10L94 88H6z' }), svg('path', { d: 'M50 38v24' }), svg('path', { d: 'M50 75v1' })],
  red: () => [svg('path', { d: 'M31 6h38l25 25v38L69 94H31L6 69V31z' }), svg('path', { d: 'M34 34l32 32M66 34L34 66' })],
};

/** The colour that a code displays, in a band that moves, as a picture of the screen does not. */
function colourBand(colour) {
  return html('p', { class: 'band' },
    svg('svg', { viewBox: '0 0 100 100', 'aria-hidden': 'true' }, ...COLOUR_SHAPES[colour]()),
    html('b', {}, say(`colour.${colour}`)));
}

/** One code on the screen, with what is left of its life. What is over is not shown any more. */
class Card {
  constructor(root) {
    this.root = root;
    this.code = null;
    this.over = false;
  }

  show(code, title, notes = []) {
    const claims = claimsOf(code);
    this.isReserve = claims?.isReserve ?? false;
    this.colour = claims?.isGroup ? null : claims?.colour ?? null;
    this.expiresMillis = claims?.expiresMillis ?? 0;
    this.lifeMillis = Math.max(1, this.expiresMillis - nodeMillis());
    this.title = title;
    this.notes = notes;
    this.over = false;
    this.code = code;
    this.draw();
  }

  draw() {
    if (this.code === null) {
      return;
    }
    this.time = html('p', { class: 'time' });
    this.now = html('p', { class: 'now' });
    this.said = html('p', { class: 'unseen', role: 'status' });
    this.bar = html('div', {});
    this.window = html('div', { class: 'code' }, picture(this.code));
    this.window.dataset.code = this.code;
    this.root.className = `card ${this.colour ?? ''}`;
    this.root.replaceChildren(
      html('p', { class: 'issuer' }, this.title()),
      ...(this.isReserve ? [html('p', { class: 'reserve', role: 'status' }, say('wallet.reserve'))] : []),
      ...(this.colour === null ? [] : [colourBand(this.colour)]),
      this.now,
      this.window,
      this.time,
      html('div', { class: 'clock' }, this.bar),
      ...this.notes.map((note) => html('p', { class: 'note' }, note())),
      html('p', { class: 'note' }, say('wallet.bright')),
      this.said,
    );
    this.root.hidden = false;
    this.over = false;
    this.tick();
  }

  hide() {
    this.code = null;
    this.root.hidden = true;
    this.root.replaceChildren();
  }

  tick() {
    if (this.code === null || this.over) {
      return;
    }
    const left = this.expiresMillis - nodeMillis();
    this.now.textContent = dateAndTime(new Date(nodeMillis()), { dateStyle: 'long', timeStyle: 'medium' });
    if (left <= 0) {
      this.over = true;
      this.now.textContent = '';
      this.root.classList.add('over');
      this.time.textContent = say('wallet.expired');
      this.said.textContent = say('wallet.expired.help');
      this.window.replaceChildren(html('p', {}, say('wallet.expired.help')));
      this.window.removeAttribute('data-code');
      this.bar.style.transform = 'scaleX(0)';
      return;
    }
    const seconds = Math.ceil(left / 1_000);
    this.time.textContent = seconds > 600
      ? say('wallet.group.until', { time: dateAndTime(new Date(this.expiresMillis - skewMillis)) })
      : say('wallet.seconds', { seconds: number(seconds) });
    this.bar.style.transform = `scaleX(${Math.min(1, left / this.lifeMillis)})`;
  }
}

const mine = new Card(byId('mine-card'));
const group = new Card(byId('group-card'));
const crossed = new Card(byId('cross-card'));

function trouble(text) {
  byId('trouble').hidden = text === null;
  byId('trouble').textContent = text ?? '';
}

// ---- My code

async function refresh() {
  if (subject === null || fetching || document.hidden) {
    return;
  }
  fetching = true;
  nextFetchMillis = Infinity;
  try {
    const strip = reserve.wanted(nodeMillis());
    const answer = await ask('/v1/codes', strip === 0 ? { subject } : { subject, reserve: strip }, 'issuer');
    if (answer.status === 201) {
      trouble(null);
      reserve.take(answer.body);
      backoff.served();
      nextFetchMillis = Date.parse(answer.body.refreshAt);
      mine.show(answer.body.code, () => say('wallet.issuer', { region: regionName(node.region) }));
      showOwn();
      if (isCrossing) {
        isCrossing = false;
        view('cross');
      }
    } else if (answer.status === 404) {
      // What was typed stays, to be corrected.
      const typed = subject;
      forget();
      byId('subject').value = typed;
      byId('subject-bad').textContent = say('wallet.unknown', { region: regionName(node.region) });
    } else {
      trouble(isKeyFault(answer) || isShowingReserve() ? null : explain(answer));
      reserve.failures += answer.status >= 500 ? 1 : 0;
      comeAgain(answer.retryAfterMillis);
    }
  } catch (failure) {
    if (!(failure instanceof Unreachable)) {
      throw failure;
    }
    trouble(isShowingReserve() ? null
      : `${say('app.unreachable')} ${mine.code === null ? '' : say('wallet.refresh.failed')}`);
    reserve.failures += 1;
    comeAgain(RETRY_MILLIS);
  } finally {
    fetching = false;
  }
}

/** Shows the holder's card in the place of the question who they are. */
function showOwn() {
  byId('subject-form').hidden = true;
  byId('mine-actions').hidden = false;
  keepAwake(mine, true);
  byId('mine-card').hidden = wards.chosen !== null;
  wards.open();
  aimLink();
}

/** Whether the card says already that no fresh code can be had: one thing is said at a time. */
const isShowingReserve = () => mine.code !== null && mine.isReserve && !mine.over;

/** The code by which the holder can be known: a reserve code is good for a checkpoint alone. */
const ownCode = () => (mine.isReserve ? null : mine.code);

/**
 * Shows the reserve code of the time once the code on the screen has ended and another could not be
 * had; where there is none on the screen, after the wait that the node has asked for.
 */
function showReserve() {
  const isDue = mine.code === null ? reserve.failures > 1 : mine.over && reserve.failures > 0;
  const code = subject !== null && isDue ? reserve.codeAt(nodeMillis()) : null;
  if (code !== null && code !== mine.code) {
    trouble(null);
    mine.show(code, () => say('wallet.issuer', { region: regionName(node.region) }));
    showOwn();
  }
}

/** Asks again not before the node has said, and not with all others. */
function comeAgain(retryMillis) {
  notBeforeMillis = nodeMillis() + retryMillis;
  nextFetchMillis = nodeMillis() + backoff.refused(retryMillis);
}

/** What a link has filled in waits for its holder's word: nothing of it is sent, or kept, before. */
function offer(field, text) {
  field.value = text;
  byId('remember').checked = false;
  byId('brought').hidden = false;
}

document.addEventListener('submit', () => {
  byId('brought').hidden = true;
});

function forget() {
  subject = null;
  nextFetchMillis = Infinity;
  notBeforeMillis = 0;
  sessionStorage.removeItem('gongbei.subject');
  localStorage.removeItem('gongbei.holder');
  reserve.forget();
  byId('remember').checked = false;
  keepAwake(mine, false);
  mine.hide();
  wards.close();
  why.close();
  byId('subject').value = '';
  byId('subject-form').hidden = false;
  byId('mine-actions').hidden = true;
  trouble(null);
  aimLink();
}

function beHolder(text) {
  const wanted = text.trim().toLowerCase();
  if (!SUBJECT.test(wanted)) {
    byId('subject-bad').textContent = say('wallet.subject.bad');
    byId('subject').focus();
    return;
  }
  byId('subject-bad').textContent = '';
  subject = wanted;
  sessionStorage.setItem('gongbei.subject', subject);
  // On this device beyond this tab only where its holder has said so, each time they sign in.
  if (byId('remember').checked) {
    localStorage.setItem('gongbei.holder', subject);
    reserve.begin(subject, localStorage);
  } else {
    localStorage.removeItem('gongbei.holder');
    reserve.begin(subject, sessionStorage);
  }
  refresh();
}

byId('subject-form').addEventListener('submit', (event) => {
  event.preventDefault();
  beHolder(byId('subject').value);
});
const wards = new Wards(
  () => (ownCode() === null ? null : { subject, code: ownCode() }),
  new Card(byId('ward-card')),
  nodeMillis,
  () => say('wallet.issuer', { region: regionName(node.region) }),
);
const why = new Why(() => (ownCode() === null ? null : { subject, code: ownCode() }));
byId('refresh').addEventListener('click', () => {
  if (nodeMillis() >= notBeforeMillis) {
    refresh();
  }
});
byId('forget').addEventListener('click', forget);

// ---- Taking a code in: pasted, in a picture, or before the camera

class Taker {
  constructor(root, label, onCode) {
    this.label = label;
    const form = byId('taker').content.cloneNode(true).firstElementChild;
    root.append(form);
    this.text = form.querySelector('textarea');
    this.fault = form.querySelector('.fault');
    this.submit = form.querySelector('[type=submit]');
    const video = form.querySelector('video');
    const file = form.querySelector('[type=file]');
    const name = `${root.id}-file`;
    file.id = name;
    form.querySelector('label.button').htmlFor = name;
    this.camera = new Camera(video, ([code]) => {
      this.stop();
      this.text.value = code;
      onCode(code, this);
    });
    this.video = video;
    form.querySelector('.take-camera').addEventListener('click', async () => {
      if (this.camera.isOn) {
        this.stop();
        return;
      }
      try {
        video.hidden = false;
        await this.camera.start();
      } catch (key) {
        this.stop();
        this.say(say(typeof key === 'string' ? key : 'checkpoint.camera.failed'));
      }
    });
    file.addEventListener('change', async () => {
      const [chosen] = file.files;
      file.value = '';
      if (!chosen) {
        return;
      }
      try {
        const [code] = await readFile(chosen);
        this.text.value = code;
        onCode(code, this);
      } catch (key) {
        this.say(say(key));
      }
    });
    form.addEventListener('submit', (event) => {
      event.preventDefault();
      onCode(codeText(this.text.value), this);
    });
    this.take = (code) => {
      this.text.value = code;
      onCode(code, this);
    };
    this.root = root;
  }

  /** Whether a code that is scanned is for this one. */
  get isShown() {
    return this.root.offsetParent !== null;
  }

  stop() {
    this.camera.stop();
    this.video.hidden = true;
  }

  say(text) {
    this.fault.textContent = text;
  }

  name() {
    this.submit.textContent = this.label();
  }
}

// ---- A group's code

function showGroup(code, taker) {
  const claims = claimsOf(code);
  if (!claims?.isGroup) {
    taker?.say(say('wallet.group.bad'));
    return;
  }
  taker?.say('');
  sessionStorage.setItem('gongbei.group', code);
  group.show(code, () => say('wallet.issuer', { region: regionName(claims.region) }), [
    () => say('wallet.group.size', { size: number(claims.size) }),
  ]);
  byId('group-remove').hidden = false;
  byId('group-taker').hidden = true;
  byId('group-help').hidden = true;
}

byId('group-remove').addEventListener('click', () => {
  sessionStorage.removeItem('gongbei.group');
  group.hide();
  groupTaker.text.value = '';
  byId('group-remove').hidden = true;
  byId('group-taker').hidden = false;
  byId('group-help').hidden = false;
});

const groupTaker = new Taker(byId('group-taker'), () => say('wallet.add'), showGroup);

// ---- Visits

const visit = new Visit(() => (mine.over ? null : ownCode()), nodeMillis);
const visitTaker = new Taker(
  byId('visit-taker'),
  () => say('visit.send'),
  (code, taker) => visit.take(code, taker),
);

// ---- Crossing

const otherRegion = () => (node.region === 'MO' ? 'GD' : 'MO');

/** Whether the holder wants to cross and has no code yet: then they are led back once they have. */
let isCrossing = false;

/** A link to the other wallet; what goes behind the # no browser sends to a server. */
function otherWallet(parts) {
  const fragment = Object.entries({ ...parts, lang: languageTag() })
    .map(([key, value]) => `${key}=${encodeURIComponent(value)}`);
  return `${node.otherWallet}#${fragment.join('&')}`;
}

function aim(id, isPossible, words, parts) {
  const link = byId(id);
  link.hidden = !isPossible;
  link.textContent = say(words, { region: regionName(otherRegion()) });
  if (isPossible) {
    link.href = otherWallet(parts);
  } else {
    link.removeAttribute('href');
  }
}

/** The holder carries their code across, and comes back for a fresh one. */
function aimLink() {
  const isLinked = node.otherWallet !== null;
  const hasCode = ownCode() !== null;
  byId('cross-out-help').textContent = say(
    isLinked ? 'wallet.cross.out.help' : 'wallet.cross.none',
    { region: regionName(otherRegion()) },
  );
  aim('cross-link', isLinked && hasCode, 'wallet.cross.out', { code: ownCode() ?? '' });
  byId('cross-need').hidden = !isLinked || hasCode;
  byId('cross-need').textContent = say('wallet.cross.need', { region: regionName(otherRegion()) });
  byId('cross-show').hidden = !isLinked || hasCode;
  aim('cross-renew', isLinked && crossed.code !== null, 'wallet.cross.renew', { cross: '1' });
  aim('cross-back', isLinked && wasBrought, 'wallet.cross.back', { cross: '1' });
}

byId('cross-show').addEventListener('click', () => {
  isCrossing = true;
  view('mine');
  byId('subject').focus();
});

/** Whether a link brought a code here: then there is a way back. */
let wasBrought = false;

function showCrossed(isShown) {
  byId('cross-remove').hidden = !isShown;
  byId('cross-in').hidden = isShown;
  byId('cross-out').hidden = isShown;
  keepAwake(crossed, isShown);
  aimLink();
}

byId('cross-remove').addEventListener('click', () => {
  crossed.hide();
  crossTaker.text.value = '';
  showCrossed(false);
});

async function cross(code, taker) {
  taker.say('');
  try {
    const answer = await ask('/v1/translations', { code, target: node.region }, 'issuer');
    if (answer.status === 201) {
      const { from } = answer.body;
      const name = () => regionName(from.slice(0, 2));
      crossed.show(answer.body.code, () => say('wallet.issuer', { region: regionName(node.region) }), [
        () => say('wallet.cross.made', { region: name() }),
      ]);
      showCrossed(true);
    } else {
      const fault = `fault.${(answer.body.type ?? '').replace('/problems/', '')}`;
      crossed.hide();
      taker.say(has(fault) ? say(fault) : explain(answer));
    }
  } catch (failure) {
    if (!(failure instanceof Unreachable)) {
      throw failure;
    }
    taker.say(say('app.unreachable'));
  }
}

const crossTaker = new Taker(
  byId('cross-taker'),
  () => say('wallet.cross.make', { region: regionName(node.region) }),
  cross,
);

// A hand scanner's code goes where codes are taken in view; elsewhere it is nobody's.
new Wedge((code) => {
  [groupTaker, visitTaker, crossTaker].find((taker) => taker.isShown)?.take(code);
}, () => {});

// ---- The page

function view(name) {
  document.querySelectorAll('.view').forEach((each) => {
    each.hidden = each.id !== name;
  });
  document.querySelectorAll('.tabs button').forEach((each) => {
    if (each.dataset.view === name) {
      each.setAttribute('aria-current', 'page');
    } else {
      each.removeAttribute('aria-current');
    }
  });
  groupTaker.stop();
  visitTaker.stop();
  crossTaker.stop();
}

document.querySelectorAll('.tabs button').forEach((each) => {
  each.addEventListener('click', () => view(each.dataset.view));
});

function tick() {
  [mine, group, crossed, visit, wards].forEach((card) => card.tick());
  showReserve();
  if (nodeMillis() >= nextFetchMillis) {
    refresh();
  }
}

async function meetNode() {
  try {
    const answer = await ask('/v1/region');
    if (answer.status === 200) {
      node = { ...node, otherWallet: null, ...answer.body };
      skewMillis = Date.parse(answer.body.time) - Date.now();
      trouble(null);
      return;
    }
    trouble(explain(answer));
  } catch {
    trouble(say('app.unreachable'));
  }
  setTimeout(async () => {
    await meetNode();
    name();
    refresh();
  }, RETRY_MILLIS);
}

function name() {
  [mine, group, crossed, visit, wards].forEach((card) => card.draw());
  byId('mine-card').hidden = mine.code === null || wards.chosen !== null;
  byId('cross-in-title').textContent = say('wallet.cross.in', { region: regionName(otherRegion()) });
  groupTaker.name();
  visitTaker.name();
  crossTaker.name();
  aimLink();
}

document.addEventListener('visibilitychange', () => {
  if (!document.hidden && subject !== null && nodeMillis() >= nextFetchMillis) {
    refresh();
  }
});
document.addEventListener('settings', () => {
  trouble(null);
  refresh();
});

/** What a link brought behind its #; taken out of the address bar at once. */
function takeFragment() {
  const brought = new URLSearchParams(location.hash.slice(1).replaceAll('+', '%2B'));
  history.replaceState(null, '', location.pathname);
  return brought;
}

const brought = takeFragment();
bringLanguage(brought.get('lang'));
wasBrought = brought.has('code');
await prepare();
await meetNode();
whenSpoken(name);
setInterval(tick, TICK_MILLIS);
const remembered = localStorage.getItem('gongbei.holder');
const kept = sessionStorage.getItem('gongbei.subject') ?? remembered;
byId('remember').checked = remembered !== null && kept === remembered;
if (brought.has('subject') && brought.get('subject') !== kept) {
  offer(byId('subject'), brought.get('subject'));
} else if (kept) {
  beHolder(kept);
}
const keptGroup = sessionStorage.getItem('gongbei.group');
if (keptGroup) {
  showGroup(keptGroup, groupTaker);
}
if (brought.has('cross')) {
  isCrossing = mine.code === null;
  view(mine.code === null && kept === null ? 'mine' : 'cross');
}
if (brought.has('code')) {
  view('cross');
  offer(crossTaker.text, brought.get('code'));
} else if (brought.has('group') && brought.get('group') !== keptGroup) {
  group.hide();
  byId('group-remove').hidden = true;
  byId('group-taker').hidden = false;
  byId('group-help').hidden = false;
  view('group');
  offer(groupTaker.text, brought.get('group'));
}
