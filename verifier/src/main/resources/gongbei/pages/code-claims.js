// Reads what a code says of itself: whose it is and until when it is good. Verifies nothing; a
// wallet shows by it what a checkpoint will judge.

const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:';
const EXPIRES = 4;
const ISSUED = 6;
const ISSUER = 1;
const HEALTH = -65537;
const KIND = 2;
const COLOUR = 3;
const GROUP_SIZE = 9;
const KIND_GROUP = 1;
const KIND_RESERVE = 4;
const KIND_VENUE = 5;
const PLACE = 12;
const FORM = 14;
const PIN_DIGEST = 15;
const FORMS = ['printed', 'screen', 'licence'];
const COLOURS = ['green', 'yellow', 'red'];
const MAX_DEPTH = 16;

/** Base45, RFC 9285 §4. */
export function unbase45(text) {
  const bytes = [];
  for (let i = 0; i < text.length; i += 3) {
    const digits = [...text.slice(i, i + 3)].map((each) => ALPHABET.indexOf(each));
    if (digits.includes(-1) || digits.length === 1) {
      throw new Error('not Base45');
    }
    const value = digits[0] + 45 * digits[1] + 2_025 * (digits[2] ?? 0);
    if (digits.length === 3) {
      bytes.push(value >> 8);
    }
    bytes.push(value & 0xff);
  }
  return new Uint8Array(bytes);
}

/** The part of CBOR (RFC 8949) that GD1 and MO1 codes are made of. */
export class Reader {
  constructor(bytes) {
    this.bytes = bytes;
    this.at = 0;
  }

  octet() {
    if (this.at >= this.bytes.length) {
      throw new Error('cut short');
    }
    return this.bytes[this.at++];
  }

  argument(info) {
    if (info < 24) {
      return info;
    }
    if (info > 27) {
      throw new Error('indefinite');
    }
    let value = 0;
    for (let i = 0; i < 1 << (info - 24); i++) {
      value = value * 256 + this.octet();
    }
    return value;
  }

  take(length) {
    if (length > this.bytes.length - this.at) {
      throw new Error('cut short');
    }
    this.at += length;
    return this.bytes.subarray(this.at - length, this.at);
  }

  item(depth = 0) {
    if (depth > MAX_DEPTH) {
      throw new Error('too deep');
    }
    const first = this.octet();
    const value = this.argument(first & 31);
    switch (first >> 5) {
      case 0:
        return value;
      case 1:
        return -1 - value;
      case 2:
        return this.take(value);
      case 3:
        return new TextDecoder().decode(this.take(value));
      case 4:
        return Array.from({ length: Math.min(value, this.bytes.length) }, () => this.item(depth + 1));
      case 5: {
        const map = new Map();
        for (let i = 0; i < value; i++) {
          map.set(this.item(depth + 1), this.item(depth + 1));
        }
        return map;
      }
      case 6:
        return this.item(depth + 1);
      default:
        return null;
    }
  }
}

/**
 * @returns {{region: string, issuedMillis: number, expiresMillis: number, colour: string | null,
 *     isGroup: boolean, isReserve: boolean, size: number, venue: {place: string, form: string,
 *     asksForPin: boolean} | null} | null} null where the text is no code of Guangdong or Macau
 */
export function claimsOf(code) {
  if (!/^(GD1|MO1):/.test(code)) {
    return null;
  }
  try {
    const sign1 = new Reader(unbase45(code.slice(4))).item();
    const claims = new Reader(sign1[2]).item();
    const health = claims.get(HEALTH);
    return {
      region: claims.get(ISSUER),
      issuedMillis: claims.get(ISSUED) * 1_000,
      expiresMillis: claims.get(EXPIRES) * 1_000,
      colour: COLOURS[health.get(COLOUR)] ?? null,
      isGroup: health.get(KIND) === KIND_GROUP,
      isReserve: health.get(KIND) === KIND_RESERVE,
      size: health.get(GROUP_SIZE) ?? 1,
      venue: health.get(KIND) !== KIND_VENUE ? null : {
        place: String(health.get(PLACE)),
        form: FORMS[health.get(FORM)] ?? '',
        asksForPin: health.has(PIN_DIGEST),
      },
    };
  } catch {
    return null;
  }
}
