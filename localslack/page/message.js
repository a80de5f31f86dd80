// What does one message look like, and what can be done with it?
import { fill, h } from './dom.js';
import { avatar } from './avatar.js';
import { momentOf } from './dates.js';
import { emojiOf } from './emoji.js';
import { fileCard } from './files.js';
import { icon } from './icons.js';
import { emoji, mrkdwn, plain } from './mrkdwn.js';
import { attachments } from './attachments.js';
import { renderBlocks } from './blocks/render.js';
import { Surface } from './surface.js';
import { workObjects } from './work_objects.js';
import { toolbar } from './message_actions.js';

const EVENTS = /^(channel|group)_(join|leave|topic|purpose|name|archive|unarchive)$|^pinned_item$|^bot_(add|remove)$/;

/** Who wrote a message, as it is shown: { name, person, emoji, isApp, id }. */
export function authorOf(message, directory) {
  const app = directory.app(message.app_id);
  const person = directory.person(message.user) ?? directory.person(app?.bot_user);
  const name = message.username || (person && directory.nameOf(person.id)) || app?.name || 'Slackbot';
  return {
    name,
    person: person ?? { initials: name.slice(0, 1), colour: '#4a154b' },
    emoji: message.icons?.emoji ?? null,
    isApp: Boolean(message.bot_id || person?.is_bot),
    id: person?.id,
  };
}

/** Do two neighbours share one head line? Same author, within five minutes, both plain. */
export function continues(before, message, directory) {
  if (
    !before ||
    EVENTS.test(before.subtype) ||
    EVENTS.test(message.subtype) ||
    before.is_ephemeral !== message.is_ephemeral
  )
    return false;
  if (message.subtype === 'thread_broadcast' || message.ts - before.ts > 300) return false;
  const [a, b] = [authorOf(before, directory), authorOf(message, directory)];
  return a.name === b.name && a.id === b.id && a.isApp === b.isApp;
}

/**
 * One message. `place`: { inThread, compact, surfaces } where `surfaces` keeps what was typed and chosen in a message
 * while the message is drawn anew.
 */
export function messageNode(message, env, place) {
  const author = authorOf(message, env.directory);
  const isEvent = EVENTS.test(message.subtype);
  const node = h(
    `article.message${place.compact ? '.compact' : ''}${message.is_ephemeral ? '.ephemeral' : ''}${isEvent ? '.event' : ''}`,
    {
      tabindex: '-1',
      data: { ts: message.ts, user: message.user, subtype: message.subtype },
      'aria-label': `${author.name}, ${env.calendar.time(momentOf(message.ts))}`,
    },
    gutter(message, author, env, place),
    h(
      'div.message-body',
      null,
      message.is_ephemeral ? onlyYou(message, env) : null,
      broadcastNote(message, env, place),
      isPinned(message, env) ? h('div.pinned-note', null, icon('pin', 14), 'Pinned') : null,
      place.compact ? null : head(message, author, env),
      h('div.message-content', null, content(message, env, place)),
      reactions(message, env),
      place.inThread || message.is_ephemeral ? null : threadLink(message, env),
    ),
  );
  if (!isEvent || env.directory.channel(message.channel)) toolbar(node, message, env, place);
  return node;
}

function gutter(message, author, env, { compact }) {
  const moment = momentOf(message.ts);
  if (compact)
    return h(
      'div.gutter',
      null,
      h('time.hover-time', { datetime: new Date(moment).toISOString() }, env.calendar.time(moment)),
    );
  return h('div.gutter', null, avatar(author.person, 36, { emoji: author.emoji }));
}

function onlyYou(message, env) {
  const dismiss = () => env.api.act('dismiss', { channel: message.channel, ts: message.ts }).catch(env.complain);
  return h(
    'div.only-you',
    null,
    icon('eye', 16),
    h('span', null, 'Only visible to you'),
    h('button.link-button', { type: 'button', onclick: dismiss }, 'Dismiss'),
  );
}

function isPinned({ channel, ts }, env) {
  return env.directory.channel(channel)?.pins?.includes(ts);
}

function broadcastNote(message, env, { inThread }) {
  if (message.subtype !== 'thread_broadcast' || inThread) return null;
  return h(
    'a.broadcast-note',
    { href: env.routes.thread(message.channel, message.thread_ts, message.ts) },
    icon('reply', 14),
    'replied to a thread',
  );
}

