// Shows the live numbers of every pipeline. Asks the API a few times a second; all text is set as
// text, never as markup, since it comes from events.

const FAST_MS = 400;
const SLOW_MS = 2_000;
const TIMEOUT_MS = 5_000;
const POINTS = 120_000 / FAST_MS;
const TOP_ROWS = 10;
const NEWEST_ALERTS = 6;

const LEDGER = ['received', 'accepted', 'rejected', 'exploded', 'duplicate', 'filtered', 'dead',
  'discarded', 'completed', 'inFlight'];

const whole = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });
const fine = new Intl.NumberFormat('en', { maximumSignificantDigits: 4 });
const clock = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', second: '2-digit' });
const day = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', year: 'numeric' });

const pipelines = new Map();

async function get(path) {
  const response = await fetch(path, { signal: AbortSignal.timeout(TIMEOUT_MS) });
  if (!response.ok) {
    throw new Error(`${path} answers ${response.status}`);
  }
  return response.json();
}

function number(value) {
  return Number.isInteger(value) ? whole.format(value) : fine.format(value);
}

function text(value) {
  if (value === null || value === undefined) return '–';
  if (typeof value === 'number') return number(value);
  if (Array.isArray(value)) return value.map(([item, count]) => `${text(item)} ${number(count)}`).join(' · ');
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function span(start, end) {
  const from = new Date(start);
  const to = new Date(end);
  const sameDay = new Date().toDateString() === from.toDateString();
  return `${sameDay ? '' : `${day.format(from)}, `}${clock.format(from)} – ${clock.format(to)}`;
}

function ago(ms) {
  const seconds = Math.max(0, (Date.now() - ms) / 1000);
  if (seconds < 120) return `${whole.format(seconds)} s ago`;
  if (seconds < 7_200) return `${whole.format(seconds / 60)} min ago`;
  return `${day.format(new Date(ms))}, ${clock.format(new Date(ms))}`;
}

function element(name, content, className) {
  const made = document.createElement(name);
  if (content !== undefined) made.textContent = content;
  if (className) made.className = className;
  return made;
}

function fromTemplate(id) {
  return document.getElementById(id).content.firstElementChild.cloneNode(true);
}

/** What one pipeline looks like. Elements are made once and filled anew. */
class PipelineView {
  constructor(name) {
    this.name = name;
    this.path = `/v1/pipelines/${encodeURIComponent(name)}`;
    this.rates = [];
    this.aggregates = new Map();
    this.root = fromTemplate('pipeline');
    this.field('name').textContent = name;
  }

  field(name) {
    return this.root.querySelector(`[data-field="${name}"]`);
  }

  list(name) {
    return this.root.querySelector(`[data-list="${name}"]`);
  }

  async describe(version) {
    if (this.version === version) return;
    const { definition } = await get(this.path);
    const stages = definition.stages ?? [];
    const names = stages.filter((stage) => stage.aggregate).map((stage) => stage.name);
    this.aggregates = new Map(names.map((name) => [name, new AggregateView(this.path, name)]));
    this.watches = stages.some((stage) => stage.detect);
    this.root.querySelector('[data-panel="alerts"]').hidden = !this.watches;
    this.list('aggregates').replaceChildren(...[...this.aggregates.values()].map((it) => it.root));
    this.field('version').textContent = `version ${version}`;
    this.version = version;
  }

  async showFast() {
    const [metrics] = await Promise.all([
      get(`${this.path}/metrics`),
      ...[...this.aggregates.values()].map((aggregate) => aggregate.show()),
    ]);
    this.showMetrics(metrics);
  }

  async showSlow() {
    const [ledger, letters, alerts] = await Promise.all([
      get(`${this.path}/ledger`),
      get(`${this.path}/dead-letters/summary`),
      this.watches ? get(`${this.path}/alerts?limit=${NEWEST_ALERTS}`) : { alerts: [] },
    ]);
    this.showLedger(ledger);
    this.showLetters(letters);
    this.showAlerts(alerts);
  }

  showAlerts({ alerts }) {
    const open = alerts.filter((alert) => alert.state === 'open').length;
    const badge = this.field('alerts');
    badge.textContent = open === 0 ? 'none open' : `${open} open`;
    badge.dataset.tone = open === 0 ? 'good' : 'warn';
    const shown = alerts.map((alert) => {
      const made = element('div', undefined, 'cause');
      const group = Object.values(alert.group).map(text).join(' ') || 'all';
      const when = alert.state === 'open' ? 'since' : 'began';
      made.append(
        element('b', number(alert.value)),
        element('p', group),
        element('small', `${alert.direction} · ${alert.detector} · usually ${number(alert.baseline)} · ${when} ${clock.format(new Date(alert.windowStart))} · ${alert.state}`),
      );
      return made;
    });
    if (shown.length === 0) shown.push(element('p', 'None so far. A detector first learns what is usual.', 'note'));
    this.list('alerts').replaceChildren(...shown);
  }

  showMetrics(metrics) {
    this.rates.push(metrics.throughputPerSecond);
    if (this.rates.length > POINTS) this.rates.shift();
    this.field('rate').textContent = whole.format(metrics.throughputPerSecond);
    this.field('watermark').textContent = metrics.watermark === null
      ? 'no events yet'
      : `watermark ${ago(metrics.watermark)}`;
    describeList(this.list('figures'), [
      ['accepted', whole.format(metrics.eventsAccepted)],
      ['rejected', whole.format(metrics.eventsRejected)],
      ['duplicates', whole.format(metrics.duplicates)],
      ['waiting', `${whole.format(metrics.queueDepth)} of ${whole.format(metrics.queueLimit)}`],
      ['latency', `${number(metrics.latencyMs.p50)} ms, p99 ${number(metrics.latencyMs.p99)} ms`],
    ]);
    this.drawLine();
  }

  drawLine() {
    const peak = Math.max(1, ...this.rates);
    const x = (index) => 600 - (this.rates.length - 1 - index) * (600 / (POINTS - 1));
    const points = this.rates.map((rate, i) => `${x(i).toFixed(1)},${(146 - (rate / peak) * 138).toFixed(1)}`);
    const line = `M${points.join('L')}`;
    this.root.querySelector('.stroke').setAttribute('d', line);
    this.root.querySelector('.area').setAttribute('d', `${line}L600,150L${x(0).toFixed(1)},150Z`);
    this.field('peak').textContent = `peak ${whole.format(Math.max(0, ...this.rates))}`;
  }

  showLedger(ledger) {
    const late = Object.entries(ledger.late).map(([name, count]) => [`late: ${name}`, whole.format(count)]);
    describeList(this.list('ledger'), [
      ...LEDGER.map((name) => [name === 'inFlight' ? 'in flight' : name, whole.format(ledger[name])]),
      ...late,
    ]);
    const balance = this.field('balance');
    balance.textContent = ledger.balanced ? 'balanced' : 'not balanced';
    balance.dataset.tone = ledger.balanced ? 'good' : 'bad';
  }

  showLetters({ summary, counted, complete }) {
    const badge = this.field('letters');
    badge.textContent = `${whole.format(counted)}${complete ? '' : ' or more'}`;
    badge.dataset.tone = counted === 0 ? 'good' : 'warn';
    const causes = summary.slice(0, 6).map((cause) => {
      const made = element('div', undefined, 'cause');
      const place = [cause.kind, cause.stage].filter(Boolean).join(' · ');
      made.append(
        element('b', whole.format(cause.count)),
        element('p', cause.message),
        element('small', `${place} · ${cause.code} · last ${ago(cause.lastFailedAt)}`),
      );
      return made;
    });
    const more = summary.length - causes.length;
    if (counted === 0) causes.push(element('p', 'None. What cannot be processed waits here to be fixed and replayed.', 'note'));
    if (more > 0) causes.push(element('p', `and ${more} more causes`, 'note'));
    this.list('letters').replaceChildren(...causes);
  }
}

/** The newest window of one aggregate: the rows with most of its first value. */
class AggregateView {
  constructor(pipeline, name) {
    this.path = `${pipeline}/aggregates/${encodeURIComponent(name)}?latest=true&limit=${TOP_ROWS}`;
    this.root = fromTemplate('aggregate');
    this.field('name').textContent = name;
    this.field('note').textContent = 'No data yet.';
  }

  field(name) {
    return this.root.querySelector(`[data-field="${name}"]`);
  }

  async show() {
    const order = this.order ? `&order=-${encodeURIComponent(this.order)}` : '';
    const { rows, next } = await get(this.path + order);
    if (rows.length === 0) {
      if (this.order !== undefined) {
        this.field('window').textContent = '';
        this.field('note').textContent = 'Nothing right now.';
        this.root.querySelector('tbody').replaceChildren();
      }
      return;
    }
    const [first] = rows;
    if (this.order === undefined) {
      [this.order] = Object.keys(first.values);
    }
    const state = rows.some((row) => !row.final) ? 'open' : 'closed';
    this.field('window').textContent = `${span(first.windowStart, first.windowEnd)} · ${state}`;
    this.field('note').textContent = next === null ? '' : `the first ${TOP_ROWS} groups`;
    this.fill(rows, Object.keys(first.group), Object.keys(first.values));
  }

  fill(rows, groups, values) {
    const head = element('tr');
    head.append(
      ...groups.map((name) => element('th', name)),
      ...values.map((name) => element('th', name, 'number')),
      element('th', ''),
    );
    this.root.querySelector('thead').replaceChildren(head);
    const most = Math.max(...rows.map((row) => row.values[values[0]] ?? 0));
    this.root.querySelector('tbody').replaceChildren(...rows.map((row) => {
      const line = element('tr');
      line.append(
        ...groups.map((name) => element('td', text(row.group[name]))),
        ...values.map((name) => element('td', text(row.values[name]), 'number')),
        bar(row.values[values[0]], most),
      );
      return line;
    }));
  }
}

function bar(value, most) {
  const cell = element('td', undefined, 'bar');
  const meter = element('meter');
  meter.max = most > 0 ? most : 1;
  meter.value = typeof value === 'number' ? value : 0;
  cell.append(meter);
  return cell;
}

function describeList(list, entries) {
  list.replaceChildren(...entries.flatMap(([name, value]) => [element('dt', name), element('dd', value)]));
}

async function showPipelines() {
  const { pipelines: listed } = await get('/v1/pipelines');
  const names = new Set(listed.map((it) => it.pipeline));
  for (const [name, view] of pipelines) {
    if (!names.has(name)) {
      view.root.remove();
      pipelines.delete(name);
    }
  }
  const main = document.getElementById('pipelines');
  if (listed.length === 0) {
    if (!main.querySelector('.empty')) main.replaceChildren(noPipelines());
    return;
  }
  main.querySelector('.empty')?.remove();
  for (const { pipeline, version } of listed) {
    let view = pipelines.get(pipeline);
    if (!view) {
      view = new PipelineView(pipeline);
      pipelines.set(pipeline, view);
      main.append(view.root);
    }
    await view.describe(version);
  }
}

function noPipelines() {
  const section = fromTemplate('no-pipelines');
  section.querySelector('[data-field="origin"]').textContent = location.origin;
  return section;
}

function showState(state, words) {
  const shown = document.getElementById('state');
  if (shown.dataset.state !== state || shown.textContent !== words) {
    shown.dataset.state = state;
    shown.textContent = words;
  }
  document.body.classList.toggle('stale', state === 'away');
}

/** A pipeline that is deleted between two questions is no reason for alarm. */
async function showAll(show) {
  await Promise.all([...pipelines.values()].map((view) => show(view)));
}

async function tick(slow) {
  if (slow) {
    await showPipelines();
    await showAll((view) => view.showSlow());
  }
  await showAll((view) => view.showFast());
}

async function run() {
  let slowAt = 0;
  for (;;) {
    const begin = performance.now();
    const slow = begin >= slowAt;
    if (!document.hidden) {
      try {
        await tick(slow);
        if (slow) slowAt = begin + SLOW_MS;
        showState('live', 'live');
      } catch {
        slowAt = 0;
        showState('away', 'the server is away; trying again');
      }
    }
    const rest = FAST_MS - (performance.now() - begin);
    await new Promise((resume) => setTimeout(resume, Math.max(rest, 50)));
  }
}

run();
