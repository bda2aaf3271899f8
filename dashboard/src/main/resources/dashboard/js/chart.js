// A line that moves with time, drawn by uPlot.

import { calm, h } from './dom.js';
import { clock, rate } from './format.js';

const HEIGHT = 236;
const CALM_EVERY_MS = 1_000;
const EASE = 0.12;
const STEPS = [1, 2, 2.5, 5, 10];

const scheme = matchMedia('(prefers-color-scheme: dark)');
const css = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

function colours() {
  return Object.fromEntries(['accent', 'accent-soft', 'line', 'muted', 'warn', 'warn-soft', 'surface']
    .map((name) => [name, resolved(css(`--${name}`))]));
}

/** A canvas does not know `light-dark(…)`. */
function resolved(value) {
  const probe = h('i', { hidden: true });
  probe.style.color = value;
  document.body.append(probe);
  const colour = getComputedStyle(probe).color;
  probe.remove();
  return colour;
}

function niceMax(value) {
  if (value <= 0) return 1;
  const power = 10 ** Math.floor(Math.log10(value));
  return (STEPS.find((step) => step * power >= value) ?? 10) * power;
}

/** Seconds on x, a rate on y; the newest point stands at the right edge and moves on with the clock. */
export class MovingLine {
  #chart;
  #box;
  #tip;
  #colours = colours();
  #max = 1;
  #span = 300_000;
  #delay = 2_000;
  #marks = [];
  #frame;
  #drawnAt = 0;
  #dirty = true;
  #resizing;

