// The switcher: jumping to any channel, person or app with Ctrl+K.
import { fill, h } from './dom.js';
import { avatar } from './avatar.js';
import { showDialog } from './dialogs.js';
import { icon } from './icons.js';
import { Picker } from './blocks/picker.js';

/** Opens the switcher on Ctrl+K or ⌘K, unless a dialog is open. */
export function quickSwitcher(env) {
  document.addEventListener('keydown', (event) => {
    if (event.key.toLowerCase() !== 'k' || !(event.ctrlKey || event.metaKey) || document.querySelector('dialog[open]'))
      return;
    event.preventDefault();
    openSwitcher(env);
  });
}

function openSwitcher(env) {
  const dialog = showDialog('ask', 'Jump to');
  const picker = new Picker({
    load: async (query) => [{ choices: places(env, query.toLowerCase()) }],
    placeholder: 'Channel, person or app',
    attributes: { 'aria-label': 'Jump to' },
    ondone: ([choice]) => {
      dialog.close();
      if (choice) choice.value();
    },
  });
  // The list of places is a popover and would take the first Esc for itself.
  const onkey = (event) => {
    if (event.key !== 'Escape') return;
    event.stopPropagation();
    event.preventDefault();
    dialog.close();
  };
  window.addEventListener('keydown', onkey, true);
  dialog.addEventListener('close', () => window.removeEventListener('keydown', onkey, true));
  fill(dialog, h('h2.dialog-title', null, 'Jump to'), h('div.dialog-body', null, picker.node));
  picker.input.focus();
  picker.open();
}

function places(env, query) {
  const { directory } = env;
  const go = (hash) => () => {
    location.hash = hash;
  };
  const channels = directory.channels
    .filter(({ kind, is_archived: gone }) => ['public', 'private', 'mpim'].includes(kind) && !gone)
    .map((channel) => ({
      key: channel.id,
      label: directory.channelName(channel.id),
      picture: h('span.option-icon', null, icon(channel.kind === 'public' ? 'hash' : 'lock', 16)),
      value: go(env.routes.channel(channel.id)),
    }));
  const people = directory.humans.map((person) => ({
    key: person.id,
    label: person.name,
    description: person.title,
    picture: avatar(person, 20),
    value: () => env.openTalk(person.id),
  }));
  const apps = directory.apps.map((app) => ({
    key: app.id,
    label: app.name,
    description: 'App',
    picture: avatar(app, 20),
    value: go(env.routes.app(app.id, app.has_home ? 'home' : 'messages')),
  }));
  const views = [
    ['Mail', 'mail', env.routes.mail()],
    ['Traffic', 'traffic', env.routes.traffic()],
    ['Faults', 'alert', env.routes.faults()],
  ].map(([label, mark, hash]) => ({
    key: label,
    label,
    picture: h('span.option-icon', null, icon(mark, 16)),
    value: go(hash),
  }));
  return [...channels, ...people, ...apps, ...views].filter(({ label }) => label.toLowerCase().includes(query));
}
