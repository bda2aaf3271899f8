// A pipeline's definition: read it, change it, and see what a change would do before it is made.

import { get, path, putYaml } from '../js/api.js';
import { cut, h, setText, visible } from '../js/dom.js';
import { moment, plural } from '../js/format.js';
import { takeDraft } from '../js/mend.js';
import { confirmed, toast } from '../js/widgets.js';
import { link } from '../js/route.js';
import { Editor } from './editor.js';

const CHECK_AFTER_MS = 450;
const TONES = { kept: 'calm', new: 'good', changed: 'accent', rebuilt: 'warn', lost: 'bad', removed: 'bad' };
const BACKFILLS = [['', 'none'], ['1h', '1 hour'], ['6h', '6 hours'], ['24h', '24 hours'], ['7d', '7 days']];

export async function openPage(context) {
  const page = new Page(context);
  await page.load(takeDraft(context.pipeline));
  context.live({}, {});
  return page;
}

class Page {
  #editor;
  #plan = h('div', { class: 'stack', 'aria-live': 'polite' });
  #versions = h('ul', { class: 'versions' });
  #version = h('span', { class: 'hint' });
  #apply;
  #reset;
  #backfill;
  #next;
  #turn = 0;
  #timer;

  constructor(context) {
    this.context = context;
    this.path = path(context.pipeline);
    this.#editor = new Editor('Definition', () => this.#changed());
    this.#apply = h('button', { text: 'Apply', disabled: true, onclick: () => this.#put() });
    this.#reset = h('button', { class: 'plain', text: 'Undo all', disabled: true, onclick: () => this.#edit(this.text) });
    this.#backfill = h('select', { onchange: () => this.#changed(), 'aria-label': 'Backfill' }, BACKFILLS.map(([value, text]) => h('option', { value, text })));
    this.#next = h('p', { class: 'suggestion', hidden: true });
    context.root.append(
      h('header', { class: 'heading' },
        h('div', {}, h('h1', { text: context.pipeline }), h('p', { class: 'lead', text: 'Change it here; what the change would do shows before you apply it.' })),
        h('div', { class: 'actions' }, h('label', { class: 'field' }, 'Backfill', this.#backfill), this.#reset, this.#apply)),
      this.#next,
      h('div', { class: 'pipeline-split' },
        h('section', { class: 'panel' }, h('header', {}, h('h2', { text: 'Definition' }), this.#version), this.#editor.root),
        h('div', { class: 'side-stack' },
          h('section', { class: 'panel' }, h('header', {}, h('h2', { text: 'Plan' })), this.#plan),
          h('section', { class: 'panel' }, h('header', {}, h('h2', { text: 'Versions' })), this.#versions))));
  }

  async load(draft) {
    const [{ text, version }, { versions }] = await Promise.all([get(this.path, this.context.signal), get(`${this.path}/versions`, this.context.signal)]);
    this.text = text;
    this.version = version;
    setText(this.#version, `version ${version}`);
    this.#editor.base(text);
    this.#edit(draft?.text ?? text);
    this.draft = draft;
    this.#showVersions(versions);
    if (draft) this.#say(draft.note);
  }

  close() {
    clearTimeout(this.#timer);
    this.#turn += 1;
  }

  #say(text, ...more) {
    this.#next.hidden = text === undefined;
    if (text !== undefined) this.#next.replaceChildren(h('span', { text }), ...more);
  }

  #edit(text) {
    this.#editor.set(text);
    this.#changed();
  }

  #changed() {
    const same = this.#editor.text === this.text;
    this.#reset.disabled = same;
    this.#apply.disabled = true;
    clearTimeout(this.#timer);
    this.#turn += 1;
    if (same) {
      this.#editor.errors([]);
      this.#plan.replaceChildren(h('p', { class: 'note', text: 'Nothing is changed.' }));
      return;
    }
    this.#timer = setTimeout(() => this.#check(), CHECK_AFTER_MS);
  }

  #url(dryRun) {
    const query = new URLSearchParams();
    if (dryRun) query.set('dryRun', 'true');
    if (this.#backfill.value) query.set('backfill', this.#backfill.value);
    return `${this.path}?${query}`;
  }

  async #check() {
    const turn = ++this.#turn;
    const text = this.#editor.text;
    try {
      const { plan } = await putYaml(this.#url(true), text);
      if (turn !== this.#turn) return;
      this.#editor.errors([]);
      this.#showPlan(plan);
      this.plan = plan;
      this.#apply.disabled = false;
    } catch (problem) {
      if (turn === this.#turn) this.#showProblem(problem);
    }
  }

  #showPlan(plan) {
    const changes = plan.filter((it) => it.effect !== 'kept');
    const kept = plan.length - changes.length;
    this.#plan.replaceChildren(
      h('ul', { class: 'plan' }, changes.map((it) => h('li', {},
        h('span', { class: 'badge', 'data-tone': TONES[it.effect], text: it.effect }),
        h('div', { class: 'what' }, h('b', { text: it.stage }), h('small', { text: visible(cut(it.detail, 500)) }))))),
      h('p', { class: 'note', text: changes.length === 0 ? 'It says the same in other words: everything is kept.' : `${plural(kept, 'part')} kept.` }));
  }

  #showProblem(problem) {
    const errors = problem.errors?.length > 0 ? problem.errors : [{ pointer: '', detail: problem.message }];
    this.#editor.errors(errors.filter((it) => it.line).map((it) => it.line));
    this.#plan.replaceChildren(
      h('p', { class: 'wrong', role: 'alert', text: problem.status === 422 ? `${plural(errors.length, 'mistake')} in the definition` : 'This cannot be planned' }),
      h('div', { class: 'errors' }, errors.slice(0, 50).map((it) => h('button', { class: 'error', onclick: () => this.#editor.goTo(it.line ?? 1) },
        h('span', {}, h('b', { text: it.line ? `Line ${it.line}: ` : it.pointer ? `${visible(cut(it.pointer, 80))}: ` : '' }), h('bdi', { text: visible(cut(it.detail, 500)) }))))));
  }

  async #put() {
    const lost = (this.plan ?? []).filter((it) => ['rebuilt', 'lost', 'removed'].includes(it.effect));
    if (lost.length > 0 && !await confirmed('Apply this change?', `It rebuilds or loses what was counted so far: ${lost.map((it) => it.stage).join(', ')}.`, 'Apply')) return;
    this.#apply.disabled = true;
    const { draft } = this;
    try {
      const { version } = await putYaml(this.#url(false), this.#editor.text);
      toast(`Version ${version} is in force.`);
      await this.load();
      this.#say(draft?.fingerprint ? `Version ${version} is in force. What failed before can be tried again.` : undefined,
        draft?.fingerprint ? h('a', { class: 'button', text: 'Replay what failed', href: link(['dead-letters'], { pipeline: this.context.params.get('pipeline') ?? this.context.pipeline, fingerprint: draft.fingerprint }) }) : null);
    } catch (problem) {
      this.#showProblem(problem);
    }
  }

  #showVersions(versions) {
    this.#versions.replaceChildren(...[...versions].reverse().slice(0, 100).map((it) => h('li', {},
      h('div', {}, h('b', { text: `Version ${it.version}` }), h('small', { text: moment(it.createdAt) })),
      it.version === this.version
        ? h('span', { class: 'badge', 'data-tone': 'good', text: 'in force' })
        : h('button', { class: 'plain small', text: 'Load', 'aria-label': `Load version ${it.version} into the editor`, onclick: () => this.#edit(it.text) }))));
  }
}
