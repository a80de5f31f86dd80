// What does the standard Markdown of a markdown block look like?
import { h } from '../dom.js';
import { emoji } from '../mrkdwn.js';
import { outsideLink } from '../mentions.js';

/** Headings, lists, quotes, fences, rules, tables and inline marks: what Slack's markdown block knows. */
export function markdown(text, env) {
  return blocks(
    String(text ?? '')
      .replace(/\r\n?/g, '\n')
      .split('\n'),
    env,
  );
}

/** Each kind: does a line begin it, how many lines belong to it, what does it become? */
const KINDS = [
  {
    starts: (line) => /^\s*```/.test(line),
    spans: fence,
    node: (lines) =>
      h(
        'pre.code-block',
        null,
        lines
          .slice(1)
          .filter((line, at, all) => at < all.length - 1 || !/^\s*```/.test(line))
          .join('\n'),
      ),
  },
  {
    starts: (line) => /^#{1,6} /.test(line),
    spans: () => 1,
    node: ([line], env) =>
      h(`h${Math.min(6, line.indexOf(' ') + 1)}.md-heading`, null, inline(line.replace(/^#+ +/, ''), env)),
  },
  { starts: (line) => /^\s*([-*_])(\s*\1){2,}\s*$/.test(line), spans: () => 1, node: () => h('hr.divider-block') },
  {
    starts: (line) => /^>/.test(line),
    spans: run(/^>/),
    node: (lines, env) =>
      h(
        'blockquote.quote',
        null,
        blocks(
          lines.map((line) => line.replace(/^> ?/, '')),
          env,
        ),
      ),
  },
  { starts: (line, next) => /\|/.test(line) && /^[\s|:-]*-[\s|:-]*$/.test(next ?? ''), spans: run(/\|/), node: table },
  { starts: (line) => LIST.test(line), spans: run(/^(\s*([-*+]|\d+[.)]) +|\s{2,}\S)/), node: list },
  { starts: (line) => line.trim() === '', spans: () => 1, node: () => null },
  {
    starts: () => true,
    spans: paragraph,
    node: (lines, env) =>
      h(
        'p.md-paragraph',
        null,
        lines.flatMap((line, at) => [at ? h('br') : null, inline(line, env)]),
      ),
  },
];

const LIST = /^\s*([-*+]|\d+[.)]) +/;

function blocks(lines, env) {
  const nodes = [];
  for (let at = 0; at < lines.length;) {
    const kind = KINDS.find(({ starts }) => starts(lines[at], lines[at + 1]));
    const count = kind.spans(lines.slice(at));
    nodes.push(kind.node(lines.slice(at, at + count), env));
    at += count;
  }
  return nodes.filter(Boolean);
}

function run(pattern) {
  return (lines) => {
    const end = lines.findIndex((line) => !pattern.test(line));
    return end < 0 ? lines.length : end;
  };
}

function fence(lines) {
  const end = lines.findIndex((line, at) => at > 0 && /^\s*```/.test(line));
  return end < 0 ? lines.length : end + 1;
}

function paragraph(lines) {
  const end = lines.findIndex(
    (line, at) => at > 0 && (line.trim() === '' || KINDS.slice(0, 6).some(({ starts }) => starts(line, lines[at + 1]))),
  );
  return end < 0 ? lines.length : end;
}

/** Items with what is indented under them, which may be lists again. */
function list(lines, env) {
  const ordered = /^\s*\d/.test(lines[0]);
  const base = lines[0].match(/^\s*/)[0].length;
  const items = [];
  for (const line of lines) {
    const own = LIST.test(line) && line.match(/^\s*/)[0].length <= base;
    if (own) items.push({ text: line.replace(LIST, ''), below: [] });
    else items.at(-1)?.below.push(line);
  }
  const task = (text) => text.replace(/^\[ \] /, '☐ ').replace(/^\[[xX]\] /, '☑ ');
  return h(
    ordered ? 'ol' : 'ul',
    { start: ordered ? parseInt(lines[0], 10) : null },
    items.map(({ text, below }) =>
      h('li', null, inline(task(text), env), below.length ? blocks(dedent(below), env) : null),
    ),
  );
}

function dedent(lines) {
  const depth = Math.min(...lines.map((line) => line.match(/^\s*/)[0].length));
  return lines.map((line) => line.slice(depth));
}

function table(lines, env) {
  const cells = (line) =>
    line
      .trim()
      .replace(/^\||\|$/g, '')
      .split('|')
      .map((cell) => cell.trim());
  const [head, , ...rows] = lines;
  return h(
    'div.table-scroll',
    { tabindex: '0', role: 'region', 'aria-label': 'Table' },
    h(
      'table.table-block',
      null,
      h(
        'thead',
        null,
        h(
          'tr',
          null,
          cells(head).map((cell) => h('th', { scope: 'col' }, inline(cell, env))),
        ),
      ),
      h(
        'tbody',
        null,
        rows.map((row) =>
          h(
            'tr',
            null,
            cells(row).map((cell) => h('td', null, inline(cell, env))),
          ),
        ),
      ),
    ),
  );
}

const INLINE =
  /`(?<code>[^`]+)`|!?\[(?<label>[^\]]*)\]\((?<href>[^)\s]+)[^)]*\)|\*\*(?<bold>.+?)\*\*|__(?<bold2>.+?)__|(?<![\w*])\*(?<italic>[^*\s](?:[^*]*[^*\s])?)\*|(?<!\w)_(?<italic2>[^_\s](?:[^_]*[^_\s])?)_(?!\w)|~~(?<strike>.+?)~~|:(?<emoji>[a-z0-9_+'-]+):|(?<url>https?:\/\/[^\s<>]*[^\s<>.,;:!?)\]}'"*_~`])/gu;

function inline(text, env) {
  const nodes = [];
  let from = 0;
  for (const found of text.matchAll(INLINE)) {
    const node = inlineNode(found.groups, env);
    if (!node) continue;
    nodes.push(text.slice(from, found.index), node);
    from = found.index + found[0].length;
  }
  nodes.push(text.slice(from));
  return nodes;
}

function inlineNode(part, env) {
  if (part.code !== undefined) return h('code', null, part.code);
  if (part.href !== undefined) return outsideLink(part.href, part.label || part.href, env);
  if (part.bold ?? part.bold2) return h('strong', null, inline(part.bold ?? part.bold2, env));
  if (part.italic ?? part.italic2) return h('em', null, inline(part.italic ?? part.italic2, env));
  if (part.strike) return h('s', null, inline(part.strike, env));
  if (part.url) return outsideLink(part.url, part.url, env);
  return part.emoji ? emoji(part.emoji) : null;
}
