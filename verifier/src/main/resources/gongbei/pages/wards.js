// The codes of children and elders on their guardian's phone.

import { ask, explain, html, say, Unreachable } from './common.js';

const RETRY_MILLIS = 3_000;

const byId = (id) => document.getElementById(id);

export class Wards {
  /**
   * @param {() => {subject: string, code: string} | null} guardian the holder, with a fresh code
   * @param {object} card where a ward's code is shown
   * @param {() => number} nodeMillis the node's time
   * @param {() => string} title what stands above it
   */
  constructor(guardian, card, nodeMillis, title) {
    this.guardian = guardian;
    this.card = card;
    this.nodeMillis = nodeMillis;
    this.title = title;
    this.close();
  }

  /** Asks whose guardian the holder is. */
  async open() {
    const guardian = this.guardian();
    if (guardian === null || this.of === guardian.subject) {
      return;
    }
    this.of = guardian.subject;
    try {
      const answer = await ask(`/v1/subjects/${guardian.subject}/guardians`, undefined, null,
        { 'Holder-Code': encodeURIComponent(guardian.code) });
      if (this.of === guardian.subject && answer.status === 200) {
        this.wards = answer.body.wards;
        this.draw();
      }
    } catch (failure) {
      if (!(failure instanceof Unreachable)) {
        throw failure;
      }
      this.of = null;
    }
  }

  close() {
    this.of = null;
    this.wards = [];
    this.chosen = null;
    this.nextFetchMillis = Infinity;
    this.card.hide();
    this.draw();
  }

  draw() {
    byId('wards').hidden = this.wards.length === 0;
    byId('wards-list').replaceChildren(...['', ...this.wards].map((ward, number) => {
      const isChosen = (this.chosen ?? '') === ward;
      const button = html('button', { type: 'button', 'aria-pressed': String(isChosen) },
        ward === '' ? say('wards.mine') : say('wards.ward', { number, end: ward.slice(-4) }));
      button.addEventListener('click', () => this.choose(ward === '' ? null : ward));
      return button;
    }));
    this.card.draw();
  }

  choose(ward) {
    this.chosen = ward;
    byId('wards-fault').textContent = '';
    byId('mine-card').hidden = ward !== null;
    this.nextFetchMillis = Infinity;
    this.card.hide();
    this.draw();
    if (ward !== null) {
      this.fetch();
    }
  }

  async fetch() {
    const guardian = this.guardian();
    const ward = this.chosen;
    this.nextFetchMillis = Infinity;
    if (guardian === null || ward === null) {
      this.nextFetchMillis = this.nodeMillis() + RETRY_MILLIS;
      return;
    }
    try {
      const answer = await ask('/v1/codes', { subject: ward, guardian: guardian.code }, 'issuer');
      if (this.chosen !== ward) {
        return;
      }
      if (answer.status === 201) {
        byId('wards-fault').textContent = '';
        this.nextFetchMillis = Date.parse(answer.body.refreshAt);
        this.card.show(answer.body.code, this.title);
      } else if (answer.status === 403) {
        this.card.hide();
        byId('wards-fault').textContent = say('wards.ended');
      } else {
        byId('wards-fault').textContent = explain(answer);
        this.nextFetchMillis = this.nodeMillis() + Math.max(RETRY_MILLIS, answer.retryMillis);
      }
    } catch (failure) {
      if (!(failure instanceof Unreachable)) {
        throw failure;
      }
      byId('wards-fault').textContent = say('app.unreachable');
      this.nextFetchMillis = this.nodeMillis() + RETRY_MILLIS;
    }
  }

  tick() {
    this.card.tick();
    if (this.nodeMillis() >= this.nextFetchMillis) {
      this.fetch();
    }
  }
}
