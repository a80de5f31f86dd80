// What does Slack's mrkdwn look like? Text in, DOM nodes out, nothing ever parsed as HTML.
import { h } from './dom.js';
import { emojiOf } from './emoji.js';
import { broadcastMention, channelMention, dateMention, groupMention, outsideLink, personMention } from './mentions.js';

const WORD = '[\\p{L}\\p{N}_]';

/** What may begin inside a line, tried at every place from left to right; the group's name says what was met. */
const INLINE = new RegExp(
  [
    '`(?<code>[^`\\n]+)`',
    '<(?<token>[^<>\\n]+)>',
    emphasis('\\*', 'bold'),
    emphasis('_', 'italic'),
    emphasis('~', 'strike'),
    ":(?<emoji>[a-z0-9_+'-]+(?:::skin-tone-[2-6])?):",
    '(?<url>https?:\\/\\/[^\\s<>|]*[^\\s<>|.,;:!?)\\]}\'"*_~`])',
  ].join('|'),
  'gu',
);

function emphasis(marker, name) {
  return `(?<!${WORD}|${marker})${marker}(?<${name}>[^\\s${marker}](?:[^${marker}\\n]*[^\\s${marker}])?)${marker}(?!${WORD}|${marker})`;
}

/** Renders mrkdwn. `env` names people, channels and groups and tells the time; `verbatim` leaves bare addresses alone. */
export function mrkdwn(text, env, { verbatim = false } = {}) {
  const parts = fenced(String(text ?? ''));
  return parts.flatMap((part, index) =>
    index % 2 === 1 ? h('pre.code-block', null, preformatted(part, env)) : paragraphs(part, env, verbatim),
  );
}

/** Text and code in turns, without the line ends beside a fence; a last fence nobody closed is text. */
function fenced(text) {
  const parts = text.split('```');
  if (parts.length % 2 === 0) parts.splice(-2, 2, `${parts.at(-2)}\`\`\`${parts.at(-1)}`);
  return parts.map((part, index) =>
    index % 2 ? part : part.replace(index ? /^\n/ : /^/, '').replace(index < parts.length - 1 ? /\n$/ : /$^/, ''),
  );
}

/** Inside a code block only the <…> tokens keep their meaning, as their text. */
function preformatted(text, env) {
  return text
    .replace(/^\n|\n$/g, '')
    .split(/(<[^<>\n]+>)/)
    .map((piece) => (/^<[^<>\n]+>$/.test(piece) ? token(piece.slice(1, -1), env) : decode(piece)));
}

const QUOTE = /^(?:&gt;|>) ?/;
const BULLET = /^(\s*)([•◦▪‣-]|\d{1,3}[.)]) +(?=\S)/;

function paragraphs(text, env, verbatim) {
  if (!text) return [];
  const lines = text.split('\n');
  const nodes = [];
  for (let i = 0; i < lines.length; i += 1) {
    if (/^(?:&gt;|>){3}/.test(lines[i])) {
      const rest = [lines[i].replace(/^(?:&gt;|>){3} ?/, ''), ...lines.slice(i + 1)];
      return [...nodes, quote(rest, env, verbatim)];
    }
    if (QUOTE.test(lines[i])) {
      const from = i;
      while (i + 1 < lines.length && QUOTE.test(lines[i + 1])) i += 1;
      nodes.push(
        quote(
          lines.slice(from, i + 1).map((line) => line.replace(QUOTE, '')),
          env,
          verbatim,
        ),
      );
    } else {
      nodes.push(line(lines[i], env, verbatim));
    }
  }
  return nodes;
}

function quote(lines, env, verbatim) {
  return h(
    'blockquote.quote',
    null,
    lines.map((each) => line(each, env, verbatim)),
  );
}

