// How a pipeline does: what flows, what waits, what fails, and whether it all adds up.

import { get, path, post } from '../js/api.js';
import { cut, h, setText, visible } from '../js/dom.js';
import { bytes, duration, number, percent, plural, rate, whole } from '../js/format.js';
import { Figure, Tile, confirmed, toast } from '../js/widgets.js';
import { River } from './river.js';

const LEDGER_MS = 2_000;

export async function openPage(context) {
  const { pipeline, signal, root } = context;
  await get(path(pipeline), signal);
  const flow = new Tile('Events a second', rate);
  const latency = new Tile('Latency, median', (ms) => duration(ms), 'from receipt to result');
  const worst = new Tile('Latency, p99', (ms) => duration(ms), 'from receipt to result');
  const lag = new Tile('Watermark lag', (ms) => duration(ms), 'how far the watermark is behind the clock');
  const refused = new Tile('Producers refused', whole, 'batches answered with 429');
  const queue = new Queue();
  const river = new River();
  const sinks = new Sinks(context);
  const ledger = new Ledger(context);
  const backfill = h('section', { class: 'panel', hidden: true });
  root.append(
    h('header', { class: 'heading' }, h('div', {}, h('h1', { text: 'Operations' }), h('p', { class: 'lead', text: 'What flows, what waits, what failed.' }))),
    h('div', { class: 'tiles' }, [flow, latency, worst, lag, refused].map((it) => it.root)),
    backfill,
    h('div', { class: 'works' }, river.root, h('div', { class: 'side' }, queue.root, ledger.root, sinks.root)));
  context.live({}, {
    metrics(metrics) {
      const { p50, p99, max } = metrics.latencyMs;
      flow.set(metrics.throughputPerSecond, `${whole(metrics.eventsAccepted)} accepted`);
      latency.set(p50);
      worst.set(p99, `at most ${duration(max)}`);
      lag.set(metrics.watermarkLagMs ?? undefined, metrics.watermark === null ? 'no events yet' : '');
      refused.set(metrics.refused, metrics.refusedPerSecond > 0 ? `${rate(metrics.refusedPerSecond)} a second` : 'none now');
      queue.show(metrics);
      river.show(metrics);
      sinks.show(metrics.sinks, metrics.lookups);
      showBackfill(backfill, metrics.backfill);
    },
  });
  return {
    close() {
      ledger.close();
      river.close();
    },
  };
}

function showBackfill(panel, backfill) {
  panel.hidden = !backfill;
  if (!backfill) return;
  const meter = bar(backfill.done, backfill.failure ? 'bad' : undefined, 'Backfill');
  panel.replaceChildren(
    h('header', {}, h('h2', { text: `Backfill of ${backfill.aggregates.join(', ')}` }), h('span', { class: 'hint', text: `${percent(backfill.done)} · ${plural(backfill.events, 'event')}` })),
    meter,
    backfill.failure ? h('p', { class: 'wrong', text: visible(cut(backfill.failure, 500)) }) : null);
}

function bar(share, tone, name) {
  const fill = h('i');
  fill.style.transform = `scaleX(${Math.min(1, Math.max(0, share))})`;
  return h('div', { class: 'meter', 'data-tone': tone, role: 'meter', 'aria-label': name, 'aria-valuemin': 0, 'aria-valuemax': 1, 'aria-valuenow': share.toFixed(3) }, fill);
}

/** What waits to be processed, against its limit. */
class Queue {
  #of = h('span', { class: 'hint' });
  #meter = h('div');
  #note = h('p', { class: 'note' });