  constructor(name) {
    this.name = name;
    this.#tip = h('p', { class: 'tip', hidden: true });
    this.#box = h('div', { class: 'chart', role: 'img', tabindex: '0', 'aria-label': name, onkeydown: (event) => this.#key(event), onblur: () => this.#hideTip() });
    this.root = h('div', { class: 'chart-frame' }, this.#box, this.#tip);
    this.#resizing = new ResizeObserver(() => this.#resize());
    this.#resizing.observe(this.#box);
    scheme.addEventListener('change', this.#recolour);
    this.#frame = requestAnimationFrame(this.#tick);
  }

  /** Points in order; `delay` is how far the right edge stays behind the clock. */
  set(times, values, { span, delay }) {
    this.#span = span;
    this.#delay = delay;
    this.data = [times.map((ms) => ms / 1_000), values];
    this.#chart?.setData(this.data, false);
    this.#dirty = true;
  }

  /** Stretches of time that stood out: [{from, to, open}]; `to` undefined while open. */
  mark(marks) {
    this.#marks = marks;
    this.#dirty = true;
  }

  describe(text) {
    this.#box.setAttribute('aria-label', text);
  }

  close() {
    cancelAnimationFrame(this.#frame);
    this.#resizing.disconnect();
    scheme.removeEventListener('change', this.#recolour);
    this.#chart?.destroy();
  }

  #recolour = () => {
    this.#colours = colours();
    this.#chart?.redraw();
  };

  #resize() {
    const width = this.#box.clientWidth;
    if (width === 0) return;
    if (this.#chart === undefined) this.#make(width);
    else this.#chart.setSize({ width, height: HEIGHT });
    this.#dirty = true;
  }

  #make(width) {
    const axis = {
      stroke: () => this.#colours.muted,
      font: '12px system-ui, sans-serif',
      ticks: { show: false },
    };
    this.#chart = new uPlot({
      width,
      height: HEIGHT,
      padding: [14, 14, 0, 0],
      legend: { show: false },
      cursor: { y: false, drag: { x: false, y: false }, points: { size: 8 } },
      scales: { x: { time: true, auto: false }, y: { auto: false } },
      axes: [
        { ...axis, size: 28, grid: { show: false }, space: 90, values: (_, ticks) => ticks.map((it) => clock(it * 1_000)) },
        { ...axis, size: 44, grid: { stroke: () => this.#colours.line, width: 1 }, splits: (_u, _i, _min, max) => this.#splits(max), values: (_, ticks) => ticks.map((it) => (it === 0 ? '0' : rate(it).replace(/\.0$/, ''))) },
      ],
      series: [
        {},
        {
          stroke: () => this.#colours.accent,
          width: 2,
          points: { show: false },
          paths: uPlot.paths.spline(),
          fill: (u) => this.#fill(u),
        },
      ],
      hooks: {
        drawClear: [(u) => this.#drawMarks(u)],
        draw: [(u) => this.#drawHead(u)],
        setCursor: [(u) => this.#showTip(u)],
      },
    }, this.data ?? [[], []], this.#box);
  }

  #splits(max) {
    const step = niceMax(max / 4);
    return [0, 1, 2, 3, 4].map((it) => it * step).filter((it) => it <= max);
  }

  #fill(u) {
    const { top, height } = u.bbox;
    const gradient = u.ctx.createLinearGradient(0, top, 0, top + height);
    const accent = this.#colours.accent;
    gradient.addColorStop(0, accent.replace(/^rgb\((.*)\)$/, 'rgba($1, 0.24)'));
    gradient.addColorStop(1, accent.replace(/^rgb\((.*)\)$/, 'rgba($1, 0)'));
    return gradient;
  }

  #drawMarks(u) {
    const { ctx, bbox } = u;
    for (const { from, to } of this.#marks) {
      const left = Math.max(bbox.left, u.valToPos(from / 1_000, 'x', true));
      const right = Math.min(bbox.left + bbox.width, to === undefined ? Infinity : u.valToPos(to / 1_000, 'x', true));
      if (right <= left) continue;
      ctx.fillStyle = this.#colours['warn-soft'];
      ctx.fillRect(left, bbox.top, right - left, bbox.height);
      ctx.fillStyle = this.#colours.warn;
      ctx.fillRect(left, bbox.top, right - left, 2 * devicePixelRatio);
    }
  }

  #drawHead(u) {
    const [xs, ys] = u.data;
    if (xs.length === 0) return;
    const x = u.valToPos(xs.at(-1), 'x', true);
    const y = u.valToPos(ys.at(-1), 'y', true);
    if (x < u.bbox.left) return;
    const { ctx } = u;
    ctx.beginPath();
    ctx.arc(x, y, 4 * devicePixelRatio, 0, 2 * Math.PI);
    ctx.fillStyle = this.#colours.accent;
    ctx.fill();
    ctx.lineWidth = 2 * devicePixelRatio;
    ctx.strokeStyle = this.#colours.surface;
    ctx.stroke();
  }

  /** Draws only where something would be seen to move: half a pixel, or new points. */
  #tick = (time) => {
    this.#frame = requestAnimationFrame(this.#tick);
    if (this.#chart === undefined || this.data === undefined) return;
    const target = this.#target();
    const settled = Math.abs(target - this.#max) < target * 0.005;
    const step = calm.matches ? CALM_EVERY_MS : (this.#span / Math.max(1, this.#box.clientWidth)) * 0.5;
    if (!this.#dirty && (settled || calm.matches) && time - this.#drawnAt < step) return;
    this.#max = settled || calm.matches || this.#max === 1 ? target : this.#max + (target - this.#max) * EASE;
    this.#dirty = false;
    this.#drawnAt = time;
    const end = Date.now() - this.#delay;
    this.#chart.batch(() => {
      this.#chart.setScale('x', { min: (end - this.#span) / 1_000, max: end / 1_000 });
      this.#chart.setScale('y', { min: 0, max: this.#max });
    });
  };

  #target() {
    return Math.max(1, ...this.data[1].slice(-2_000)) * 1.12;
  }

  #key(event) {
    const by = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (by === undefined || this.#chart === undefined || this.data[0].length === 0) return;
    event.preventDefault();
    const last = this.data[0].length - 1;
    const index = Math.max(0, Math.min(last, (this.#chart.cursor.idx ?? last) + by));
    this.#chart.setCursor({ left: this.#chart.valToPos(this.data[0][index], 'x'), top: 10 });
  }

  #hideTip() {
    this.#chart?.setCursor({ left: -10, top: -10 });
  }

  #showTip(u) {
    const { idx, left } = u.cursor;
    const at = left >= 0 && idx !== null && idx !== undefined ? u.data[0][idx] : undefined;
    this.#tip.hidden = at === undefined;
    if (at === undefined) return;
    this.#tip.textContent = `${clock(at * 1_000)} · ${rate(u.data[1][idx])} a second`;
    const x = Math.min(Math.max(left + 44, 70), this.#box.clientWidth - 70);
    this.#tip.style.transform = `translateX(${x}px) translateX(-50%)`;
  }
}

/** A small line of counts, the newest last; without axes, for one look. */
export function spark(canvasLabel, counts) {
  const canvas = h('canvas', { class: 'spark', role: 'img', 'aria-label': canvasLabel, width: 180, height: 44 });
  drawSpark(canvas, counts);
  return canvas;
}

export function drawSpark(canvas, counts) {
  const ctx = canvas.getContext('2d');
  const { width, height } = canvas;
  const peak = Math.max(1, ...counts);
  const step = width / counts.length;
  ctx.clearRect(0, 0, width, height);
  ctx.fillStyle = resolved(css('--accent'));
  counts.forEach((count, i) => {
    const tall = count === 0 ? 2 : Math.max(4, (count / peak) * height);
    ctx.globalAlpha = count === 0 ? 0.25 : 1;
    ctx.fillRect(i * step + 1, height - tall, Math.max(1, step - 2), tall);
  });
  ctx.globalAlpha = 1;
}
