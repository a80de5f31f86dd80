// Where can a person go: channels, direct messages, apps, with what waits there?
import { fill, h } from './dom.js';
import { avatar } from './avatar.js';
import { askFields } from './dialogs.js';
import { icon } from './icons.js';

export class Sidebar {
  constructor(env) {
    this.env = env;
    this.closed = new Set();
    this.node = h('nav.sidebar', { 'aria-label': 'Channels and conversations' });
    env.model.on('state channels people apps', () => this.draw());
  }

  /** Marks the place that is open. */
  at(route) {
    this.route = route;
    this.draw();
  }

  draw() {
    const { channels, apps } = this.env.directory;
    const isBot = (channel) => this.env.directory.person(channel.user)?.is_bot;
    const named = channels.filter(
      ({ kind, is_archived: gone, id }) =>
        ['public', 'private'].includes(kind) && (!gone || id === this.route?.channel),
    );
    const mine = named.filter(({ is_member: member, id }) => member || id === this.route?.channel);
    const talks = channels.filter((channel) => ['im', 'mpim'].includes(channel.kind) && !isBot(channel));
    fill(
      this.node,
      h(
        'div.workspace',
        null,
        h('span.workspace-badge', { 'aria-hidden': 'true' }, this.env.model.team.name.slice(0, 1)),
        h('strong', null, this.env.model.team.name),
      ),
      h(
        'div.sidebar-scroll',
        null,
        this.#section(
          'Channels',
          byName(mine).map((channel) => this.#channel(channel)),
          this.#add('Add channels', () => this.#channelDialog(named)),
        ),
        this.#section(
          'Direct messages',
          byName(talks, (channel) => this.env.directory.channelName(channel.id)).map((channel) => this.#talk(channel)),
          this.#add('New message', () => this.#talkDialog()),
        ),
        this.#section(
          'Apps',
          byName(apps).map((app) => this.#app(app)),
        ),
      ),
    );
  }

  #section(title, rows, tool = null) {
    const closed = this.closed.has(title);
    const toggle = () => {
      if (closed) this.closed.delete(title);
      else this.closed.add(title);
      this.draw();
    };
    const shown = closed
      ? rows.filter((row) => row.classList.contains('unread') || row.classList.contains('here'))
      : rows;
    return h(
      'section.sidebar-section',
      { 'aria-label': title },
      h(
        'div.sidebar-title',
        null,
        h(
          `button.sidebar-fold${closed ? '.closed' : ''}`,
          { type: 'button', 'aria-expanded': String(!closed), onclick: toggle },
          icon('chevron', 14),
          h('span', null, title),
        ),
        tool,
      ),
      h(
        'ul',
        null,
        shown.map((row) => h('li', null, row)),
      ),
    );
  }

  #add(label, onclick) {
    return h('button.icon-button', { type: 'button', 'aria-label': label, title: label, onclick }, icon('plus', 16));
  }

  #row({ href, here, picture, name, unread = 0, mentions = 0, data, extra }) {
    const spoken = mentions
      ? `${name}, ${mentions} ${mentions === 1 ? 'mention' : 'mentions'}`
      : unread
        ? `${name}, unread`
        : name;
    return h(
      `a.sidebar-row${here ? '.here' : ''}${unread || mentions ? '.unread' : ''}`,
      { href, 'aria-current': here ? 'page' : null, 'aria-label': spoken, data },
      picture,
      h('span.row-name', null, name),
      extra,
      mentions ? h('span.badge', { 'aria-hidden': 'true' }, String(mentions)) : null,
    );
  }

  #channel(channel) {
    return this.#row({
      href: this.env.routes.channel(channel.id),
      here: this.route?.channel === channel.id,
      name: channel.name,
      unread: channel.unread,
      mentions: channel.mentions,
      data: { channel: channel.id },
      picture: icon(channel.kind === 'private' ? 'lock' : 'hash', 18),
      extra: channel.is_ext_shared ? h('span.shared-mark', { title: 'Shared with another organisation' }, '⇄') : null,
    });
  }

  #talk(channel) {
    const person = this.env.directory.person(channel.user);
    return this.#row({
      href: this.env.routes.channel(channel.id),
      here: this.route?.channel === channel.id,
      name: this.env.directory.channelName(channel.id),
      unread: channel.unread,
      mentions: channel.mentions,
      data: { channel: channel.id },
      picture: person
        ? avatar(person, 20, { presence: true })
        : h('span.mpim-count', { 'aria-hidden': 'true' }, String(channel.members.length - 1)),
    });
  }

  #app(app) {
    const talk = this.env.directory.channels.find(({ kind, user }) => kind === 'im' && user === app.bot_user);
    return this.#row({
      href: this.env.routes.app(app.id, app.has_home ? 'home' : 'messages'),
      here: this.route?.app === app.id || (talk && this.route?.channel === talk.id),
      name: app.name,
      unread: talk?.unread,
      mentions: talk?.mentions,
      data: { app: app.id },
      picture: avatar(app, 20),
      extra: app.connected ? null : h('span.offline', { title: 'Not connected' }, 'offline'),
    });
  }

  async #channelDialog(named) {
    const others = named.filter(({ is_member: member }) => !member);
    const options = [
      { value: '', label: 'Create a new channel' },
      ...byName(others).map(({ id, name }) => ({ value: id, label: `Open #${name}` })),
    ];
    const answer = await askFields({
      title: 'Add channels',
      yes: 'Go',
      fields: [
        { name: 'id', label: 'Channel', options },
        { name: 'name', label: 'Name of the new channel', hint: 'Lower case, no spaces; only for a new one' },
        { name: 'private', label: 'Private', type: 'checkbox' },
      ],
    });
    if (!answer) return;
    const id =
      answer.id ||
      (
        await this.env.api
          .act('create_channel', { name: answer.name, private: answer.private })
          .catch(this.env.complain)
      )?.channel?.id;
    if (id) location.hash = this.env.routes.channel(id);
  }

  async #talkDialog() {
    const options = this.env.directory.humans.map(({ id, name }) => ({ value: id, label: name }));
    const answer = await askFields({
      title: 'New message',
      yes: 'Go',
      fields: [{ name: 'user', label: 'To', options }],
    });
    if (answer?.user) this.env.openTalk(answer.user);
  }
}

function byName(list, nameOf = ({ name }) => name) {
  return [...list].sort((a, b) => nameOf(a).localeCompare(nameOf(b)));
}
