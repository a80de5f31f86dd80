// What do radio buttons and checkboxes look like, and what do they give?
import { h, uid } from '../dom.js';
import { textObject } from '../mrkdwn.js';

export function radioButtons(slot) {
  const { element } = slot;
  let settled = slot.value(element.initial_option?.value ?? null);
  const rows = optionRows(slot, 'radio', (value) => value === settled);
  return group(slot, 'radiogroup', rows, async () => {
    const value = rows.find(({ box }) => box.checked)?.option.value ?? null;
    if (await slot.choose(value)) settled = value;
    else check(rows, (each) => each === settled);
  });
}

export function checkboxes(slot) {
  const { element } = slot;
  let settled = slot.value((element.initial_options ?? []).map(({ value }) => value)) ?? [];
  const rows = optionRows(slot, 'checkbox', (value) => settled.includes(value));
  return group(slot, 'group', rows, async () => {
    const values = rows.filter(({ box }) => box.checked).map(({ option }) => option.value);
    if (await slot.choose(values)) settled = values;
    else check(rows, (each) => settled.includes(each));
  });
}

function check(rows, isOn) {
  for (const { box, option } of rows) box.checked = isOn(option.value);
}

function group(slot, role, rows, onchange) {
  return h(
    'div.choices',
    { role, tabindex: '-1', ...slot.attributes(), onchange },
    rows.map(({ row }) => row),
  );
}

function optionRows(slot, type, isOn) {
  const name = uid('choice');
  return (slot.element.options ?? []).map((option) => {
    const box = h('input', { type, name, checked: isOn(option.value), value: option.value, autofocus: slot.autofocus });
    const words = h(
      'span.choice-words',
      null,
      h('span', null, textObject(option.text, slot.env)),
      option.description ? h('small', null, textObject(option.description, slot.env)) : null,
    );
    return { option, box, row: h('label.choice', null, box, words) };
  });
}
