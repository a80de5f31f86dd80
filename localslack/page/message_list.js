// How are messages listed: by day, with the line where the new ones begin, each redrawn only when it changes?
import { fill, h } from './dom.js';
import { momentOf } from './dates.js';
import { icon } from './icons.js';
import { composerFor } from './composer.js';
import { focusAgain, focusedIn } from './focus.js';
import { continues, messageNode } from './message.js';

export class MessageList {
  #drawn = new Map();
  #surfaces = new Map();

  /** `onolder` is called when the reader comes near the top. */
  constructor(env, { inThread = false, label, onolder = null }) {
    Object.assign(this, { env, inThread, onolder });
    this.newFrom = null;
    this.inner = h('div.messages', { role: 'log', 'aria-label': label });
    this.scroll = h('div.message-scroll', { tabindex: '-1', onscroll: () => this.#scrolled() }, this.inner);
    this.down = h(
      'button.to-newest',
      { type: 'button', hidden: true, onclick: () => this.toBottom() },
      'Newest messages',
      icon('chevron', 14),
    );
    this.node = h('div.message-area', null, this.scroll, this.down);
    this.inner.addEventListener('keydown', (event) => this.#key(event));
    this.stick = true;
    new ResizeObserver(() => this.#keepBottom()).observe(this.inner);
    new ResizeObserver(() => this.#keepBottom()).observe(this.scroll);
  }

  #keepBottom() {
    if (this.stick) this.scroll.scrollTop = this.scroll.scrollHeight;
  }

  #scrolled() {
    const { scrollTop, scrollHeight, clientHeight } = this.scroll;
    const below = scrollHeight - scrollTop - clientHeight;
    this.stick = below < 40;
    this.down.hidden = below < clientHeight;
    if (scrollTop < 200) this.onolder?.();
  }

  /** Draws the list; `before` goes above it (the channel's beginning, or a thread's count under its first message). */
  draw(messages, { before = null, afterFirst = null } = {}) {
    const distance = this.scroll.scrollHeight - this.scroll.scrollTop;
    const rows = [before];
    let last = null;
    let day = null;
    for (const [index, message] of messages.entries()) {
      const today = this.env.calendar.day(momentOf(message.ts));
      const isFirstNew = message.ts === this.newFrom;
      const starts = today !== day || isFirstNew || (index === 1 && afterFirst);
      if (!this.inThread && today !== day) rows.push(this.#dayLine(message.ts));
      if (isFirstNew)
        rows.push(h('div.new-line', { role: 'separator', 'aria-label': 'New messages' }, h('span', null, 'New')));
      rows.push(this.#row(message, !starts && continues(last, message, this.env.directory)));
      if (index === 0) rows.push(afterFirst);
      [last, day] = [message, today];
    }
    this.#forget(messages);
    const focused = focusedIn(this.inner);
    this.#replace(rows.filter(Boolean));
    focusAgain(this.inner, focused);
    if (!this.stick) this.scroll.scrollTop = this.scroll.scrollHeight - distance;
    this.#keepBottom();
  }

  #dayLine(ts) {
    const { calendar } = this.env;
    const words = calendar.relativeDay(momentOf(ts));
    return h('div.day-line', { role: 'separator', 'aria-label': words }, h('span', null, words));
  }

  #row(message, compact) {
    const known = this.#drawn.get(message.ts);
    if (known && known.message === message && known.compact === compact && known.pinned === this.#isPinned(message))
      return known.node;
    if (known?.editing && known.message.text === message.text) return known.node;
    const node = messageNode(message, this.env, {
      inThread: this.inThread,
      compact,
      surfaces: this.#surfaces,
      edit: (at, what) => this.#edit(at, what),
    });
    this.#drawn.set(message.ts, { message, compact, node, pinned: this.#isPinned(message) });
    return node;
  }

  #isPinned({ channel, ts }) {
    return Boolean(this.env.directory.channel(channel)?.pins?.includes(ts));
  }

  #forget(messages) {
    const here = new Set(messages.map(({ ts }) => ts));
    for (const ts of this.#drawn.keys()) if (!here.has(ts)) this.#drawn.delete(ts);
    for (const key of this.#surfaces.keys()) if (!here.has(key.split('/')[0])) this.#surfaces.delete(key);
  }

  /** Changes only what differs, so that focus, open menus and screen readers stay where they are. */
  #replace(rows) {
    const wanted = new Set(rows);
    for (const child of [...this.inner.children]) if (!wanted.has(child)) child.remove();
    rows.forEach((row, index) => {
      if (this.inner.children[index] !== row) this.inner.insertBefore(row, this.inner.children[index] ?? null);
    });
    const articles = this.inner.querySelectorAll('article');
    articles.forEach((article) => article.setAttribute('tabindex', '-1'));
    articles[articles.length - 1]?.setAttribute('tabindex', '0');
  }

  /** Opens the editor in a message. */
  edit(message) {
    const record = this.#drawn.get(message.ts);
    if (record) this.#edit(record.node, message);
  }

  #edit(node, message) {
    const record = this.#drawn.get(message.ts);
    const body = node.querySelector('.message-content');
    const before = [...body.childNodes];
    const done = () => {
      if (record) record.editing = false;
      fill(body, before);
      node.focus();
    };
    if (record) record.editing = true;
    const editor = composerFor(this.env, {
      channel: message.channel,
      label: 'Edit message',
      text: this.env.typedForm(message.text ?? ''),
      save: 'Save',
      oncancel: done,
      onsend: async (text) => {
        await this.env.api.act('edit', { channel: message.channel, ts: message.ts, text });
        done();
      },
    });
    fill(body, editor.node);
    editor.focus();
  }

  /** Shows one message and marks it for a moment. */
  reveal(ts) {
    const node = this.inner.querySelector(`[data-ts="${CSS.escape(ts)}"]`);
    if (!node) return false;
    this.stick = false;
    node.scrollIntoView({ block: 'center' });
    node.classList.remove('revealed');
    requestAnimationFrame(() => node.classList.add('revealed'));
    node.focus({ preventScroll: true });
    return true;
  }

  toBottom() {
    this.stick = true;
    this.#keepBottom();
  }

  #key(event) {
    if (!['ArrowUp', 'ArrowDown'].includes(event.key) || !event.target.matches('article')) return;
    const all = [...this.inner.querySelectorAll('article')];
    const next = all[all.indexOf(event.target) + (event.key === 'ArrowUp' ? -1 : 1)];
    if (!next) return;
    event.preventDefault();
    next.focus();
  }
}
