// What would mend a dead letter, read off its failure.

const MISSING = /no such field: (data(?:\.[\w-]+)+)/;
const TEXT_OPERAND = /(data(?:\.[\w-]+)+) is a string, but '[^']*' needs a number/;
const NUMERIC = /^\s*-?\d+(\.\d+)?([eE][-+]?\d+)?\s*$/;

/** Nested objects of a path: `data.a.b` and 1 make `{data: {a: {b: 1}}}`. */
function nested(field, value) {
  return field.split('.').reduceRight((inner, name) => ({ [name]: inner }), value);
}

function valueAt(event, field) {
  return field.split('.').reduce((value, name) => (value === null || typeof value !== 'object' ? undefined : value[name]), event);
}

/**
 * A suggestion, or undefined: `{text, patch}` for the letters as they are, or `{text, edit(definition)}`, which gives
 * the definition's text with the stage mended, or undefined if it does not find where.
 */
export function suggestionFor(letter) {
  const missing = MISSING.exec(letter.message)?.[1];
  if (letter.kind === 'stage' && missing) {
    return { text: `The events have no ${missing}. Give it to them as empty text?`, patch: nested(missing, '') };
  }
  const text = TEXT_OPERAND.exec(letter.message)?.[1];
  if (letter.kind === 'stage' && text && NUMERIC.test(valueAt(letter.event, text) ?? '')) {
    return {
      text: `${text} came as text, and the stage reckons with it. Let the stage read it as a number?`,
      edit: (definition) => inStage(definition, letter.stage, (part) => part.replaceAll(new RegExp(`(?<![\\w.]|double\\()${text.replaceAll('.', '\\.')}(?![\\w.-])`, 'g'), `double(${text})`)),
    };
  }
  if (letter.kind === 'late') return { text: 'They came too late for their windows. A replay counts them there, and corrects those rows.' };
  return undefined;
}

/** Changes the text of one stage alone: from its name to that of the next. */
function inStage(definition, stage, change) {
  const names = [...definition.matchAll(/(^\s*-\s*\{?\s*name:\s*|"name"\s*:\s*")([\w-]+)/gm)];
  const at = names.findIndex((it) => it[2] === stage);
  if (at < 0) return undefined;
  const from = names[at].index + names[at][0].length;
  const to = names[at + 1]?.index ?? definition.length;
  const changed = change(definition.slice(from, to));
  const mended = definition.slice(0, from) + changed + definition.slice(to);
  return mended === definition ? undefined : mended;
}

/** The merge patch (RFC 7396) that makes `after` of `before`; undefined where there is none to make. */
export function patchBetween(before, after) {
  if (!isObject(before) || !isObject(after)) return JSON.stringify(before) === JSON.stringify(after) ? undefined : after;
  // Without a prototype, as a field may be named `__proto__`.
  const patch = Object.create(null);
  for (const name of Object.keys(before)) {
    if (!Object.hasOwn(after, name)) patch[name] = null;
  }
  for (const [name, value] of Object.entries(after)) {
    const part = Object.hasOwn(before, name) ? patchBetween(before[name], value) : value;
    if (part !== undefined) patch[name] = part;
  }
  return Object.keys(patch).length === 0 ? undefined : patch;
}

function isObject(value) {
  return value !== null && typeof value === 'object' && !Array.isArray(value);
}

const DRAFT = 'millrace-draft';

/** Hands an edited definition to the pipeline page. */
export function leaveDraft(draft) {
  sessionStorage.setItem(DRAFT, JSON.stringify(draft));
}

/** Takes what was left for this pipeline, once. */
export function takeDraft(pipeline) {
  const draft = JSON.parse(sessionStorage.getItem(DRAFT) ?? 'null');
  if (draft?.pipeline !== pipeline) return undefined;
  sessionStorage.removeItem(DRAFT);
  return draft;
}
