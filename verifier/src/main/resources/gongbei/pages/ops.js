// The operator page: a node's figures, once a second.

import { ask, dateAndTime, explain, has, html, isKeyFault, number, prepare, say, svg, timeOfDay, whenSpoken } from './common.js';

const INTERVAL_MILLIS = 1_000;
const KEPT = 121;
const LATENCY_SAMPLES = 10;
const MIX_SAMPLES = 60;
const QUANTILES = [0.5, 0.9, 0.99, 0.999];
const VERDICTS = ['pass', 'hold', 'refuse'];
const REASONS_SHOWN = 6;

const byId = (id) => document.getElementById(id);
/** The last answers, the newest at the end, each with the moment it came. */
let samples = [];
let points = [];
let silentSince = null;

const dash = '–';

function scansBetween(older, newer) {
  return newer.scans.total - older.scans.total;
}

/** Latencies of the scans between two samples, as in [[nanoseconds, scans], …]. */
function latenciesBetween(older, newer) {
  const before = new Map(older.scans.latencies);
  return newer.scans.latencies
    .map(([nanos, count]) => [nanos, count - (before.get(nanos) ?? 0)])
    .filter(([, count]) => count > 0);
}

function quantile(latencies, share) {
  const all = latencies.reduce((sum, [, count]) => sum + count, 0);
  let seen = 0;
  for (const [nanos, count] of latencies) {
    seen += count;
    if (seen >= share * all) {
      return nanos;
    }
  }
  return null;
}

function duration(nanos) {
  if (nanos === null) {
    return dash;
  }
  const micros = nanos / 1e3;
  // Half of 5 µs on an axis is 2.5 µs.
  return micros < 1_000 ? `${number(micros, micros < 10 ? 1 : 0)} µs` : `${number(micros / 1e3, 1)} ms`;
}

/** What a thing is called in the language in use; a name that a node's owner has given stays. */
function named(group, name) {
  return has(`${group}.${name}`) ? say(`${group}.${name}`) : name;
}

function fill(id, pairs) {
  byId(id).replaceChildren(...pairs.flatMap(([name, value]) => [html('dt', {}, name), html('dd', {}, String(value))]));
}

/** The least of 1, 2 and 5 times a power of ten that is no less than a value. */
function roundUp(value) {
  const power = 10 ** Math.floor(Math.log10(value));
  return [1, 2, 5, 10].map((each) => each * power).find((each) => each >= value * (1 - 1e-9));
}

/** Lines through values, the newest at the right, above an axis; null leaves a gap. */
function chart(id, series, unit, least) {
  const top = roundUp(Math.max(least, ...series.flatMap(({ values }) => values.filter((each) => each !== null))));
  byId(`${id}-chart`).querySelector('.top').textContent = unit(top);
  byId(`${id}-chart`).querySelector('.half').textContent = unit(top / 2);
  const grid = [3, 30, 57].map((y) => svg('path', { class: 'grid', d: `M0 ${y}H240`, 'vector-effect': 'non-scaling-stroke' }));
  byId(`${id}-line`).replaceChildren(...grid, ...series.map(({ values, name }) => {
    let path = '';
    let down = false;
    values.forEach((value, i) => {
      if (value === null) {
        down = false;
        return;
      }
      const x = 240 - (values.length - 1 - i) * 2;
      const y = 57 - (54 * value) / top;
      path += `${down ? 'L' : 'M'}${x.toFixed(1)} ${y.toFixed(1)}`;
      down = true;
    });
    return svg('path', { d: path, class: name, 'vector-effect': 'non-scaling-stroke' });
  }));
}

/** Shares of a whole, side by side. */
function shares(id, parts) {
  const whole = parts.reduce((sum, [, value]) => sum + value, 0);
  let x = 0;
  byId(id).replaceChildren(
    svg('rect', { class: 'ground', width: 300, height: 28 }),
    ...parts.filter(([, value]) => value > 0).map(([name, value]) => {
      const width = (300 * value) / whole;
      const bar = svg('rect', { class: name, x: x.toFixed(2), width: width.toFixed(2), height: 28 });
      x += width;
      return bar;
    }),
  );
}

function span(seconds) {
  const parts = [Math.floor(seconds / 3_600), Math.floor(seconds / 60) % 60, seconds % 60];
  return parts.map((part) => String(part).padStart(2, '0')).join(':');
}

function drawRates(now) {
  const last = points.at(-1);
  byId('rate').textContent = last?.rate == null ? dash : number(last.rate);
  byId('shed').textContent = number(now.scans.shed);
  chart('rate', [{ name: 'rate', values: points.map((each) => each.rate) }], (value) => number(value, 1), 1);
  const older = samples.at(-1 - Math.min(LATENCY_SAMPLES, samples.length - 1));
  const latencies = latenciesBetween(older, now);
  byId('latency').replaceChildren(...QUANTILES.map((share) => html('div', {},
    html('dt', {}, `p${number(share * 100, 1)}`),
    html('dd', {}, duration(quantile(latencies, share))))));
  chart('latency', [
    { name: 'high', values: points.map((each) => each.p99) },
    { name: 'rate', values: points.map((each) => each.p50) },
  ], duration, 2_000);
}

