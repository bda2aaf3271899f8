// One cause of dead letters: its events, what failed, where, and the means to mend it.

import { get, path, remove } from '../js/api.js';
import { cut, foreign, h, setText, visible, visibleJson } from '../js/dom.js';
import { ago, moment, number, plural, whole } from '../js/format.js';
import { leaveDraft, patchBetween, suggestionFor } from '../js/mend.js';
import { confirmed, segments, toast } from '../js/widgets.js';
import { link } from '../js/route.js';
import { Replay } from './replay.js';

const PAGE = 50;
const EDITED_CHARS_MAX = 300_000;
const ALL = 1_000_000;

export class Cause {
  #count = h('span', { class: 'hint' });
  #letter = h('div', { class: 'stack' });
  #list = h('div', { class: 'lettertable', role: 'group', 'aria-label': 'Letters of this cause' });
  #more = h('button', { class: 'plain small', text: 'More', hidden: true, onclick: () => this.#loadList() });
  #suggestion = h('div', { class: 'suggestion', hidden: true });
  #patch = h('textarea', { class: 'code patch', spellcheck: 'false', 'aria-label': 'Merge patch laid over each event', placeholder: '{"data": {"field": 1}}', oninput: () => this.#typedPatch() });
  #event = h('textarea', { class: 'code', spellcheck: 'false', 'aria-label': 'The event', oninput: () => this.#typedEvent() });
  #eventNote = h('span', { class: 'hint' });
  #wrong = h('p', { class: 'wrong', role: 'alert' });
  #rate = h('input', { type: 'number', min: '1', step: '1', placeholder: 'no limit', 'aria-label': 'Events a second at most' });
  #replay;
  #chosen = new Set();
  #scope = 'all';
  #scopes = h('div');
  #after;
  #shown;
  #turn = 0;

