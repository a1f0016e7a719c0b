// Reads QR codes off the thread that draws the page.

import { glance, isWaiting, read } from './qr-codes.js';

self.addEventListener('message', (event) => {
  const { id, rgba, width, height, look } = event.data;
  const pixels = new Int8Array(rgba);
  const texts = look === undefined ? read(pixels, width, height) : glance(pixels, width, height, look);
  self.postMessage({ id, texts: [...texts], isPart: isWaiting() });
});
