// The auditor's page: who changes colours, on what grounds and how many; pictures first.

import { ask, dateAndTime, explain, has, html, isKeyFault, listed, number, prepare, say, svg, timeOfDay, whenSpoken } from './common.js';

const INTERVAL_MILLIS = 5_000;
const HOUR_MILLIS = 3_600_000;
/** What a picture shows of changes, from the ground up; the last one are changes that were refused. */
const SHOWN = ['red', 'yellow', 'deceased', 'revoked', 'taken', 'green', 'ceiling'];
const TALLIES = ['red', 'yellow', 'deceased', 'revoked', 'taken', 'green', 'other', 'registered', 'ceiling', 'refused'];
const BARS_SHOWN = 8;
const WIDTH = 240;
const HEIGHT = 60;
const dash = '–';

const byId = (id) => document.getElementById(id);
let report = null;
let silentSince = null;

const sum = (numbers) => numbers.reduce((all, each) => all + each, 0);

function groundName(ground) {
  return has(`ground.${ground}`) ? say(`ground.${ground}`) : ground;
}

function authorityName(series) {
  if (series.authority === '*') {
    return say('oversight.rest');
  }
  if (/^0+$/.test(series.authority)) {
    return say('oversight.nobody');
  }
  return series.authority;
}

function fill(id, pairs) {
  byId(id).replaceChildren(...pairs.flatMap(([name, value]) => [html('dt', {}, name), html('dd', {}, String(value))]));
}

/** The least of 1, 2 and 5 times a power of ten that is no less than a value. */
function roundUp(value) {
  const power = 10 ** Math.floor(Math.log10(value));
  return [1, 2, 5, 10].map((each) => each * power).find((each) => each >= value * (1 - 1e-9));
}

/** How many hours the pictures are of. */
function span() {
  return Number(byId('span').value);
}

/** Of a series: what the hours of the period had of one tally. */
function recent(series, tally) {
  return (series.changes[tally] ?? new Array(report.hours).fill(0)).slice(-span());
}

/** Of a series: how many in the period, of one tally. */
function total(series, tally) {
  return sum(recent(series, tally));
}

/** The series that the choices leave. */
function chosen() {
  const ground = byId('ground').value;
  const authority = byId('authority').value;
  return report.series.filter((each) =>
    (ground === '' || each.ground === ground) && (authority === '' || each.authority === authority));
}

function hourName(epochMillis) {
  return dateAndTime(new Date(epochMillis), { month: 'short', day: 'numeric', hour: '2-digit', minute: '2-digit' });
}

/** Columns for hours, in each the parts above one another, with an axis; says the same in words. */
function columns(id, firstMillis, parts, label) {
  const hours = parts[0].values.length;
  const heights = Array.from({ length: hours }, (_, i) => sum(parts.map(({ values }) => values[i])));
  const top = roundUp(Math.max(2, ...heights));
  const chart = byId(`${id}-chart`);
  chart.querySelector('.top').textContent = number(top);
  chart.querySelector('.half').textContent = number(top / 2);
  chart.querySelector('.from').textContent = hourName(firstMillis);
  chart.querySelector('.to').textContent = hourName(firstMillis + hours * HOUR_MILLIS);
  const step = WIDTH / hours;
  const bars = [];
  for (let i = 0; i < hours; i++) {
    let y = HEIGHT - 3;
    parts.forEach(({ name, values }) => {
      const height = ((HEIGHT - 6) * values[i]) / top;
      if (height > 0) {
        y -= height;
        bars.push(svg('rect', {
          class: name, x: (i * step + step * 0.1).toFixed(2), y: y.toFixed(2), width: (step * 0.8).toFixed(2), height: height.toFixed(2),
        }));
      }
    });
  }
  const grid = [3, HEIGHT / 2, HEIGHT - 3].map((y) => svg('path', { class: 'grid', d: `M0 ${y}H${WIDTH}`, 'vector-effect': 'non-scaling-stroke' }));
  const picture = byId(`${id}-bars`);
  picture.replaceChildren(...grid, ...bars);
  picture.setAttribute('aria-label', label);
}

