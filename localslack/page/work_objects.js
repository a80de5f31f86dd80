// What do the work objects of a message (`metadata.entities`) look like? A title, where it is from, and its fields.
import { h } from './dom.js';
import { momentOf } from './dates.js';
import { outsideLink, personMention, channelMention } from './mentions.js';

const KINDS = { file: 'File', task: 'Task', incident: 'Incident', content_item: 'Content item', item: 'Item' };

/** One group for each entity, in their order. */
export function workObjects(message, env) {
  return (message.metadata?.entities ?? []).map((entity) => workObject(entity, env));
}

function workObject({ entity_type: type, entity_payload: payload = {}, url }, env) {
  const { attributes = {} } = payload;
  const title = attributes.title?.text || url;
  const kind = attributes.display_type || KINDS[type.split('/').pop()] || type;
  return h(
    'div.attachment.work-object',
    { role: 'group', 'aria-label': title },
    h('div.attachment-author', null, [attributes.product_name, kind, attributes.display_id].filter(Boolean).join(' · ')),
    h('div.attachment-title', null, outsideLink(url, title, env)),
    h(
      'dl.attachment-fields',
      null,
      fields(payload).map(([label, field]) =>
        h('div.short', null, h('dt', null, label), h('dd', null, value(field, env))),
      ),
    ),
  );
}

/** [label, field] pairs: first those of `display_order`, then the others as they come. */
function fields({ fields: known = {}, custom_fields: own = [], display_order: order = [] }) {
  const all = [
    ...Object.entries(known).map(([key, field]) => [key, field.label || spoken(key), field]),
    ...own.map((field) => [field.key, field.label || spoken(field.key ?? ''), field]),
  ];
  const place = ([key]) => (order.includes(key) ? order.indexOf(key) : order.length);
  return all.sort((a, b) => place(a) - place(b)).map(([, label, field]) => [label, field]);
}

function spoken(key) {
  const words = key.replaceAll('_', ' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
}

function value(field, env) {
  if (Array.isArray(field.value)) return field.value.flatMap((each, i) => [i ? ', ' : null, value(each, env)]);
  if (field.user) return field.user.user_id ? personMention(field.user.user_id, env) : (field.user.text ?? '');
  if (field.type === 'slack#/types/channel_id') return channelMention(field.value, env);
  if (field.type === 'slack#/types/timestamp')
    return env.calendar.full(momentOf(field.value));
  if (field.type === 'slack#/types/link') return outsideLink(field.value, field.value, env);
  return String(field.value ?? '');
}
