// A visit to a venue: its code goes to the node with the holder's own, and the verdict is shown.

import {
  ask, dateAndTime, explain, has, html, say, timeOfDay, Unreachable,
} from './common.js';
import { claimsOf } from './code-claims.js';
import { shapeOf, sound } from './verdict.js';

/** How long a verdict is shown: the word that goes with it is of one minute. */
const SHOWN_MILLIS = 60_000;
/** The classes of cards by their verdict: their colours are those of the verdicts. */
const COLOURS = { pass: 'green', hold: 'yellow', refuse: 'red' };

const byId = (id) => document.getElementById(id);

export class Visit {
  /**
   * @param {() => string | null} ownCode the holder's own fresh code
   * @param {() => number} nodeMillis the node's time
   */
  constructor(ownCode, nodeMillis) {
    this.ownCode = ownCode;
    this.nodeMillis = nodeMillis;
    this.found = null;
    this.pending = null;
    byId('visit-again').addEventListener('click', () => this.close());
    byId('visit-pin-form').addEventListener('submit', (event) => {
      event.preventDefault();
      this.send(this.pending.venue, this.pending.taker, byId('visit-pin').value.trim());
    });
  }

  /** Takes what was scanned, pasted or read in a picture. */
  take(code, taker) {
    const claims = claimsOf(code);
    this.ask(false);
    if (claims === null || claims.venue === null) {
      taker.say(say('visit.bad'));
    } else if (this.ownCode() === null) {
      taker.say(say('visit.need'));
    } else if (claims.venue.asksForPin) {
      taker.say('');
      this.pending = { venue: code, taker };
      this.ask(true);
    } else {
      this.send(code, taker);
    }
  }

  /** Shows or hides the field for a venue's PIN. */
  ask(isWanted) {
    byId('visit-pin-form').hidden = !isWanted;
    byId('visit-pin').value = '';
    if (isWanted) {
      byId('visit-pin').focus();
    }
  }

  async send(venue, taker, pin) {
    const code = this.ownCode();
    if (code === null) {
      taker.say(say('visit.need'));
      return;
    }
    try {
      const answer = await ask('/v1/visits', pin === undefined ? { code, venue } : { code, venue, pin });
      if (answer.status === 200) {
        taker.say('');
        taker.text.value = '';
        this.ask(false);
        this.show(answer.body);
      } else {
        const fault = `visit.fault.${(answer.body.type ?? '').replace('/problems/', '')}`;
        taker.say(has(fault) ? say(fault) : explain(answer));
      }
    } catch (failure) {
      if (!(failure instanceof Unreachable)) {
        throw failure;
      }
      taker.say(say('app.unreachable'));
    }
  }

  show(found) {
    this.found = found;
    this.over = false;
    sound(found.verdict);
    this.draw();
    byId('visit-again').focus();
  }

  draw() {
    const { found } = this;
    byId('visit-entry').hidden = found !== null;
    byId('visit-again').hidden = found === null;
    byId('visit-card').hidden = found === null;
    if (found === null) {
      byId('visit-card').replaceChildren();
      return;
    }
    this.now = html('p', { class: 'now' });
    this.said = html('p', { class: 'unseen', role: 'status' });
    const word = found.word === undefined ? [] : [
      html('p', { class: 'word', lang: 'zxx' }, found.word),
      html('p', { class: 'note' }, say('visit.word.help')),
    ];
    byId('visit-card').className = `card visited ${COLOURS[found.verdict]}`;
    byId('visit-card').replaceChildren(
      html('p', { class: 'issuer' }, found.place),
      html('p', { class: 'band' }, shapeOf(found.verdict), html('b', {}, say(`verdict.${found.verdict}`))),
      html('p', { class: 'why' }, say(`reason.${found.reason}`)),
      ...word,
      this.now,
      html('p', { class: 'note' }, say('visit.at', { time: timeOfDay(new Date(found.at)) })),
      this.said,
    );
    this.said.textContent = `${say(`verdict.${found.verdict}`)}. ${say(`reason.${found.reason}`)}`;
    this.tick();
  }

  tick() {
    if (this.found === null || this.over) {
      return;
    }
    this.now.textContent = dateAndTime(
      new Date(this.nodeMillis()), { dateStyle: 'long', timeStyle: 'medium' },
    );
    if (this.nodeMillis() - Date.parse(this.found.at) > SHOWN_MILLIS) {
      this.over = true;
      byId('visit-card').className = 'card visited over';
      byId('visit-card').replaceChildren(
        html('p', { class: 'issuer' }, this.found.place),
        html('p', { role: 'status' }, say('visit.over')),
      );
    }
  }

  /** Makes room for another visit. */
  close() {
    this.found = null;
    this.draw();
  }
}
