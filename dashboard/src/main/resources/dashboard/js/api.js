// The HTTP API. A key is kept for this tab alone.

const TIMEOUT_MS = 30_000;
const KEY = 'millrace-key';

/** An answer that is no success, or none at all (`status` 0). */
export class Problem extends Error {
  constructor(status, detail, errors = []) {
    super(detail);
    this.status = status;
    this.errors = errors;
  }

  get denied() {
    return this.status === 401 || this.status === 403;
  }
}

export function headers() {
  const key = sessionStorage.getItem(KEY);
  return key ? { Authorization: `Bearer ${key}` } : {};
}

export function useKey(key) {
  sessionStorage.setItem(KEY, key);
}

export const path = (pipeline, ...rest) => ['/v1/pipelines', ...[pipeline, ...rest].map(encodeURIComponent)].join('/');

export async function get(url, signal) {
  return request('GET', url, undefined, signal);
}

export const post = (url, body) => request('POST', url, JSON.stringify(body ?? {}));
export const remove = (url) => request('DELETE', url);

export const putYaml = (url, text) => request('PUT', url, text, undefined, 'application/yaml');

async function request(method, url, body, signal, type = 'application/json') {
  const timeout = AbortSignal.timeout(TIMEOUT_MS);
  let response;
  try {
    response = await fetch(url, {
      method,
      body,
      headers: { ...headers(), ...(body === undefined ? {} : { 'Content-Type': type }) },
      signal: signal ? AbortSignal.any([signal, timeout]) : timeout,
    });
  } catch (failure) {
    if (signal?.aborted) throw failure;
    throw new Problem(0, 'The server does not answer.');
  }
  const answer = await response.json().catch(() => ({}));
  if (!response.ok) throw new Problem(response.status, answer.detail ?? `The server answered ${response.status}.`, answer.errors);
  return answer;
}
