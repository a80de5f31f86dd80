// What stands above a channel: its name and menu, topic, bookmarks and members?
import { h } from './dom.js';
import { avatar } from './avatar.js';
import { channelMenu } from './channel_menu.js';
import { icon } from './icons.js';
import { menu } from './popover.js';

export function channelHead(channel, env) {
  const back = { href: env.routes.start(), 'aria-label': 'Back to channels' };
  const shared = { title: 'Shared with another organisation' };
  return [
    h('a.icon-button.phone-only', back, icon('back')),
    name(channel, env),
    channel.is_ext_shared ? h('span.app-badge.external', shared, 'SHARED') : null,
    h('span.topic', { title: channel.topic }, channel.topic),
    h('span.spring'),
    channel.bookmarks?.length
      ? h('nav.bookmarks', { 'aria-label': 'Bookmarks' }, channel.bookmarks.map(bookmark))
      : null,
    channel.kind === 'im' ? null : members(channel, env),
  ];
}

/** The name is the button of the channel's menu. */
function name(channel, env) {
  const person = channel.kind === 'im' ? env.directory.person(channel.user) : null;
  const mark = person ? avatar(person, 24, { presence: true }) : icon(channel.kind === 'private' ? 'lock' : 'hash', 20);
  const open = () => menu(button, channelMenu(channel, env), { label: 'Channel', align: 'start' });
  const title = h('h1', null, env.directory.channelName(channel.id));
  const button = h(
    'button.pane-title',
    { type: 'button', 'aria-haspopup': 'menu', onclick: open },
    mark,
    title,
    icon('chevron', 16),
  );
  return button;
}

function bookmark({ title, link }) {
  const href = /^https?:/.test(link ?? '') ? link : null;
  return h('a', { href, target: '_blank', rel: 'noopener noreferrer' }, icon('link', 14), title);
}

function members(channel, env) {
  const onclick = (event) => env.showMembers(channel, event.currentTarget);
  const faces = channel.members.slice(0, 3).map((id) => avatar(env.directory.person(id), 22));
  const count = channel.members.length;
  return h(
    'button.members',
    { type: 'button', 'aria-label': `${count} members`, onclick },
    faces,
    h('span', null, String(count)),
  );
}