/** One line of a list of bars: a name, a bar of parts out of a whole, and what it says. */
function bar(name, parts, whole, text, kind = '') {
  let x = 0;
  return html('li', { class: kind },
    html('span', { class: 'name' }, name),
    html('b', {}, text),
    svg('svg', { class: 'mix', viewBox: '0 0 300 28', preserveAspectRatio: 'none', 'aria-hidden': 'true' },
      svg('rect', { class: 'ground', width: 300, height: 28 }),
      ...parts.filter(([, value]) => value > 0).map(([part, value]) => {
        const width = Math.min(300 - x, (300 * value) / whole);
        const drawn = svg('rect', { class: part, x: x.toFixed(2), width: width.toFixed(2), height: 28 });
        x += width;
        return drawn;
      })));
}

/** Bars for the names of series, the greatest first. */
function barsBy(id, nameOf) {
  const groups = new Map();
  chosen().forEach((series) => {
    const counts = groups.get(nameOf(series)) ?? SHOWN.map(() => 0);
    groups.set(nameOf(series), counts.map((count, i) => count + total(series, SHOWN[i])));
  });
  const all = [...groups].filter(([, counts]) => sum(counts) > 0).sort(([, one], [, other]) => sum(other) - sum(one));
  const most = Math.max(1, ...all.map(([, counts]) => sum(counts)));
  const bars = all.slice(0, BARS_SHOWN).map(([name, counts]) => bar(name,
    counts.map((count, i) => [SHOWN[i], count]), most,
    listed(counts.map((count, i) => [SHOWN[i], count]).filter(([, count]) => count > 0)
      .map(([tally, count]) => say('oversight.count', { what: say(`tally.${tally}`), count: number(count) })))));
  byId(id).replaceChildren(...(bars.length > 0 ? bars : [html('li', {}, say('oversight.none'))]));
}

function drawChanges() {
  const first = Date.parse(report.firstHour) + (report.hours - span()) * HOUR_MILLIS;
  const series = chosen();
  const parts = SHOWN.map((name) => {
    const each = series.map((one) => recent(one, name));
    return { name, values: Array.from({ length: span() }, (_, i) => sum(each.map((values) => values[i]))) };
  });
  byId('changes-legend').replaceChildren(...parts.map(({ name, values }) =>
    html('span', {}, html('i', { class: name }), `${say(`tally.${name}`)} `, html('b', {}, number(sum(values))))));
  columns('changes', first, parts, say('oversight.changes.label', {
    from: hourName(first),
    ...Object.fromEntries(parts.map(({ name, values }) => [name, number(sum(values))])),
  }));
  barsBy('grounds', (each) => groundName(each.ground));
  barsBy('authorities', authorityName);
}

function drawForce() {
  const held = report.holders;
  const parts = held ? [['red', held.red], ['yellow', held.yellow], ['green', held.green]] : [];
  const whole = Math.max(1, sum(parts.map(([, count]) => count)));
  let x = 0;
  byId('force-bar').replaceChildren(svg('rect', { class: 'ground', width: 300, height: 28 }),
    ...parts.filter(([, count]) => count > 0).map(([name, count]) => {
      const width = (300 * count) / whole;
      const drawn = svg('rect', { class: name, x: x.toFixed(2), width: width.toFixed(2), height: 28 });
      x += width;
      return drawn;
    }));
  fill('force', held ? parts.map(([name, count]) => [say(`colour.${name}`), number(count)])
    : [[say('oversight.counting'), dash]]);
  const now = Date.parse(report.time);
  const first = now - (now % HOUR_MILLIS);
  const lapses = ['red', 'yellow'].map((name) => ({ name, values: report.lapses[name].slice(0, span()) }));
  const [red, yellow] = lapses.map(({ values }) => number(sum(values)));
  columns('lapses', first, lapses, say('oversight.lapses.label', { to: hourName(first + span() * HOUR_MILLIS), red, yellow }));
  const later = (name) => number(report.lapses.later[name] + sum(report.lapses[name].slice(span())));
  byId('later').textContent = say('oversight.later', { red: later('red'), yellow: later('yellow') });
}

