// What all pages share: words in four languages, settings, and asking the node.

const LANGUAGES = ['zh-Hans', 'zh-Hant', 'pt', 'en'];
const NAMES = { 'zh-Hans': '简体中文', 'zh-Hant': '繁體中文', pt: 'Português', en: 'English' };
const REQUEST_MILLIS = 5_000;

let words = {};
let language = 'en';
const onLanguage = [];

function languageOf(tag) {
  const lower = tag.toLowerCase();
  if (lower.startsWith('zh')) {
    return /hant|-tw|-hk|-mo/.test(lower) ? 'zh-Hant' : 'zh-Hans';
  }
  return LANGUAGES.find((known) => lower === known || lower.startsWith(known + '-'));
}

/** The language chosen before, else the first of the browser's that there are words in. */
function preferredLanguage() {
  const chosen = localStorage.getItem('gongbei.language');
  if (LANGUAGES.includes(chosen)) {
    return chosen;
  }
  return (navigator.languages ?? []).map(languageOf).find((known) => known) ?? 'en';
}

/** The words for a key, with values in the places named in braces. */
export function say(key, values = {}) {
  const text = words[key] ?? key;
  return text.replace(/\{(\w+)\}/g, (place, name) => values[name] ?? place);
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
  return date.toLocaleTimeString(language, { hourCycle: 'h23' });
}

/** A number with as many decimals as are worth showing. */
export function number(value, decimals = 0) {
  return value.toLocaleString(language, { maximumFractionDigits: decimals });
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

/**
 * Asks the node. Never answered from a cache.
 * @returns {Promise<{status: number, body: object, retryMillis: number}>}
 * @throws {Unreachable} when nothing answers in time
 */
export async function ask(path, body) {
  const headers = {};
  if (body !== undefined) {
    headers['Content-Type'] = 'application/json';
  }
  if (apiKey() !== '') {
    headers.Authorization = `Bearer ${apiKey()}`;
  }
  try {
    const answer = await fetch(path, {
      method: body === undefined ? 'GET' : 'POST',
      headers,
      body: body === undefined ? undefined : JSON.stringify(body),
      cache: 'no-store',
      credentials: 'omit',
      signal: AbortSignal.timeout(REQUEST_MILLIS),
    });
    const text = await answer.text();
    const retrySeconds = Number(answer.headers.get('Retry-After') ?? 1);
    return {
      status: answer.status,
      body: text === '' ? {} : JSON.parse(text),
      retryMillis: Math.min(Number.isFinite(retrySeconds) ? retrySeconds : 1, 5) * 1_000,
    };
  } catch (failure) {
    throw new Unreachable(String(failure));
  }
}

/** What to tell the user about an answer that is an error. */
export function explain(answer) {
  if (answer.status === 401 || answer.status === 403) {
    return say('app.refused-key');
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
    localStorage.setItem('gongbei.language', choice.value);
    take(choice.value);
  });
  return take(choice.value);
}

function prepareSettings() {
  // One key once served all pages.
  localStorage.removeItem('gongbei.key');
  const dialog = document.getElementById('settings');
  const key = document.getElementById('api-key');
  const sound = document.getElementById('sound');
  document.getElementById('open-settings').addEventListener('click', () => {
    key.value = apiKey();
    if (sound) {
      sound.checked = soundWanted();
    }
    dialog.showModal();
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
}

/** Makes a page ready: its words, its settings, and its keeping for when there is no network. */
export async function prepare() {
  prepareSettings();
  if ('serviceWorker' in navigator) {
    navigator.serviceWorker.register('/service-worker.js').catch(() => {});
  }
  await prepareLanguage();
  document.body.dataset.ready = 'true';
}
