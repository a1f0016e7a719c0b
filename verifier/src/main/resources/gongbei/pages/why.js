// Why a holder has their colour, as the node tells who shows the holder's own code, and the way back: appeals.

import {
  ask, dateAndTime, explain, has, html, say, Unreachable, whenSpoken,
} from './common.js';

const REASONS = ['wrong-person', 'no-contact', 'not-in-area', 'test-wrong', 'later-test', 'is-over', 'no-ground'];

const byId = (id) => document.getElementById(id);
const time = (text) => dateAndTime(new Date(Date.parse(text)));

/** What is to be said of an answer that is none. */
function fault(answer) {
  const key = `fault.${(answer.body.type ?? '').replace('/problems/', '')}`;
  return has(key) ? say(key) : explain(answer);
}

/** One appeal in words: what the holder has said, and what came of it. */
function appealLine(appeal) {
  const state = appeal.overdue ? 'overdue' : appeal.state;
  return html('li', { class: state },
    html('p', {}, say('appeal.opened', { time: time(appeal.opened), reason: say(`appeal.reason.${appeal.reason}`) })),
    html('p', { class: 'state' }, say(`appeal.state.${state}`, {
      time: time(appeal.state === 'open' ? appeal.due : appeal.decided),
      reason: appeal.refusal === undefined ? '' : say(`appeal.refusal.${appeal.refusal}`),
    })));
}

/** The panel below a holder's code. */
export class Why {
  /** @param {() => {subject: string, code: string} | null} holder whose code is shown, and the code */
  constructor(holder) {
    this.holder = holder;
    this.told = null;
    this.said = () => '';
    byId('why-open').addEventListener('click', () => this.open());
    byId('why-close').addEventListener('click', () => this.close());
    byId('appeal-form').addEventListener('submit', (event) => {
      event.preventDefault();
      this.appeal(byId('appeal-reason').value);
    });
    whenSpoken(() => this.draw());
  }

  get isOpen() {
    return !byId('why').hidden;
  }

  close() {
    this.told = null;
    this.said = () => '';
    byId('why').hidden = true;
  }

  async open() {
    this.said = () => '';
    await this.load();
  }

  /** Asks and draws; what goes wrong is said in place. */
  async asking(work) {
    try {
      await work(this.holder());
    } catch (failure) {
      if (!(failure instanceof Unreachable)) {
        throw failure;
      }
      this.said = () => say('app.unreachable');
    }
    this.draw();
  }

  async load() {
    await this.asking(async (holder) => {
      if (holder === null) {
        return;
      }
      byId('why').hidden = false;
      const answer = await ask(`/v1/subjects/${holder.subject}/history`, undefined, null, {
        'Holder-Code': encodeURIComponent(holder.code),
      });
      if (answer.status === 200) {
        this.told = answer.body;
      } else {
        this.said = () => fault(answer);
      }
    });
  }

  async appeal(reason) {
    await this.asking(async (holder) => {
      if (holder === null) {
        return;
      }
      const answer = await ask('/v1/appeals', { code: holder.code, reason });
      this.said = answer.status < 300 ? () => '' : () => fault(answer);
    });
    if (this.said() === '') {
      await this.load();
    }
  }

  draw() {
    byId('why-fault').textContent = this.said();
    const chosen = byId('appeal-reason').value;
    byId('appeal-reason').replaceChildren(
      ...REASONS.map((reason) => html('option', { value: reason }, say(`appeal.reason.${reason}`))),
    );
    byId('appeal-reason').value = REASONS.includes(chosen) ? chosen : REASONS[0];
    const appeals = this.told?.appeals ?? [];
    byId('why-appeals').replaceChildren(...appeals.map(appealLine));
    byId('why-appeals').hidden = appeals.length === 0;
    byId('appeal-form').hidden = this.told === null || !this.told.appealable;
  }
}
