// The live stream of one pipeline: server-sent events, read by fetch, since EventSource sends no key.

import { Problem, headers, path } from './api.js';

const STALE_MS = 3_000;
const SILENT_MS = 20_000;
const WAITS_MS = [500, 1_000, 2_000, 4_000, 8_000];
const MESSAGE_CHARS_MAX = 64 * 1024 * 1024;

/**
 * Reads until `stop()`, and connects again whenever it ends. What it hears goes to `on.<event>(data)`:
 * snapshot, window, rows, truncated, metrics, alert; and how it is doing to `on.state({name, since, detail})`,
 * where name is connecting, live, stale, reconnecting, denied or missing.
 */
export class LiveStream {
  #url;
  #on;
  #stopped = false;
  #attempt = 0;
  #lastId;
  #heardAt = 0;
  #heard = false;
  #state;
  #abort;
  #timer;
  #wake;

  constructor(pipeline, { aggregates = [], group = {} }, on) {
    const query = new URLSearchParams();
    if (aggregates.length > 0) query.set('aggregate', aggregates.join(','));
    for (const [field, value] of Object.entries(group)) query.set(`group.${field}`, value);
    this.#url = `${path(pipeline, 'live')}?${query}`;
    this.#on = on;
  }

  start() {
    this.#tell('connecting');
    this.#timer = setInterval(() => this.#watch(), 500);
    addEventListener('online', this.#hurry);
    document.addEventListener('visibilitychange', this.#hurry);
    this.#run();
    return this;
  }

  stop() {
    this.#stopped = true;
    clearInterval(this.#timer);
    removeEventListener('online', this.#hurry);
    document.removeEventListener('visibilitychange', this.#hurry);
    this.#abort?.abort();
    this.#wake?.();
  }

  #hurry = () => {
    if (!document.hidden) this.#wake?.();
  };

  async #run() {
    while (!this.#stopped) {
      try {
        await this.#read();
      } catch (failure) {
        if (this.#stopped) return;
        if (failure instanceof Problem) this.#refused(failure);
      }
      if (this.#stopped) return;
      if (!['denied', 'missing'].includes(this.#state?.name)) this.#tell('reconnecting', this.#heard ? this.#heardAt : undefined);
      await this.#pause();
    }
  }

  #refused(problem) {
    if (problem.denied) this.#tell('denied', undefined, problem.message);
    else if (problem.status === 404 || problem.status === 400) this.#tell('missing', undefined, problem.message);
  }

  #pause() {
    const wait = WAITS_MS[Math.min(this.#attempt, WAITS_MS.length - 1)];
    this.#attempt += 1;
    return new Promise((resolve) => {
      this.#wake = resolve;
      setTimeout(resolve, wait * (0.8 + 0.4 * Math.random()));
    });
  }

  async #read() {
    this.#abort = new AbortController();
    this.#heardAt = Math.max(this.#heardAt, 0);
    const opened = Date.now();
    const silent = setInterval(() => {
      if (Date.now() - Math.max(opened, this.#heardAt) > SILENT_MS) this.#abort.abort();
    }, 1_000);
    try {
      const response = await fetch(this.#url, {
        headers: {
          Accept: 'text/event-stream',
          ...headers(),
          ...(this.#lastId === undefined ? {} : { 'Last-Event-ID': this.#lastId }),
        },
        cache: 'no-store',
        signal: this.#abort.signal,
      });
      if (!response.ok) {
        const answer = await response.json().catch(() => ({}));
        throw new Problem(response.status, answer.detail ?? `The server answered ${response.status}.`);
      }
      await this.#parse(response.body.pipeThrough(new TextDecoderStream()).getReader());
    } finally {
      clearInterval(silent);
      this.#abort.abort();
    }
  }

  async #parse(reader) {
    let rest = '';
    let name = 'message';
    let data = [];
    let id;
    for (;;) {
      const { value, done } = await reader.read();
      if (done) return;
      rest += value;
      if (rest.length > MESSAGE_CHARS_MAX) return;
      // A carriage return at the end may be half of a line's end.
      const lines = rest.split(/\r\n|\n|\r(?!$)/);
      rest = lines.pop();
      for (const line of lines) {
        if (line === '') {
          if (data.length > 0) this.#dispatch(name, data.join('\n'));
          if (id !== undefined) this.#lastId = id;
          [name, data, id] = ['message', [], undefined];
          continue;
        }
        const colon = line.indexOf(':');
        const field = colon < 0 ? line : line.slice(0, colon);
        const text = colon < 0 ? '' : line.slice(line[colon + 1] === ' ' ? colon + 2 : colon + 1);
        if (field === 'event') name = text;
        else if (field === 'data') data.push(text);
        else if (field === 'id' && !text.includes('\0')) id = text;
      }
      this.#listen();
    }
  }

  #dispatch(name, data) {
    try {
      this.#on[name]?.(JSON.parse(data));
    } catch (fault) {
      // Of a page, not of the stream: it goes on.
      reportError(fault);
    }
    if (name === 'metrics') this.#listen();
  }

  #listen() {
    this.#heardAt = Date.now();
    this.#heard = true;
    this.#attempt = 0;
    this.#tell('live');
  }

  #watch() {
    if (this.#state?.name === 'live' && Date.now() - this.#heardAt > STALE_MS) this.#tell('stale', this.#heardAt);
  }

  #tell(name, since, detail) {
    if (this.#stopped || (this.#state?.name === name && this.#state.since === since)) return;
    this.#state = { name, since, detail };
    this.#on.state?.(this.#state);
  }
}
