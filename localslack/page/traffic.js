// What went to the apps and what came from them? Every payload and every call, to be searched and opened.
import { announce, debounced, fill, h, uid } from './dom.js';
import { live } from './api.js';
import { icon } from './icons.js';
import { jsonTree } from './json_tree.js';

const MOST = 2000;

export class TrafficView {
  constructor(env) {
    Object.assign(this, { env, rows: new Map(), nodes: new Map(), unfolded: new Set(), paused: false });
    this.words = h('input.input', {
      type: 'search',
      placeholder: 'Filter: chat.postMessage, view_submission, error, any text…',
      'aria-label': 'Filter traffic',
      oninput: debounced(() => this.#draw(), 120),
    });
    this.direction = this.#choice('Direction', [
      ['', 'Both ways'],
      ['to_app', 'To apps'],
      ['from_app', 'From apps'],
    ]);
    this.app = this.#choice('App', [['', 'All apps'], ...env.directory.apps.map(({ id, name }) => [id, name])]);
    this.failed = h('input', { type: 'checkbox', onchange: () => this.#draw() });
    this.count = h('span.traffic-count', { role: 'status' });
    this.list = h('ol.traffic-list');
    this.pause = h(
      'button.btn.small',
      { type: 'button', 'aria-pressed': 'false', onclick: () => this.#togglePause() },
      'Pause',
    );
    this.node = h(
      'section.pane.traffic-pane',
      { 'aria-label': 'Traffic' },
      h(
        'header.pane-head',
        null,
        h('a.icon-button.phone-only', { href: env.routes.start(), 'aria-label': 'Back to channels' }, icon('back')),
        icon('traffic'),
        h('h1', null, 'Traffic'),
        h('span.topic', null, 'Payloads to apps and calls from them'),
        h('span.spring'),
        this.count,
        this.pause,
        h('button.btn.small', { type: 'button', onclick: () => this.#empty() }, icon('trash', 16), 'Clear'),
      ),
      h(
        'div.traffic-filter',
        { role: 'search' },
        this.words,
        this.direction,
        this.app,
        h('label.check-label', null, this.failed, 'Only failures'),
      ),
      h('div.traffic-scroll', { tabindex: '-1' }, this.list),
    );
  }

  #choice(label, options) {
    return h(
      'select.input',
      { 'aria-label': label, onchange: () => this.#draw() },
      options.map(([value, name]) => h('option', { value }, name)),
    );
  }

  async open() {
    this.stop = live(this.env.model.me.id, { traffic: true }, (frame) => {
      if (frame.type === 'traffic') this.#take(frame.row);
    });
    const { rows } = await this.env.api.traffic();
    for (const row of rows) this.rows.set(row.seq, row);
    this.#draw();
  }

  close() {
    this.stop?.();
  }

  #take(row) {
    this.rows.set(row.seq, row);
    if (this.rows.size > MOST) this.rows.delete(this.rows.keys().next().value);
    if (!this.paused) this.#place(row);
  }

  #togglePause() {
    this.paused = !this.paused;
    this.pause.setAttribute('aria-pressed', String(this.paused));
    this.pause.textContent = this.paused ? 'Go on' : 'Pause';
    if (!this.paused) this.#draw();
  }

  async #empty() {
    await this.env.api.emptyTraffic().catch(this.env.complain);
    this.rows.clear();
    this.#draw();
  }

  #fits(row) {
    if (this.direction.value && row.direction !== this.direction.value) return false;
    if (this.app.value && row.app_id !== this.app.value) return false;
    if (this.failed.checked && ['ok', 'pending'].includes(row.status)) return false;
    const words = this.words.value.trim().toLowerCase().split(/\s+/).filter(Boolean);
    if (!words.length) return true;
    row.text ??=
      `${row.kind} ${row.summary} ${row.status} ${row.app} ${row.transport} ${JSON.stringify(row.request)} ${JSON.stringify(row.response)}`.toLowerCase();
    return words.every((word) => row.text.includes(word));
  }

