// What can a person do with a channel as a whole?
import { askFields } from './dialogs.js';
import { icon } from './icons.js';

/** The items behind a channel's name. */
export function channelMenu(channel, env) {
  if (channel.kind === 'im')
    return [
      {
        label: 'View profile',
        icon: icon('at', 18),
        onpick: () => env.showPerson(channel.user, document.querySelector('.pane-title')),
      },
    ];
  const act = (verb, body) => env.api.act(verb, { channel: channel.id, ...body }).catch(env.complain);
  if (!channel.is_member) return [{ label: 'Join channel', onpick: () => act('join') }];
  return [
    { label: 'Add people…', icon: icon('plus', 18), onpick: () => addPeople(channel, env, act) },
    { label: 'Edit topic…', icon: icon('pencil', 18), onpick: () => change('topic', 'Topic', channel.topic, act) },
    {
      label: 'Edit description…',
      icon: icon('pencil', 18),
      onpick: () => change('purpose', 'Description', channel.purpose, act),
    },
    { label: 'Rename channel…', icon: icon('hash', 18), onpick: () => change('rename', 'Name', channel.name, act) },
    'divider',
    { label: 'Leave channel', danger: true, onpick: () => act('leave') },
    {
      label: channel.is_archived ? 'Unarchive channel' : 'Archive channel',
      danger: true,
      onpick: () => act(channel.is_archived ? 'unarchive' : 'archive'),
    },
  ];
}

async function change(verb, label, value, act) {
  const answer = await askFields({ title: `Edit ${label.toLowerCase()}`, fields: [{ name: 'text', label, value }] });
  if (answer) act(verb, answer);
}

async function addPeople(channel, env, act) {
  const outside = env.directory.people.filter(({ id, deleted }) => !deleted && !channel.members.includes(id));
  const options = outside.map(({ id, name }) => ({ value: id, label: name }));
  const answer = await askFields({
    title: `Add people to #${channel.name}`,
    yes: 'Add',
    fields: [{ name: 'user', label: 'Person or app', options }],
  });
  if (answer?.user) act('invite', { users: [answer.user] });
}