  constructor() {
    this.root = h('section', { class: 'panel stack' }, h('header', {}, h('h2', { text: 'Queue' }), this.#of),
      this.#meter, this.#note);
  }

  show({ queueDepth, queueLimit, queueBytes, refused, refusedPerSecond }) {
    const share = queueDepth / queueLimit;
    setText(this.#of, `${whole(queueDepth)} of ${whole(queueLimit)} events`);
    this.#meter.replaceChildren(bar(share, share > 0.9 ? 'bad' : share > 0.6 ? 'warn' : undefined, 'Queue depth'));
    const size = queueBytes ? `${bytes(queueBytes)} wait. ` : '';
    setText(this.#note, refusedPerSecond > 0
      ? `${size}Producers are being told to wait: ${rate(refusedPerSecond)} batches a second.`
      : `${size}${refused === 0 ? 'No producer was told to wait since the start.' : `${plural(refused, 'batch', 'batches')} refused since the start, none now.`}`);
  }
}

const KEPT = [['duplicate', 'sent twice'], ['filtered', 'filtered'], ['dead', 'dead letters'], ['discarded', 'deleted'], ['completed', 'completed'], ['inFlight', 'in flight']];

/** Nothing enters without a counted way out. */
class Ledger {
  #badge = h('span', { class: 'badge', text: '…' });
  #terms = new Map();
  #late = h('p', { class: 'note' });
  #timer;

  constructor(context) {
    this.context = context;
    this.root = h('section', { class: 'panel', 'data-ledger': '' },
      h('header', {}, h('h2', { text: 'Ledger' }), this.#badge),
      h('div', { class: 'sums' },
        this.#equation([['received', 'received']], [['accepted', 'accepted'], ['rejected', 'rejected']]),
        this.#equation([['accepted', 'accepted'], ['exploded', 'from explosions']], KEPT),
        this.#late));
    this.#timer = setInterval(() => {
      if (!document.hidden) this.#load();
    }, LEDGER_MS);
    this.#load();
  }

  #equation(left, right) {
    const side = (terms) => terms.flatMap(([key, name], i) => [i > 0 ? h('i', { text: '+' }) : null, this.#term(key, name)]);
    return h('div', { class: 'equation' },
      h('div', { class: 'terms' }, side(left), h('i', { text: '=' })),
      h('div', { class: 'terms' }, side(right)));
  }

  #term(key, name) {
    const figure = new Figure('b', { class: 'num' });
    const list = this.#terms.get(key) ?? [];
    list.push(figure);
    this.#terms.set(key, list);
    return h('div', { class: 'term' }, h('small', { text: name }), figure.root);
  }

  async #load() {
    const ledger = await get(path(this.context.pipeline, 'ledger'), this.context.signal).catch(() => undefined);
    if (ledger === undefined) return;
    for (const [key, figures] of this.#terms) figures.forEach((it) => it.set(ledger[key]));
    setText(this.#badge, ledger.balanced ? 'balanced' : 'not balanced');
    this.#badge.dataset.tone = ledger.balanced ? 'good' : 'bad';
    const late = Object.entries(ledger.late).filter(([, count]) => count > 0).map(([name, count]) => `${name} ${whole(count)}`);
    setText(this.#late, late.length === 0 ? 'Nothing came too late.' : `Came too late for an aggregate: ${late.join(' · ')}`);
  }

  close() {
    clearInterval(this.#timer);
  }
}

const TONES = { running: 'good', retrying: 'warn', paused: 'calm', stopped: 'bad' };

/** Where rows go, and what enrich stages ask. */
class Sinks {
  #list = h('div', { class: 'sinks' });
  #shown = new Map();

  constructor(context) {
    this.context = context;
    this.root = h('section', { class: 'panel' }, h('header', {}, h('h2', { text: 'Sinks' })), this.#list);
    this.none = h('p', { class: 'note', text: 'This pipeline delivers to no other system.' });
  }

  show(sinks, lookups = []) {
    const wanted = [...sinks.map((it) => ['sink', it.name, it]), ...lookups.map((it) => ['lookup', it.stage, it])];
    for (const [kind, name, it] of wanted) {
      const key = `${kind} ${name}`;
      if (!this.#shown.has(key)) this.#shown.set(key, kind === 'sink' ? new SinkView(this.context, name) : new LookupView(name));
      this.#shown.get(key).show(it);
    }
    const roots = wanted.map(([kind, name]) => this.#shown.get(`${kind} ${name}`).root);
    if (roots.length === 0) roots.push(this.none);
    if (roots.length !== this.#list.children.length || roots.some((it, i) => this.#list.children[i] !== it)) this.#list.replaceChildren(...roots);
  }
}

class SinkView {
  #state = h('span', { class: 'badge' });
  #breaker = h('span', { class: 'badge' });
  #figures = h('span', { class: 'note num' });
  #meter = h('div');
  #failure = h('bdi', { class: 'failure' });
  #pause;
  #takeOver;

  constructor(context, name) {
    this.path = path(context.pipeline, 'sinks', name);
    this.name = name;
    this.#pause = h('button', { class: 'plain small', onclick: () => this.#press() });
    this.#takeOver = h('button', { class: 'plain small', text: 'Take over', onclick: () => this.#take() });
    this.root = h('div', { class: 'sink' },
      h('div', { class: 'row' }, h('b', { text: name }), this.#state, this.#breaker, h('div', { class: 'actions' }, this.#takeOver, this.#pause)),
      this.#figures, this.#meter, this.#failure);
  }

  show(sink) {
    this.state = sink.state;
    setText(this.#state, sink.state);
    this.#state.dataset.tone = TONES[sink.state] ?? 'calm';
    this.#breaker.hidden = sink.breaker === 'closed';
    setText(this.#breaker, `breaker ${sink.breaker}`);
    this.#breaker.dataset.tone = 'warn';
    setText(this.#figures, [sink.kind, `${plural(sink.lag, 'item')} wait`, sink.lag > 0 ? `oldest ${duration(sink.lagMs)}` : null, `${rate(sink.perSecond)} a second`, `${bytes(sink.bytes)} of ${bytes(sink.budget)}`, sink.refused > 0 ? `${whole(sink.refused)} refused` : null, sink.pending ? `${sink.pending} once its system can be reached` : null].filter(Boolean).join(' · '));
    const share = sink.bytes / sink.budget;
    this.#meter.replaceChildren(bar(share, share > 0.9 ? 'bad' : share > 0.5 ? 'warn' : undefined, `Outbox of ${this.name}`));
    this.#failure.hidden = !sink.lastError;
    if (sink.lastError) setText(this.#failure, visible(cut(sink.lastError, 600)));
    setText(this.#pause, sink.state === 'paused' || sink.state === 'stopped' ? 'Resume' : 'Pause');
    this.#takeOver.hidden = sink.state !== 'stopped';
  }

  async #press() {
    const wakes = this.state === 'paused' || this.state === 'stopped';
    await this.#send(wakes ? 'resume' : 'pause', {}, `${this.name} ${wakes ? 'delivers again' : 'is paused'}.`);
  }

  async #take() {
    if (await confirmed(`Take over ${this.name}?`, 'It goes on from here, whatever cursor its system has: another data directory wrote there, or this one is older than what is there.', 'Take over')) {
      await this.#send('resume', { takeOver: true }, `${this.name} goes on from here.`);
    }
  }

  async #send(action, body, done) {
    this.#pause.disabled = true;
    try {
      this.show(await post(`${this.path}/${action}`, body));
      toast(done);
    } catch (failure) {
      toast(failure.message, 'bad');
    }
    this.#pause.disabled = false;
  }
}

class LookupView {
  #state = h('span', { class: 'badge' });
  #figures = h('span', { class: 'note num' });
  #failure = h('bdi', { class: 'failure' });

  constructor(stage) {
    this.root = h('div', { class: 'sink' }, h('div', { class: 'row' }, h('b', { text: stage }), h('span', { class: 'note', text: 'lookup' }), this.#state), this.#figures, this.#failure);
  }

  show(lookup) {
    const away = lookup.state === 'open';
    setText(this.#state, away ? 'its source is away' : 'answers');
    this.#state.dataset.tone = away ? 'warn' : 'good';
    setText(this.#figures, `${number(lookup.waiting)} keys wait · ${whole(lookup.hits)} from memory · ${whole(lookup.misses)} asked for`);
    this.#failure.hidden = !lookup.lastError;
    if (lookup.lastError) setText(this.#failure, visible(cut(lookup.lastError, 600)));
  }
}
