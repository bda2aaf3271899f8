// What detectors found, as a list that the stream keeps up to date.

import { get, path } from '../js/api.js';
import { foreign, h, plain } from '../js/dom.js';
import { moment, number, short } from '../js/format.js';
import { link } from '../js/route.js';

const KEPT = 100;
const SHOWN = 6;

/** Alerts of all sites, or of the one named `source`. `onchange(list)` hears of each change. */
export class Alerts {
  #alerts = new Map();
  #list = h('ul', { class: 'alerts' });
  #loading = 0;

  constructor(context, { all, source }) {
    this.context = context;
    this.all = all;
    this.source = source;
    this.root = h('section', { class: 'panel' },
      h('header', {}, h('h2', { text: 'Surges and drops' }), h('span', { class: 'hint', text: 'against its own past' })),
      this.#list);
    this.#draw();
  }

  async load() {
    const turn = ++this.#loading;
    const { alerts } = await get(`${path(this.context.pipeline, 'alerts')}?limit=1000`, this.context.signal).catch(() => ({ alerts: undefined }));
    if (alerts === undefined || turn !== this.#loading) return;
    this.#alerts = new Map(alerts.filter((it) => this.#concerns(it)).slice(0, KEPT).map((it) => [it.id, it]));
    this.#draw();
  }

  take(alert) {
    if (!this.#concerns(alert)) return;
    this.#alerts.set(alert.id, alert);
    if (this.#alerts.size > KEPT) this.#alerts.delete(this.#sorted().at(-1).id);
    this.#draw();
  }

  #concerns(alert) {
    return this.all || alert.group.source === this.source;
  }

  #sorted() {
    return [...this.#alerts.values()].sort((a, b) => (a.state === b.state ? b.windowStart - a.windowStart : a.state === 'open' ? -1 : 1));
  }

  #draw() {
    const list = this.#sorted();
    this.#list.replaceChildren(...(list.length === 0
      ? [h('li', { class: 'note', text: 'None so far. A detector first learns what is usual.' })]
      : list.slice(0, SHOWN).map((it) => this.#item(it))));
    this.onchange?.(list);
  }

  #item(alert) {
    const { source, ...rest } = alert.group;
    const others = Object.values(rest);
    const name = this.all && source !== undefined
      ? h('a', { href: link(['sites', plain(source)], { pipeline: this.context.params.get('pipeline') ?? undefined }) }, foreign(source))
      : null;
    return h('li', { 'data-state': alert.state },
      h('span', { class: 'badge', 'data-tone': alert.state === 'open' ? 'warn' : 'calm', text: alert.state === 'open' ? alert.direction : 'over' }),
      h('div', { class: 'what' }, name, others.map((it) => foreign(it)), name === null && others.length === 0 ? h('span', { text: alert.detector }) : null,
        h('small', { text: `${moment(alert.windowStart)}${alert.endedAt ? ` – ${moment(alert.endedAt)}` : ', still on'} · ${alert.detector}` })),
      h('p', { class: 'num', title: `${number(alert.score)} deviations` }, h('b', { text: short(alert.value) }), h('small', { text: `usually ${short(alert.baseline)}` })));
  }
}
