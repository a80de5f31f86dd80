// What does each block of Block Kit look like?
import { h, uid } from '../dom.js';
import { icon } from '../icons.js';
import { plain, textObject } from '../mrkdwn.js';
import { button, feedbackButtons, iconButton, overflow } from './buttons.js';
import { alert, card, carousel, container, dataTable, plan, taskCard } from './cards.js';
import { checkboxes, radioButtons } from './choices.js';
import { fileInput } from './files.js';
import { markdown } from './markdown.js';
import { datePicker, datetimePicker, timePicker } from './moments.js';
import { imageBlock, pictureOf, videoBlock } from './pictures.js';
import { richText } from './rich_text.js';
import { richTextInput } from './rich_text_input.js';
import { select } from './selects.js';
import { Slot } from './slot.js';
import { textInput } from './texts.js';

const ELEMENTS = {
  button,
  workflow_button: button,
  overflow,
  icon_button: iconButton,
  feedback_buttons: feedbackButtons,
  radio_buttons: radioButtons,
  checkboxes,
  static_select: select,
  external_select: select,
  users_select: select,
  conversations_select: select,
  channels_select: select,
  multi_static_select: select,
  multi_external_select: select,
  multi_users_select: select,
  multi_conversations_select: select,
  multi_channels_select: select,
  plain_text_input: textInput,
  email_text_input: textInput,
  url_text_input: textInput,
  number_input: textInput,
  datepicker: datePicker,
  timepicker: timePicker,
  datetimepicker: datetimePicker,
  rich_text_input: richTextInput,
  file_input: fileInput,
  image: ({ element, env }) => pictureOf(element, env, { className: 'accessory-image' }),
};

const BLOCKS = {
  section,
  header: (block) => h(`h${Math.min(6, (block.level ?? 1) + 1)}.header-block`, null, plain(block.text?.text)),
  divider: () => h('hr.divider-block'),
  context: (block, env) =>
    (block.elements ?? []).map((each) =>
      each.type === 'image'
        ? pictureOf(each, env, { className: 'context-image' })
        : h('span.context-text', null, textObject(each, env)),
    ),
  actions: (block, env) => (block.elements ?? []).map((each) => element(new Slot(env, block, each))),
  context_actions: (block, env) => (block.elements ?? []).map((each) => element(new Slot(env, block, each))),
  image: imageBlock,
  input: inputBlock,
  rich_text: richText,
  markdown: (block, env) => markdown(block.text, env),
  video: videoBlock,
  file: (block) => [icon('file'), h('span', null, `Remote file ${block.external_id ?? ''}`)],
  table,
  alert,
  card: (block, env) => card(block, env, (owner, each) => element(new Slot(env, owner, each))),
  carousel: (block, env) => carousel(block, env, (owner, each) => element(new Slot(env, owner, each))),
  container: (block, env) => container(block, env, renderBlocks),
  data_table: (block, env) => dataTable(block, env, table),
  plan,
  task_card: taskCard,
};

/** Renders blocks; `env.surface` is where their elements keep values and whom they tell. */
export function renderBlocks(blocks, env) {
  return (blocks ?? []).map((block) => {
    const inner =
      BLOCKS[block.type]?.(block, env) ?? h('em', null, `This kind of block is not shown here: ${block.type}`);
    return h(`div.block.block-${block.type}`, { data: { blockId: block.block_id } }, inner);
  });
}

function element(slot) {
  return (
    ELEMENTS[slot.element.type]?.(slot) ?? h('em', null, `This kind of element is not shown here: ${slot.element.type}`)
  );
}

function section(block, env) {
  const id = uid('text');
  const words = [
    block.text ? h('div.section-text', { id }, textObject(block.text, env)) : null,
    block.fields
      ? h(
          'div.section-fields',
          null,
          block.fields.map((field) => h('div', null, textObject(field, env))),
        )
      : null,
  ];
  if (!block.accessory) return words;
  const slot = new Slot(env, block, block.accessory, { describedBy: block.text ? id : null });
  return [h('div.section-words', null, words), h('div.section-accessory', null, element(slot))];
}

/** Label above, element, then hint and problem, all tied together for screen readers. */
function inputBlock(block, env) {
  const ids = { label: uid('label'), hint: uid('hint'), problem: uid('problem') };
  const problem = env.surface.problems?.[block.block_id];
  const described = [problem ? ids.problem : null, block.hint ? ids.hint : null].filter(Boolean).join(' ') || null;
  const slot = new Slot(env, block, block.element, { input: block, labelledBy: ids.label, describedBy: described });
  const control = element(slot);
  const focusTarget = control.matches('input, textarea')
    ? control
    : control.querySelector('[role="combobox"], input, textarea, [contenteditable]');
  if (problem) focusTarget?.setAttribute('aria-invalid', 'true');
  const label = h(
    'div.input-label',
    null,
    h(
      'span',
      { id: ids.label, onclick: () => focusTarget?.focus() },
      plain(block.label?.text, block.label?.emoji !== false),
    ),
    block.optional ? h('span.optional', null, '(optional)') : null,
  );
  return [
    label,
    control,
    problem ? h('p.field-problem', { id: ids.problem }, icon('alert', 16), h('span', null, problem)) : null,
    block.hint ? h('p.field-hint', { id: ids.hint }, plain(block.hint.text)) : null,
  ];
}

function table(block, env) {
  const align = (index) => block.column_settings?.[index]?.align ?? 'left';
  const cell = (tag) => (each, index) =>
    h(
      tag,
      { data: { align: align(index) }, scope: tag === 'th' ? 'col' : null },
      each.type === 'rich_text' ? richText(each, env) : plain(each.text),
    );
  const [head = [], ...rows] = block.rows ?? [];
  return h(
    'div.table-scroll',
    { tabindex: '0', role: 'region', 'aria-label': 'Table' },
    h(
      'table.table-block',
      null,
      h('thead', null, h('tr', null, head.map(cell('th')))),
      h(
        'tbody',
        null,
        rows.map((row) => h('tr', null, row.map(cell('td')))),
      ),
    ),
  );
}