function drawCeilings() {
  const bars = report.ceilings.flatMap((each) => ['hour', 'day'].filter((span) => each[span]).map((span) => {
    const { used, limit } = each[span];
    const isReached = used >= limit;
    return bar(
      say(`oversight.ceiling.${span}`, { ground: groundName(each.ground), authority: authorityName(each) }),
      [[isReached ? 'red' : 'yellow', used]], limit,
      say('oversight.ceiling.used', { used: number(used), limit: number(limit) }), isReached ? 'reached' : '');
  }));
  byId('ceilings').replaceChildren(...(bars.length > 0 ? bars : [html('li', {}, say('oversight.none'))]));
  const reached = report.ceilings.filter((each) => each.refused > 0);
  const banner = byId('reached');
  const text = reached.map((each) => say('oversight.reached', {
    authority: authorityName(each),
    ground: groundName(each.ground),
    refused: number(each.refused),
    time: dateAndTime(new Date(each.last)),
  })).join(' ');
  if (banner.textContent !== text) {
    banner.textContent = text;
  }
  banner.hidden = text === '';
}

function drawHead() {
  fill('appeals', [
    [say('oversight.appeals.open'), number(report.appeals.open)],
    [say('oversight.appeals.overdue'), number(report.appeals.overdue)],
  ]);
  const facts = [[say('oversight.head.version'), number(report.version)]];
  if (report.head) {
    facts.push(
      [say('oversight.head.size'), number(report.head.size)],
      [say('oversight.head.root'), report.head.root],
      [say('oversight.head.time'), dateAndTime(new Date(report.head.time))]);
  }
  if (report.completeSince) {
    facts.push([say('oversight.head.since'), dateAndTime(new Date(report.completeSince))]);
  }
  fill('head', facts);
}

function drawTable() {
  byId('numbers-head').replaceChildren(...[say('oversight.ground'), say('oversight.authority'), ...TALLIES.map((each) => say(`tally.${each}`))]
    .map((each) => html('th', { scope: 'col' }, each)));
  const rows = chosen().map((series) => [series, TALLIES.map((tally) => total(series, tally))])
    .filter(([, counts]) => sum(counts) > 0)
    .sort(([, one], [, other]) => sum(other) - sum(one));
  byId('numbers-body').replaceChildren(...rows.map(([series, counts]) => html('tr', {},
    html('th', { scope: 'row' }, groundName(series.ground)), html('td', {}, authorityName(series)),
    ...counts.map((count) => html('td', {}, number(count))))));
}

/** Offers what there is, and keeps what was chosen while it is there. */
function offer(id, all, named) {
  const choice = byId(id);
  const before = choice.value;
  const options = [['', say('oversight.all')], ...[...all].sort().map((each) => [each, named(each)])];
  const is = [...choice.options].map((each) => `${each.value} ${each.textContent}`).join('\n');
  if (is !== options.map((each) => each.join(' ')).join('\n')) {
    choice.replaceChildren(...options.map(([value, name]) => html('option', { value }, name)));
    choice.value = all.has(before) ? before : '';
  }
}

function draw() {
  const pulse = byId('pulse');
  pulse.classList.toggle('silent', silentSince !== null);
  pulse.textContent = silentSince === null && report !== null ? say('ops.live') : '';
  if (report !== null) {
    offer('ground', new Set(report.series.map((each) => each.ground)), groundName);
    offer('authority', new Set(report.series.map((each) => each.authority)),
      (id) => authorityName(report.series.find((each) => each.authority === id)));
    drawChanges();
    drawForce();
    drawCeilings();
    drawHead();
    drawTable();
  }
}

function trouble(text) {
  byId('trouble').hidden = text === null;
  byId('trouble').textContent = text ?? '';
}

async function look() {
  if (!document.hidden) {
    try {
      const answer = await ask('/v1/oversight', undefined, 'auditor');
      if (answer.status === 200) {
        silentSince = null;
        trouble(null);
        report = answer.body;
      } else {
        trouble(isKeyFault(answer) ? null : explain(answer));
      }
    } catch {
      silentSince ??= new Date();
      trouble(`${say('app.unreachable')} ${say('ops.lost', { time: timeOfDay(silentSince) })}`);
    }
    draw();
  }
}

document.addEventListener('settings', look);
await prepare();
whenSpoken(draw);
byId('choices').addEventListener('submit', (event) => event.preventDefault());
byId('span').addEventListener('change', draw);
byId('ground').addEventListener('change', draw);
byId('authority').addEventListener('change', draw);
await look();
setInterval(look, INTERVAL_MILLIS);
