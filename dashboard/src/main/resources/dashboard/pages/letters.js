// Dead letters: by cause, one by one, and how to mend them.

import { get, path, remove } from '../js/api.js';
import { drawSpark, spark } from '../js/chart.js';
import { foreign, h, setForeign, setText } from '../js/dom.js';
import { ago, plural, whole } from '../js/format.js';
import { Figure, blank, confirmed, toast } from '../js/widgets.js';
import { Cause } from './cause.js';

const POLL_MS = 1_500;
const SHOWN = 60;

export async function openPage(context) {
  const page = new Page(context);
  await page.load();
  context.live({}, { metrics: (metrics) => page.count(metrics.dlqSize) });
  return page;
}

class Page {
  #total = new Figure('b', { class: 'num', 'data-letters': '' });
  #list = h('div', { class: 'causes', role: 'list', 'aria-label': 'Causes' });
  #detail = h('div', { class: 'detail' });
  #rows = new Map();
  #open;
  #timer;
  #none = blank('No dead letters', 'What cannot be processed waits here, to be mended and replayed.');
  #more = h('p', { class: 'note' });
  #hint = h('div', { class: 'panel note', text: 'Choose a cause to see its events, what failed, and where.' });

  constructor(context) {
    this.context = context;
    this.path = path(context.pipeline, 'dead-letters');
    this.wanted = context.params.get('fingerprint') ?? undefined;
    this.split = h('div', { class: 'letters-split' }, h('div', { class: 'causes' }, this.#list, this.#more), this.#detail);
    context.root.append(
      h('header', { class: 'heading' },
        h('div', {}, h('h1', { text: 'Dead letters' }), h('p', { class: 'lead' }, this.#total.root, ' wait. Nothing is lost: mend the cause, and replay.'))),
      this.split, this.#none);
    this.#timer = setInterval(() => {
      if (!document.hidden) this.load().catch(() => {});
    }, POLL_MS);
  }

  close() {
    clearInterval(this.#timer);
    this.#open?.close();
  }

  count(letters) {
    this.#total.set(letters);
    if (letters > 0 !== this.#rows.size > 0) this.load().catch(() => {});
  }

  async load() {
    const { summary, counted } = await get(`${this.path}/summary`, this.context.signal);
    this.#total.set(counted);
    this.#show(summary);
    if (this.wanted === undefined && this.#open === undefined && summary.length > 0 && matchMedia('(min-width: 1081px)').matches) this.wanted = summary[0].fingerprint;
    const cause = summary.find((it) => it.fingerprint === this.wanted);
    if (this.#open === undefined && cause) this.#choose(cause);
    this.#open?.update(summary.find((it) => it.fingerprint === this.#open.fingerprint));
  }

  #show(summary) {
    const shown = summary.slice(0, SHOWN);
    const keep = new Set(shown.map((it) => it.fingerprint));
    for (const [fingerprint, row] of this.#rows) {
      if (keep.has(fingerprint)) continue;
      row.root.parentElement.remove();
      this.#rows.delete(fingerprint);
    }
    shown.forEach((cause, i) => {
      let row = this.#rows.get(cause.fingerprint);
      if (row === undefined) {
        row = new CauseRow(() => this.#choose(row.cause));
        this.#rows.set(cause.fingerprint, row);
        this.#list.append(h('div', { role: 'listitem' }, row.root));
      }
      row.show(cause, cause.fingerprint === this.#open?.fingerprint);
      if (this.#list.children[i] !== row.root.parentElement) this.#list.insertBefore(row.root.parentElement, this.#list.children[i]);
    });
    setText(this.#more, summary.length > shown.length ? `and ${plural(summary.length - shown.length, 'more cause')}` : '');
    const nothing = summary.length === 0 && this.#open === undefined;
    this.#none.hidden = !nothing;
    this.split.hidden = nothing;
    if (this.#open === undefined && !nothing) this.#detail.replaceChildren(this.#hint);
  }

  #choose(cause) {
    if (this.#open?.fingerprint === cause.fingerprint) return;
    this.#open?.close();
    this.wanted = cause.fingerprint;
    this.#open = new Cause(this.context, cause, {
      remove: () => this.#delete(),
      changed: () => this.load().catch(() => {}),
    });
    this.context.remember({ fingerprint: cause.fingerprint });
    this.#detail.replaceChildren(this.#open.root);
    for (const row of this.#rows.values()) row.mark(row.cause.fingerprint === cause.fingerprint);
    if (!matchMedia('(min-width: 1081px)').matches) this.#detail.scrollIntoView({ block: 'start' });
  }

  async #delete() {
    const { fingerprint, count } = this.#open;
    if (!await confirmed(`Delete ${plural(count, 'dead letter')}?`, 'They are gone for good and count as discarded in the ledger. A replay is not possible afterwards.', 'Delete for good')) return;
    try {
      let deleted = 0;
      let done = false;
      while (!done) {
        const answer = await remove(`${this.path}?${new URLSearchParams({ fingerprint })}`);
        deleted += answer.deleted;
        done = answer.done ?? true;
      }
      toast(`${plural(deleted, 'dead letter')} deleted.`);
    } catch (problem) {
      toast(problem.message, 'bad');
    }
    await this.load().catch(() => {});
  }
}

/** One cause in the list. */
class CauseRow {
  #count = new Figure('b', { class: 'num' }, whole);
  #message = foreign('');
  #kind = h('span', { class: 'badge' });
  #stage = h('span');
  #when = h('span');
  #spark = spark('Failures in the last 30 minutes', new Array(30).fill(0));
  #drawn = '';

  constructor(choose) {
    this.root = h('button', { class: 'cause', type: 'button', onclick: choose },
      this.#count.root,
      h('div', {}, this.#message, h('small', {}, this.#kind, this.#stage, this.#when)),
      this.#spark);
  }

  show(cause, isOpen) {
    this.cause = cause;
    this.root.dataset.fingerprint = cause.fingerprint;
    this.#count.set(cause.count);
    setForeign(this.#message, cause.message);
    setText(this.#kind, cause.kind);
    this.#kind.dataset.tone = cause.kind === 'late' ? 'warn' : 'bad';
    setText(this.#stage, cause.stage ?? 'on arrival');
    setText(this.#when, ago(cause.lastFailedAt));
    const recent = cause.recent ?? [];
    const drawn = recent.join();
    if (drawn !== this.#drawn) {
      this.#drawn = drawn;
      drawSpark(this.#spark, recent);
    }
    this.mark(isOpen);
  }

  mark(isOpen) {
    if (isOpen) this.root.setAttribute('aria-current', 'true');
    else this.root.removeAttribute('aria-current');
  }
}
