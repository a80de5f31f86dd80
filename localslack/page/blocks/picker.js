// How does a person choose one or many of a list, by mouse, keys or typing?
import { debounced, fill, h, uid } from '../dom.js';
import { icon } from '../icons.js';
import { popover } from '../popover.js';

/**
 * An editable combobox (ARIA pattern) for one or many choices.
 * A choice is { key, label, description?, picture?, value }; `load(query)` resolves to [{ heading?, choices }].
 * `onpick(choices)` hears of each change, `ondone(choices)` once the list closes after a change.
 */
export class Picker {
  constructor(options) {
    const defaults = { chosen: [], multi: false, max: Infinity, clearable: false, placeholder: '', onlyAfter: 0 };
    const { attributes = {}, wait = 0, ...rest } = options;
    Object.assign(this, defaults, withoutUndefined(rest));
    this.listId = uid('list');
    this.groups = [];
    this.active = -1;
    this.close = null;
    this.changed = false;
    this.round = 0;
    this.refresh = wait ? debounced(() => this.#refresh(), wait) : () => this.#refresh();
    this.#build(attributes);
    this.#show();
  }

  #build(attributes) {
    this.input = h('input.picker-input', {
      type: 'text',
      role: 'combobox',
      'aria-autocomplete': 'list',
      'aria-expanded': 'false',
      'aria-controls': this.listId,
      autocomplete: 'off',
      spellcheck: 'false',
      ...attributes,
      oninput: () => this.#typed(),
      onkeydown: (event) => this.#key(event),
      onclick: () => this.open(),
      onblur: () => this.#left(),
    });
    this.chips = h('span.chips');
    const empty = { type: 'button', 'aria-label': 'Clear selection', onclick: () => this.#set([]) };
    this.clear = h('button.icon-button.picker-clear', empty, icon('close', 14));
    const arrow = h('span.picker-arrow', null, icon('chevron', 16));
    const pressed = { onpointerdown: (event) => this.#pressed(event) };
    this.node = h(`div.picker${this.multi ? '.multi' : ''}`, pressed, this.chips, this.input, this.clear, arrow);
    const many = this.multi ? 'true' : null;
    this.list = h('div.listbox', {
      role: 'listbox',
      id: this.listId,
      'aria-multiselectable': many,
      'aria-label': 'Choices',
    });
  }

  #show() {
    const [first] = this.chosen;
    this.input.value = this.multi || !first ? '' : first.label;
    this.input.placeholder = this.multi && this.chosen.length ? '' : this.placeholder;
    this.clear.hidden = this.multi || !this.clearable || !first;
    fill(this.chips, this.multi ? this.chosen.map((choice) => this.#chip(choice)) : null);
  }

  #chip(choice) {
    const drop = () => this.#set(this.chosen.filter(({ key }) => key !== choice.key));
    return h(
      'span.chip',
      null,
      choice.picture,
      h('span', null, choice.label),
      h('button.chip-x', { type: 'button', 'aria-label': `Remove ${choice.label}`, onclick: drop }, icon('close', 12)),
    );
  }

  #pressed(event) {
    if (event.target === this.input || event.target.closest('button')) return;
    event.preventDefault();
    this.input.focus();
    if (this.close) this.close();
    else this.open();
  }

  open() {
    if (this.close) return;
    this.input.setAttribute('aria-expanded', 'true');
    if (!this.multi) this.input.select();
    this.query = '';
    this.close = popover(this.node, this.list, { matchWidth: true, onclose: () => this.#closed() });
    this.#refresh();
  }

  #closed() {
    this.close = null;
    this.input.setAttribute('aria-expanded', 'false');
    this.input.removeAttribute('aria-activedescendant');
    this.#show();
    if (this.changed) this.ondone?.(this.chosen);
    this.changed = false;
  }

  #left() {
    // a click into the list moves no focus (it prevents the default), so losing it means leaving
    this.close?.();
  }

  #typed() {
    this.open();
    this.query = this.input.value;
    this.refresh();
  }

