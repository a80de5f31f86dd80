// How does the stack of modal views look, keep what is typed, and tell what went wrong?
import { announce, fill, focusable, h } from './dom.js';
import { FormValues } from './blocks/slot.js';
import { renderBlocks } from './blocks/render.js';
import { showDialog } from './dialogs.js';
import { focusAgain, focusedIn } from './focus.js';
import { icon } from './icons.js';
import { plain, wordsOf } from './mrkdwn.js';
import { avatar } from './avatar.js';
import { whenPopoversClosed } from './popover.js';
import { Surface, firstProblem } from './surface.js';

const TROUBLE = 'We had some trouble connecting. Try again?';

/** Shows the person's open views, the last one on top. */
export class Modals {
  #dialog = null;
  #shown = null;
  #surfaces = new Map();

  constructor(env, model) {
    this.env = env;
    this.model = model;
    const show = () => this.show();
    model.on('modals', () => (this.#isUpdate() ? whenPopoversClosed(show) : show()));
  }

  #isUpdate() {
    return Boolean(this.#shown) && this.model.modals.at(-1)?.id === this.#shown.id;
  }

  show() {
    const stack = this.model.modals;
    this.#forget(stack);
    const top = stack.at(-1);
    if (!top) return this.#hide();
    if (this.#shown?.id === top.id && this.#shown.hash === top.hash && this.#depth === stack.length) return undefined;
    return this.#draw(top, stack.length);
  }

  #depth = 0;
  #submitting = null;

  #forget(stack) {
    for (const id of this.#surfaces.keys()) if (!stack.some((view) => view.id === id)) this.#surfaces.delete(id);
  }

  #hide() {
    this.#dialog?.close();
    this.#dialog = null;
    this.#shown = null;
  }

  #surfaceOf(view) {
    if (!this.#surfaces.has(view.id)) {
      const surface = new Surface(this.env.api, { type: 'view', view_id: view.id }, { values: new FormValues() });
      surface.warn = (text) => this.#warn(text);
      surface.onsolved = (blockId) => this.#solved(blockId);
      this.#surfaces.set(view.id, surface);
    }
    const surface = this.#surfaces.get(view.id);
    surface.values.keepOnly(new Set(view.blocks.map(({ block_id: id }) => id)));
    return surface;
  }

  #draw(view, depth) {
    // the answer to a submission is a new page to be read from its top; any other update leaves the person in place
    const isUpdate = this.#shown?.id === view.id && this.#submitting !== view.id;
    const place = isUpdate ? placeOf(this.#dialog) : null;
    const surface = this.#surfaceOf(view);
    surface.problems = {};
    const fresh = !this.#dialog;
    this.#dialog ??= showDialog('modal', wordsOf(view.title), { oncancel: () => this.close() });
    this.#shown = view;
    this.#depth = depth;
    this.#dialog.setAttribute('aria-label', wordsOf(view.title));
    this.#dialog.dataset.viewId = view.id;
    this.#dialog.dataset.callbackId = view.callback_id ?? '';
    this.#dialog.classList.toggle('arriving', fresh);
    fill(this.#dialog, this.#head(view, depth), this.#form(view, surface));
    if (place) putBack(this.#dialog, place);
    else focusFirst(this.#dialog);
  }

  #head(view, depth) {
    const app = this.env.directory.app(view.app_id);
    const back =
      depth > 1
        ? h('button.icon-button', { type: 'button', 'aria-label': 'Back', onclick: () => this.close() }, icon('back'))
        : avatar(app ?? { initials: '?' }, 28);
    return h(
      'header.modal-head',
      null,
      back,
      h('h1.modal-title', null, plain(view.title?.text)),
      h(
        'button.icon-button',
        { type: 'button', 'aria-label': 'Close dialog', onclick: () => this.close(true) },
        icon('close'),
      ),
    );
  }

  #form(view, surface) {
    const body = h('div.modal-body', { tabindex: '-1' }, renderBlocks(view.blocks, { ...this.env, surface }));
    const submit = view.submit ? h('button.btn.primary', { type: 'submit' }, plain(view.submit.text)) : null;
    const foot = h(
      'footer.modal-foot',
      null,
      h('p.modal-trouble', { role: 'alert', hidden: true }),
      h(
        'button.btn',
        { type: 'button', onclick: () => this.close() },
        view.close ? plain(view.close.text) : view.submit ? 'Cancel' : 'Close',
      ),
      submit,
    );
    const form = h(
      'form.modal-form',
      {
        novalidate: true,
        onsubmit: (event) => {
          event.preventDefault();
          this.#submit(view, surface, submit);
        },
      },
      body,
      foot,
    );
    form.addEventListener('keydown', (event) => {
      if (event.key === 'Enter' && (event.ctrlKey || event.metaKey) && submit) form.requestSubmit();
    });
    return form;
  }

  async #submit(view, surface, button) {
    if (!button || button.getAttribute('aria-busy') === 'true') return;
    button.setAttribute('aria-busy', 'true');
    this.#submitting = view.id;
    this.#warn('');
    const isNewest = this.model.unchangedSince('modals');
    try {
      const answer = await this.env.api.act('submit', { view_id: view.id, values: surface.values.collect() });
      this.#outcome(view, surface, answer, isNewest());
    } catch (problem) {
      this.#warn(problem.code === 'unreachable' ? TROUBLE : problem.message);
    } finally {
      button.removeAttribute('aria-busy');
      this.#submitting = null;
    }
  }

  /** `isNewest`: the answer's views are no older than the ones shown; another form may have been opened meanwhile. */
  #outcome(view, surface, { outcome, errors, message, modals }, isNewest) {
    if (outcome === 'errors') this.#problems(view, surface, errors ?? {});
    else if (outcome === 'failed') this.#warn(message || TROUBLE);
    else if (modals && isNewest) {
      this.model.modals = modals;
      this.show();
    }
  }

