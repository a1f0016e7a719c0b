// What all pages share: words in four languages, settings, and asking the node.

const LANGUAGES = ['zh-Hans', 'zh-Hant', 'pt', 'en'];
const NAMES = { 'zh-Hans': '简体中文', 'zh-Hant': '繁體中文', pt: 'Português', en: 'English' };
const REQUEST_MILLIS = 5_000;

/** Languages that are written in Chinese, as their tags begin. */
const CHINESE = ['zh', 'yue', 'cmn', 'wuu', 'hak', 'nan', 'gan', 'hsn', 'cdo'];
const TRADITIONAL_REGIONS = ['HK', 'MO', 'TW'];
/** How dates and numbers are written where the browser does not say it for the language in use. */
const LOCALES = { 'zh-Hans': 'zh-Hans-CN', 'zh-Hant': 'zh-Hant-MO', pt: 'pt-MO', en: 'en' };

let words = {};
let language = 'en';
let locale = 'en';
const onLanguage = [];

/**
 * The language of these pages that a browser's tag (BCP 47) asks for: by its script where it says
 * one, else by the script that its region writes.
 */
export function languageOf(tag) {
  let wanted;
  try {
    // A tag such as zh-yue names its language twice (RFC 5646 §2.2.2).
    wanted = new Intl.Locale(tag.replace(/^zh-(?=[a-z]{3}(-|$))/i, ''));
  } catch {
    return undefined;
  }
  if (!CHINESE.includes(wanted.language)) {
    return LANGUAGES.find((known) => known === wanted.language);
  }
  const isTraditional = wanted.script === undefined && TRADITIONAL_REGIONS.includes(wanted.region);
  return isTraditional || wanted.maximize().script === 'Hant' ? 'zh-Hant' : 'zh-Hans';
}

/** The language chosen before, else the first of the browser's that there are words in. */
function preferredLanguage() {
  const brought = sessionStorage.getItem('gongbei.language');
  if (LANGUAGES.includes(brought)) {
    return brought;
  }
  const chosen = localStorage.getItem('gongbei.language');
  if (LANGUAGES.includes(chosen)) {
    return chosen;
  }
  return (navigator.languages ?? []).map(languageOf).find((known) => known) ?? 'en';
}

/** Takes the language that a link has brought, for this tab, until its user chooses another. */
export function bringLanguage(tag) {
  if (LANGUAGES.includes(tag)) {
    sessionStorage.setItem('gongbei.language', tag);
  }
}

/** The browser's own way to write the language in use, as in pt-BR, or else that of the border. */
function localeOf(tag) {
  return (navigator.languages ?? []).find((each) => languageOf(each) === tag) ?? LOCALES[tag];
}

/** The words for a key, with values in the places named in braces. */
export function say(key, values = {}) {
  const text = words[key] ?? key;
  return text.replace(/\{(\w+)\}/g, (place, name) => values[name] ?? place);
}

/** The words for a number of things: those for one where the language has them. */
export function sayCount(key, count, values = {}) {
  const isOne = new Intl.PluralRules(locale).select(count) === 'one';
  return say(isOne && has(`${key}.one`) ? `${key}.one` : key, values);
}

/** Whether there are words for a key. */
export function has(key) {
  return key in words;
}

/** The tag of the language in use. */
export function languageTag() {
  return language;
}

/** A time of day as people write it. */
export function timeOfDay(date) {
  return date.toLocaleTimeString(locale, { hourCycle: 'h23' });
}

/** A date and a time as people write them. */
export function dateAndTime(date, options = { dateStyle: 'medium', timeStyle: 'short' }) {
  return date.toLocaleString(locale, { ...options, hourCycle: 'h23' });
}

/** Several things in a row, as people write them. */
export function listed(things) {
  return things.join(language.startsWith('zh') ? '、' : ', ');
}

