// Which messages are known, per channel and per thread, in order?

/** Inserts or replaces by ts; the newest usually goes to the end. */
function placed(list, message) {
  const at = list.findIndex(({ ts }) => ts === message.ts);
  if (at >= 0) return list.with(at, message);
  if (!list.length || list.at(-1).ts < message.ts) return [...list, message];
  const before = list.findIndex(({ ts }) => ts > message.ts);
  return list.toSpliced(before, 0, message);
}

const isRoot = (message) =>
  !message.thread_ts || message.thread_ts === message.ts || message.subtype === 'thread_broadcast';

export class Timelines {
  #channels = new Map();
  #threads = new Map();
  #reading = new Set();

  /** `changed(channel, threadTs | null)` is told whenever a list changed. */
  constructor(api, changed) {
    this.api = api;
    this.changed = changed;
  }

  /** { messages, hasMore } of a channel, or undefined before open(). */
  channel(id) {
    return this.#channels.get(id);
  }

  thread(channel, ts) {
    return this.#threads.get(`${channel}/${ts}`);
  }

  /** Loads the newest messages of a channel unless they are known. */
  async open(channel) {
    if (this.#channels.has(channel)) return;
    await this.#read(this.api.messages(channel), ({ messages, has_more: hasMore }) => {
      this.#channels.set(channel, { messages, hasMore });
      this.changed(channel, null);
    });
  }

  async openThread(channel, ts) {
    await this.#read(this.api.replies(channel, ts), ({ messages }) => {
      this.#threads.set(`${channel}/${ts}`, messages);
      this.changed(channel, ts);
    });
  }

  /** Keeps an answer; live frames that arrived meanwhile are applied to it, as it may be older than they are. */
  async #read(answer, keep) {
    const frames = [];
    this.#reading.add(frames);
    try {
      keep(await answer);
    } finally {
      this.#reading.delete(frames);
    }
    for (const apply of frames) apply();
  }

  #arrived(apply) {
    for (const frames of this.#reading) frames.push(apply);
  }

  /** Loads the page before the oldest known message. False: there is none. */
  async older(channel) {
    const line = this.#channels.get(channel);
    if (!line?.hasMore) return false;
    await this.#read(this.api.messages(channel, line.messages[0]?.ts), ({ messages, has_more: hasMore }) => {
      const known = this.#channels.get(channel)?.messages ?? line.messages;
      this.#channels.set(channel, { messages: [...messages, ...known], hasMore });
      this.changed(channel, null);
    });
    return true;
  }

  /** Loads older pages until the message is known. False: it is not in this channel. */
  async reach(channel, ts) {
    await this.open(channel);
    const known = () => this.#channels.get(channel).messages.some((message) => message.ts === ts);
    while (!known() && this.#channels.get(channel).messages[0]?.ts > ts && (await this.older(channel)));
    return known();
  }

  put(message) {
    this.#arrived(() => this.put(message));
    const { channel, ts, thread_ts: thread } = message;
    const line = this.#channels.get(channel);
    if (line && isRoot(message)) {
      this.#channels.set(channel, { ...line, messages: placed(line.messages, message) });
      this.changed(channel, null);
    }
    const key = `${channel}/${thread ?? ts}`;
    if (this.#threads.has(key)) {
      this.#threads.set(key, placed(this.#threads.get(key), message));
      this.changed(channel, thread ?? ts);
    }
  }

  /** Replaces a message wherever it is known; one that lies before the loaded pages stays unknown. */
  change(message) {
    this.#arrived(() => this.change(message));
    const { channel, ts, thread_ts: thread } = message;
    const swap = (list) => list.map((each) => (each.ts === ts ? message : each));
    const line = this.#channels.get(channel);
    if (line) this.#channels.set(channel, { ...line, messages: swap(line.messages) });
    const key = `${channel}/${thread ?? ts}`;
    if (this.#threads.has(key)) this.#threads.set(key, swap(this.#threads.get(key)));
    this.changed(channel, null);
    this.changed(channel, thread ?? ts);
  }

  drop(channel, ts, thread) {
    this.#arrived(() => this.drop(channel, ts, thread));
    const without = (list) => list.filter((message) => message.ts !== ts);
    const line = this.#channels.get(channel);
    if (line) this.#channels.set(channel, { ...line, messages: without(line.messages) });
    const key = `${channel}/${thread ?? ts}`;
    if (this.#threads.has(key)) this.#threads.set(key, without(this.#threads.get(key)));
    this.changed(channel, null);
    this.changed(channel, thread ?? ts);
  }

  /** After a gap in the live frames everything shown is read again. */
  async reload() {
    const channels = [...this.#channels.keys()];
    const threads = [...this.#threads.keys()];
    this.#channels.clear();
    this.#threads.clear();
    await Promise.all(channels.map((id) => this.open(id).catch(() => {})));
    await Promise.all(threads.map((key) => this.openThread(...key.split('/')).catch(() => {})));
  }
}
