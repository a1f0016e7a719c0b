// The reserve codes that a wallet keeps for the time when no code can be minted: each counts for a
// while of its own, and only while the region says that minting is degraded.

const KEY = 'gongbei.reserve';

/** How many codes are asked for, 12 hours of them where each counts for ten minutes. */
const WANTED = 72;

/** With fewer ahead than these another strip is asked for. */
const LEAST_AHEAD = 48;

/** The strip of one holder, in the browser's storage. */
export class Reserve {
  constructor() {
    this.strip = null;
    this.retryMillis = 0;
    this.failures = 0;
  }

  /** Keeps codes of a holder from now on, in a storage that lives as long as they want. */
  begin(subject, storage) {
    this.subject = subject;
    this.storage = storage;
    this.strip = null;
    try {
      const kept = JSON.parse(storage.getItem(KEY) ?? 'null');
      this.strip = kept?.subject === subject ? kept : null;
    } catch {
      storage.removeItem(KEY);
    }
  }

  forget() {
    this.strip = null;
    this.failures = 0;
    sessionStorage.removeItem(KEY);
    localStorage.removeItem(KEY);
  }

  /** How many codes to ask for with the next one to show; 0 for none. */
  wanted(nowMillis) {
    const ahead = this.strip === null ? 0 : this.strip.codes.length - Math.max(0, this.place(nowMillis));
    return nowMillis >= this.retryMillis && ahead < LEAST_AHEAD ? WANTED : 0;
  }

  /** Takes what came with a code. */
  take(answer) {
    this.failures = 0;
    if (answer.reserve !== undefined) {
      const { start, seconds, codes } = answer.reserve;
      this.strip = { subject: this.subject, startMillis: Date.parse(start), seconds, codes };
      this.storage.setItem(KEY, JSON.stringify(this.strip));
    } else if (answer.reserveRetryAt !== undefined) {
      this.retryMillis = Date.parse(answer.reserveRetryAt);
    }
  }

  place(nowMillis) {
    return Math.floor((nowMillis - this.strip.startMillis) / (this.strip.seconds * 1_000));
  }

  /** The code that counts now, or null. */
  codeAt(nowMillis) {
    return this.strip === null ? null : this.strip.codes[this.place(nowMillis)] ?? null;
  }
}
