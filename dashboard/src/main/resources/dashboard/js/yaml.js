// Colours for YAML and JSON, line by line.

const TOKENS = /(?<comment>(?:^|(?<=\s))#.*$)|(?<key>(?:"(?:[^"\\]|\\.)*"|[\w.$-]+)(?=\s*:(?:\s|$|[{[])))|(?<string>"(?:[^"\\]|\\.)*"|'(?:[^']|'')*')|(?<number>(?<![\w.-])-?\d+(?:\.\d+)?(?:ms|s|m|h|d|KiB|MiB|GiB)?(?![\w.-])|(?<![\w.-])(?:true|false|null)(?![\w.-]))|(?<mark>[-{}[\],:|>](?=\s|$|[{[]|[}\]]))/g;
const LINE_CHARS_MAX = 2_000;

/** The pieces of a line: [class or undefined, text]. */
export function pieces(line) {
  if (line.length > LINE_CHARS_MAX) return [[undefined, line]];
  const out = [];
  let at = 0;
  for (const match of line.matchAll(TOKENS)) {
    if (match.index > at) out.push([undefined, line.slice(at, match.index)]);
    const [kind] = Object.entries(match.groups).find(([, text]) => text !== undefined);
    out.push([`y-${kind}`, match[0]]);
    at = match.index + match[0].length;
  }
  if (at < line.length) out.push([undefined, line.slice(at)]);
  return out;
}
