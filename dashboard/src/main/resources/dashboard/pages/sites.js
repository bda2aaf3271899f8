// All sites of a pipeline, those with most people first, and what surges.

import { get, path } from '../js/api.js';
import { MovingLine } from '../js/chart.js';
import { foreign, h, plain } from '../js/dom.js';
import { duration, rate, whole } from '../js/format.js';
import { RowTable, Vacancy } from '../js/rows.js';
import { label, shapeOf } from '../js/shape.js';
import { Figure, TopList, blank } from '../js/widgets.js';
import { link } from '../js/route.js';
import { Alerts } from './alerts.js';

const SPAN_MS = 120_000;
const SITES_SHOWN = 50;

export async function openPage(context) {
  const { pipeline, signal, root } = context;
  const { definition } = await get(path(pipeline), signal);
  const shape = shapeOf(definition);
  const flow = new Flow();
  const alerts = new Alerts(context, { all: true });
  const people = new Figure('b', { class: 'num' });
  const open = new Figure('b', { class: 'num' });
  const tiles = h('div', { class: 'tiles' },
    h('div', { class: 'tile' }, h('span', { text: shape.online ? 'Online now, all sites' : 'Counted now, all sites' }), people.root),
    h('div', { class: 'tile' }, h('span', { text: 'Events a second' }), flow.figure.root),
    h('div', { class: 'tile' }, h('span', { text: 'Surges open' }), open.root));
  const sites = shape.sites && new Sites(context, shape.sites);
  root.append(
    h('header', { class: 'heading' }, h('div', {}, h('h1', { text: 'Sites' }), h('p', { class: 'lead', text: 'Choose one to see it breathe.' }))),
    tiles,
    h('div', { class: 'split' },
      sites ? sites.root : blank('No list of sites', 'No aggregate of this pipeline is grouped by source alone or counts by it. Its numbers are under Operations.'),
      h('div', { class: 'side' }, flow.root, shape.detects ? alerts.root : null)));
  alerts.onchange = (list) => open.set(list.filter((it) => it.state === 'open').length);
  open.set(0);
  if (sites) sites.onsum = (sum) => people.set(sum);
  context.live({ aggregates: sites ? [shape.sites.aggregate.name] : [] }, {
    snapshot(rows) {
      sites?.snapshot(rows);
      alerts.load();
    },
    window: () => sites?.window(),
    rows: (rows) => sites?.take(rows),
    metrics: (metrics) => flow.take(metrics),
    alert: (alert) => alerts.take(alert),
  });
  return {
    close() {
      flow.close();
      sites?.close();
    },
  };
}

/** Events a second of the whole pipeline, from when the page was opened. */
class Flow {
  #times = [];
  #rates = [];
  #line = new MovingLine('Events a second of all sites');

  constructor() {
    this.figure = new Figure('b', { class: 'num' }, rate);
    this.root = h('section', { class: 'panel' }, h('header', {}, h('h2', { text: 'Events a second' }), h('span', { class: 'hint', text: 'since this page was opened' })), this.#line.root);
  }

  take(metrics) {
    this.figure.set(metrics.throughputPerSecond);
    this.#times.push(Date.now());
    this.#rates.push(metrics.throughputPerSecond);
    while (this.#times[0] < Date.now() - SPAN_MS) {
      this.#times.shift();
      this.#rates.shift();
    }
    this.#line.set(this.#times, this.#rates, { span: SPAN_MS, delay: 0 });
    this.#line.describe(`Events a second of all sites, ${rate(metrics.throughputPerSecond)} now`);
  }

  close() {
    this.#line.close();
  }
}

/** The ranking of sites, with a field to find one. */
class Sites {
  #table = new RowTable();
  #list;
  #frame;
  #find = '';
  #replace = false;
  #vacancy = new Vacancy(() => {
    this.#table.clear();
    this.#draw();
  });

  constructor(context, { aggregate, value }) {
    this.value = value;
    this.context = context;
    const search = h('input', {
      type: 'search',
      placeholder: 'Find a site',
      'aria-label': 'Find a site',
      oninput: () => {
        this.#find = search.value.trim().toLowerCase();
        this.#draw();
      },
    });
    this.#list = new SiteList(context, aggregate, value);
    this.root = h('div', { class: 'find' }, search, this.#list.root);
  }

  snapshot(rows) {
    this.#table.clear();
    this.take(rows);
  }

  /** The rows of the window before stay in sight until the new ones are there. */
  window() {
    this.#replace = true;
    this.#vacancy.expect();
  }

  take(rows) {
    this.#vacancy.end();
    if (this.#replace) {
      this.#table.clear();
      this.#replace = false;
    }
    this.#table.put(rows);
    this.#frame ??= requestAnimationFrame(() => {
      this.#frame = undefined;
      this.#draw();
    });
  }

  #sums() {
    const sums = new Map();
    for (const row of this.#table.values()) {
      const key = row.group.source;
      sums.set(key, (sums.get(key) ?? 0) + (row.values[this.value.name] ?? 0));
    }
    return [...sums].map(([key, value]) => ({ key, value }));
  }

  #draw() {
    const all = this.#sums();
    this.onsum?.(all.reduce((sum, it) => sum + it.value, 0));
    const found = this.#find === '' ? all : all.filter((it) => plain(it.key).toLowerCase().includes(this.#find));
    found.sort((a, b) => b.value - a.value || (plain(a.key) < plain(b.key) ? -1 : 1));
    this.#list.render(found);
  }

  close() {
    this.#vacancy.end();
    cancelAnimationFrame(this.#frame);
  }
}

class SiteList extends TopList {
  constructor(context, aggregate, value) {
    const hint = value.fn === 'distinct' ? `${label(value.field)}s, last ${duration(aggregate.size)}` : `${value.name}, this ${duration(aggregate.size)}`;
    super('By site', hint, { shown: SITES_SHOWN, format: whole });
    this.context = context;
    this.root.classList.add('sites-list');
  }

  name(key) {
    const { pipeline, params } = this.context;
    return h('a', { href: link(['sites', plain(key)], { pipeline: params.get('pipeline') ? pipeline : undefined }) }, foreign(key));
  }
}
