// What do mentions, links and dates look like, and where do they lead?
import { h } from './dom.js';

/** @Name; a click opens the person's card. Mentions of the reader stand out. */
export function personMention(id, env, label) {
  const person = env.directory.person(id);
  const name = person ? env.directory.nameOf(id) : label || id;
  const mine = id === env.me?.id;
  return h(
    `button.mention${mine ? '.mine' : ''}`,
    { type: 'button', data: { user: id }, onclick: (event) => env.showPerson?.(id, event.currentTarget) },
    `@${name}`,
  );
}

export function channelMention(id, env, label) {
  const channel = env.directory.channel(id);
  if (!channel) return h('span.mention.quiet', null, label ? `#${label}` : '#private-channel');
  return h('a.mention', { href: `#/channel/${id}` }, `#${channel.name}`);
}

export function groupMention(id, env, label) {
  const group = env.directory.group(id);
  const mine = group?.members.includes(env.me?.id);
  return h(
    `span.mention${mine ? '.mine' : ''}`,
    { title: group?.name },
    group ? `@${group.handle}` : (label ?? '@group'),
  );
}

export function broadcastMention(kind) {
  return h('span.mention.mine', null, `@${kind}`);
}

export function dateMention({ seconds, format, link, fallback }, env) {
  if (!Number.isFinite(seconds)) return h('span', null, fallback ?? '');
  const moment = seconds * 1000;
  const words = env.calendar.fillDateToken(format, moment);
  const time = h('time', { datetime: new Date(moment).toISOString(), title: env.calendar.full(moment) }, words);
  return link ? outsideLink(link, time, env) : time;
}

const SAFE = /^(https?:|mailto:|tel:|slack:)/i;

/** A link in its own tab; links into this Slack stay on the page; anything but web, mail and phone addresses is only text. */
export function outsideLink(href, label, env) {
  const inside = env?.insideRoute?.(href);
  if (inside) return h('a', { href: inside }, label);
  if (!SAFE.test(href)) return h('span', null, label);
  return h('a', { href, target: '_blank', rel: 'noopener noreferrer' }, label);
}
