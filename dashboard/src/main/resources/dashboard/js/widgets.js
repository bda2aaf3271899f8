// Pieces that several pages show.

import { calm, cut, foreign, h, plain, setText } from './dom.js';
import { number, short, whole } from './format.js';

const COUNT_MS = 350;
const MOVE_MS = 320;

/** A number that counts up or down to what it becomes. */
export class Figure {
  #shown;
  #target;
  #frame;

  constructor(tag, props, format = whole) {
    this.root = h(tag, { ...props, text: '–' });
    this.format = format;
  }

  /** What is shown, and of which row, is put on the element too, for whoever compares. */
  set(value, row) {
    if (row !== undefined) Object.assign(this.root.dataset, { window: row.windowStart, revision: row.revision });
    if (value === this.#target) return;
    const from = this.#shown;
    this.#target = value;
    this.root.dataset.value = value ?? '';
    cancelAnimationFrame(this.#frame);
    if (typeof value !== 'number' || typeof from !== 'number' || calm.matches || document.hidden) {
      this.#show(value);
      return;
    }
    const began = performance.now();
    const step = (now) => {
      const part = Math.min(1, Math.max(0, (now - began) / COUNT_MS));
      const eased = 1 - (1 - part) ** 3;
      const between = from + (value - from) * eased;
      this.#show(part === 1 ? value : Number.isInteger(value) ? Math.round(between) : between);
      if (part < 1) this.#frame = requestAnimationFrame(step);
    };
    this.#frame = requestAnimationFrame(step);
  }

  #show(value) {
    this.#shown = value;
    setText(this.root, typeof value === 'number' ? this.format(value) : '–');
    this.root.style.setProperty('--chars', Math.max(3, this.root.textContent.length));
  }
}

/** The first few of a ranking, with bars; rows keep their element and glide to their new rank. */
export class TopList {
  #items = new Map();
  #list = h('ol', { class: 'ranks' });
  #note = h('p', { class: 'note', text: 'No data yet.' });

  constructor(title, hint, { shown = 8, format = short, extras = false } = {}) {
    this.shown = shown;
    this.format = format;
    this.#list.classList.toggle('two', extras);
    this.hint = h('span', { class: 'hint', text: hint });
    this.root = h('section', { class: 'panel list' }, h('header', {}, h('h2', { text: title }), this.hint), this.#list, this.#note);
  }

  /**
   * @param items [{key, value, extra}], the greatest first; only the first few are rendered
   * @param of how many there are in all
   */
  render(items, of = items.length) {
    const shown = items.slice(0, this.shown);
    const peak = Math.max(1e-9, ...shown.map((it) => it.value));
    const before = calm.matches ? undefined : this.#places();
    const keep = new Set();
    shown.forEach((item, rank) => {
      const key = plain(item.key);
      keep.add(key);
      let row = this.#items.get(key);
      if (row === undefined) {
        row = this.#row(item.key);
        this.#items.set(key, row);
      }
      row.bar.style.transform = `scaleX(${item.value / peak})`;
      setText(row.value, this.format(item.value));
      row.value.dataset.value = item.value;
      setText(row.extra, item.extra ?? '');
      if (this.#list.children[rank] !== row.root) this.#list.insertBefore(row.root, this.#list.children[rank] ?? null);
    });
    for (const [key, row] of this.#items) {
      if (keep.has(key)) continue;
      row.root.remove();
      this.#items.delete(key);
    }
    if (before) this.#glide(before);
    setText(this.#note, shown.length === 0 ? 'No data yet.' : of > shown.length ? `and ${whole(of - shown.length)} more` : '');
  }

  #row(key) {
    const bar = h('i', { class: 'bar' });
    const value = h('b', { class: 'num' });
    const extra = h('small', { class: 'num' });
    return { bar, value, extra, root: h('li', {}, bar, this.name(key), extra, value) };
  }

  /** How a key is shown. */
  name(key) {
    return foreign(key);
  }

  #places() {
    return new Map([...this.#items].map(([key, row]) => [key, row.root.offsetTop]));
  }

  #glide(before) {
    for (const [key, row] of this.#items) {
      const moved = (before.get(key) ?? row.root.offsetTop) - row.root.offsetTop;
      if (moved !== 0) row.root.animate([{ transform: `translateY(${moved}px)` }, { transform: 'none' }], { duration: MOVE_MS, easing: 'ease-out' });
    }
  }
}

/** A small number with its name. */
export class Tile {
  constructor(name, format = number, title) {
    this.figure = new Figure('b', { class: 'num' }, format);
    this.note = h('small');
    this.root = h('div', { class: 'tile', title }, h('span', { text: name }), this.figure.root, this.note);
  }

  set(value, note = '') {
    this.figure.set(value);
    setText(this.note, note);
  }
}

/** What a page shows in place of what it cannot show. */
export function blank(title, text, ...more) {
  return h('section', { class: 'blank' }, h('h2', { text: title }), h('p', { text }), ...more);
}

let toastTimer;

/** Says something in passing, aloud too. */
export function toast(text, tone = 'good') {
  const box = document.querySelector('.toasts');
  box.replaceChildren(h('p', { class: 'toast', 'data-tone': tone }, foreign(cut(text, 300))));
  clearTimeout(toastTimer);
  toastTimer = setTimeout(() => box.replaceChildren(), 6_000);
}

/** A choice of a few, as a group of radio buttons. */
export function segments(name, choices, chosen, onchoose) {
  return h('fieldset', { class: 'segments' }, h('legend', { class: 'unseen', text: name }), choices.map(([value, text]) => h('label', {},
    h('input', { type: 'radio', name, value, checked: value === chosen, onchange: () => onchoose(value) }),
    h('span', { text }))));
}

/** Asks before what cannot be undone; resolves to whether it was wanted. */
export function confirmed(question, detail, action) {
  const dialog = h('dialog', { class: 'ask', 'aria-labelledby': 'ask-title' },
    h('h2', { id: 'ask-title', text: question }),
    h('p', { text: detail }),
    h('div', { class: 'actions' },
      h('button', { class: 'plain', text: 'Cancel', onclick: () => dialog.close('no') }),
      h('button', { class: 'danger', text: action, onclick: () => dialog.close('yes') })));
  document.body.append(dialog);
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener('close', () => {
      dialog.remove();
      resolve(dialog.returnValue === 'yes');
    });
  });
}