/** One line of text; a line that begins like a list item hangs under its bullet. */
function line(text, env, verbatim) {
  const bullet = BULLET.exec(text);
  if (!text) return h('span.line.blank', null, '\u200b');
  if (!bullet) return h('span.line', null, inline(text, env, verbatim));
  const [whole, indent, marker] = bullet;
  const depth = Math.min(3, Math.floor(indent.length / 2));
  return h(
    'span.line.bulleted',
    { data: { depth } },
    h('span.bullet', null, `${marker} `),
    h('span', null, inline(text.slice(whole.length), env, verbatim)),
  );
}

function inline(text, env, verbatim) {
  const nodes = [];
  let from = 0;
  for (const found of text.matchAll(INLINE)) {
    const node = inlineNode(found.groups, env, verbatim);
    if (node === null) continue;
    if (found.index > from) nodes.push(decode(text.slice(from, found.index)));
    nodes.push(node);
    from = found.index + found[0].length;
  }
  if (from < text.length) nodes.push(decode(text.slice(from)));
  return nodes;
}

/** The node for what the pattern met, or null where it is only text after all. */
function inlineNode({ code, token: inner, bold, italic, strike, emoji: name, url }, env, verbatim) {
  if (code !== undefined) return h('code', null, preformatted(code, env));
  if (inner !== undefined) return token(inner, env);
  if (bold !== undefined) return h('strong', null, inline(bold, env, verbatim));
  if (italic !== undefined) return h('em', null, inline(italic, env, verbatim));
  if (strike !== undefined) return h('s', null, inline(strike, env, verbatim));
  if (name !== undefined) return emoji(name);
  return verbatim ? null : outsideLink(decode(url), decode(url), env);
}

/** What stands between < and >: a mention, a date, or a link. */
function token(inner, env) {
  const bar = inner.indexOf('|');
  const target = bar < 0 ? inner : inner.slice(0, bar);
  const label = bar < 0 ? null : decode(inner.slice(bar + 1));
  if (/^@[UW]/.test(target)) return personMention(target.slice(1), env, label);
  if (/^#[CDG]/.test(target)) return channelMention(target.slice(1), env, label);
  if (target.startsWith('!')) return special(target.slice(1), label, env);
  return outsideLink(decode(target), label ?? decode(target).replace(/^mailto:/, ''), env);
}

function special(target, label, env) {
  const [kind, ...details] = target.split('^');
  if (kind === 'subteam') return groupMention(details[0], env, label);
  if (kind === 'date')
    return dateMention(
      { seconds: Number(details[0]), format: details[1] ?? '', link: details[2], fallback: label },
      env,
    );
  if (['here', 'channel', 'everyone'].includes(kind)) return broadcastMention(kind);
  return h('span', null, label ?? `<${decode(target)}>`);
}

/** An emoji character with its name for screen readers, or null for an unknown name. */
export function emoji(name) {
  const character = emojiOf(name);
  return character
    ? h('span.emoji', { role: 'img', 'aria-label': `${name} emoji`, title: `:${name}:` }, character)
    : null;
}

/** Slack escapes exactly these three. */
export function decode(text) {
  return text.replace(/&lt;/g, '<').replace(/&gt;/g, '>').replace(/&amp;/g, '&');
}

/** plain_text: emoji names are drawn (unless switched off), nothing else means anything. */
export function plain(text, withEmoji = true) {
  const decoded = decode(String(text ?? ''));
  if (!withEmoji) return [decoded];
  return decoded
    .split(/(:[a-z0-9_+'-]+(?:::skin-tone-[2-6])?:)/)
    .map((piece) => (/^:.+:$/.test(piece) ? (emoji(piece.slice(1, -1)) ?? piece) : piece));
}

/** A text object of Block Kit, or nothing. */
export function textObject(object, env) {
  if (!object) return [];
  if (object.type === 'mrkdwn') return mrkdwn(object.text, env, { verbatim: object.verbatim });
  return plain(object.text, object.emoji !== false);
}

/** A text object as bare words, for names and labels that screen readers hear. */
export function wordsOf(object) {
  return object
    ? decode(String(object.text ?? '')).replace(/:([a-z0-9_+'-]+):/g, (whole, name) => emojiOf(name) ?? whole)
    : '';
}
