// The last verdicts of this device: when, where and why. Never of whom, and no code.

const KEPT = 20;
const PLACE = 'gongbei.last';

/** @returns {{at: number, state: string, reason: string, checkpoint: string}[]} the newest first */
export function lastVerdicts() {
  try {
    const kept = JSON.parse(localStorage.getItem(PLACE) ?? '[]');
    return kept.map(([at, state, reason, checkpoint]) => ({ at, state, reason, checkpoint }));
  } catch {
    return [];
  }
}

/** Notes a verdict and lets go of the oldest. */
export function note(state, reason, checkpoint) {
  const all = [{ at: Date.now(), state, reason, checkpoint }, ...lastVerdicts()].slice(0, KEPT);
  localStorage.setItem(PLACE, JSON.stringify(all.map((each) => [each.at, each.state, each.reason, each.checkpoint])));
}

/** Forgets all of them. */
export function forgetVerdicts() {
  localStorage.removeItem(PLACE);
}
