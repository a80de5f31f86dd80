// What does a rich_text block look like?
import { h } from '../dom.js';
import { emojiOf } from '../emoji.js';
import {
  broadcastMention,
  channelMention,
  dateMention,
  groupMention,
  outsideLink,
  personMention,
} from '../mentions.js';

/** The element groups of a rich_text block. */
export function richText(block, env) {
  return (block.elements ?? []).map((group) => GROUPS[group.type]?.(group, env) ?? null);
}

const GROUPS = {
  rich_text_section: (group, env) => h('div.rich-section', null, leaves(group, env)),
  rich_text_quote: (group, env) => h('blockquote.quote', null, leaves(group, env)),
  rich_text_preformatted: (group, env) => h('pre.code-block', null, leaves(group, env)),
  rich_text_list: list,
};

function list(group, env) {
  const ordered = group.style === 'ordered';
  const start = ordered && group.offset ? group.offset + 1 : null;
  const items = (group.elements ?? []).map((item) =>
    h('li', null, item.type === 'rich_text_section' ? leaves(item, env) : GROUPS[item.type]?.(item, env)),
  );
  return h(`${ordered ? 'ol' : 'ul'}.rich-list`, { data: { indent: Math.min(8, group.indent ?? 0) }, start }, items);
}

function leaves(group, env) {
  return (group.elements ?? []).map((leaf) => styled(LEAVES[leaf.type]?.(leaf, env) ?? leaf.text ?? '', leaf.style));
}

const LEAVES = {
  text: (leaf) => leaf.text,
  link: (leaf, env) => outsideLink(leaf.url, leaf.text || leaf.url, env),
  user: (leaf, env) => personMention(leaf.user_id, env),
  channel: (leaf, env) => channelMention(leaf.channel_id, env),
  usergroup: (leaf, env) => groupMention(leaf.usergroup_id, env),
  broadcast: (leaf) => broadcastMention(leaf.range),
  color: (leaf) => h('code', null, leaf.value),
  emoji: (leaf) =>
    h(
      'span.emoji',
      { role: 'img', 'aria-label': `${leaf.name} emoji`, title: `:${leaf.name}:` },
      emojiOf(leaf.name) ?? fromUnicode(leaf.unicode) ?? `:${leaf.name}:`,
    ),
  date: (leaf, env) =>
    dateMention({ seconds: leaf.timestamp, format: leaf.format, link: leaf.url, fallback: leaf.fallback }, env),
};

function fromUnicode(codes) {
  return codes ? String.fromCodePoint(...codes.split('-').map((code) => parseInt(code, 16))) : null;
}

const STYLES = [
  ['code', 'code'],
  ['strike', 's'],
  ['italic', 'em'],
  ['bold', 'strong'],
  ['underline', 'u'],
  ['highlight', 'mark'],
  ['client_highlight', 'mark'],
];

function styled(node, style) {
  return STYLES.reduce((inner, [name, tag]) => (style?.[name] ? h(tag, null, inner) : inner), node);
}