  async #refresh() {
    const round = ++this.round;
    if (this.query.length < this.onlyAfter) return this.#draw([], `Type ${this.onlyAfter} or more characters`);
    if (!this.groups.length) this.#draw([], 'Loading…');
    try {
      const groups = await this.load(this.query);
      if (round === this.round) this.#draw(groups, 'No results');
    } catch (problem) {
      if (round === this.round) this.#draw([], problem.message || 'Loading failed');
    }
    return undefined;
  }

  #draw(groups, otherwise) {
    this.groups = groups;
    this.flat = groups.flatMap(({ choices }) => choices);
    if (!this.flat.length) {
      this.active = -1;
      fill(this.list, h('div.listbox-note', { role: 'presentation' }, otherwise));
      return;
    }
    let index = 0;
    fill(
      this.list,
      groups.map(({ heading, choices }) => {
        const options = choices.map((choice) => this.#option(choice, index++));
        return heading
          ? h(
              'div',
              { role: 'group', 'aria-label': heading },
              h('div.listbox-heading', { role: 'presentation' }, heading),
              options,
            )
          : options;
      }),
    );
    const current = this.multi ? -1 : this.flat.findIndex(({ key }) => this.#has(key));
    this.#activate(this.query || current < 0 ? 0 : current);
  }

  #has(key) {
    return this.chosen.some((choice) => choice.key === key);
  }

  #option(choice, index) {
    const selected = this.#has(choice.key);
    return h(
      'div.option',
      {
        role: 'option',
        id: `${this.listId}-${index}`,
        'aria-selected': String(selected),
        data: { value: choice.key },
        onpointerdown: (event) => event.preventDefault(),
        onclick: () => this.#pick(choice),
        onpointermove: () => this.#activate(index, false),
      },
      this.multi ? h('span.tick', null, selected ? icon('check', 14) : null) : null,
      choice.picture,
      h(
        'span.option-words',
        null,
        h('span', null, choice.label),
        choice.description ? h('small', null, choice.description) : null,
      ),
      !this.multi && selected ? h('span.tick', null, icon('check', 16)) : null,
    );
  }

  #activate(index, scroll = true) {
    this.list.querySelector('.option.active')?.classList.remove('active');
    this.active = index;
    const node = this.list.querySelectorAll('.option')[index];
    if (!node) return;
    node.classList.add('active');
    this.input.setAttribute('aria-activedescendant', node.id);
    if (scroll) node.scrollIntoView({ block: 'nearest' });
  }

  #key(event) {
    if (event.key === 'Backspace' && this.multi && !this.input.value && this.chosen.length)
      return this.#set(this.chosen.slice(0, -1));
    if (['ArrowDown', 'ArrowUp'].includes(event.key)) {
      event.preventDefault();
      if (!this.close) return this.open();
      const count = this.flat?.length || 1;
      return this.#activate((this.active + (event.key === 'ArrowDown' ? 1 : -1) + count) % count);
    }
    if (event.key === 'Enter') {
      event.preventDefault();
      if (!this.close) return this.open();
      const choice = this.flat?.[this.active];
      if (choice) this.#pick(choice);
    }
    if (event.key === 'Tab') this.close?.();
    return undefined;
  }

  #pick(choice) {
    if (!this.multi) {
      this.#set([choice]);
      this.close?.();
      return;
    }
    const has = this.#has(choice.key);
    if (!has && this.chosen.length >= this.max) return;
    this.query = '';
    this.#set(has ? this.chosen.filter(({ key }) => key !== choice.key) : [...this.chosen, choice]);
    this.#refresh();
  }

  #set(chosen) {
    this.chosen = chosen;
    this.changed = true;
    this.onpick?.(chosen);
    this.#show();
    if (!this.close && this.changed) {
      this.changed = false;
      this.ondone?.(chosen);
    }
  }

  /** Goes back to an earlier choice without telling anybody. */
  restore(chosen) {
    this.chosen = chosen;
    this.#show();
  }
}

function withoutUndefined(options) {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
}
