// A replay under way: asked for, watched, stopped.

import { get, post, remove } from '../js/api.js';
import { cut, foreign, h, setText, visible } from '../js/dom.js';
import { percent, plural, whole } from '../js/format.js';

const WATCH_MS = 400;
const OUTCOMES_SHOWN = 100;
const TONES = { replayed: 'good', failed: 'bad', parked: 'warn' };

export class Replay {
  #title = h('h3', { class: 'note' });
  #fill = h('i');
  #stop = h('button', { class: 'plain small', text: 'Stop', onclick: () => this.#end() });
  #list = h('ul', { class: 'outcomes' });
  #turn = 0;
  #id;

  /** @param ended called when a replay that changed something is done */
  constructor(path, ended) {
    this.path = path;
    this.ended = ended;
    this.root = h('div', { class: 'stack', hidden: true, 'data-replay': '', role: 'status' },
      h('div', { class: 'actions' }, this.#title, this.#stop), h('div', { class: 'meter' }, this.#fill), this.#list);
  }

  close() {
    this.#turn += 1;
  }

  /** The answer comes when it is done, or after a while; until then it is watched. */
  async start(body) {
    const turn = ++this.#turn;
    this.#id = undefined;
    this.root.hidden = false;
    this.root.dataset.replay = 'running';
    this.#list.replaceChildren();
    this.#fill.style.transform = 'scaleX(0)';
    this.#stop.hidden = true;
    setText(this.#title, body.dryRun ? 'Trying, without changing anything …' : 'Replaying …');
    const since = Date.now() - 1_000;
    const watching = setInterval(() => this.#watch(turn, since, body.dryRun), WATCH_MS);
    try {
      let replay = await post(`${this.path}/replay`, body);
      while (!replay.done && turn === this.#turn) {
        this.#show(turn, replay);
        await new Promise((resolve) => setTimeout(resolve, WATCH_MS));
        replay = await get(`${this.path}/replays/${encodeURIComponent(replay.replay)}`);
      }
      this.#show(turn, replay);
      if (!body.dryRun) this.ended();
    } catch (problem) {
      if (turn === this.#turn) {
        this.root.dataset.replay = 'refused';
        setText(this.#title, visible(cut(problem.message, 500)));
      }
    } finally {
      clearInterval(watching);
    }
  }

  async #watch(turn, since, dryRun) {
    try {
      if (this.#id === undefined) {
        const { replays } = await get(`${this.path}/replays`);
        this.#id = replays.find((it) => it.startedAt >= since && it.dryRun === dryRun)?.replay;
      }
      if (this.#id !== undefined) {
        const replay = await get(`${this.path}/replays/${encodeURIComponent(this.#id)}`);
        if (!replay.done) this.#show(turn, replay);
      }
    } catch {
      // The answer to the replay itself says what is wrong.
    }
  }

  async #end() {
    if (this.#id !== undefined) await remove(`${this.path}/replays/${encodeURIComponent(this.#id)}`).catch(() => {});
  }

  #show(turn, replay) {
    if (turn !== this.#turn) return;
    this.#id = replay.replay;
    const tried = replay.replayed + replay.failed;
    const all = tried + replay.remaining;
    this.#fill.style.transform = `scaleX(${replay.done ? 1 : all === 0 ? 0 : tried / all})`;
    this.#stop.hidden = replay.done;
    this.root.dataset.replay = replay.done ? 'done' : 'running';
    setText(this.#title, headline(replay, tried, all));
    this.#list.replaceChildren(...replay.outcomes.slice(0, OUTCOMES_SHOWN).map((it) => h('li', {},
      h('span', { class: 'badge', 'data-tone': TONES[it.outcome], text: replay.dryRun && it.outcome === 'replayed' ? 'would do' : it.outcome }),
      foreign(it.id, { class: 'foreign code' }),
      it.message ? foreign(it.message) : null)));
  }
}

function headline(replay, tried, all) {
  const held = replay.held ? ` · held: ${visible(cut(replay.held, 200))}` : '';
  if (!replay.done) return `${whole(tried)} of ${plural(all, 'letter')}, ${percent(all === 0 ? 0 : tried / all)}${held}`;
  const good = plural(replay.replayed, 'letter');
  const rest = replay.failed > 0 ? `, ${whole(replay.failed)} would fail again` : '';
  if (replay.dryRun) return `A dry run: ${good} would go through${rest}. Nothing was changed.`;
  const left = replay.remaining > 0 ? `, ${whole(replay.remaining)} not tried` : '';
  return `${good} replayed${replay.failed > 0 ? `, ${whole(replay.failed)} failed again` : ''}${left}${replay.stopped ? '; stopped' : ''}.`;
}