/** A number with as many decimals as are worth showing. */
export function number(value, decimals = 0) {
  return value.toLocaleString(locale, { maximumFractionDigits: decimals });
}

/** Calls back now and whenever another language is chosen. */
export function whenSpoken(callback) {
  onLanguage.push(callback);
  callback();
}

function speak() {
  document.documentElement.lang = language;
  document.querySelectorAll('[data-say]').forEach((each) => {
    each.textContent = say(each.dataset.say);
  });
  document.querySelectorAll('[data-say-label]').forEach((each) => {
    each.setAttribute('aria-label', say(each.dataset.sayLabel));
  });
  document.title = `${say(document.body.dataset.title)} · ${say('app.name')}`;
  onLanguage.forEach((callback) => callback());
}

async function take(tag) {
  const answer = await fetch(`/pages/words/${tag}.json`);
  words = await answer.json();
  language = tag;
  locale = localeOf(tag);
  speak();
}

/** Where this page's key is kept: each page has its own, for each needs another role. */
const KEY = `gongbei.key.${location.pathname.split('/')[1]}`;

/** The key that requests are sent with, or ''. */
function apiKey() {
  return localStorage.getItem(KEY) ?? '';
}

/** Whether the user wants to hear and feel verdicts. */
export function soundWanted() {
  return localStorage.getItem('gongbei.sound') !== 'off';
}

/** The node did not answer at all. */
export class Unreachable extends Error {}

/** Problems of keys, and the words for each. */
const KEY_FAULTS = {
  'key-missing': 'app.key.missing',
  'unknown-key': 'app.key.unknown',
  'revoked-certificate': 'app.key.unknown',
  'expired-key': 'app.key.expired',
  'role-missing': 'app.key.role',
};

/** What is wrong with the key, for the role that was needed; null while nothing is. */
let keyFault = null;

function keyFaultOf(answer) {
  const type = (answer.body.type ?? '').replace('/problems/', '');
  if (type in KEY_FAULTS) {
    return KEY_FAULTS[type];
  }
  return answer.status === 401 || answer.status === 403 ? 'app.key.unknown' : null;
}

/** Says in place what is wrong with the key, and no more once an answer shows that it is right. */
function showKeyFault() {
  const text = keyFault === null ? '' : say(keyFault.words, { role: say(`right.${keyFault.role}`) });
  const banner = document.getElementById('key-fault');
  const isNew = banner.querySelector('p').textContent !== text;
  banner.hidden = keyFault === null;
  if (isNew) {
    banner.querySelector('p').textContent = text;
    document.getElementById('key-bad').textContent = text;
  }
  const field = document.getElementById('api-key');
  if (keyFault === null || keyFault.words === 'app.key.missing') {
    field.removeAttribute('aria-invalid');
  } else {
    field.setAttribute('aria-invalid', 'true');
  }
}

function judgeKey(answer, role) {
  const words = keyFaultOf(answer);
  if (words !== null) {
    keyFault = { words, role };
  } else if (keyFault !== null && answer.status < 500 && answer.status !== 429) {
    const isMended = keyFault.role === role || (role !== null && keyFault.words !== 'app.key.role');
    keyFault = isMended ? null : keyFault;
  }
  showKeyFault();
}

/**
 * Asks the node. Never answered from a cache.
 * @param {string | null} role which role this takes, for who must be told that they lack it; null
 *     where none is needed
 * @param {object} more further header fields
 * @returns {Promise<{status: number, body: object, retryMillis: number, retryAfterMillis: number,
 *     atMillis: number}>} with when to come again, as a desk that can't wait does and as it was said,
 *     and the node's time, to a second
 * @throws {Unreachable} when nothing answers in time
 */