  constructor(context, cause, { remove: removeAll, changed }) {
    this.context = context;
    this.fingerprint = cause.fingerprint;
    this.cause = cause;
    this.count = cause.count;
    this.changed = changed;
    this.path = path(context.pipeline, 'dead-letters');
    this.#replay = new Replay(this.path, () => this.#replayed());
    this.root = h('div', { class: 'stack' },
      h('section', { class: 'panel stack' },
        h('header', {}, h('h2', { text: 'What failed' }), this.#count),
        this.#letter),
      h('section', { class: 'panel stack', 'aria-label': 'Mend' },
        h('header', {}, h('h2', { text: 'Mend and replay' })),
        this.#suggestion,
        h('label', { class: 'stack' }, h('span', { class: 'note', text: 'A patch, laid over each event before it goes on (JSON merge patch; null removes a field)' }), this.#patch),
        this.#wrong,
        h('div', { class: 'actions' }, this.#scopes, h('label', { class: 'field' }, 'at most', this.#rate, 'a second')),
        h('div', { class: 'actions' },
          h('button', { text: 'Replay', 'data-action': 'replay', onclick: () => this.#start(false) }),
          h('button', { class: 'plain', text: 'Dry run', 'data-action': 'dry-run', onclick: () => this.#start(true) }),
          h('button', { class: 'plain danger', text: 'Delete all', 'data-action': 'delete', onclick: removeAll })),
        this.#replay.root),
      h('section', { class: 'panel stack' }, h('header', {}, h('h2', { text: 'The event' }), this.#eventNote), this.#event,
        h('div', { class: 'actions' }, h('button', { class: 'plain danger small', text: 'Delete this one', onclick: () => this.#deleteOne(this.#shown) }))),
      h('section', { class: 'panel' }, h('header', {}, h('h2', { text: 'Letters' }), h('span', { class: 'hint', text: 'the oldest first' })), this.#list, this.#more));
    this.#showScopes();
    this.#open(cause.newest);
    this.#loadList();
  }

  close() {
    this.#turn += 1;
    this.#replay.close();
  }

  /** What the summary says now; undefined: none is left. */
  update(cause) {
    this.count = cause?.count ?? 0;
    setText(this.#count, cause === undefined ? 'none is left' : plural(cause.count, 'letter'));
    this.root.querySelector('[data-action=delete]').disabled = cause === undefined;
    this.#showScopes();
  }

  #showScopes() {
    const choices = [['all', `All ${whole(this.count)}`], ['chosen', `Chosen ${whole(this.#chosen.size)}`], ['one', 'The one shown']];
    const key = JSON.stringify([choices, this.#scope]);
    if (key === this.#scopes.key) return;
    this.#scopes.key = key;
    const focused = this.#scopes.contains(document.activeElement);
    this.#scopes.replaceChildren(segments('Which letters', choices, this.#scope, (it) => {
      this.#scope = it;
      this.#showScopes();
    }));
    if (focused) this.#scopes.querySelector('input:checked').focus();
  }

  async #open(id) {
    const turn = ++this.#turn;
    let letter;
    try {
      letter = await get(`${this.path}/${encodeURIComponent(id)}`, this.context.signal);
    } catch (problem) {
      if (turn === this.#turn) this.#letter.replaceChildren(h('p', { class: 'note', text: problem.message ?? 'It is gone.' }));
      return;
    }
    if (turn !== this.#turn) return;
    this.#shown = letter;
    this.#showLetter(letter);
    this.#suggest(letter);
  }

  #showLetter(letter) {
    const raw = letter.event === undefined;
    const text = raw ? decoded(letter.raw) : visibleJson(letter.event);
    this.#event.value = raw ? visible(cut(text, EDITED_CHARS_MAX)) : text;
    this.#event.readOnly = raw || text.length > EDITED_CHARS_MAX;
    this.#letter.replaceChildren(
      this.#place(letter),
      h('bdi', { class: 'failure-text', text: visible(cut(letter.message, 4_000)) }),
      h('dl', { class: 'facts' }, [
        ['site', foreign(letter.source ?? 'unknown')],
        ['code', foreign(letter.code)],
        ['failed', `${moment(letter.lastFailedAt)}, ${ago(letter.lastFailedAt)}`],
        ['attempts', `${number(letter.attempts)}${letter.parked ? ', parked: only its id brings it back' : ''}`],
        ['version', `of the pipeline: ${number(letter.pipelineVersion)}`],
        ['letter', foreign(letter.id, { class: 'foreign code' })],
      ].map(([name, value]) => h('div', {}, h('dt', { text: name }), h('dd', {}, value)))));
    setText(this.#eventNote, raw ? 'What came is no JSON, so it cannot be patched' : 'As it stood before what failed; edit it, and the patch follows');
  }

  /** Where it happened: the way of the event up to what failed. */
  #place(letter) {
    const root = h('div', { class: 'place', 'aria-label': 'Where it failed' });
    const steps = (names, at) => names.flatMap((name, i) => [
      i > 0 ? h('i') : null,
      h('span', { class: 'badge', 'data-tone': i === at ? 'bad' : 'calm', text: name }),
    ]).filter(Boolean);
    if (letter.stage === null) {
      root.append(...steps(['on arrival', 'stages', 'rows'], 0));
      return root;
    }
    root.append(...steps(['on arrival', letter.stage], 1));
    get(path(this.context.pipeline), this.context.signal).then(({ definition }) => {
      const names = ['on arrival', ...(definition.stages ?? []).map((it) => it.name)];
      const sink = (definition.sinks ?? []).some((it) => it.name === letter.stage);
      const way = sink ? [...names, letter.stage] : names;
      const at = way.lastIndexOf(letter.stage);
      if (at > 0) root.replaceChildren(...steps([...way.slice(Math.max(0, at - 3), at + 1), ...way.slice(at + 1, at + 3)], Math.min(3, at)));
    }).catch(() => {});
    return root;
  }

  #suggest(letter) {
    const suggestion = suggestionFor(letter);
    this.#suggestion.hidden = suggestion === undefined;
    if (suggestion === undefined) return;
    this.#suggestion.replaceChildren(h('p', {}, h('bdi', { text: visible(cut(suggestion.text, 400)) })));
    if (suggestion.patch) {
      this.#suggestion.append(h('button', {
        class: 'small',
        text: 'Use this patch',
        'data-action': 'suggested',
        onclick: () => {
          this.#patch.value = JSON.stringify(suggestion.patch);
          this.#typedPatch();
        },
      }));
    } else if (suggestion.edit) {
      this.#suggestion.append(h('button', { class: 'small', text: 'Mend the stage', 'data-action': 'suggested', onclick: () => this.#mend(letter, suggestion) }));
    }
  }

  async #mend(letter, suggestion) {
    try {
      const { pipeline, params } = this.context;
      const { text } = await get(path(pipeline), this.context.signal);
      const mended = suggestion.edit(text);
      if (mended === undefined) {
        toast(`Stage ${letter.stage} does not read that field by its name any more.`, 'warn');
        return;
      }
      leaveDraft({ pipeline, text: mended, fingerprint: this.fingerprint, note: `A suggestion for stage ${letter.stage}: see the marked line, and what the plan says. Apply it, then replay what failed.` });
      location.hash = link(['pipelines', pipeline], { back: params.get('pipeline') ?? undefined });
    } catch (problem) {
      toast(problem.message, 'bad');
    }
  }

  #typedEvent() {
    try {
      const patch = patchBetween(this.#shown.event, JSON.parse(this.#event.value));
      this.#patch.value = patch === undefined ? '' : visibleJson(patch);
      this.#scope = 'one';
      this.#showScopes();
      setText(this.#wrong, '');
    } catch (failure) {
      setText(this.#wrong, `The event is no JSON: ${failure.message}`);
    }
  }

  #typedPatch() {
    setText(this.#wrong, '');
    try {
      this.#readPatch();
    } catch (failure) {
      setText(this.#wrong, failure.message);
    }
  }

  #readPatch() {
    const text = this.#patch.value.trim();
    if (text === '') return undefined;
    let patch;
    try {
      patch = JSON.parse(text);
    } catch (failure) {
      throw new Error(`The patch is no JSON: ${failure.message}`);
    }
    if (patch === null || typeof patch !== 'object' || Array.isArray(patch)) throw new Error('The patch must be a JSON object.');
    return patch;
  }

  #start(dryRun) {
    let patch;
    try {
      patch = this.#readPatch();
    } catch (failure) {
      setText(this.#wrong, failure.message);
      return;
    }
    const which = {
      all: { fingerprint: this.fingerprint, limit: ALL },
      chosen: { ids: [...this.#chosen] },
      one: { ids: [this.#shown?.id] },
    }[this.#scope];
    if (which.ids?.filter(Boolean).length === 0) {
      setText(this.#wrong, 'Choose letters below first.');
      return;
    }
    const perSecond = Number(this.#rate.value);
    this.#replay.start({ ...which, patch, dryRun, ...(perSecond > 0 ? { ratePerSecond: perSecond } : {}) });
  }

  #replayed() {
    this.changed();
    this.#after = undefined;
    this.#chosen.clear();
    this.#showScopes();
    this.#list.replaceChildren();
    this.#loadList();
  }

  async #deleteOne(letter) {
    if (!await confirmed('Delete this dead letter?', 'It is gone for good and counts as discarded in the ledger.', 'Delete for good')) return;
    try {
      await remove(`${this.path}/${encodeURIComponent(letter.id)}`);
      toast('Deleted.');
      this.#replayed();
    } catch (problem) {
      toast(problem.message, 'bad');
    }
  }

  async #loadList() {
    const query = new URLSearchParams({ fingerprint: this.fingerprint, limit: PAGE });
    if (this.#after) query.set('after', this.#after);
    try {
      const { deadLetters, next } = await get(`${this.path}?${query}`, this.context.signal);
      this.#after = next;
      this.#more.hidden = next === null;
      this.#list.append(...deadLetters.map((it) => this.#row(it)));
      if (this.#list.children.length === 0) this.#list.append(h('p', { class: 'note', text: 'None is left.' }));
    } catch {
      this.#more.hidden = false;
    }
  }

  #row(letter) {
    const box = h('input', {
      type: 'checkbox',
      onchange: () => {
        if (box.checked) this.#chosen.add(letter.id);
        else this.#chosen.delete(letter.id);
        this.#scope = this.#chosen.size > 0 ? 'chosen' : 'all';
        this.#showScopes();
      },
    });
    const about = letter.event === undefined ? decoded(letter.raw) : JSON.stringify(letter.event);
    return h('div', {},
      h('label', {}, box, foreign(`${letter.source ?? 'unknown'} · ${about}`)),
      h('button', { class: 'plain small', text: 'Show', onclick: () => this.#open(letter.id) }));
  }
}

function decoded(base64) {
  const bytes = Uint8Array.from(atob(base64 ?? ''), (it) => it.charCodeAt(0));
  return new TextDecoder().decode(bytes);
}
