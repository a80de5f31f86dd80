// How is rich text entered, and how does what was typed become a rich_text block?
import { h } from '../dom.js';
import { icon } from '../icons.js';
import { richText } from './rich_text.js';

const TOOLS = [
  ['bold', 'Bold', () => document.execCommand('bold')],
  ['italic', 'Italic', () => document.execCommand('italic')],
  ['strike', 'Strikethrough', () => document.execCommand('strikeThrough')],
  ['code', 'Code', () => wrapSelection('code')],
  ['ordered', 'Ordered list', () => document.execCommand('insertOrderedList')],
  ['list', 'Bulleted list', () => document.execCommand('insertUnorderedList')],
  ['quote', 'Blockquote', () => document.execCommand('formatBlock', false, 'blockquote')],
];

/** A small what-you-see editor; its value is a rich_text block, or null while it is empty. */
export function richTextInput(slot) {
  const editor = h('div.rich-editor', {
    contenteditable: 'true',
    role: 'textbox',
    'aria-multiline': 'true',
    ...slot.attributes(),
    tabindex: '0',
  });
  editor.dataset.placeholder = slot.placeholder;
  const start = slot.value(slot.element.initial_value ?? null);
  if (start) editor.append(...richText(start, slot.env).filter(Boolean));
  const note = () => slot.note(toRichText(editor));
  editor.addEventListener('input', note);
  editor.addEventListener('paste', (event) => {
    event.preventDefault();
    document.execCommand('insertText', false, event.clipboardData.getData('text/plain'));
  });
  if (slot.dispatches) editor.addEventListener('blur', () => slot.act(toRichText(editor)));
  if (slot.autofocus) editor.setAttribute('autofocus', '');
  const tool = ([name, label, run]) =>
    h(
      'button.icon-button',
      {
        type: 'button',
        'aria-label': label,
        title: label,
        onpointerdown: (event) => event.preventDefault(),
        onclick: () => {
          editor.focus();
          run();
          note();
        },
      },
      icon(name, 18),
    );
  return h(
    'div.rich-input',
    null,
    h('div.rich-tools', { role: 'toolbar', 'aria-label': 'Formatting' }, TOOLS.map(tool)),
    editor,
  );
}

function wrapSelection(tag) {
  const selection = getSelection();
  if (!selection.rangeCount || selection.isCollapsed) return;
  const range = selection.getRangeAt(0);
  const wrapper = h(tag, null, range.toString());
  range.deleteContents();
  range.insertNode(wrapper);
  selection.selectAllChildren(wrapper);
}

const GROUP_TAGS = { UL: 'bullet', OL: 'ordered' };
const BLOCK_TAGS = new Set(['DIV', 'P', 'H1', 'H2', 'H3']);

/** The rich_text block of an editor's content, or null. */
export function toRichText(editor) {
  const groups = [];
  let open = null;
  const section = () => {
    if (!open) groups.push((open = { type: 'rich_text_section', elements: [] }));
    return open;
  };
  const walk = (parent) => {
    for (const node of parent.childNodes) {
      const special = SPECIAL[node.nodeName]?.(node);
      if (special) {
        groups.push(...special);
        open = null;
      } else if (BLOCK_TAGS.has(node.nodeName)) {
        if (open?.elements.length) open.elements.push({ type: 'text', text: '\n' });
        walk(node);
      } else {
        section().elements.push(...leaves(node));
      }
    }
  };
  walk(editor);
  const elements = groups.filter((group) => group.elements.length);
  return elements.length && editor.textContent.trim() ? { type: 'rich_text', elements } : null;
}

const SPECIAL = {
  UL: (node) => lists(node, 0),
  OL: (node) => lists(node, 0),
  BLOCKQUOTE: (node) => [{ type: 'rich_text_quote', elements: leaves(node) }],
  PRE: (node) => [{ type: 'rich_text_preformatted', elements: leaves(node) }],
};

/** One list per run of items of the same depth, as Slack keeps nested lists. */
function lists(node, indent) {
  const found = [];
  let current = null;
  for (const child of node.children) {
    if (GROUP_TAGS[child.nodeName]) {
      found.push(...lists(child, indent + 1));
      current = null;
    } else {
      if (!current)
        found.push((current = { type: 'rich_text_list', style: GROUP_TAGS[node.nodeName], indent, elements: [] }));
      current.elements.push({ type: 'rich_text_section', elements: leaves(child) });
    }
  }
  return found;
}

const MARKS = {
  B: 'bold',
  STRONG: 'bold',
  I: 'italic',
  EM: 'italic',
  S: 'strike',
  STRIKE: 'strike',
  DEL: 'strike',
  CODE: 'code',
};

function leaves(node, style = {}) {
  if (node.nodeType === Node.TEXT_NODE)
    return node.data ? [leaf({ type: 'text', text: node.data.replace(/\u00a0/g, ' ') }, style)] : [];
  if (node.nodeName === 'BR') return [{ type: 'text', text: '\n' }];
  const mark = MARKS[node.nodeName];
  const inner = mark ? { ...style, [mark]: true } : style;
  if (node.nodeName === 'A') return [leaf({ type: 'link', url: node.href, text: node.textContent }, inner)];
  if (node.dataset?.user) return [leaf({ type: 'user', user_id: node.dataset.user }, {})];
  return [...node.childNodes].flatMap((child) => leaves(child, inner));
}

function leaf(element, style) {
  return Object.keys(style).length ? { ...element, style } : element;
}
