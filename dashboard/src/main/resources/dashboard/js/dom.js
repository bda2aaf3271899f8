// Elements. Whatever comes from events goes through textContent, never through markup.

const SVG = 'http://www.w3.org/2000/svg';

/** Characters that would not be seen, or would turn text around: controls, bidi marks, separators. */
const UNSEEN = /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb]/g;
const SHOWN_CHARS = 240;
const TITLE_CHARS = 1_000;

/** Makes `<tag>`; `props` are attributes, `on…` listeners, and `text`. */
export function h(tag, props, ...children) {
  return build(document.createElement(tag), props, children);
}

export function svg(tag, props, ...children) {
  return build(document.createElementNS(SVG, tag), props, children);
}

function build(element, props, children) {
  for (const [name, value] of Object.entries(props ?? {})) {
    if (value === undefined || value === null || value === false) continue;
    if (name === 'text') element.textContent = value;
    else if (name.startsWith('on')) element.addEventListener(name.slice(2), value);
    else element.setAttribute(name, value === true ? '' : value);
  }
  element.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

/** Unseen characters as what they are: ␊ for a line feed, `\u202e` for an override. */
export function visible(text) {
  return text.replace(UNSEEN, (it) => {
    const code = it.charCodeAt(0);
    return code < 0x20 ? String.fromCharCode(0x2400 + code) : escapeOf(code);
  });
}

/** JSON whose unseen characters are escaped, so that it can be read, and edited without loss. */
export function visibleJson(value) {
  return JSON.stringify(value, null, 2).replace(UNSEEN, (it) => (it === '\n' ? it : escapeOf(it.charCodeAt(0))));
}

function escapeOf(code) {
  return `\\u${code.toString(16).padStart(4, '0')}`;
}

export function cut(text, chars = SHOWN_CHARS) {
  return text.length <= chars ? text : `${text.slice(0, chars).replace(/[\ud800-\udbff]$/, '')}…`;
}

/** A value of an event, isolated from the text around it and cut to one line. */
export function foreign(value, props) {
  const element = h('bdi', { class: 'foreign', ...props });
  setForeign(element, value);
  return element;
}

export function setForeign(element, value) {
  const text = plain(value);
  if (element.foreignText === text) return;
  element.foreignText = text;
  const shown = visible(cut(text, TITLE_CHARS));
  element.textContent = cut(shown);
  element.title = shown;
}

/** How a value of a group or row is written. */
export function plain(value) {
  if (value === null || value === undefined) return 'none';
  if (value === '') return '(empty)';
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** Sets text only where it differs, so that nothing is laid out anew for nothing. */
export function setText(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

export const calm = matchMedia('(prefers-reduced-motion: reduce)');