  /** All problems at once, each beside its field, and the focus in the first. */
  #problems(view, surface, errors) {
    surface.problems = { ...errors };
    const here = this.#dialog.querySelector('.modal-body');
    const scrolled = here.scrollTop;
    fill(here, renderBlocks(view.blocks, { ...this.env, surface }));
    here.scrollTop = scrolled;
    const elsewhere = Object.entries(errors).filter(([id]) => !view.blocks.some((block) => block.block_id === id));
    if (elsewhere.length) this.#warn(elsewhere.map(([, text]) => text).join(' '));
    const first = firstProblem(view.blocks, errors);
    const block = first && here.querySelector(`[data-block-id="${CSS.escape(first)}"]`);
    if (!block) return;
    focusable(block)[0]?.focus();
    block.scrollIntoView({ block: 'nearest' });
    const count = Object.keys(errors).length;
    announce(`${count} ${count === 1 ? 'field needs' : 'fields need'} your attention. ${errors[first]}`);
  }

  #solved(blockId) {
    const block = this.#dialog?.querySelector(`[data-block-id="${CSS.escape(blockId)}"]`);
    block?.querySelector('.field-problem')?.remove();
    block?.querySelector('[aria-invalid]')?.removeAttribute('aria-invalid');
  }

  #warn(text) {
    const line = this.#dialog?.querySelector('.modal-trouble');
    if (!line) return;
    fill(line, text ? [icon('alert', 16), h('span', null, text)] : null);
    line.hidden = !text;
  }

  /** Closes the view on top, or the whole stack. */
  async close(all = false) {
    const view = this.#shown;
    if (!view) return;
    try {
      await this.env.api.act('close', { view_id: view.id, ...(all ? { all } : {}) });
    } catch (problem) {
      this.#warn(problem.message);
    }
  }
}

/**
 * The first thing to fill in, if it is in sight; otherwise the text, to be read (never the button: an Enter held a
 * moment too long must not press it). On a touch screen no field, so that no keyboard covers the form.
 */
function focusFirst(dialog) {
  const body = dialog.querySelector('.modal-body');
  const fields = 'input:not([type=file]), textarea, [contenteditable=true]';
  const wanted = body.querySelector('[autofocus]') ?? body.querySelector(fields);
  const inSight = wanted && wanted.getBoundingClientRect().bottom <= body.getBoundingClientRect().bottom;
  const touch = matchMedia('(pointer: coarse)').matches;
  (inSight && !touch ? wanted : body).focus({ preventScroll: true });
}

/** Where the person is inside a form: the control with the focus, the selection, and how far it is scrolled. */
function placeOf(dialog) {
  return { focused: focusedIn(dialog), scrolled: dialog.querySelector('.modal-body')?.scrollTop ?? 0 };
}

function putBack(dialog, { focused, scrolled }) {
  dialog.querySelector('.modal-body').scrollTop = scrolled;
  focusAgain(dialog, focused);
}
