// What does a thread look like beside its channel?
import { fill, h } from './dom.js';
import { assistantLine } from './assistant.js';
import { composerFor } from './composer.js';
import { icon } from './icons.js';
import { MessageList } from './message_list.js';
import { sendFrom } from './channel.js';

export class ThreadView {
  constructor(env, channel, ts) {
    Object.assign(this, { env, channel, ts });
    this.list = new MessageList(env, { inThread: true, label: 'Thread' });
    this.foot = h('div.pane-foot');
    const name = env.directory.channelName(channel);
    const back = env.routes.channel(channel);
    this.node = h(
      'section.pane.thread-pane',
      { 'aria-label': 'Thread', data: { thread: ts } },
      h(
        'header.pane-head',
        null,
        h('a.icon-button.phone-only', { href: back, 'aria-label': 'Back to channel' }, icon('back')),
        h('h1.thread-title', null, 'Thread'),
        h('a.topic', { href: back }, name),
        h('span.spring'),
        h('a.icon-button.wide-only', { href: back, 'aria-label': 'Close thread' }, icon('close')),
      ),
      this.list.node,
      this.foot,
    );
    this.node.addEventListener('keydown', (event) => {
      if (event.key === 'Escape' && !event.defaultPrevented) location.hash = back;
    });
    const send = (text) => sendFrom(env, { channel, thread: ts, text }).catch(env.complain);
    this.assistant = assistantLine(env, channel, ts, send);
    const stops = [
      env.model.on('messages people state', (what, topic) => {
        if (topic !== 'messages' || what.thread === ts) this.draw();
      }),
      env.model.on('assistant state', () => this.assistant.draw()),
    ];
    this.stop = () => stops.forEach((stop) => stop());
  }

  close() {
    this.stop();
  }

  async open(reply) {
    await this.env.model.timelines.openThread(this.channel, this.ts);
    this.draw();
    this.#compose();
    if (reply) this.list.reveal(reply);
    else this.list.toBottom();
  }

  draw() {
    const messages = this.env.model.timelines.thread(this.channel, this.ts);
    if (!messages) return;
    const count = messages.filter((message) => message.ts !== this.ts && !message.is_ephemeral).length;
    const line = count
      ? h('div.reply-count', null, h('span', null, `${count} ${count === 1 ? 'reply' : 'replies'}`))
      : null;
    this.list.draw(messages, { afterFirst: line });
  }

  #compose() {
    const place = this.env.directory.channel(this.channel);
    if (!place?.is_member || place.is_archived) {
      fill(this.foot, h('div.notice', null, 'Join the channel to reply.'));
      return;
    }
    const named = place.kind === 'im' ? 'direct message' : `#${this.env.directory.channelName(this.channel)}`;
    this.composer = composerFor(this.env, {
      channel: this.channel,
      thread: this.ts,
      label: 'Reply…',
      draft: `${this.channel}/${this.ts}`,
      withFiles: true,
      broadcast: `Also send to ${named}`,
      onsend: (text, files, { broadcast }) =>
        sendFrom(this.env, { channel: this.channel, thread: this.ts, text, files, broadcast }),
    });
    fill(this.foot, this.assistant.node, this.composer.node);
  }
}
