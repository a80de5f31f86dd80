// What can a person do with a message: react, reply, edit, delete, pin, copy its link, run an app's shortcut?
import { announce, h } from './dom.js';
import { ask } from './dialogs.js';
import { emojiOf } from './emoji.js';
import { emojiPicker } from './emoji_picker.js';
import { icon } from './icons.js';
import { menu } from './popover.js';
import { shareMessage } from './sharing.js';

const QUICK = ['white_check_mark', 'eyes', 'raised_hands'];

/** Gives a message its toolbar while it is pointed at or has the focus. Arrow keys go from message to message. */
export function toolbar(node, message, env, place) {
  let bar = null;
  const show = () => {
    bar ??= node.appendChild(makeBar(node, message, env, place));
  };
  const hide = () => {
    if (
      !bar ||
      node.contains(document.activeElement) ||
      node.matches(':hover') ||
      bar.querySelector('[aria-expanded="true"]')
    )
      return;
    bar.remove();
    bar = null;
  };
  node.addEventListener('pointerenter', show);
  node.addEventListener('focusin', show);
  node.addEventListener('pointerleave', hide);
  node.addEventListener('focusout', () => setTimeout(hide));
}

function makeBar(node, message, env, place) {
  const act = (verb, extra) =>
    env.api.act(verb, { channel: message.channel, ts: message.ts, ...extra }).catch(env.complain);
  if (message.is_ephemeral) return h('span');
  const react = (name) =>
    act(
      (message.reactions ?? []).some((each) => each.name === name && each.users.includes(env.me.id))
        ? 'unreact'
        : 'react',
      { name },
    );
  const more = tool('more', 'More actions', () =>
    menu(more, moreItems(node, message, env, place, act), { label: 'More actions' }),
  );
  more.setAttribute('aria-haspopup', 'menu');
  const add = tool('smile', 'Add reaction', () => emojiPicker(add, react));
  return h(
    'div.message-bar',
    { role: 'toolbar', 'aria-label': 'Message actions' },
    QUICK.map((name) =>
      h(
        'button.icon-button',
        { type: 'button', 'aria-label': `React with ${name}`, title: `:${name}:`, onclick: () => react(name) },
        h('span.emoji', null, emojiOf(name)),
      ),
    ),
    add,
    place.inThread
      ? null
      : h(
          'a.icon-button',
          {
            href: env.routes.thread(message.channel, message.thread_ts ?? message.ts),
            'aria-label': 'Reply in thread',
            title: 'Reply in thread',
          },
          icon('reply'),
        ),
    more,
  );
}

function tool(name, label, onclick) {
  return h('button.icon-button', { type: 'button', 'aria-label': label, title: label, onclick }, icon(name));
}

function moreItems(node, message, env, place, act) {
  const mine = message.user === env.me.id && !message.bot_id;
  const pinned = env.directory.channel(message.channel)?.pins?.includes(message.ts);
  const shortcuts = env.directory.apps.flatMap((app) =>
    app.shortcuts.filter(({ type }) => type === 'message').map((shortcut) => shortcutItem(app, shortcut, message, env)),
  );
  return [
    { label: 'Copy link', icon: icon('link', 18), onpick: () => copyLink(message, env) },
    { label: 'Share message…', icon: icon('external', 18), onpick: () => shareMessage(message, env) },
    {
      label: pinned ? 'Unpin from channel' : 'Pin to channel',
      icon: icon('pin', 18),
      onpick: () => act(pinned ? 'unpin' : 'pin'),
    },
    ...(mine
      ? [
          'divider',
          { label: 'Edit message', icon: icon('pencil', 18), onpick: () => place.edit(node, message) },
          { label: 'Delete message…', icon: icon('trash', 18), danger: true, onpick: () => remove(act) },
        ]
      : []),
    ...(shortcuts.length ? ['divider', { heading: 'Message shortcuts' }, ...shortcuts] : []),
  ];
}

function shortcutItem(app, shortcut, message, env) {
  return {
    label: shortcut.name,
    description: app.name,
    icon: icon('bolt', 18),
    onpick: () =>
      env.runShortcut('message_shortcut', {
        callback_id: shortcut.callback_id,
        app_id: app.id,
        channel: message.channel,
        ts: message.ts,
      }),
  };
}

async function copyLink(message, env) {
  await navigator.clipboard?.writeText(env.permalink(message)).catch(() => {});
  announce('Link copied');
}

async function remove(act) {
  if (
    await ask({
      title: 'Delete message',
      body: 'Are you sure you want to delete this message? This cannot be undone.',
      yes: 'Delete',
      danger: true,
    })
  )
    act('delete');
}
