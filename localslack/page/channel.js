// What does a channel (or a DM) look like: its head, its messages, its composer?
import { fill, h } from './dom.js';
import { avatar } from './avatar.js';
import { channelHead } from './channel_head.js';
import { composerFor } from './composer.js';
import { MessageList } from './message_list.js';

export class ChannelView {
  /** `bare` leaves the head away, where something else already names the place. */
  constructor(env, channelId, { bare = false } = {}) {
    Object.assign(this, { env, id: channelId });
    const label = env.directory.channelName(channelId);
    this.list = new MessageList(env, { label: `Messages in ${label}`, onolder: () => this.#older() });
    this.head = h('header.pane-head');
    this.foot = h('div.pane-foot');
    this.node = h(
      'section.pane.channel-pane',
      { 'aria-label': this.#title(), data: { channel: channelId } },
      bare ? null : this.head,
      this.list.node,
      this.foot,
    );
    const start = env.directory.channel(channelId);
    this.lastRead = start?.last_read ?? '0';
    this.unreadAtStart = start?.unread ?? 0;
    this.stops = [
      env.model.on('messages', ({ channel, thread }) => {
        if (channel === channelId && !thread) this.draw();
      }),
      env.model.on('clock', () => this.draw()),
      env.model.on('channels people state', ({ channel }) => {
        if (!channel || channel === channelId) this.#frame();
      }),
      env.model.on('channels', ({ channel }) => {
        if (channel === channelId) this.draw();
      }),
    ];
    this.onvisible = () => this.#read();
    document.addEventListener('visibilitychange', this.onvisible);
    this.#frame();
  }

  close() {
    for (const stop of this.stops) stop();
    document.removeEventListener('visibilitychange', this.onvisible);
  }

  get channel() {
    return this.env.directory.channel(this.id);
  }

  #title() {
    const { channel } = this;
    const name = this.env.directory.channelName(this.id);
    return channel && ['public', 'private'].includes(channel.kind) ? `#${name}` : name;
  }

  /** Loads and shows, at the newest message or at `ts`. */
  async open(ts) {
    const { timelines } = this.env.model;
    if (ts) this.list.stick = false;
    await timelines.open(this.id);
    this.#markNew();
    this.draw();
    if (ts && (await timelines.reach(this.id, ts))) this.list.reveal(ts);
    else if (!this.list.newFrom || this.unreadAtStart < 8) this.list.toBottom();
    else this.list.reveal(this.list.newFrom);
    this.#read();
  }

  /** The line goes above the first message of others that was not yet read. */
  #markNew() {
    if (!this.unreadAtStart) return;
    const { messages } = this.env.model.timelines.channel(this.id);
    this.list.newFrom =
      messages.find(({ ts, user, is_ephemeral: mine }) => ts > this.lastRead && user !== this.env.me.id && !mine)?.ts ??
      null;
  }

  draw() {
    const line = this.env.model.timelines.channel(this.id);
    if (!line) return;
    this.list.draw(line.messages, { before: line.hasMore ? null : this.#beginning() });
    this.#read();
  }

  async #older() {
    if (this.loading) return;
    this.loading = true;
    this.list.inner.setAttribute('aria-busy', 'true'); // old messages are not news to be read out
    await this.env.model.timelines.older(this.id).catch(this.env.complain);
    this.loading = false;
    this.list.inner.removeAttribute('aria-busy');
  }

  /** What is seen is read: while the tab is in front. */
  #read() {
    if (document.visibilityState !== 'visible' || !this.channel?.unread || this.reading) return;
    this.reading = true;
    this.env.api
      .act('read', { channel: this.id })
      .catch(() => {})
      .finally(() => {
        this.reading = false;
      });
  }

  #beginning() {
    const { channel, env } = this;
    if (!channel) return null;
    if (channel.kind === 'im') {
      const person = env.directory.person(channel.user);
      return h(
        'div.beginning',
        null,
        avatar(person, 56),
        h('h2', null, env.directory.channelName(this.id)),
        h('p', null, 'This conversation is just between the two of you.'),
      );
    }
    return h(
      'div.beginning',
      null,
      h('h2', null, this.#title()),
      h('p', null, `This is the very beginning of ${this.#title()}.`, channel.purpose ? ` ${channel.purpose}` : ''),
      this.#hint(),
    );
  }

  /** What can be tried in a channel where nobody has written yet. */
  #hint() {
    const written = this.env.model.timelines.channel(this.id)?.messages.some(({ subtype }) => !subtype);
    const offered = this.env.model.commands.filter(({ app_id: app }) => app).slice(0, 5);
    if (written || !offered.length || !this.channel.is_member) return null;
    const tryIt = ({ command }) => {
      this.composer?.insert(`${command} `);
    };
    return h(
      'div.hint',
      { role: 'note' },
      h('p', null, 'Nothing here yet. Try a command:'),
      h(
        'ul',
        null,
        offered.map((each) =>
          h(
            'li',
            null,
            h('button.link-button', { type: 'button', onclick: () => tryIt(each) }, each.command),
            each.description ? ` ${each.description}` : '',
          ),
        ),
      ),
    );
  }

