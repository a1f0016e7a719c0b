// The page at /: which pages there are, and for whom.

import { ask, has, prepare, say, whenSpoken } from './common.js';

let region = '';

function name() {
  document.getElementById('region').textContent = region === '' ? say('app.name')
    : say('home.region', { region: has(`region.${region}`) ? say(`region.${region}`) : region });
}

await prepare();
try {
  const answer = await ask('/v1/region');
  region = answer.body.region ?? '';
} catch {
  // The page itself is of use without it.
}
whenSpoken(name);
