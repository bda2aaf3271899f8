// A text area over coloured text, with numbered lines and marks at those that are wrong or changed.

import { h } from '../js/dom.js';
import { pieces } from '../js/yaml.js';

const LINE_PX = 21;

export class Editor {
  #area;
  #code = h('pre', { 'aria-hidden': 'true' });
  #gutter = h('div', { class: 'gutter', 'aria-hidden': 'true' });
  #lines = [];
  #base = [];
  #wrong = new Set();

  constructor(name, onchange) {
    this.#area = h('textarea', {
      'aria-label': name,
      spellcheck: 'false',
      autocapitalize: 'off',
      autocomplete: 'off',
      wrap: 'off',
      oninput: () => {
        this.#draw();
        onchange();
      },
      onscroll: () => this.#follow(),
      onkeydown: (event) => this.#key(event),
    });
    this.root = h('div', { class: 'editor' }, this.#gutter, h('div', { class: 'code-area' }, this.#code, this.#area));
  }

  get text() {
    return this.#area.value;
  }

  /** What the text is held against: lines that differ are marked. */
  base(text) {
    this.#base = text.split('\n');
  }

  set(text) {
    this.#area.value = text;
    this.#draw();
    const [from, to] = this.#changed();
    this.#area.scrollTop = from < to ? Math.max(0, (from - 5) * LINE_PX) : 0;
    this.#follow();
  }

  /** Marks these lines, counted from 1. */
  errors(lines) {
    this.#wrong = new Set(lines);
    this.#mark();
  }

  goTo(line) {
    const before = this.text.split('\n').slice(0, line - 1).join('\n').length + (line > 1 ? 1 : 0);
    this.#area.focus();
    this.#area.setSelectionRange(before, before + (this.#lines[line - 1]?.length ?? 0));
    this.#area.scrollTop = Math.max(0, (line - 6) * LINE_PX);
  }

  /** Tab leaves the field, as everywhere; Enter keeps the indent. */
  #key(event) {
    if (event.key !== 'Enter' || event.isComposing) return;
    const start = this.text.lastIndexOf('\n', this.#area.selectionStart - 1) + 1;
    const indent = /^ */.exec(this.text.slice(start, this.#area.selectionStart))[0];
    if (indent === '') return;
    event.preventDefault();
    this.#area.setRangeText(`\n${indent}`, this.#area.selectionStart, this.#area.selectionEnd, 'end');
    this.#area.dispatchEvent(new Event('input'));
  }

  #follow() {
    this.#code.scrollTop = this.#area.scrollTop;
    this.#code.scrollLeft = this.#area.scrollLeft;
    this.#gutter.scrollTop = this.#area.scrollTop;
  }

  /** Only lines that differ from what is shown are coloured anew. */
  #draw() {
    const lines = this.text.split('\n');
    lines.forEach((line, i) => {
      if (this.#lines[i] === line && this.#code.children[i]) return;
      const made = h('div', {}, line === '' ? '\n' : pieces(line).map(([name, text]) => (name ? h('span', { class: name, text }) : text)));
      if (this.#code.children[i]) this.#code.children[i].replaceWith(made);
      else this.#code.append(made);
    });
    while (this.#code.children.length > lines.length) this.#code.lastChild.remove();
    this.#lines = lines;
    this.#mark();
    this.#follow();
  }

  /** The stretch between what is the same at the start and at the end. */
  #changed() {
    const [a, b] = [this.#base, this.#lines];
    const least = Math.min(a.length, b.length);
    let from = 0;
    while (from < least && a[from] === b[from]) from += 1;
    let tail = 0;
    while (tail < least - from && a[a.length - 1 - tail] === b[b.length - 1 - tail]) tail += 1;
    return [from, b.length - tail];
  }

  #mark() {
    const [from, to] = this.#changed();
    while (this.#gutter.children.length > this.#lines.length) this.#gutter.lastChild.remove();
    this.#lines.forEach((_, i) => {
      const number = this.#gutter.children[i] ?? this.#gutter.appendChild(h('i', { text: i + 1 }));
      number.toggleAttribute('data-wrong', this.#wrong.has(i + 1));
      number.toggleAttribute('data-changed', i >= from && i < to);
    });
  }
}
