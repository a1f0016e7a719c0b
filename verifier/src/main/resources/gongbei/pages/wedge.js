// Tells what a hand scanner types from what a person types, wherever the focus is.

import { codeText, hasKnownPrefix } from './qr-codes.js';

/** A scanner types so fast, key after key, and nobody else does. */
const SCANNER_GAP_MILLIS = 35;
/** After so many keys at that pace a text is a scanner's, whatever it begins with. */
const SCANNER_KEYS = 6;
/** Keys that may open a code are kept from a field for so long until the next decides. */
const HOLD_MILLIS = 1_000;
/** Where any letter may be meant, the next is a scanner's only if it comes so soon. */
const FREE_FIELD_GAP_MILLIS = 120;
/** After such a rest in a code somebody is told that the rest of it is awaited. */
const REST_MILLIS = 2_000;
/** After such a rest the begun code is dropped. */
const DROP_MILLIS = 30_000;
const MAX_CHARACTERS = 4_296 + 16;

const OPENINGS = ['GD1:', 'MO1:', 'HC1:'];
const IDENTIFIER = /^\][A-Za-z][0-9A-Z]/;
const PART_OF_IDENTIFIER = /^\]([A-Za-z][0-9A-Z]?)?$/;
const OF_A_CODE = /^[0-9A-Z $%*+\-./:]$/;

/** Whether more keys could make it the opening of a code; Caps Lock may turn the letters round. */
function mayOpen(text) {
  const bare = text.replace(IDENTIFIER, '').toUpperCase();
  return PART_OF_IDENTIFIER.test(text) || OPENINGS.some((each) => each.startsWith(bare));
}

function opens(text) {
  return hasKnownPrefix(text.toUpperCase());
}

function isField(target) {
  return target instanceof Element
    && target.matches('input:not([type=checkbox], [type=file], [type=button], [type=submit]), select, textarea');
}

/** A field where any letter may be meant, and which may be filled by a scanner. */
function isFree(target) {
  return target.matches('[type=password], [data-scans]');
}

/** A field for codes shows what arrives: a scanner without Enter leaves the rest to a button. */
function isForCodes(target) {
  return isField(target) && target.matches('[data-scans=codes]');
}

/**
 * Listens to the whole document before any field does. Calls back with each code's text, with
 * 'checkpoint.fragment' where the rest of one is awaited, and with 'checkpoint.dropped' where it
 * never came.
 */
export class Wedge {
  #onCode;
  #onNotice;
  /** What may become a code and has been kept from the field. */
  #held = '';
  #holdTimer = 0;
  /** The code that is arriving, or null. */
  #code = null;
  /** Where in it the last part after a rest begins. */
  #partAt = 0;
  /** The field for codes that shows it, or null. */
  #field = null;
  #restTimer = 0;
  #dropTimer = 0;
  #lastMillis = -Infinity;
  /** Keys at a scanner's pace, and how the field was before them. */
  #pace = '';
  #before = null;

  constructor(onCode, onNotice) {
    this.#onCode = onCode;
    this.#onNotice = onNotice;
    window.addEventListener('keydown', (event) => this.#onKey(event), { capture: true });
    // Somebody is at the page: what is half there is no code any more.
    window.addEventListener('pointerdown', () => this.#leave(), { capture: true });
  }

  #onKey(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || !event.isTrusted) {
      return;
    }
    const gap = event.timeStamp - this.#lastMillis;
    if (['Shift', 'CapsLock'].includes(event.key)) {
      return;
    }
    this.#lastMillis = event.timeStamp;
    if (this.#code !== null) {
      this.#goOn(event, gap);
    } else if (event.key.length === 1) {
      this.#begin(event, gap);
    } else {
      this.#end(event, gap);
    }
  }

