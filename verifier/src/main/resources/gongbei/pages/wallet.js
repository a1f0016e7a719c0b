// The wallet page: a holder's code that is always fresh, a group's code, and crossing the border.

import { ask, explain, has, html, languageTag, number, prepare, say, svg, Unreachable, whenSpoken } from './common.js';
import { codeText, draw } from './qr-codes.js';
import { claimsOf } from './code-claims.js';
import { Camera, readFile } from './scanner.js';
import { Wedge } from './wedge.js';

const QUIET_MODULES = 4;
const RETRY_MILLIS = 3_000;
const TICK_MILLIS = 250;
const SUBJECT = /^[0-9a-f]{32}$/;

const byId = (id) => document.getElementById(id);
let node = { region: '', target: '', otherWallet: null };
/** How far the node's clock is ahead of this one. */
let skewMillis = 0;
let subject = null;
let nextFetchMillis = Infinity;
let fetching = false;

const nodeMillis = () => Date.now() + skewMillis;
const regionName = (region) => (has(`region.${region}`) ? say(`region.${region}`) : region);

// ---- Cards

/** A QR code as one path of SVG. */
function picture(code) {
  const rows = draw(code).trim().split('\n');
  const size = rows.length + 2 * QUIET_MODULES;
  let path = '';
  rows.forEach((row, y) => {
    for (const run of row.matchAll(/1+/g)) {
      path += `M${run.index + QUIET_MODULES} ${y + QUIET_MODULES}h${run[0].length}v1h-${run[0].length}z`;
    }
  });
  return svg('svg', { viewBox: `0 0 ${size} ${size}`, role: 'img', 'aria-label': say('wallet.picture.alt'), 'shape-rendering': 'crispEdges' },
    svg('rect', { width: size, height: size, fill: '#fff' }),
    svg('path', { d: path, fill: '#000' }));
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
    this.said = html('p', { class: 'unseen', role: 'status' });
    this.bar = html('div', {});
    this.window = html('div', { class: 'code' }, picture(this.code));
    this.window.dataset.code = this.code;
    this.root.className = 'card';
    this.root.replaceChildren(
      html('p', { class: 'issuer' }, this.title()),
      this.window,
      this.time,
      html('div', { class: 'clock' }, this.bar),
      ...this.notes.map((note) => html('p', { class: 'note' }, note())),
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
    if (left <= 0) {
      this.over = true;
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
      ? say('wallet.group.until', { time: new Date(this.expiresMillis - skewMillis).toLocaleString(languageTag(), { dateStyle: 'medium', timeStyle: 'short' }) })
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
    const answer = await ask('/v1/codes', { subject });
    if (answer.status === 201) {
      trouble(null);
      nextFetchMillis = Date.parse(answer.body.refreshAt);
      mine.show(answer.body.code, () => say('wallet.issuer', { region: regionName(node.region) }));
      byId('subject-form').hidden = true;
      byId('mine-actions').hidden = false;
      aimLink();
    } else if (answer.status === 404) {
      forget();
      byId('subject-bad').textContent = say('wallet.unknown', { region: regionName(node.region) });
    } else {
      trouble(explain(answer));
      nextFetchMillis = nodeMillis() + Math.max(RETRY_MILLIS, answer.retryMillis);
    }
  } catch (failure) {
    if (!(failure instanceof Unreachable)) {
      throw failure;
    }
    trouble(`${say('app.unreachable')} ${mine.code === null ? '' : say('wallet.refresh.failed')}`);
    nextFetchMillis = nodeMillis() + RETRY_MILLIS;
  } finally {
    fetching = false;
  }
}

/** What a link has filled in waits for its holder's word: nothing of it is sent, or kept, before. */
function offer(field, text) {
  field.value = text;
  byId('brought').hidden = false;
}

document.addEventListener('submit', () => {
  byId('brought').hidden = true;
});

function forget() {
  subject = null;
  nextFetchMillis = Infinity;
  sessionStorage.removeItem('gongbei.subject');
  mine.hide();
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
  refresh();
}

byId('subject-form').addEventListener('submit', (event) => {
  event.preventDefault();
  beHolder(byId('subject').value);
});
byId('refresh').addEventListener('click', refresh);
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
      const [code] = chosen ? await readFile(chosen) : [];
      if (code === undefined) {
        this.say(say('checkpoint.picture.none'));
      } else {
        this.text.value = code;
        onCode(code, this);
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
    () => say('wallet.group.size', { size: claims.size }),
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

// ---- Crossing

const otherRegion = () => (node.region === 'MO' ? 'GD' : 'MO');

/** The code goes behind the #, which no browser sends to a server: the holder carries it. */
function aimLink() {
  const link = byId('cross-link');
  const possible = node.otherWallet !== null && mine.code !== null;
  link.hidden = !possible;
  byId('cross-out-help').textContent = say(
    node.otherWallet === null ? 'wallet.cross.none' : 'wallet.cross.out.help',
    { region: regionName(otherRegion()) },
  );
  link.textContent = say('wallet.cross.out', { region: regionName(otherRegion()) });
  if (possible) {
    link.href = `${node.otherWallet}#code=${encodeURIComponent(mine.code)}`;
  } else {
    link.removeAttribute('href');
  }
}

function showCrossed(isShown) {
  byId('cross-remove').hidden = !isShown;
  byId('cross-in').hidden = isShown;
  byId('cross-out').hidden = isShown;
}

byId('cross-remove').addEventListener('click', () => {
  crossed.hide();
  crossTaker.text.value = '';
  showCrossed(false);
});

async function cross(code, taker) {
  taker.say('');
  try {
    const answer = await ask('/v1/translations', { code, target: node.region });
    if (answer.status === 201) {
      const { from } = answer.body;
      const name = () => regionName(from.slice(0, 2));
      crossed.show(answer.body.code, () => say('wallet.issuer', { region: regionName(node.region) }), [
        () => say('wallet.cross.made', { region: name() }),
        () => say('wallet.cross.again', { region: name() }),
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
  [groupTaker, crossTaker].find((taker) => taker.isShown)?.take(code);
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
  crossTaker.stop();
}

document.querySelectorAll('.tabs button').forEach((each) => {
  each.addEventListener('click', () => view(each.dataset.view));
});

function tick() {
  [mine, group, crossed].forEach((card) => card.tick());
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
  [mine, group, crossed].forEach((card) => card.draw());
  byId('cross-in-title').textContent = say('wallet.cross.in', { region: regionName(otherRegion()) });
  groupTaker.name();
  crossTaker.name();
  aimLink();
}

document.addEventListener('visibilitychange', () => {
  if (!document.hidden && subject !== null && nodeMillis() >= nextFetchMillis) {
    refresh();
  }
});
document.addEventListener('settings', refresh);

/** What a link brought behind its #; taken out of the address bar at once. */
function takeFragment() {
  const brought = new URLSearchParams(location.hash.slice(1).replaceAll('+', '%2B'));
  history.replaceState(null, '', location.pathname);
  return brought;
}

const brought = takeFragment();
await prepare();
await meetNode();
whenSpoken(name);
setInterval(tick, TICK_MILLIS);
const kept = sessionStorage.getItem('gongbei.subject');
if (brought.has('subject') && brought.get('subject') !== kept) {
  offer(byId('subject'), brought.get('subject'));
} else if (kept) {
  beHolder(kept);
}
const keptGroup = sessionStorage.getItem('gongbei.group');
if (keptGroup) {
  showGroup(keptGroup, groupTaker);
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
