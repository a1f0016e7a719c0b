// Keeps the pages themselves for when there is no network. What the node answers is never kept.

const KEPT = 'gongbei-pages';
const SHELL = [
  '/checkpoint',
  '/wallet',
  '/pages/style.css',
  '/pages/common.js',
  '/pages/checkpoint.js',
  '/pages/wallet.js',
  '/pages/reserve.js',
  '/pages/why.js',
  '/pages/visit.js',
  '/pages/wards.js',
  '/pages/history-proof.js',
  '/pages/verdict.js',
  '/pages/history.js',
  '/pages/holder.js',
  '/pages/scanner.js',
  '/pages/wedge.js',
  '/pages/qr-codes.js',
  '/pages/qr-picture.js',
  '/pages/qr-worker.js',
  '/pages/code-claims.js',
  '/pages/next-code.js',
  '/pages/words/zh-Hans.json',
  '/pages/words/zh-Hant.json',
  '/pages/words/pt.json',
  '/pages/words/en.json',
  '/pages/checkpoint.webmanifest',
  '/pages/wallet.webmanifest',
  '/pages/icon.svg',
  '/pages/icon-192.png',
  '/pages/icon-512.png',
];
const PATIENCE_MILLIS = 3_000;

self.addEventListener('install', (event) => {
  self.skipWaiting();
  event.waitUntil(caches.open(KEPT).then((cache) => cache.addAll(SHELL)));
});

self.addEventListener('activate', (event) => {
  event.waitUntil(self.clients.claim());
});

async function freshOrKept(request, path) {
  const cache = await caches.open(KEPT);
  try {
    const fresh = await fetch(request, { signal: AbortSignal.timeout(PATIENCE_MILLIS) });
    if (fresh.ok) {
      await cache.put(path, fresh.clone());
    }
    return fresh;
  } catch (failure) {
    const kept = await cache.match(path);
    if (kept) {
      return kept;
    }
    throw failure;
  }
}

self.addEventListener('fetch', (event) => {
  const url = new URL(event.request.url);
  if (
    event.request.method === 'GET' &&
    url.origin === self.location.origin &&
    SHELL.includes(url.pathname)
  ) {
    event.respondWith(freshOrKept(event.request, url.pathname));
  }
});
