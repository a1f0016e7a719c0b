// What a verdict is on a page: one of five states, and how each looks, sounds and feels.

import { claimsOf } from './code-claims.js';
import { svg } from './common.js';

/** A code that was good, or will be, so near to now is shown again; no verdict on its holder. */
const MOMENT_MILLIS = 60_000;

/** What says nothing of the holder: the code was not read, or not as a health code. */
const SHOWN_AGAIN = ['malformed', 'unsupported-format', 'busy'];

/**
 * The state that an answer puts the page in: pass, hold or refuse, or again, where the code is to
 * be shown again, or none, where nothing was checked.
 *
 * @param {{verdict: string, reason: string}} found
 * @param {string} code the text that was asked about
 * @param {number} nodeMillis the node's time
 * @returns {{state: string, words?: string, seconds?: number}} with the words of a reason of its own
 */
export function stateOf(found, code, nodeMillis) {
  if (SHOWN_AGAIN.includes(found.reason)) {
    return { state: 'again' };
  }
  if (found.reason === 'expired' || found.reason === 'not-yet-valid') {
    const claims = claimsOf(code);
    const isOver = found.reason === 'expired';
    const millis = isOver ? nodeMillis - claims?.expiresMillis : claims?.issuedMillis - nodeMillis;
    if (millis < MOMENT_MILLIS) {
      const seconds = Math.max(1, Math.round(millis / 1_000));
      return { state: 'again', words: `reason.${found.reason}.seconds`, seconds };
    }
  }
  return { state: found.verdict };
}

/** Whether a state stays until somebody has seen it and says so. */
export function mustBeSeen(state) {
  return state === 'hold' || state === 'refuse';
}

const SHAPES = {
  pass: () => [svg('circle', { cx: 50, cy: 50, r: 46 }), svg('path', { d: 'M28 52l15 15 30-33' })],
  hold: () => [svg('path', { d: 'M50 6L96 90H4z' }), svg('path', { d: 'M50 36v26' }), svg('path', { d: 'M50 76v1' })],
  refuse: () => [svg('path', { d: 'M31 4h38l27 27v38L69 96H31L4 69V31z' }), svg('path', { d: 'M33 33l34 34M67 33L33 67' })],
  again: () => [svg('path', { d: 'M82 30A38 38 0 1 0 88 54' }), svg('path', { d: 'M86 8v24H62' })],
  none: () => [svg('rect', { x: 6, y: 6, width: 88, height: 88, rx: 4 }), svg('path', { d: 'M36 40c0-20 28-20 28-3 0 11-14 11-14 23' }), svg('path', { d: 'M50 76v1' })],
};

/** The shape of a state. */
export function shapeOf(state) {
  return svg('svg', { viewBox: '0 0 100 100', 'aria-hidden': 'true' }, ...SHAPES[state]());
}

/** Hertz, seconds of beginning and end, and the wave of each tone. */
const TONES = {
  pass: [[880, 0, 0.1, 'sine'], [1320, 0.1, 0.28, 'sine']],
  hold: [[587, 0, 0.14, 'triangle'], [587, 0.22, 0.36, 'triangle'], [587, 0.44, 0.58, 'triangle']],
  refuse: [[196, 0, 0.6, 'sawtooth'], [147, 0.3, 0.9, 'sawtooth']],
  again: [[440, 0, 0.12, 'sine'], [440, 0.2, 0.32, 'sine']],
  none: [[330, 0, 0.12, 'square'], [247, 0.14, 0.3, 'square']],
};

/** Milliseconds of vibration and rest, by turns. */
const PULSES = {
  pass: [80],
  hold: [120, 80, 120, 80, 120],
  refuse: [600],
  again: [60, 60, 60],
  none: [40, 40, 40, 40],
};

let audio = null;

/** Lets the page sound, once its user has touched it. */
export function wakeAudio() {
  audio ??= new AudioContext();
  if (audio.state === 'suspended') {
    audio.resume().catch(() => {});
  }
}

/** Plays what a state sounds like, and shakes the device as it feels. */
export function sound(state) {
  if (!navigator.userActivation.hasBeenActive) {
    return;
  }
  navigator.vibrate?.(PULSES[state]);
  wakeAudio();
  TONES[state].forEach(([hertz, from, to, wave]) => {
    const tone = audio.createOscillator();
    const volume = audio.createGain();
    const start = audio.currentTime + from;
    tone.type = wave;
    tone.frequency.value = hertz;
    volume.gain.setValueAtTime(0.0001, start);
    volume.gain.exponentialRampToValueAtTime(0.35, start + 0.01);
    volume.gain.exponentialRampToValueAtTime(0.0001, audio.currentTime + to);
    tone.connect(volume).connect(audio.destination);
    tone.start(start);
    tone.stop(audio.currentTime + to);
  });
}