function head(message, author, env) {
  const moment = momentOf(message.ts);
  const show = author.id ? (event) => env.showPerson(author.id, event.currentTarget) : null;
  return h(
    'div.message-head',
    null,
    h('button.author', { type: 'button', onclick: show }, author.name),
    author.isApp ? h('span.app-badge', null, 'APP') : null,
    author.person.is_external
      ? h('span.app-badge.external', { title: 'From another organisation (Slack Connect)' }, 'EXT')
      : null,
    author.person.status_emoji && !author.isApp
      ? h(
          'span.status-emoji',
          { title: author.person.status_text },
          emojiOf(author.person.status_emoji.replace(/:/g, '')) ?? '',
        )
      : null,
    h(
      'a.message-time',
      { href: env.linkTo(message), title: env.calendar.full(moment) },
      h('time', { datetime: new Date(moment).toISOString() }, env.calendar.time(moment)),
    ),
  );
}

function content(message, env, place) {
  if (message.subtype === 'tombstone') return h('em.quiet', null, 'This message was deleted.');
  const warning = h('p.message-warning', { role: 'alert', hidden: true });
  const surface = surfaceOf(message, env, place, warning);
  const inner = message.blocks?.length
    ? renderBlocks(message.blocks, { ...env, surface })
    : wordsWithMark(message, env);
  return [
    inner,
    message.edited && message.blocks?.length ? edited(message, env) : null,
    attachments(message, env, (index) => surfaceOf(message, env, place, warning, index)),
    workObjects(message, env),
    message.files?.length
      ? h(
          'div.files',
          null,
          message.files.map((file) => fileCard(file, env)),
        )
      : null,
    warning,
  ];
}

function wordsWithMark(message, env) {
  const nodes = message.mrkdwn === false ? plain(message.text ?? '') : mrkdwn(message.text ?? '', env);
  if (message.subtype === 'me_message') return h('em.text', null, nodes);
  if (!message.edited) return h('div.text', null, nodes);
  return h('div.text', null, nodes, edited(message, env));
}

function edited(message, env) {
  return h(
    'span.edited',
    { title: message.edited.ts ? env.calendar.full(momentOf(message.edited.ts)) : null },
    '(edited)',
  );
}

/** The same surface as long as the message stays on the page, so that a redraw keeps what was chosen. */
function surfaceOf(message, env, { surfaces }, warning, attachment) {
  const key = `${message.ts}/${attachment ?? ''}`;
  const container = {
    type: 'message',
    channel: message.channel,
    ts: message.ts,
    ...(attachment === undefined ? {} : { attachment }),
  };
  if (!surfaces.has(key)) surfaces.set(key, new Surface(env.api, container, { currentChannel: message.channel }));
  const surface = surfaces.get(key);
  surface.warn = (text) => {
    fill(warning, text ? [icon('alert', 16), h('span', null, text)] : null);
    warning.hidden = !text;
  };
  return surface;
}

function reactions(message, env) {
  if (!message.reactions?.length) return null;
  return h(
    'div.reactions',
    { role: 'group', 'aria-label': 'Reactions' },
    message.reactions.map((reaction) => reactionButton(reaction, message, env)),
  );
}

function reactionButton({ name, users, count }, message, env) {
  const mine = users.includes(env.me.id);
  const who = users.map((id) => env.directory.nameOf(id)).join(', ');
  const toggle = () =>
    env.api.act(mine ? 'unreact' : 'react', { channel: message.channel, ts: message.ts, name }).catch(env.complain);
  return h(
    `button.reaction${mine ? '.mine' : ''}`,
    {
      type: 'button',
      'aria-pressed': String(mine),
      'aria-label': `${name}, ${count}: ${who}`,
      title: `${who} reacted with :${name}:`,
      onclick: toggle,
    },
    emoji(name) ?? `:${name}:`,
    h('span', null, String(count)),
  );
}

function threadLink(message, env) {
  if (!message.reply_count) return null;
  const words = `${message.reply_count} ${message.reply_count === 1 ? 'reply' : 'replies'}`;
  const people = (message.reply_users ?? []).slice(0, 4).map((id) => avatar(env.directory.person(id), 24));
  const last = message.latest_reply
    ? h('span.thread-last', null, `Last reply ${lastReply(momentOf(message.latest_reply), env)}`)
    : null;
  return h(
    'a.thread-link',
    { href: env.routes.thread(message.channel, message.ts) },
    people,
    h('strong', null, words),
    last,
    h('span.thread-view', null, 'View thread'),
  );
}

function lastReply(moment, { calendar }) {
  return `${calendar.relativeDay(moment, (each) => calendar.shortDate(each)).replace(/^(Today|Yesterday)$/, (word) => word.toLowerCase())} at ${calendar.time(moment)}`;
}
