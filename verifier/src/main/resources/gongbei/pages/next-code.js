// When a wallet asks for its next code: when the node has said, and after a refusal later, and spread.

/** Over what time the first return of those that were refused together is spread. */
const FIRST_SPREAD_MILLIS = 3_000;
/** The most times in a row that this doubles: to 48 seconds. */
const MOST_DOUBLINGS = 4;

/** Draws from 0 to 1 that a seed decides (mulberry32). */
export function drawsOf(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** A seed of this wallet's own. */
export function anySeed() {
  return crypto.getRandomValues(new Uint32Array(1))[0];
}

/**
 * How long a wallet waits that was refused: as long as it was told, and a drawn time more, whose
 * range doubles with each refusal in a row, so that wallets refused together come apart.
 */
export class Backoff {
  constructor(draw) {
    this.draw = draw;
    this.refusals = 0;
  }

  /** The milliseconds to wait after one more refusal that said when to come again. */
  refused(retryMillis) {
    const spread = FIRST_SPREAD_MILLIS * 2 ** Math.min(MOST_DOUBLINGS, this.refusals);
    this.refusals += 1;
    return retryMillis + Math.floor(this.draw() * spread);
  }

  served() {
    this.refusals = 0;
  }
}