  #keep(event) {
    event.preventDefault();
    event.stopImmediatePropagation();
  }

  /** A key while a code is arriving. */
  #goOn(event, gap) {
    const rested = gap > REST_MILLIS;
    if (event.key === 'Enter' || (event.key === 'Tab' && !rested)) {
      this.#keep(event);
      this.#finish();
      return;
    }
    const key = event.key.length === 1 ? event.key : '';
    const isHandTyped = rested && !OF_A_CODE.test(key) && key !== ']';
    if (key === '' || isHandTyped) {
      if (rested || event.key === 'Escape') {
        this.#drop();
        if (key !== '') {
          this.#begin(event, Infinity);
        }
      } else {
        this.#keep(event);
      }
      return;
    }
    this.#keep(event);
    if (rested) {
      this.#partAt = this.#code.length;
    }
    if (this.#code.length < MAX_CHARACTERS) {
      this.#code += key;
    }
    this.#mirror();
    this.#await();
  }

  #mirror() {
    if (this.#field !== null) {
      this.#field.value = this.#code;
    }
  }

  #await() {
    clearTimeout(this.#restTimer);
    clearTimeout(this.#dropTimer);
    this.#restTimer = setTimeout(() => this.#onNotice('checkpoint.fragment'), REST_MILLIS);
    this.#dropTimer = setTimeout(() => this.#drop(), DROP_MILLIS);
  }

  /** The code is whole. What came after a rest is another code where it opens like one. */
  #finish() {
    const part = this.#code.slice(this.#partAt);
    const text = this.#partAt > 0 && opens(part) ? part : this.#code;
    if (this.#field !== null) {
      this.#field.value = '';
    }
    this.#forget();
    const own = codeText(text);
    this.#onCode(opens(own) ? own.toUpperCase() : own);
  }

  /** What was kept from a field comes into it before the field is left. */
  #leave() {
    if (isField(document.activeElement)) {
      this.#release(document.activeElement);
    }
    this.#drop();
  }

  #drop() {
    if (this.#code !== null) {
      const isShown = this.#field !== null;
      this.#forget();
      if (!isShown) {
        this.#onNotice('checkpoint.dropped');
      }
    }
  }

  #forget() {
    this.#code = null;
    this.#field = null;
    this.#partAt = 0;
    this.#pace = '';
    clearTimeout(this.#restTimer);
    clearTimeout(this.#dropTimer);
  }

  #take(text, target) {
    this.#code = text;
    this.#field = isForCodes(target) ? target : null;
    this.#mirror();
    this.#partAt = 0;
    this.#held = '';
    clearTimeout(this.#holdTimer);
    this.#await();
  }

  /** A character while no code is arriving. */
  #begin(event, gap) {
    const { target } = event;
    if (!isField(target)) {
      this.#beginAnywhere(event, gap);
      return;
    }
    if (gap > HOLD_MILLIS) {
      this.#release(target);
    }
    if (gap > SCANNER_GAP_MILLIS || event.repeat) {
      this.#pace = '';
      this.#before = this.#held === '' ? this.#stateOf(target) : this.#before;
    }
    this.#pace += event.key;
    const text = this.#held + event.key;
    const patience = isFree(target) ? FREE_FIELD_GAP_MILLIS : HOLD_MILLIS;
    if ((this.#held === '' || gap <= patience) && mayOpen(text)) {
      this.#keep(event);
      this.#held = text;
      clearTimeout(this.#holdTimer);
      this.#holdTimer = setTimeout(() => this.#release(target), HOLD_MILLIS);
      if (opens(text)) {
        this.#take(text, target);
      }
      return;
    }
    this.#release(target);
    if (target.matches('select')) {
      // A choice is made with the arrows: a letter of a scanner must not make one.
      this.#keep(event);
    }
    if (this.#pace.length >= SCANNER_KEYS && !isFree(target)) {
      this.#keep(event);
      this.#restore(target);
      this.#take(this.#pace, target);
    }
  }

  /** Where nothing can be typed into, whatever ends with Enter is taken for a code. */
  #beginAnywhere(event, gap) {
    if (gap > REST_MILLIS) {
      this.#held = '';
    }
    if (this.#held === '' && event.key === ' ') {
      return;
    }
    if (event.key === ' ') {
      this.#keep(event);
    }
    const text = this.#held + event.key;
    this.#held = text.length <= MAX_CHARACTERS ? text : this.#held;
    if (opens(text)) {
      this.#take(text, event.target);
    }
  }

  /** A key that is no character while no code is arriving. */
  #end(event, gap) {
    const text = this.#held;
    if (isField(event.target)) {
      this.#release(event.target);
    } else if (event.key === 'Enter' && text.length > 3 && gap <= REST_MILLIS) {
      this.#keep(event);
      this.#held = '';
      this.#onCode(codeText(text));
    } else {
      this.#held = '';
    }
  }

  /** Gives a field what was kept from it. */
  #release(field) {
    clearTimeout(this.#holdTimer);
    const text = this.#held;
    this.#held = '';
    if (text !== '' && isField(field) && !field.matches('select') && !field.readOnly) {
      const space = field.maxLength < 0 ? text.length : field.maxLength - field.value.length;
      field.setRangeText(text.slice(0, Math.max(0, space)), field.selectionStart, field.selectionEnd, 'end');
      field.dispatchEvent(new Event('input', { bubbles: true }));
    }
  }

  #stateOf(field) {
    return { field, value: field.value };
  }

  #restore(field) {
    if (this.#before?.field === field && field.value !== this.#before.value) {
      field.value = this.#before.value;
      field.dispatchEvent(new Event('input', { bubbles: true }));
      field.dispatchEvent(new Event('change', { bubbles: true }));
    }
  }
}
