// What does the composer offer while one types /, @, # or : ?
import { fill, h, uid } from './dom.js';
import { avatar } from './avatar.js';
import { findEmoji } from './emoji.js';
import { icon } from './icons.js';

const MOST = 8;

/** The list above a text area: arrow keys choose, Enter or Tab take, Esc closes. What is typed out already needs no taking: Enter then sends. */
export class Completion {
  constructor(env, area, { commands, inThread, run }) {
    Object.assign(this, { env, area, commands, inThread, run, items: [], active: 0 });
    this.id = uid('complete');
    this.list = h('div.completion', { role: 'listbox', id: this.id, hidden: true, 'aria-label': 'Suggestions' });
    area.setAttribute('aria-autocomplete', 'list');
    area.setAttribute('aria-controls', this.id);
    area.addEventListener('blur', () => this.hide());
    area.before(this.list);
  }

  get isOpen() {
    return !this.list.hidden;
  }

  hide() {
    this.list.hidden = true;
    this.area.removeAttribute('aria-activedescendant');
  }

  /** Looks at what stands before the caret. */
  update() {
    const before = this.area.value.slice(0, this.area.selectionStart);
    const { heading, items } = this.#offer(before);
    this.items = items;
    this.active = 0;
    if (!items.length || document.activeElement !== this.area) return this.hide();
    fill(
      this.list,
      h('div.completion-heading', { role: 'presentation' }, heading),
      items.map((item, index) => this.#row(item, index)),
    );
    this.list.hidden = false;
    return this.#mark();
  }

  #offer(before) {
    if (this.commands && /^\/\S*$/.test(before))
      return { heading: 'Commands and shortcuts', items: this.#commandItems(before) };
    const word = /(?:^|[\s(])([@#:])([^\s@#:]*)$/.exec(before);
    if (!word) return { items: [] };
    const [, sign, typed] = word;
    if (sign === '@') return { heading: 'People', items: this.#people(typed) };
    if (sign === '#') return { heading: 'Channels', items: this.#channels(typed) };
    return {
      heading: 'Emoji',
      items:
        typed.length < 2
          ? []
          : findEmoji(typed, MOST).map(([name, character]) => ({
              replace: `:${typed}`,
              text: `:${name}: `,
              label: `:${name}:`,
              picture: h('span.emoji', null, character),
            })),
    };
  }

  #commandItems(typed) {
    const word = typed.slice(1).toLowerCase();
    const commands = this.env.model.commands.filter(({ command }) => command.slice(1).toLowerCase().startsWith(word));
    const rows = commands.map(({ command, description, usage_hint: hint, app_id: id }) => ({
      replace: typed,
      text: `${command} `,
      label: command,
      hint,
      description,
      picture: this.#appPicture(id),
      end: this.env.directory.app(id)?.name,
    }));
    return [...rows, ...this.#shortcutItems(word)].slice(0, 12);
  }

  #shortcutItems(word) {
    if (this.inThread) return [];
    return this.env.directory.apps.flatMap((app) =>
      app.shortcuts
        .filter(({ type, name }) => type === 'global' && name.toLowerCase().includes(word))
        .map((shortcut) => ({
          run: { app, shortcut },
          label: shortcut.name,
          description: shortcut.description,
          picture: h('span.option-icon', null, icon('bolt', 18)),
          end: app.name,
        })),
    );
  }

  #appPicture(id) {
    const app = this.env.directory.app(id);
    return app ? avatar(app, 24) : h('span.option-icon', null, icon('bolt', 18));
  }

  #people(typed) {
    const wanted = typed.toLowerCase();
    const { directory } = this.env;
    const people = directory.people
      .filter(
        ({ deleted, handle, name, display_name: shown }) =>
          !deleted && [handle, shown, ...name.split(' ')].some((part) => part?.toLowerCase().startsWith(wanted)),
      )
      .map((person) => ({
        text: `@${person.handle} `,
        label: directory.nameOf(person.id),
        hint: `@${person.handle}`,
        description: person.is_bot ? 'App' : person.title,
        picture: avatar(person, 24, { presence: true }),
      }));
    const groups = directory.groups
      .filter(({ handle, name }) => handle.startsWith(wanted) || name.toLowerCase().startsWith(wanted))
      .map(({ handle, name }) => ({
        text: `@${handle} `,
        label: `@${handle}`,
        description: name,
        picture: h('span.option-icon', null, icon('at', 18)),
      }));
    const all = ['here', 'channel']
      .filter((each) => each.startsWith(wanted))
      .map((each) => ({
        text: `@${each} `,
        label: `@${each}`,
        description: each === 'here' ? 'Everyone here who is active' : 'Everyone in this channel',
        picture: h('span.option-icon', null, icon('at', 18)),
      }));
    return [...people, ...groups, ...all].slice(0, MOST).map((item) => ({ ...item, replace: `@${typed}` }));
  }

  #channels(typed) {
    return this.env.directory.channels
      .filter(({ name, kind }) => ['public', 'private'].includes(kind) && name.includes(typed.toLowerCase()))
      .slice(0, MOST)
      .map(({ name, kind, topic }) => ({
        replace: `#${typed}`,
        text: `#${name} `,
        label: name,
        description: topic,
        picture: h('span.option-icon', null, icon(kind === 'private' ? 'lock' : 'hash', 18)),
      }));
  }

  #row(item, index) {
    return h(
      'div.option',
      {
        role: 'option',
        id: `${this.id}-${index}`,
        onpointerdown: (event) => {
          event.preventDefault();
          this.#take(item);
        },
        onpointermove: () => {
          this.active = index;
          this.#mark(false);
        },
      },
      item.picture,
      h(
        'span.option-words',
        null,
        h('span', null, h('strong', null, item.label), item.hint ? h('span.hint', null, ` ${item.hint}`) : null),
        item.description ? h('small', null, item.description) : null,
      ),
      item.end ? h('span.option-end', null, item.end) : null,
    );
  }

  #mark(scroll = true) {
    const rows = this.list.querySelectorAll('.option');
    rows.forEach((row, index) => {
      row.classList.toggle('active', index === this.active);
      row.setAttribute('aria-selected', String(index === this.active));
    });
    const row = rows[this.active];
    this.area.setAttribute('aria-activedescendant', row.id);
    if (scroll) row.scrollIntoView({ block: 'nearest' });
  }

  /** Did the list use this key? */
  key(event) {
    if (!this.isOpen || event.isComposing) return false;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    const item = this.items[this.active];
    if (step) {
      this.active = (this.active + step + this.items.length) % this.items.length;
      this.#mark();
    } else if (event.key === 'Escape') {
      event.stopPropagation();
      this.hide();
    } else if (
      event.key === 'Tab' ||
      (event.key === 'Enter' && !event.shiftKey && item.text?.trim() !== item.replace)
    ) {
      this.#take(item);
    } else {
      return false;
    }
    event.preventDefault();
    return true;
  }

  #take(item) {
    this.hide();
    const caret = this.area.selectionStart;
    if (item.run) {
      this.area.setRangeText('', 0, caret, 'end');
      this.area.dispatchEvent(new Event('input', { bubbles: true }));
      this.run(item.run);
      return;
    }
    this.area.setRangeText(item.text, caret - item.replace.length, caret, 'end');
    this.area.dispatchEvent(new Event('input', { bubbles: true }));
    this.area.focus();
  }
}
