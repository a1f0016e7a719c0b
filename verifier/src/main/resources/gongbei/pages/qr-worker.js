// Reads QR codes off the thread that draws the page.

import { read } from './qr-codes.js';

self.addEventListener('message', (event) => {
  const { id, luminances, width, height, inverted } = event.data;
  self.postMessage({ id, text: read(new Int8Array(luminances), width, height, inverted) });
});
