// Checks by itself, with the browser's SHA-256, that an entry is in the tree of a signed head (RFC 9162 §2.1.3.2).

const DOMAIN = new TextEncoder().encode('gongbei history entry 1');
const COLOURS = ['green', 'yellow', 'red'];
const HASH_BYTES = 32;
const TAG_BYTES = 16;
const SECONDS_PER_MINUTE = 60;
const MILLIS = 1_000;

const bytesOf = (base64) => Uint8Array.from(atob(base64), (char) => char.charCodeAt(0));
const sameBytes = (some, others) => some.length === others.length && some.every((each, i) => each === others[i]);

/** Whether this browser gives the page no hashes, as over http. */
export const isWithoutHashes = () => globalThis.crypto?.subtle === undefined;

async function sha256(...parts) {
  const all = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return new Uint8Array(await crypto.subtle.digest('SHA-256', all));
}

const leaf = (entry) => sha256(Uint8Array.of(0), entry);
const node = (left, right) => sha256(Uint8Array.of(1), left, right);

/**
 * The head that a note says; null where it says none. Who signed it is for monitors to check, who
 * know the key.
 * @returns {{size: number, root: Uint8Array, time: string} | null}
 */
export function headOf(note) {
  const [, size, root, time] = note.split('\n');
  if (!/^[0-9]{1,15}$/.test(size ?? '') || !(time ?? '').startsWith('time ')) {
    return null;
  }
  return { size: Number(size), root: bytesOf(root), time: time.slice('time '.length) };
}

/** What an entry says, which is what is proven; null of one from before there was a history. */
export function entryOf(base64) {
  const bytes = bytesOf(base64);
  if (bytes.every((each) => each === 0)) {
    return null;
  }
  const fields = new DataView(bytes.buffer);
  const kid = (at) => {
    const hex = fields.getBigUint64(at).toString(16).padStart(16, '0');
    return /^0+$/.test(hex) ? null : hex;
  };
  const minutes = fields.getUint32(44);
  return {
    authority: kid(24),
    secondAuthority: kid(32),
    at: new Date(fields.getUint32(40) * MILLIS),
    until: minutes === 0 ? null : new Date(minutes * SECONDS_PER_MINUTE * MILLIS),
    ground: fields.getUint16(48),
    colour: COLOURS[bytes[53] & 3],
    next: COLOURS[(bytes[53] >> 4) & 3],
  };
}

/** By what a holder finds their entry of a version: nobody who does not know the subject can. */
async function tagOf(subject, version) {
  const key = Uint8Array.from(subject.match(/../g), (hex) => parseInt(hex, 16));
  const place = new Uint8Array(8);
  new DataView(place.buffer).setBigUint64(0, BigInt(version));
  return (await sha256(DOMAIN, key, place)).slice(0, TAG_BYTES);
}

/** Whether an entry is this holder's, and is in the tree of the head at its version. */
export async function isProven(subject, change, head) {
  const entry = bytesOf(change.entry);
  const isBefore = entry.every((each) => each === 0);
  if (!isBefore && !sameBytes(entry.slice(0, TAG_BYTES), await tagOf(subject, change.version))) {
    return false;
  }
  const path = change.proof.map(bytesOf);
  if (change.version < 1 || change.version > head.size || path.some((each) => each.length !== HASH_BYTES)) {
    return false;
  }
  let made = await leaf(entry);
  // Sizes are under 2^53, where shifts of 32 bits would be wrong.
  let fn = change.version - 1;
  let sn = head.size - 1;
  for (const each of path) {
    if (sn === 0) {
      return false;
    }
    if (fn % 2 === 1 || fn === sn) {
      made = await node(each, made);
      while (fn % 2 === 0 && fn !== 0) {
        fn = Math.floor(fn / 2);
        sn = Math.floor(sn / 2);
      }
    } else {
      made = await node(made, each);
    }
    fn = Math.floor(fn / 2);
    sn = Math.floor(sn / 2);
  }
  return sn === 0 && sameBytes(made, head.root);
}
