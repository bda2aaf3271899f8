// The frame: which page is open, of which pipeline, and how the connection is doing.

import { Problem, get, useKey } from './api.js';
import { h } from './dom.js';
import { clock, whole } from './format.js';
import { LiveStream } from './live.js';
import { link, parse } from './route.js';
import { blank } from './widgets.js';

const LIST_EVERY_MS = 10_000;
const RETRY_MS = 2_000;

const main = document.getElementById('main');
const state = document.querySelector('.state');
const choice = document.querySelector('[data-pipelines]');
const count = document.querySelector('[data-count]');

let pipelines = [];
let open;

const STATES = {
  connecting: () => 'Connecting',
  live: () => 'Live',
  stale: (it) => `Stale since ${clock(it.since)}`,
  reconnecting: (it) => (it.since ? `Reconnecting · as of ${clock(it.since)}` : 'Reconnecting'),
  denied: () => 'Not allowed',
  missing: () => 'Not found',
};

function showState(it) {
  state.dataset.state = it.name;
  state.lastElementChild.textContent = STATES[it.name](it);
  main.dataset.state = it.name;
}

/** By the first part of the address: the tab, the module, the title. */
const PAGES = {
  '': ['sites', 'sites', 'Sites'],
  sites: ['sites', 'site', 'Site'],
  operations: ['operations', 'operations', 'Operations'],
  'dead-letters': ['letters', 'letters', 'Dead letters'],
  pipelines: ['pipeline', 'pipeline', 'Pipeline'],
};

function chosen(route) {
  const named = route.parts[0] === 'pipelines' ? route.parts[1] : route.params.get('pipeline');
  if (named) return named;
  const last = sessionStorage.getItem('millrace-pipeline');
  return pipelines.find((it) => it.pipeline === last)?.pipeline ?? pipelines[0]?.pipeline;
}

function close() {
  open?.page?.close?.();
  open?.stream?.stop();
  open?.abort.abort();
  open = undefined;
}

async function show(focus) {
  close();
  const route = parse(location.hash);
  const [tab, module, title] = PAGES[route.parts[0] ?? ''] ?? PAGES[''];
  const pipeline = chosen(route);
  const current = { abort: new AbortController(), hash: location.hash };
  open = current;
  for (const it of document.querySelectorAll('.tabs a')) {
    if (it.dataset.page === tab) {
      it.setAttribute('aria-current', 'page');
      bringIntoView(it);
    } else it.removeAttribute('aria-current');
  }
  document.title = `${tab === 'sites' && route.parts[1] ? route.parts[1].slice(0, 80) : title} · Millrace`;
  if (pipeline === undefined) {
    await showNone(current);
    return;
  }
  sessionStorage.setItem('millrace-pipeline', pipeline);
  showChoice(pipeline, tab);
  const root = h('div', { class: `page ${tab}` });
  main.replaceChildren(root);
  const context = {
    root,
    pipeline,
    parts: route.parts,
    params: route.params,
    signal: current.abort.signal,
    /** Opens the one stream of this page. */
    live(wanted, on) {
      current.stream?.stop();
      current.stream = new LiveStream(pipeline, wanted, {
        ...on,
        state: (it) => {
          showState(it);
          on.state?.(it);
          if (it.name === 'denied') showDenied(it.detail);
          // The pipeline has changed or gone: what the page shows must follow.
          if (it.name === 'missing') setTimeout(() => open === current && show(false), RETRY_MS);
        },
        metrics: (metrics) => {
          showCount(metrics.dlqSize);
          on.metrics?.(metrics);
        },
      }).start();
      return current.stream;
    },
    /** Changes what the address says of this page, without opening it anew. */
    remember(params) {
      for (const [name, value] of Object.entries(params)) {
        if (value === undefined) route.params.delete(name);
        else route.params.set(name, value);
      }
      current.hash = link(route.parts, Object.fromEntries(route.params));
      history.replaceState(null, '', current.hash);
    },
    reload: () => show(false),
  };
  await attempt(current, async () => {
    const { openPage } = await load(module);
    current.page = await openPage(context);
    if (open !== current) current.page?.close?.();
  });
  if (focus && open === current) main.focus({ preventScroll: true });
}

