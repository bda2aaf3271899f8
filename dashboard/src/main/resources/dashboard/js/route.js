// Addresses of pages, behind the `#`.

/** `#/sites/a%2Fb?pipeline=web` as its parts. */
export function parse(hash) {
  const [where, query = ''] = hash.replace(/^#?\/?/, '').split('?', 2);
  const parts = where.split('/').filter((it) => it !== '').map((it) => {
    try {
      return decodeURIComponent(it);
    } catch {
      return it;
    }
  });
  return { parts, params: new URLSearchParams(query) };
}

/** The address of a page; parameters that are undefined or empty are left out. */
export function link(parts, params = {}) {
  const query = new URLSearchParams(Object.entries(params).filter(([, value]) => value !== undefined && value !== ''));
  const text = query.toString();
  return `#/${parts.map(encodeURIComponent).join('/')}${text ? `?${text}` : ''}`;
}
