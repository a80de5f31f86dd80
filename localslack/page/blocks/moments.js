// How are dates and times picked? With the browser's own pickers, in the person's zone.
import { h } from '../dom.js';
import { fromWall, toWall } from '../dates.js';

export function datePicker(slot) {
  return picker(slot, 'date', slot.value(slot.element.initial_date ?? null), (text) => text || null);
}

export function timePicker(slot) {
  return picker(slot, 'time', slot.value(slot.element.initial_time ?? null), (text) => text || null);
}

/** Unix seconds outside, the wall clock of the person's zone inside; the zone is named beside it. */
export function datetimePicker(slot) {
  const { tz } = slot.env.calendar;
  const seconds = slot.value(slot.element.initial_date_time ?? null);
  const field = picker(slot, 'datetime-local', seconds ? toWall(seconds * 1000, tz) : null, (text) =>
    text ? fromWall(text, tz) / 1000 : null,
  );
  return h('div.with-zone', null, field, h('span.zone', null, tz.replace(/_/g, ' ')));
}

function picker(slot, type, text, valueOf) {
  let settled = text ?? '';
  const field = h('input.input.moment', { type, value: settled, ...slot.attributes(), autofocus: slot.autofocus });
  const settle = async () => {
    if (field.value === settled || field.validity.badInput) return;
    if (await slot.choose(valueOf(field.value))) settled = field.value;
    else field.value = settled;
  };
  // 'change' fires with each part typed: acting elements wait until the person leaves the field
  if (slot.dispatches) field.addEventListener('blur', settle);
  field.addEventListener('change', slot.dispatches ? () => document.activeElement !== field && settle() : settle);
  return field;
}