export async function ask(path, body, role = null, more = {}) {
  const headers = { 'Accept-Language': language, ...more };
  const key = apiKey();
  if (body !== undefined) {
    headers['Content-Type'] = 'application/json';
  }
  if (key !== '') {
    headers.Authorization = `Bearer ${key}`;
  }
  let answer;
  try {
    const response = await fetch(path, {
      method: body === undefined ? 'GET' : 'POST',
      headers,
      body: body === undefined ? undefined : JSON.stringify(body),
      cache: 'no-store',
      credentials: 'omit',
      signal: AbortSignal.timeout(REQUEST_MILLIS),
    });
    const text = await response.text();
    const retrySeconds = Number(response.headers.get('Retry-After') ?? 1);
    const date = Date.parse(response.headers.get('Date') ?? '');
    answer = {
      status: response.status,
      body: text === '' ? {} : JSON.parse(text),
      retryMillis: Math.min(Number.isFinite(retrySeconds) ? retrySeconds : 1, 5) * 1_000,
      retryAfterMillis: (Number.isFinite(retrySeconds) ? retrySeconds : 1) * 1_000,
      atMillis: Number.isFinite(date) ? date : Date.now(),
    };
  } catch (failure) {
    throw new Unreachable(String(failure));
  }
  if (apiKey() !== key) {
    // Another key was entered meanwhile: what was said of the one before says nothing of it.
    return isKeyFault(answer) ? ask(path, body, role, more) : answer;
  }
  if (role !== null) {
    judgeKey(answer, role);
  }
  return answer;
}

/** How long a node that sends events may be silent: its signs of life come every 15 seconds. */
const SILENCE_MILLIS = 40_000;

/**
 * Asks the node for events (server-sent events, WHATWG HTML §9.2) and tells each as it comes.
 * @param {(name: string, data: object) => void} onEvent
 * @param {AbortSignal} signal ends it
 * @returns {Promise<{status: number, body: object}>} once the node has ended them, with status 200,
 *     or has refused them
 * @throws {Unreachable} when nothing answers, or no more
 */
export async function follow(path, body, role, onEvent, signal) {
  const silence = new AbortController();
  let alarm = setTimeout(() => silence.abort(), SILENCE_MILLIS);
  const headers = { 'Accept-Language': language, 'Content-Type': 'application/json' };
  const key = apiKey();
  if (key !== '') {
    headers.Authorization = `Bearer ${key}`;
  }
  try {
    const response = await fetch(path, {
      method: 'POST',
      headers,
      body: JSON.stringify(body),
      cache: 'no-store',
      credentials: 'omit',
      signal: AbortSignal.any([signal, silence.signal]),
    });
    if (response.status !== 200) {
      const text = await response.text();
      const answer = { status: response.status, body: text === '' ? {} : JSON.parse(text) };
      judgeKey(answer, role);
      return answer;
    }
    judgeKey({ status: 200, body: {} }, role);
    const stream = response.body.pipeThrough(new TextDecoderStream()).getReader();
    let rest = '';
    for (;;) {
      const { done, value } = await stream.read();
      clearTimeout(alarm);
      if (done) {
        return { status: 200, body: {} };
      }
      alarm = setTimeout(() => silence.abort(), SILENCE_MILLIS);
      const events = (rest + value).split('\n\n');
      rest = events.pop();
      events.map((event) => /^event: (\w+)\ndata: (.*)$/.exec(event)).filter((found) => found)
        .forEach(([, name, data]) => onEvent(name, JSON.parse(data)));
    }
  } catch (failure) {
    throw new Unreachable(String(failure));
  } finally {
    clearTimeout(alarm);
  }
}

/** Whether an answer says that the key is at fault, which the page then says in one place. */
export function isKeyFault(answer) {
  return keyFaultOf(answer) !== null;
}

/** What to tell the user about an answer that is an error. */
export function explain(answer) {
  const words = keyFaultOf(answer);
  if (words !== null) {
    return say(words, { role: say(`right.${keyFault?.role ?? 'checkpoint'}`) });
  }
  if (answer.status === 429) {
    return say('app.too-many');
  }
  return say('app.failed', { detail: answer.body.detail ?? answer.status });
}