function drawMix(now) {
  const older = samples.at(-1 - Math.min(MIX_SAMPLES, samples.length - 1));
  const counts = VERDICTS.map((verdict) => {
    const of = (sample) => Object.values(sample.scans.verdicts[verdict]).reduce((sum, count) => sum + count, 0);
    return [verdict, of(now) - of(older)];
  });
  const all = counts.reduce((sum, [, count]) => sum + count, 0);
  shares('mix', counts);
  fill('verdicts', counts.map(([verdict, count]) => [
    say(`verdict.${verdict}`),
    all === 0 ? dash : `${number(count)} · ${number((100 * count) / all, 1)} %`,
  ]));
  // One reason may bring two verdicts, as rules say: each line says which it is of.
  const reasons = VERDICTS.flatMap((verdict) =>
    Object.entries(now.scans.verdicts[verdict]).map(([reason, count]) =>
      [say('ops.reason', { reason: named('short', reason), verdict: say(`verdict.${verdict}`) }),
        count - (older.scans.verdicts[verdict][reason] ?? 0)]))
    .filter(([, count]) => count > 0)
    .sort(([, one], [, other]) => other - one)
    .slice(0, REASONS_SHOWN);
  fill('reasons', reasons.length === 0
    ? [[say('ops.none'), '']]
    : reasons.map(([reason, count]) => [reason, number(count)]));
}

function drawNode(now) {
  const used = now.ring.capacity - now.ring.remaining;
  byId('ring').textContent = `${number((100 * used) / now.ring.capacity, 1)} %`;
  shares('ring-bar', [[used / now.ring.capacity > 0.8 ? 'refuse' : 'pass', used], ['free', now.ring.remaining]]);
  byId('ring-fill').textContent = say('ops.ring.fill', { used: number(used), capacity: number(now.ring.capacity) });
  const known = (value) => (value < 0 ? dash : number(value));
  const yes = (value) => say(value ? 'ops.yes' : 'ops.no');
  fill('log', [
    [say('ops.log.role'), named('role', now.log.role)],
    [say('ops.leader'), now.log.leader || dash],
    [say('ops.term'), known(now.log.term)],
    [say('ops.committed'), known(now.log.commitPosition)],
    [say('ops.applied'), known(now.log.appliedPosition)],
    [say('ops.lag'), say('ops.lag.value', { versions: number(now.log.lagVersions), millis: number(now.log.lagMillis) })],
    [say('ops.age'), `${number(now.map.dataAgeMillis / 1e3, 1)} s`],
    [say('ops.writing'), yes(now.log.writing)],
  ]);
  fill('map', [
    [say('ops.subjects'), number(now.map.subjects)],
    [say('ops.version'), number(now.map.version)],
    [say('ops.digest'), now.map.digest ?? '–'],
  ]);
  fill('node', [
    [say('ops.region'), named('region', now.region)],
    [say('ops.role'), named('role', now.role)],
    [say('ops.uptime'), span(now.uptimeSeconds)],
    [say('ops.devices'), number(now.devices)],
    [say('ops.minting'), now.minting.state === 'normal' ? say('ops.minting.normal')
      : say('ops.minting.degraded', { time: dateAndTime(new Date(now.minting.since)) })],
  ]);
  fill('rules', now.rulesets.map((ruleset) => [named('kind', ruleset.name), `@${ruleset.version}`]));
  byId('trust').textContent = say('ops.trust.keys', { keys: number(now.trust.keys), version: now.trust.version });
}

function draw() {
  const pulse = byId('pulse');
  pulse.classList.toggle('silent', silentSince !== null);
  pulse.textContent = silentSince === null && samples.length > 0 ? say('ops.live') : '';
  if (samples.length > 0) {
    const now = samples.at(-1);
    drawRates(now);
    drawMix(now);
    drawNode(now);
  }
}

function take(sample) {
  const before = samples.at(-1);
  if (before && sample.scans.total < before.scans.total) {
    samples = [];
    points = [];
  } else if (before) {
    const seconds = (sample.atMillis - before.atMillis) / 1e3;
    const latencies = latenciesBetween(before, sample);
    points.push({
      rate: scansBetween(before, sample) / seconds,
      p50: quantile(latencies, 0.5),
      p99: quantile(latencies, 0.99),
    });
    points = points.slice(-KEPT);
  }
  samples = [...samples, sample].slice(-KEPT);
}

function trouble(text) {
  byId('trouble').hidden = text === null;
  byId('trouble').textContent = text ?? '';
}

async function look() {
  if (!document.hidden) {
    try {
      const answer = await ask('/v1/ops', undefined, 'operator');
      if (answer.status !== 200) {
        trouble(isKeyFault(answer) ? null : explain(answer));
      } else {
        silentSince = null;
        trouble(null);
        take({ ...answer.body, atMillis: performance.now() });
      }
    } catch {
      silentSince ??= new Date();
      trouble(`${say('app.unreachable')} ${say('ops.lost', { time: timeOfDay(silentSince) })}`);
      points.push({ rate: null, p50: null, p99: null });
    }
    draw();
  }
}

document.addEventListener('settings', look);
await prepare();
whenSpoken(draw);
await look();
setInterval(look, INTERVAL_MILLIS);
