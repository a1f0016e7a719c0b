// Reads whom a foreign code is of, for a person to compare with a passport. It is read here, from
// the text that the camera saw: no server answers with a name, and nothing of it is kept.

import { Reader, unbase45 } from './code-claims.js';

const HCERT = -260;
const DCC = 1;
const DDCC_VACCINATION = 3;
const DDCC_TEST = 4;
const DVC = -6;
const PAYLOAD = 2;
const MAX_BYTES = 65_536;
const MAX_PARTS = 99;
const PART = /^shc:\/([0-9]{1,2})\/([0-9]{1,2})\/([0-9]+)$/i;

/** What says that nobody who is trusted has signed the code: then it names nobody either. */
const OF_NOBODY = ['malformed', 'unsupported-format', 'unknown-issuer', 'bad-signature', 'busy'];

/** Whether a code is of a foreign issuer, by how it begins. */
export function isForeign(code) {
  return /^(HC1:|shc:\/|eyJ|\{)/i.test(code);
}

/** Whether an answer says that the code's signature is genuine. */
export function isGenuine(reason) {
  return !OF_NOBODY.includes(reason);
}

/** Inflates within the bound that the node keeps too. */
async function inflated(bytes, format) {
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream(format));
  const chunks = [];
  let length = 0;
  for (const reader = stream.getReader(); ;) {
    const { done, value } = await reader.read();
    if (done) {
      return new Uint8Array(await new Blob(chunks).arrayBuffer());
    }
    length += value.length;
    if (length > MAX_BYTES) {
      await reader.cancel();
      throw new Error('too long');
    }
    chunks.push(value);
  }
}

function unbase64(text) {
  return Uint8Array.from(atob(text.replaceAll('-', '+').replaceAll('_', '/')), (each) => each.charCodeAt(0));
}

function textOf(value) {
  return typeof value === 'string' ? value : '';
}

function holder(name, birthDate) {
  const found = { name: textOf(name).trim(), birthDate: textOf(birthDate).trim() };
  return found.name === '' && found.birthDate === '' ? null : found;
}

async function ofHcert(code) {
  const sign1 = new Reader(await inflated(unbase45(code.slice(4)), 'deflate')).item();
  const kinds = new Reader(sign1[PAYLOAD]).item().get(HCERT);
  const dcc = kinds.get(DCC);
  if (dcc) {
    const name = dcc.get('nam');
    const family = name.get('fn') ?? textOf(name.get('fnt')).replaceAll('<', ' ');
    const given = name.get('gn') ?? textOf(name.get('gnt')).replaceAll('<', ' ');
    return holder(`${family} ${given}`, dcc.get('dob'));
  }
  const core = kinds.get(DDCC_VACCINATION) ?? kinds.get(DDCC_TEST);
  if (core) {
    return holder(core.get('name'), core.get('birthDate'));
  }
  const dvc = kinds.get(DVC);
  return dvc ? holder(dvc.get('n'), dvc.get('dob')) : null;
}

function ofSeal(code) {
  const person = JSON.parse(code).data.msg.pid;
  return holder(person.n, person.dob);
}

/** The characters of a JWS that pairs of digits are. */
function undigits(digits) {
  return digits.replace(/../g, (pair) => String.fromCharCode(Number(pair) + 45));
}

function jwsOf(code) {
  if (code.startsWith('eyJ')) {
    return code;
  }
  const parts = code.split(/\s+/).map((each) => PART.exec(each));
  return parts[0] === null
    ? undigits(code.slice('shc:/'.length))
    : undigits(parts.sort((one, other) => one[1] - other[1]).map((each) => each[3]).join(''));
}

async function ofCard(code) {
  const payload = unbase64(jwsOf(code).split('.')[1]);
  const claims = JSON.parse(new TextDecoder().decode(await inflated(payload, 'deflate-raw')));
  const patient = claims.vc.credentialSubject.fhirBundle.entry
    .map((each) => each.resource).find((each) => each.resourceType === 'Patient');
  const name = patient.name[0];
  return holder(name.text ?? [name.family, ...(name.given ?? [])].join(' '), patient.birthDate);
}

/**
 * @returns {Promise<{name: string, birthDate: string} | null>} null where the code names nobody, or
 *     in a form that this browser can't read
 */
export async function holderOf(code) {
  try {
    if (code.startsWith('{')) {
      return ofSeal(code);
    }
    return code.startsWith('HC1:') ? await ofHcert(code) : await ofCard(code);
  } catch {
    return null;
  }
}

/** Puts the parts of health cards together that were cut into several codes. */
export class Parts {
  #parts = new Map();
  #count = 0;

  /** The codes to go on with: none where the code is a part and others are missing. */
  take(code) {
    const part = PART.exec(code);
    if (part === null) {
      return [code];
    }
    const [, number, count, digits] = part;
    if (Number(count) !== this.#count) {
      this.#parts.clear();
      this.#count = Math.min(Number(count), MAX_PARTS);
    }
    this.#parts.set(Number(number), digits);
    if (this.#parts.size < this.#count) {
      return [];
    }
    const whole = [...this.#parts.entries()].sort(([one], [other]) => one - other).map(([, each]) => each);
    this.#parts.clear();
    return [undigits(whole.join(''))];
  }
}
