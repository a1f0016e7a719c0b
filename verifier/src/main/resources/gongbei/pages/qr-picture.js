// Draws a QR code on a page.

import { say, svg } from './common.js';
import { draw } from './qr-codes.js';

const QUIET_MODULES = 4;

/** A QR code as one path of SVG. */
export function picture(code) {
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
