// What does one element know of its place: its block, its name, its value, and whom to tell?
import { confirmed } from '../dialogs.js';
import { wordsOf } from '../mrkdwn.js';

/**
 * What is typed and chosen on one surface, as the control interface wants it: short values under block_id and action_id.
 * A value is forgotten when the element at its place changes its type.
 */
export class FormValues {
  #values = new Map();

  read(blockId, element) {
    const kept = this.#values.get(blockId)?.get(element.action_id);
    return kept?.type === element.type ? kept.value : undefined;
  }

  write(blockId, element, value) {
    if (!this.#values.has(blockId)) this.#values.set(blockId, new Map());
    this.#values.get(blockId).set(element.action_id, { type: element.type, value });
  }

  /** Keeps only the values whose blocks are still there. */
  keepOnly(blockIds) {
    for (const id of this.#values.keys()) if (!blockIds.has(id)) this.#values.delete(id);
  }

  collect() {
    const rows = [...this.#values].map(([block, actions]) => [
      block,
      Object.fromEntries([...actions].map(([id, { value }]) => [id, value])),
    ]);
    return Object.fromEntries(rows);
  }
}

export class Slot {
  /** `input` is the input block around the element, if there is one; labels and descriptions are ids of nodes. */
  constructor(env, block, element, { input = null, labelledBy = null, describedBy = null } = {}) {
    Object.assign(this, { env, block, element, input, labelledBy, describedBy });
  }

  get optional() {
    return this.input ? Boolean(this.input.optional) : true;
  }

  /** The value kept from before, or `initial` where nothing was entered yet. */
  value(initial = null) {
    const kept = this.env.surface.values.read(this.block.block_id, this.element);
    return kept === undefined ? initial : kept;
  }

  /** Notes a new value and tells nobody. */
  note(value) {
    this.env.surface.values.write(this.block.block_id, this.element, value);
    this.env.surface.changed?.(this.block.block_id);
  }

  /** Does using this element send a block_actions payload? */
  get dispatches() {
    return !this.input || Boolean(this.input.dispatch_action);
  }

  /** Notes a value and, where the element acts, tells the app. False: the person declined the confirmation. */
  async choose(value) {
    if (!this.dispatches) {
      this.note(value);
      return true;
    }
    return this.act(value, { note: true });
  }

  async act(value, { note = false } = {}) {
    if (this.element.confirm && !(await confirmed(this.element.confirm, this.env))) return false;
    if (note) this.note(value);
    await this.env.surface.act(this.block.block_id, this.element, value);
    return true;
  }

  /** Attributes every control carries: its ids for tests, its name for screen readers. */
  attributes(fallbackName = '') {
    return {
      data: { actionId: this.element.action_id, type: this.element.type },
      'aria-labelledby': this.labelledBy,
      'aria-label': this.labelledBy ? null : this.name(fallbackName),
      'aria-describedby': this.describedBy,
      'aria-required': this.input && !this.input.optional ? 'true' : null,
    };
  }

  name(fallback = '') {
    const { element, block } = this;
    return (
      element.accessibility_label ||
      wordsOf(element.placeholder) ||
      fallback ||
      wordsOf(block.text) ||
      element.type.replace(/_/g, ' ')
    );
  }

  get placeholder() {
    return wordsOf(this.element.placeholder);
  }

  get autofocus() {
    return Boolean(this.element.focus_on_load);
  }
}
