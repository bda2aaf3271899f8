// The newest state of an aggregate's rows, as told by queries and the stream in any order.

const ROWS_MAX = 60_000;
const VACANT_AFTER_MS = 2_500;

/** Rows by window and group; a row gives way only to a higher revision. */
export class RowTable {
  #rows = new Map();

  /** Takes rows of a query or of the stream. */
  put(rows) {
    for (const row of rows) {
      const key = `${row.windowStart} ${JSON.stringify(row.group)}`;
      const held = this.#rows.get(key);
      if (held !== undefined && held.revision >= row.revision) continue;
      if (held === undefined && this.#rows.size >= ROWS_MAX) continue;
      this.#rows.set(key, row);
    }
  }

  dropBefore(ms) {
    for (const [key, row] of this.#rows) {
      if (row.windowEnd <= ms) this.#rows.delete(key);
    }
  }

  clear() {
    this.#rows.clear();
  }

  get size() {
    return this.#rows.size;
  }

  values() {
    return this.#rows.values();
  }
}

/** Between a window that moved on and its rows the old ones stand; if none come, there are none. */
export class Vacancy {
  #timer;

  constructor(vacate) {
    this.vacate = vacate;
  }

  expect() {
    this.end();
    this.#timer = setTimeout(this.vacate, VACANT_AFTER_MS);
  }

  end() {
    clearTimeout(this.#timer);
  }
}