  #frame() {
    const { channel } = this;
    if (!channel) return;
    fill(this.head, channelHead(channel, this.env));
    this.node.setAttribute('aria-label', this.#title());
    const state = `${channel.is_member}/${channel.is_archived}/${channel.is_frozen}`;
    if (state === this.footState) return;
    this.footState = state;
    fill(this.foot, this.#footParts());
  }

  #footParts() {
    const { channel, env } = this;
    if (channel.is_archived) return h('div.notice', null, `${this.#title()} is archived.`);
    if (channel.is_frozen) return h('div.notice', null, `${this.#title()} is no longer shared and can only be read.`);
    if (this.#isReadOnly()) return h('div.notice', null, 'Sending messages to this app has been turned off.');
    if (!channel.is_member) {
      const join = () => env.api.act('join', { channel: this.id }).catch(env.complain);
      return h(
        'div.notice',
        null,
        h('strong', null, this.#title()),
        h('button.btn.primary', { type: 'button', onclick: join }, 'Join channel'),
      );
    }
    this.composer = composerFor(env, {
      channel: this.id,
      label: `Message ${this.#title()}`,
      draft: this.id,
      withFiles: true,
      onsend: async (text, files) => {
        await sendFrom(env, { channel: this.id, text, files });
        this.list.toBottom();
      },
      oneditlast: (event) => this.#editLast(event),
    });
    return this.composer.node;
  }

  /** An app may let its messages be read and not answered. */
  #isReadOnly() {
    const { channel, env } = this;
    return channel.kind === 'im' && env.directory.appOfBot(channel.user)?.takes_messages === false;
  }

  #editLast(event) {
    const mine = this.env.model.timelines
      .channel(this.id)
      ?.messages.findLast(({ user, subtype }) => user === this.env.me.id && !subtype);
    if (!mine) return;
    event.preventDefault();
    this.list.edit(mine);
  }
}

/** Sends what was typed: a slash command goes to its app, everything else is a message. */
export async function sendFrom(env, { channel, thread, text, files = [], broadcast = false }) {
  const command = /^(\/\S+)(?:\s+([\s\S]*))?$/.exec(text);
  if (command && !files.length) {
    if (thread) throw new Error(`${command[1]} is not supported in threads. Sorry!`);
    const answer = await env.api.act('command', { channel, command: command[1], text: command[2] ?? '' });
    if (answer.message && !['ack', 'timeout', 'error', 'not_connected'].includes(answer.outcome))
      env.toast(answer.message);
    return;
  }
  await env.api.act('post', {
    channel,
    text,
    ...(thread ? { thread_ts: thread, broadcast } : {}),
    ...(files.length ? { files: files.map(({ id }) => id) } : {}),
  });
}
