// Alerts, cards, carousels, containers, data tables, plans and tasks of Block Kit.
import { fill, h } from '../dom.js';
import { icon } from '../icons.js';
import { plain, textObject } from '../mrkdwn.js';
import { outsideLink } from '../mentions.js';
import { pictureOf } from './pictures.js';
import { richText } from './rich_text.js';

const LEVELS = { info: 'eye', warning: 'alert', error: 'alert', success: 'check' };
const STATUS = {
  pending: ['Waiting', '○'],
  in_progress: ['In progress', '◔'],
  complete: ['Done', '✓'],
  error: ['Failed', '✕'],
};

export function alert(block, env) {
  const level = block.level ?? 'default';
  return h(
    `div.alert-block.${level}`,
    { role: level === 'error' || level === 'warning' ? 'alert' : 'note' },
    LEVELS[level] ? icon(LEVELS[level], 18) : null,
    h('div', null, textObject(block.text, env)),
  );
}

/** `element(block, each)` draws an interactive element of a block. */
export function card(block, env, element) {
  const words = (name) => (block[name] ? h(`div.card-${name}`, null, textObject(block[name], env)) : null);
  return h(
    'div.card-block',
    { role: 'group', 'aria-label': block.title?.text ?? 'Card' },
    block.hero_image ? pictureOf(block.hero_image, env, { className: 'card-hero' }) : null,
    h(
      'div.card-head',
      null,
      block.icon ? pictureOf(block.icon, env, { className: 'context-image' }) : null,
      h('div', null, words('title'), words('subtitle')),
    ),
    words('body'),
    words('subtext'),
    block.actions ? h('div.card-actions', null, block.actions.map((each) => element(block, each))) : null,
  );
}

export function carousel(block, env, element) {
  const cards = (block.elements ?? []).map((each) => card(each, env, element));
  return h('div.carousel-block', { tabindex: '0', role: 'region', 'aria-label': 'Carousel' }, cards);
}

export function container(block, env, renderBlocks) {
  const title = [
    block.icon ? pictureOf(block.icon, env, { className: 'context-image' }) : null,
    h(
      'div',
      null,
      block.rich_text_title
        ? richText(block.rich_text_title, env)
        : h('strong', null, plain(block.title?.text)),
      block.subtitle ? h('div.container-subtitle', null, textObject(block.subtitle, env)) : null,
    ),
  ];
  const inner = h('div.container-inner', null, renderBlocks(block.child_blocks, env));
  if (!block.is_collapsible) return h('section.container-block', null, h('div.container-head', null, title), inner);
  return h(
    'details.container-block',
    { open: !block.default_collapsed },
    h('summary.container-head', null, title),
    inner,
  );
}

/** A table in pages, its first row the head. */
export function dataTable(block, env, table) {
  const [head = [], ...rows] = block.rows ?? [];
  const size = block.page_size ?? 10;
  const pages = Math.max(1, Math.ceil(rows.length / size));
  const place = h('div');
  const where = h('span', { role: 'status' });
  let page = 0;
  const turn = (by) => () => {
    page = Math.min(pages - 1, Math.max(0, page + by));
    draw();
  };
  const before = h('button.btn.small', { type: 'button', onclick: turn(-1) }, 'Previous');
  const after = h('button.btn.small', { type: 'button', onclick: turn(1) }, 'Next');
  const draw = () => {
    fill(place, table({ ...block, rows: [head, ...rows.slice(page * size, (page + 1) * size)] }, env));
    where.textContent = `Page ${page + 1} of ${pages}`;
    before.disabled = page === 0;
    after.disabled = page === pages - 1;
  };
  draw();
  return h(
    'figure.data-table',
    null,
    h('figcaption', null, block.caption),
    place,
    pages > 1 ? h('div.data-table-foot', null, before, where, after) : null,
  );
}

export function plan(block, env) {
  return h(
    'section.plan-block',
    { 'aria-label': block.title },
    h('strong', null, block.title),
    h('ul.plan-tasks', null, (block.tasks ?? []).map((task) => h('li', null, taskCard(task, env)))),
  );
}

export function taskCard(task, env) {
  const [words, sign] = STATUS[task.status] ?? STATUS.pending;
  const head = [
    h(`span.task-sign.${task.status}`, { role: 'img', 'aria-label': words, title: words }, sign),
    h('span.task-title', null, task.title),
  ];
  const sources = (task.sources ?? []).map(({ url, text }) => h('li', null, outsideLink(url, text || url, env)));
  const more = [
    task.details ? h('div.task-part', null, richText(task.details, env)) : null,
    task.output ? h('div.task-part', null, richText(task.output, env)) : null,
    sources.length ? h('ul.task-sources', { 'aria-label': 'Sources' }, sources) : null,
  ].filter(Boolean);
  if (!more.length) return h('div.task-block', null, h('div.task-head', null, head));
  return h('details.task-block', { open: task.status === 'in_progress' }, h('summary.task-head', null, head), more);
}
