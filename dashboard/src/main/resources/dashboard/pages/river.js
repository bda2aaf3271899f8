// A pipeline as a stream of water: as wide at each stage as events come to it, with what leaves it there.

import { h, setText, svg } from '../js/dom.js';
import { nanos, percent, rate, whole } from '../js/format.js';

const THIN = 1.5;
const BANK = 0.84;
const WIDEST = 0.6;

export class River {
  #svg = svg('svg', { 'aria-hidden': 'true' });
  #list = h('ol', { class: 'stages', 'aria-label': 'Stages' });
  #rows = new Map();
  #names = '';
  #metrics;
  #resizing;

  constructor() {
    this.hint = h('span', { class: 'hint' });
    this.root = h('section', { class: 'panel' }, h('header', {}, h('h2', { text: 'Stages' }), this.hint), h('div', { class: 'river' }, this.#svg, this.#list));
    this.#resizing = new ResizeObserver(() => this.#draw());
    this.#resizing.observe(this.#list);
  }

  close() {
    this.#resizing.disconnect();
  }

  show(metrics) {
    const stages = metrics.stages ?? [];
    this.#metrics = metrics;
    const names = JSON.stringify(stages.map((it) => [it.stage, it.kind]));
    if (names !== this.#names) {
      this.#names = names;
      this.#rows = new Map(stages.map((it) => [it.stage, new StageRow(it)]));
      this.#list.replaceChildren(...[...this.#rows.values()].map((it) => it.root));
      this.#svg.replaceChildren();
    }
    const slowest = stages.reduce((worst, it) => (busy(it) > busy(worst) ? it : worst), undefined);
    const most = busy(slowest);
    for (const stage of stages) this.#rows.get(stage.stage).show(stage, stage === slowest && most > 0, most);
    const total = stages.reduce((sum, it) => sum + busy(it), 0);
    setText(this.hint, total > 0 ? `one event takes ${nanos(stages.reduce((sum, it) => sum + (it.nanosPerEvent ?? 0), 0))} through all` : '');
    this.#draw();
  }

  #draw() {
    const stages = this.#metrics?.stages ?? [];
    const width = this.#svg.clientWidth;
    if (stages.length === 0 || width === 0) return;
    const tops = stages.map((it) => this.#rows.get(it.stage).root.offsetTop);
    const end = this.#list.clientHeight;
    const peak = Math.max(1e-9, ...stages.map((it) => Math.max(it.inPerSecond, it.outPerSecond)));
    const right = width * BANK;
    const wide = (perSecond) => Math.max(THIN, (perSecond / peak) * width * WIDEST);
    const flows = stages.some((it) => it.inPerSecond > 0);
    let bank = '';
    const losses = [];
    stages.forEach((stage, i) => {
      const top = tops[i];
      const bottom = tops[i + 1] ?? end;
      const middle = (top + bottom) / 2;
      const before = right - wide(stage.inPerSecond);
      const after = right - wide(i + 1 < stages.length ? stages[i + 1].inPerSecond : stage.outPerSecond);
      bank += i === 0 ? `M${right},${top} L${before},${top}` : '';
      bank += ` L${before},${middle - 6} C${before},${middle + 8} ${after},${middle + 2} ${after},${bottom}`;
      const lost = [['lost', stage.filteredPerSecond], ['failed', stage.failedPerSecond]];
      let x = before;
      for (const [kind, perSecond] of lost) {
        const thick = perSecond > 0 ? Math.max(THIN, (perSecond / peak) * width * WIDEST) : 0;
        losses.push([kind, thick === 0 ? 'M0,0' : branch(x, thick, middle - 8, bottom - 8)]);
        x += thick;
      }
    });
    bank += ` L${right},${end} Z`;
    // The water is drawn last, over where the losses leave it.
    losses.forEach(([kind, d], i) => this.#path(i, kind).setAttribute('d', d));
    this.#path(losses.length, 'water').setAttribute('d', flows ? bank : 'M0,0');
  }

  #path(index, kind) {
    while (this.#svg.children.length <= index) this.#svg.append(svg('path'));
    const made = this.#svg.children[index];
    made.setAttribute('class', kind);
    return made;
  }
}

/** Water that leaves to the left. */
function branch(x, thick, from, to) {
  const end = Math.max(from + thick + 4, to);
  return `M${x},${from} C${x},${end - thick} ${x * 0.6},${end - thick} 0,${end - thick} L0,${end} C${x * 0.7},${end} ${x + thick},${end} ${x + thick},${from} Z`;
}

const busy = (stage) => (stage?.nanosPerEvent ?? 0) * (stage?.inPerSecond ?? 0);

class StageRow {
  #slowest = h('span', { class: 'badge', 'data-tone': 'accent', text: 'slowest' });
  #rate = h('b', { class: 'num' });
  #filtered = h('b', { class: 'num' });
  #failed = h('b', { class: 'num' });
  #failedNote = h('small', { text: 'failed' });
  #time = h('b', { class: 'num' });
  #fill = h('i');

  constructor({ stage, kind }) {
    this.root = h('li', {}, h('div', { class: 'stage', 'data-stage': stage },
      h('div', { class: 'who' }, h('b', {}, h('span', { text: stage }), this.#slowest), h('small', { text: kind })),
      cell(this.#rate, 'a second'),
      cell(this.#filtered, 'filtered'),
      h('div', { class: 'cell' }, this.#failed, this.#failedNote),
      h('div', { class: 'cell' }, this.#time, h('div', { class: 'meter' }, this.#fill))));
  }

  show(stage, isSlowest, most) {
    this.#slowest.hidden = !isSlowest;
    setText(this.#rate, rate(stage.inPerSecond));
    setText(this.#filtered, stage.in === 0 ? '–' : percent(stage.filtered / stage.in));
    setText(this.#failed, whole(stage.failed));
    setText(this.#failedNote, stage.failedPerSecond > 0 ? `failed, ${rate(stage.failedPerSecond)}/s` : 'failed');
    this.#failed.style.color = stage.failed > 0 ? 'var(--bad)' : '';
    setText(this.#time, stage.nanosPerEvent === null ? '–' : nanos(stage.nanosPerEvent));
    this.#fill.style.transform = `scaleX(${most > 0 ? busy(stage) / most : 0})`;
  }
}

function cell(figure, name) {
  return h('div', { class: 'cell' }, figure, h('small', { text: name }));
}
