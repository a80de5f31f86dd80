// How is text entered: one line, many lines, addresses, numbers?
import { debounced, h } from '../dom.js';

/** plain_text_input, email_text_input, url_text_input and number_input. */
export function textInput(slot) {
  const { element } = slot;
  const field = element.multiline ? area(slot) : h('input.input', { type: 'text', ...KINDS[element.type]?.(element) });
  const control = prepare(field, slot);
  const limit = element.max_length;
  if (!limit) return control;
  const counter = h('span.counter', { 'aria-hidden': 'true' });
  const count = () => {
    const left = limit - control.value.length;
    counter.textContent = left > Math.max(20, limit * 0.2) ? '' : String(left);
    counter.classList.toggle('over', left < 0);
  };
  control.addEventListener('input', count);
  count();
  return h('div.with-counter', null, control, counter);
}

const KINDS = {
  email_text_input: () => ({ inputmode: 'email', autocomplete: 'off' }),
  url_text_input: () => ({ inputmode: 'url', autocomplete: 'off' }),
  number_input: (element) => ({
    inputmode: element.is_decimal_allowed ? 'decimal' : 'numeric',
    autocomplete: 'off',
    data: { min: element.min_value, max: element.max_value },
  }),
};

function area() {
  const field = h('textarea.input', { rows: 4 });
  const grow = () => {
    field.style.height = 'auto';
    field.style.height = `${Math.min(field.scrollHeight + 2, 360)}px`;
  };
  field.addEventListener('input', grow);
  requestAnimationFrame(() => field.isConnected && field.value && grow());
  return field;
}

/** Gives the field its value, name and life. Too long text is allowed and counted: nothing typed or pasted is cut. */
function prepare(field, slot) {
  const { element } = slot;
  const { data, ...names } = slot.attributes();
  Object.assign(field.dataset, data);
  for (const [name, value] of Object.entries(names)) if (value) field.setAttribute(name, value);
  field.placeholder = slot.placeholder;
  field.value = slot.value(element.initial_value ?? '') ?? '';
  field.autocomplete = 'off';
  if (slot.autofocus) field.setAttribute('autofocus', '');
  field.addEventListener('input', () => slot.note(field.value));
  if (slot.dispatches) dispatchFrom(field, slot);
  return field;
}

/** By then its form may be gone, or on its way. */
const isStillAsked = (field) =>
  field.isConnected && !field.closest('form')?.querySelector('[type="submit"][aria-busy="true"]');

function dispatchFrom(field, slot) {
  const on = slot.element.dispatch_action_config?.trigger_actions_on ?? ['on_enter_pressed'];
  if (on.includes('on_character_entered'))
    field.addEventListener(
      'input',
      debounced(() => isStillAsked(field) && slot.act(field.value), 300),
    );
  if (!on.includes('on_enter_pressed')) return;
  field.addEventListener('keydown', (event) => {
    if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    slot.act(field.value);
  });
}
