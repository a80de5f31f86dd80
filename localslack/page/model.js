// What does this person see, and what changed? The state, kept true by the live frames.
import { Directory } from './directory.js';
import { whenReleased } from './pressing.js';
import { Timelines } from './timelines.js';

/** Emits a CustomEvent per topic: state, channels, people, apps, modals, home, clock, mail, messages, connection. */
export class Model extends EventTarget {
  constructor(api) {
    super();
    this.api = api;
    this.connected = true;
    this.offset = 0;
    this.modals = [];
    this.homes = {};
    this.assistants = [];
    this.commands = [];
    this.timelines = new Timelines(api, (channel, thread) => this.emit('messages', { channel, thread }));
  }

  /** Tells what changed, as soon as nothing is pressed. */
  emit(topic, detail) {
    whenReleased(() => this.dispatchEvent(new CustomEvent(topic, { detail })));
  }

  /** Calls back on each of the topics. Returns a function that stops it. */
  on(topics, callback) {
    const names = topics.split(' ');
    const listener = (event) => callback(event.detail ?? {}, event.type);
    for (const name of names) this.addEventListener(name, listener);
    return () => {
      for (const name of names) this.removeEventListener(name, listener);
    };
  }

  /** Reads everything anew: at the start, after a reconnect, after a reset. */
  async load() {
    const state = await this.api.state();
    this.me = state.me;
    this.team = state.team;
    this.directory ??= new Directory(state.me.id);
    this.directory.load(state);
    this.commands = state.commands;
    this.modals = state.modals;
    this.homes = state.homes;
    this.assistants = state.assistants;
    this.#setClock(state.clock);
    await this.timelines.reload();
    this.emit('state');
    this.emit('modals', {});
  }

  /** The local Slack's time in epoch milliseconds. */
  now() {
    return Date.now() + this.offset * 1000;
  }

  #setClock({ now }) {
    this.offset = now - Date.now() / 1000;
    if (Math.abs(this.offset) < 1) this.offset = 0;
  }

  /** Makes one live frame true. */
  apply(frame) {
    this.#counts.set(frame.type, this.#countOf(frame.type) + 1);
    this.#frames[frame.type]?.(frame);
  }

  #counts = new Map();

  #countOf(type) {
    return this.#counts.get(type) ?? 0;
  }

  /** A function that says whether no frame of this type has arrived since: an answer may be older than such a frame. */
  unchangedSince(type) {
    const count = this.#countOf(type);
    return () => this.#countOf(type) === count;
  }

  #frames = {
    message: ({ message }) => this.timelines.put(message),
    message_changed: ({ message }) => this.timelines.change(message),
    message_deleted: ({ channel, ts, thread_ts: thread }) => this.timelines.drop(channel, ts, thread),
    unread: ({ channel, ...counts }) => {
      const known = this.directory.channel(channel);
      if (known)
        this.#channelIs({ ...known, unread: counts.unread, mentions: counts.mentions, last_read: counts.last_read });
    },
    channel: ({ channel }) => this.#channelIs(channel),
    channel_gone: ({ channel }) => {
      this.directory.dropChannel(channel);
      this.emit('channels', { channel });
    },
    modals: ({ modals, why, view_id: id }) => {
      this.modals = modals;
      this.emit('modals', { why, id });
    },
    home: ({ app_id: app, view }) => {
      this.homes = { ...this.homes, [app]: view };
      this.emit('home', { app });
    },
    person: ({ person }) => {
      this.directory.setPerson(person);
      if (person.id === this.me.id) this.me = person;
      this.emit('people', { person });
    },
    groups: ({ groups }) => {
      this.directory.setGroups(groups);
      this.emit('people', {});
    },
    apps: ({ apps, commands }) => {
      this.directory.setApps(apps);
      this.commands = commands;
      this.emit('apps');
    },
    clock: (clock) => {
      this.#setClock(clock);
      this.emit('clock');
    },
    assistant: ({ assistant }) => {
      const others = this.assistants.filter(
        ({ channel, thread_ts: ts }) => channel !== assistant.channel || ts !== assistant.thread_ts,
      );
      this.assistants = [...others, assistant];
      this.emit('assistant');
    },
    mail: ({ mail }) => this.emit('mail', { mail }),
    reset: () => location.reload(),
  };

  #channelIs(channel) {
    this.directory.setChannel(channel);
    this.emit('channels', { channel: channel.id });
  }
}
