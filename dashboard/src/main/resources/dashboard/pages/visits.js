// Visits of a site, from a session aggregate: how many begin, how many pages each sees, how long it lasts.

import { get, path } from '../js/api.js';
import { duration, number, whole } from '../js/format.js';
import { Tile } from '../js/widgets.js';

const POLL_MS = 10_000;
const MINUTE_MS = 60_000;
const SETTLE_MS = 5_000;
const SAMPLE_MAX = 1_000;

export class Visits {
  #timer;

  constructor({ context, source }, aggregate) {
    this.context = context;
    this.source = source;
    this.aggregate = aggregate;
    this.count = aggregate.values.find((it) => it.fn === 'count');
    this.begun = new Tile('Visits begun', whole, `sessions of ${aggregate.name}`);
    this.depth = new Tile(`${this.count?.name ?? 'Events'} a visit`, (n) => number(Math.round(n * 100) / 100));
    this.length = new Tile('Time a visit', duration);
    this.tiles = [this.begun, ...(this.count ? [this.depth] : []), this.length];
    this.#timer = setInterval(() => this.#load(), POLL_MS);
    this.#load();
  }

  async #load() {
    const now = Date.now();
    const gap = this.aggregate.size;
    try {
      const [begun, ended] = await Promise.all([
        this.#rows({ from: now - MINUTE_MS - SETTLE_MS, to: now - SETTLE_MS, limit: SAMPLE_MAX }),
        // Begun long enough ago that most have ended.
        this.#rows({ from: now - 4 * gap - 5 * MINUTE_MS, to: now - 2 * gap, limit: SAMPLE_MAX }),
      ]);
      const visits = ended.rows.filter((row) => row.final);
      this.begun.set(perMinute(begun, now - MINUTE_MS - SETTLE_MS), 'a minute');
      this.depth.set(mean(visits, (row) => row.values[this.count?.name] ?? 0), 'of those that ended');
      this.length.set(mean(visits, (row) => row.windowEnd - row.windowStart - gap), 'first to last view');
    } catch {
      // The stream tells how the connection is; the next turn asks again.
    }
  }

  #rows(query) {
    const text = new URLSearchParams({ ...query, 'group.source': this.source });
    return get(`${path(this.context.pipeline, 'aggregates', this.aggregate.name)}?${text}`, this.context.signal);
  }

  close() {
    clearInterval(this.#timer);
  }
}

/** How many begin a minute, by the first of them where they are more than a page. */
function perMinute({ rows, next }, from) {
  return next === null ? rows.length : Math.round((rows.length * MINUTE_MS) / Math.max(1, rows.at(-1).windowStart - from));
}

function mean(rows, of) {
  return rows.length === 0 ? undefined : rows.reduce((sum, row) => sum + of(row), 0) / rows.length;
}
