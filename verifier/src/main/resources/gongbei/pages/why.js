// Why a holder has their colour, as the node tells who shows the holder's own code, and the way back: appeals.

import {
  ask, dateAndTime, explain, has, html, number, say, Unreachable, whenSpoken,
} from './common.js';
import { entryOf, headOf, isProven, isWithoutHashes } from './history-proof.js';

const REASONS = ['wrong-person', 'no-contact', 'not-in-area', 'test-wrong', 'later-test', 'is-over', 'no-ground'];

const byId = (id) => document.getElementById(id);
const time = (text) => dateAndTime(new Date(Date.parse(text)));

/** What is to be said of an answer that is none. */
function fault(answer) {
  const key = `fault.${(answer.body.type ?? '').replace('/problems/', '')}`;
  return has(key) ? say(key) : explain(answer);
}

/** A name for who answers for a change: the one on their certificate, or their key's id. */
const authority = (name, kid) => (name === undefined ? kid : `${name} (${kid})`);

const ground = (name) => (has(`ground.${name}`) ? say(`ground.${name}`) : name);

/** What the proof of a change has come to, in words. */
function proofLine(change, head) {
  if (change.proof === null) {
    return say('proof.none');
  }
  return say(`proof.${change.proof}`, head === null ? {} : { size: number(head.size), time: time(head.time) });
}

/** One change of the colour in words, as its entry in the public log says it. */
function changeLine(change, head) {
  if (change.said === null) {
    return html('li', {}, html('p', {}, say('why.before')), html('p', { class: 'proof' }, proofLine(change, head)));
  }
  const { said } = change;
  const lines = [
    html('p', { class: 'state' }, say('why.change', { time: dateAndTime(said.at), colour: say(`colour.${said.colour}`) })),
    html('p', {}, say('why.ground', { ground: ground(change.ground) })),
    html('p', {}, said.authority === null
      ? say('why.nobody') : say('why.authority', { authority: authority(change.authorityName, said.authority) })),
  ];
  if (said.secondAuthority !== null) {
    lines.push(html('p', {}, say('why.second', { authority: authority(change.secondAuthorityName, said.secondAuthority) })));
  }
  if (said.until !== null) {
    lines.push(html('p', {}, say('why.until', { time: dateAndTime(said.until), colour: say(`colour.${said.next}`) })));
  } else if (said.colour !== 'green') {
    lines.push(html('p', {}, say('why.endless')));
  }
  lines.push(html('p', { class: `proof ${change.proof ?? ''}` }, proofLine(change, head)));
  return html('li', {}, ...lines);
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
        this.told = await this.checked(answer.body);
      } else {
        this.said = () => fault(answer);
      }
    });
  }

  /** The changes that have set a colour, each with what this browser makes of its proof. */
  async checked(body) {
    const head = body.head === undefined ? null : headOf(body.head);
    const changes = await Promise.all((body.changes ?? [])
      .filter((change) => change.setsColour !== false)
      .map(async (change) => ({
        ...change,
        said: entryOf(change.entry),
        proof: await this.verdict(body.subject, change, head),
      })));
    return { ...body, head, changes };
  }

  /** Whether a proof is good, bad, one that can't be checked here, or null where there is none. */
  async verdict(subject, change, head) {
    if (change.proof === undefined || head === null) {
      return null;
    }
    if (isWithoutHashes()) {
      return 'cannot';
    }
    return (await isProven(subject, change, head)) ? 'good' : 'bad';
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
    const changes = this.told?.changes ?? [];
    byId('why-changes').replaceChildren(...changes.map((change) => changeLine(change, this.told.head)));
    byId('why-changes').hidden = changes.length === 0;
    byId('why-older').hidden = this.told === null || this.told.complete;
    const appeals = this.told?.appeals ?? [];
    byId('why-appeals').replaceChildren(...appeals.map(appealLine));
    byId('why-appeals').hidden = appeals.length === 0;
    byId('appeal-form').hidden = this.told === null || !this.told.appealable;
  }
}