  /** Newest first. */
  #draw() {
    this.nodes.clear();
    const rows = [...this.rows.values()].filter((row) => this.#fits(row)).sort((a, b) => b.seq - a.seq);
    fill(
      this.list,
      rows.slice(0, 500).map((row) => this.#row(row)),
    );
    this.#tally();
    if (!rows.length)
      fill(
        this.list,
        h(
          'li.empty',
          null,
          this.rows.size
            ? 'Nothing fits the filter.'
            : 'Nothing yet. Use a command or press a button, and watch it here.',
        ),
      );
  }

  #tally() {
    this.count.textContent = `${this.list.querySelectorAll('.traffic-row').length} of ${this.rows.size}`;
  }

  #place(row) {
    const known = this.nodes.get(row.seq);
    if (known) return known.replaceWith(this.#row(row));
    if (!this.#fits(row)) return undefined;
    this.list.querySelector('.empty')?.remove();
    this.list.prepend(this.#row(row));
    return this.#tally();
  }

  #row(row) {
    const out = row.direction === 'from_app';
    const failed = !['ok', 'pending'].includes(row.status);
    const id = uid('traffic');
    const detail = h('div.traffic-detail', { id, hidden: !this.unfolded.has(row.seq) });
    const toggle = h(
      'button.traffic-line',
      {
        type: 'button',
        'aria-expanded': String(this.unfolded.has(row.seq)),
        'aria-controls': id,
        onclick: () => this.#toggle(row, toggle, detail),
      },
      h('time', null, this.env.calendar.timeWithMilliseconds(row.at * 1000)),
      h(`span.arrow.${out ? 'out' : 'in'}`, { title: out ? 'from the app' : 'to the app' }, out ? '←' : '→'),
      h('span.traffic-app', null, row.app),
      h('code.traffic-kind', null, row.kind),
      h(
        'span.traffic-summary',
        null,
        row.summary.startsWith(`${row.kind} `) ? row.summary.slice(row.kind.length + 1) : row.summary,
      ),
      row.retry ? h('span.tag', null, `retry ${row.retry}`) : null,
      row.fault ? h('span.tag.bad', { title: 'a fault that was ordered' }, row.fault) : null,
      h('span.tag.transport', null, row.transport),
      h(
        `span.tag.${failed ? 'bad' : row.status}`,
        null,
        row.http_status ? `${row.status} ${row.http_status}` : row.status,
      ),
      h('span.traffic-ms', null, row.ms === null || row.ms === undefined ? '…' : `${Math.round(row.ms)} ms`),
    );
    if (this.unfolded.has(row.seq)) fill(detail, details(row));
    const node = h(
      `li.traffic-row${failed ? '.failed' : ''}`,
      { data: { seq: row.seq, kind: row.kind, direction: row.direction } },
      toggle,
      detail,
    );
    this.nodes.set(row.seq, node);
    return node;
  }

  #toggle(row, button, detail) {
    const opens = detail.hidden;
    if (opens) this.unfolded.add(row.seq);
    else this.unfolded.delete(row.seq);
    detail.hidden = !opens;
    button.setAttribute('aria-expanded', String(opens));
    fill(detail, opens ? details(this.rows.get(row.seq) ?? row) : null);
  }
}

function details(row) {
  const out = row.direction === 'from_app';
  return [part(out ? 'Call' : 'Payload', row.request), part(out ? 'Answer' : 'Acknowledgement', row.response)];
}

function part(title, value) {
  const copy = async () => {
    await navigator.clipboard?.writeText(JSON.stringify(value, null, 2)).catch(() => {});
    announce(`${title} copied`);
  };
  return h(
    'section.traffic-part',
    { 'aria-label': title },
    h(
      'div.traffic-part-head',
      null,
      h('h2', null, title),
      h('button.link-button', { type: 'button', onclick: copy }, 'Copy JSON'),
    ),
    value === null || value === undefined
      ? h('p.quiet', null, 'empty')
      : h('div.json', null, jsonTree(value, { depth: 2 })),
  );
}
