// How does the page ask one question and wait for the answer?
import { fill, h, uid } from './dom.js';
import { icon } from './icons.js';
import { textObject, wordsOf } from './mrkdwn.js';
import { anyPopoverOpen, closePopovers } from './popover.js';

/**
 * A modal <dialog>: the browser keeps the focus inside and the rest of the page inert. It is shown at once and removed
 * when closed. `oncancel` decides about Esc and clicks beside it (default: close).
 */
export function showDialog(className, label, { oncancel } = {}) {
  const dialog = h(`dialog.${className}`, { 'aria-label': label });
  const back = document.activeElement;
  document.body.append(dialog);
  dialog.addEventListener('cancel', (event) => {
    event.preventDefault();
    if (!anyPopoverOpen()) (oncancel ?? (() => dialog.close()))();
  });
  dialog.addEventListener('close', () => {
    closePopovers();
    dialog.remove();
    if (back?.isConnected) back.focus();
  });
  dialog.showModal();
  return dialog;
}

/** The question of a Block Kit confirm object. */
export function confirmed(confirm, env) {
  return ask({
    title: wordsOf(confirm.title) || 'Are you sure?',
    body: textObject(confirm.text, env),
    yes: wordsOf(confirm.confirm) || 'Yes',
    no: wordsOf(confirm.deny) || 'Cancel',
    danger: confirm.style === 'danger',
  });
}

/** Resolves to true when the person agreed. */
export function ask({ title, body, yes = 'OK', no = 'Cancel', danger = false }) {
  return new Promise((resolve) => {
    const dialog = showDialog('ask', title);
    let answer = false;
    const decide = (value) => () => {
      answer = value;
      dialog.close();
    };
    fill(
      dialog,
      h('h2.dialog-title', null, title),
      h(
        'button.icon-button.dialog-close',
        { type: 'button', 'aria-label': 'Close', onclick: decide(false) },
        icon('close'),
      ),
      h('div.dialog-body', null, body),
      h(
        'div.dialog-foot',
        null,
        h('button.btn', { type: 'button', onclick: decide(false) }, no),
        h(`button.btn.${danger ? 'danger-solid' : 'primary'}`, { type: 'button', onclick: decide(true) }, yes),
      ),
    );
    dialog.addEventListener('close', () => resolve(answer));
    dialog.querySelector('.dialog-foot .btn:last-child').focus();
  });
}

/** A small form in a dialog. Fields: { name, label, value?, hint?, type?, required?, options? }. Resolves to the values, or null. */
export function askFields({ title, fields, yes = 'Save' }) {
  return new Promise((resolve) => {
    const dialog = showDialog('ask', title);
    let answer = null;
    const controls = fields.map((field) => fieldRow(field));
    const form = h(
      'form',
      {
        method: 'dialog',
        onsubmit: () => {
          answer = Object.fromEntries(controls.map(({ name, read }) => [name, read()]));
        },
      },
      h(
        'div.dialog-body',
        null,
        controls.map(({ row }) => row),
      ),
      h(
        'div.dialog-foot',
        null,
        h('button.btn', { type: 'button', onclick: () => dialog.close() }, 'Cancel'),
        h('button.btn.primary', { type: 'submit' }, yes),
      ),
    );
    fill(
      dialog,
      h('h2.dialog-title', null, title),
      h(
        'button.icon-button.dialog-close',
        { type: 'button', 'aria-label': 'Close', onclick: () => dialog.close() },
        icon('close'),
      ),
      form,
    );
    dialog.addEventListener('close', () => resolve(answer));
    form.querySelector('input, textarea, select')?.focus();
  });
}

function fieldRow({ name, label, value = '', hint, type = 'text', required = false, options }) {
  const id = uid('ask');
  const control = options
    ? h(
        'select.input',
        { id },
        options.map((option) => h('option', { value: option.value, selected: option.value === value }, option.label)),
      )
    : h('input.input', {
        id,
        type,
        value: type === 'checkbox' ? undefined : value,
        checked: type === 'checkbox' && Boolean(value),
        required,
        autocomplete: 'off',
      });
  const row = h(
    `div.field${type === 'checkbox' ? '.check' : ''}`,
    null,
    h('label.field-label', { for: id }, label),
    control,
    hint ? h('p.field-hint', null, hint) : null,
  );
  return { name, row, read: () => (type === 'checkbox' ? control.checked : control.value.trim()) };
}