/** An element of SVG. */
export function svg(name, attributes = {}, ...children) {
  const made = document.createElementNS('http://www.w3.org/2000/svg', name);
  Object.entries(attributes).forEach(([key, value]) => made.setAttribute(key, value));
  made.append(...children);
  return made;
}

/** An element of HTML. */
export function html(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  Object.entries(attributes).forEach(([key, value]) => made.setAttribute(key, value));
  made.append(...children);
  return made;
}

function prepareLanguage() {
  const choice = document.getElementById('language');
  LANGUAGES.forEach((tag) => {
    choice.append(html('option', { value: tag, lang: tag }, NAMES[tag]));
  });
  choice.value = preferredLanguage();
  choice.addEventListener('change', () => {
    sessionStorage.removeItem('gongbei.language');
    localStorage.setItem('gongbei.language', choice.value);
    take(choice.value);
  });
  return take(choice.value);
}

function prepareSettings() {
  // One key once served all pages.
  localStorage.removeItem('gongbei.key');
  const dialog = document.getElementById('settings');
  if (dialog === null) {
    return;
  }
  const key = document.getElementById('api-key');
  const sound = document.getElementById('sound');
  const open = () => {
    key.value = apiKey();
    if (sound) {
      sound.checked = soundWanted();
    }
    dialog.showModal();
  };
  document.getElementById('open-settings').addEventListener('click', open);
  document.querySelector('#key-fault button').addEventListener('click', () => {
    open();
    key.focus();
  });
  document.getElementById('close-settings').addEventListener('click', () => dialog.close());
  dialog.addEventListener('close', () => {
    if (key.value.trim() === '') {
      localStorage.removeItem(KEY);
    } else {
      localStorage.setItem(KEY, key.value.trim());
    }
    if (sound) {
      localStorage.setItem('gongbei.sound', sound.checked ? 'on' : 'off');
    }
    document.dispatchEvent(new Event('settings'));
  });
  whenSpoken(showKeyFault);
}

/** Offers to install the page where the browser can; it is asked when its user says so. */
function prepareInstalling() {
  const button = document.getElementById('install');
  if (button === null) {
    return;
  }
  let offered = null;
  window.addEventListener('beforeinstallprompt', (event) => {
    event.preventDefault();
    offered = event;
    button.hidden = false;
  });
  window.addEventListener('appinstalled', () => {
    button.hidden = true;
  });
  button.addEventListener('click', () => {
    button.hidden = true;
    offered?.prompt();
    offered = null;
  });
}

/** What wants the screen to stay on: a camera, a code that is shown. */
const awakeFor = new Set();
let wakeLock = null;

/** Keeps the screen on for as long as somebody wants it to be, where the browser can. */
export function keepAwake(who, isWanted) {
  if (isWanted) {
    awakeFor.add(who);
  } else {
    awakeFor.delete(who);
  }
  lockScreen();
}

async function lockScreen() {
  if (awakeFor.size === 0) {
    wakeLock?.release();
    wakeLock = null;
  } else if (wakeLock === null && !document.hidden) {
    try {
      const lock = await navigator.wakeLock?.request('screen');
      wakeLock = lock ?? null;
      lock?.addEventListener('release', () => {
        wakeLock = wakeLock === lock ? null : wakeLock;
      });
    } catch {
      // The battery is low, or the page was left: the screen goes off as it would have.
    }
  }
}

document.addEventListener('visibilitychange', () => {
  if (!document.hidden) {
    lockScreen();
  }
});

/** Makes a page ready: its words, its settings, and its keeping for when there is no network. */
export async function prepare() {
  prepareSettings();
  prepareInstalling();
  if ('serviceWorker' in navigator) {
    navigator.serviceWorker.register('/service-worker.js').catch(() => {});
  }
  await prepareLanguage();
  document.body.dataset.ready = 'true';
}