/** A page's module. If the server did not give it, all is loaded anew once it answers, as browsers remember such failures. */
async function load(module) {
  try {
    return await import(`../pages/${module}.js`);
  } catch (failure) {
    if (!(failure instanceof TypeError)) throw failure;
    await get('/health/live');
    location.reload();
    throw new Problem(0, 'Loading the page anew.');
  }
}

/** Tries until it works or another page is open; says meanwhile why it does not. */
async function attempt(current, work) {
  for (;;) {
    try {
      await work();
      return;
    } catch (failure) {
      if (open !== current) return;
      if (!(failure instanceof Problem)) throw failure;
      if (failure.denied) {
        showState({ name: 'denied' });
        showDenied(failure.message);
        return;
      }
      if (failure.status === 404) {
        showState({ name: 'missing' });
        main.replaceChildren(blank('This is not there', failure.message, h('p', {}, h('a', { href: '#/', text: 'All sites' }))));
        return;
      }
      showState({ name: 'reconnecting' });
      if (main.textContent.trim() === '') main.replaceChildren(blank('Waiting for the server', failure.message));
      await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
      if (open !== current) return;
      if (current.page === undefined) {
        show(false);
        return;
      }
    }
  }
}

/** On a narrow screen tabs scroll sideways. `scrollIntoView` would have the first Tab go on from there. */
function bringIntoView(tab) {
  const bar = tab.parentElement;
  const left = tab.offsetLeft - bar.offsetLeft;
  if (left < bar.scrollLeft || left + tab.offsetWidth > bar.scrollLeft + bar.clientWidth) bar.scrollLeft = left;
}

async function showNone(current) {
  await attempt(current, listPipelines);
  if (open !== current || main.querySelector('.key')) return;
  if (pipelines.length > 0) {
    show(false);
    return;
  }
  showState({ name: 'live' });
  main.replaceChildren(blank('No pipeline yet', 'Put one, and its numbers appear here:',
    h('pre', { class: 'code', text: `./millrace apply web.yaml --server ${location.origin}` })));
  setTimeout(() => {
    if (open === current) show(false);
  }, RETRY_MS);
}

function showDenied(detail) {
  if (main.querySelector('.key')) return;
  const input = h('input', { type: 'password', autocomplete: 'off', spellcheck: 'false', 'aria-label': 'API key', placeholder: 'mr_…' });
  const use = () => {
    useKey(input.value.trim());
    listPipelines().catch(() => {}).finally(() => show(false));
  };
  main.replaceChildren(blank('Not allowed', detail ?? 'The server wants a key.',
    h('div', { class: 'key' }, input, h('button', { text: 'Use this key', onclick: use }))));
  input.addEventListener('keydown', (event) => {
    if (event.key === 'Enter') use();
  });
  input.focus();
}

function showChoice(pipeline, tab) {
  const names = pipelines.map((it) => it.pipeline);
  if (!names.includes(pipeline)) names.unshift(pipeline);
  choice.replaceChildren(...names.map((name) => h('option', { value: name, selected: name === pipeline, text: name })));
  choice.closest('label').hidden = false;
  choice.onchange = () => {
    location.hash = tab === 'pipeline' ? link(['pipelines', choice.value]) : link(parse(location.hash).parts.slice(0, 1).filter((it) => it !== 'sites'), { pipeline: choice.value });
  };
  for (const it of document.querySelectorAll('.tabs a')) {
    const where = { sites: [], operations: ['operations'], letters: ['dead-letters'], pipeline: ['pipelines', pipeline] }[it.dataset.page];
    it.href = link(where, it.dataset.page === 'pipeline' || names.length === 1 ? {} : { pipeline });
  }
}

function showCount(letters) {
  count.hidden = letters === 0;
  count.textContent = letters > 9_999 ? '9,999+' : whole(letters);
}

async function listPipelines() {
  pipelines = (await get('/v1/pipelines')).pipelines;
}

// An address names a page, so the link to the content must not change it.
document.querySelector('.skip').addEventListener('click', (event) => {
  event.preventDefault();
  main.focus();
});
addEventListener('hashchange', () => {
  if (location.hash !== open?.hash) show(true);
});
setInterval(() => {
  if (!document.hidden) listPipelines().catch(() => {});
}, LIST_EVERY_MS);

try {
  await listPipelines();
} catch {
  // The page that opens next says so, and tries again.
}
await show(false);
