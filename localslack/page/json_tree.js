// How is JSON read: folded, coloured by kind, and copied?
import { h } from './dom.js';

/** A tree of <details>; the first `depth` levels are open. Children are made when they are first opened. */
export function jsonTree(value, { depth = 1, key = null } = {}) {
  if (value === null || typeof value !== 'object') return h('div.json-row', null, keyPart(key), leaf(value));
  const entries = Object.entries(value);
  const [open, close] = Array.isArray(value) ? ['[', ']'] : ['{', '}'];
  if (!entries.length) return h('div.json-row', null, keyPart(key), h('span.json-mark', null, open + close));
  const inner = h('div.json-inner');
  const node = h(
    'details.json-node',
    { open: depth > 0 },
    h(
      'summary',
      null,
      keyPart(key),
      h('span.json-mark', null, `${open} `),
      h('span.json-count', null, hint(value, entries)),
      h('span.json-mark', null, ` ${close}`),
    ),
    inner,
  );
  const grow = () => {
    if (!node.open || inner.childNodes.length) return;
    inner.append(
      ...entries.map(([name, item]) =>
        jsonTree(item, { depth: depth - 1, key: Array.isArray(value) ? Number(name) : name }),
      ),
    );
  };
  node.addEventListener('toggle', grow);
  grow();
  return node;
}

function keyPart(key) {
  return key === null ? null : h(`span.${typeof key === 'number' ? 'json-index' : 'json-key'}`, null, `${key}: `);
}

/** What a folded node shows of its content: a type, an id, or how much there is. */
function hint(value, entries) {
  if (Array.isArray(value)) return `${entries.length}`;
  const telling = ['type', 'action_id', 'block_id', 'id', 'name', 'ts', 'value', 'ok']
    .filter((name) => ['string', 'boolean'].includes(typeof value[name]))
    .slice(0, 2);
  return telling.length
    ? telling.map((name) => `${name}: ${String(value[name]).slice(0, 40)}`).join(', ')
    : `${entries.length} ${entries.length === 1 ? 'key' : 'keys'}`;
}

function leaf(value) {
  const kind = value === null ? 'null' : typeof value;
  return h(`span.json-${kind}`, null, kind === 'string' ? JSON.stringify(value) : String(value));
}
