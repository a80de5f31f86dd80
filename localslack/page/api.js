// How does the page talk to the local Slack? The control interface of docs/local-slack.md, nothing else.

/** What the server refused, in a sentence to be shown. */
export class Refused extends Error {
  constructor(body, status) {
    super(body.message || body.error || `The local Slack answered ${status}.`);
    this.code = body.error ?? '';
  }
}

async function call(method, path, body) {
  const isForm = body instanceof FormData;
  const answer = await fetch(`/_local/${path}`, {
    method,
    headers: body && !isForm ? { 'content-type': 'application/json' } : undefined,
    body: isForm ? body : body && JSON.stringify(body),
  }).catch(() => {
    throw new Refused({ error: 'unreachable', message: 'The local Slack cannot be reached.' });
  });
  const content = await answer.json().catch(() => ({}));
  if (!answer.ok || content.ok === false) throw new Refused(content, answer.status);
  return content;
}

/** Everyone one can be; asked before one is anybody. */
export const cast = () => call('GET', 'people');

export class Api {
  constructor(person) {
    this.person = person;
    this.base = `people/${encodeURIComponent(person)}`;
  }

  state() {
    return call('GET', `${this.base}/state`);
  }

  messages(channel, before, limit = 50) {
    const from = before ? `&before=${before}` : '';
    return call('GET', `${this.base}/channels/${channel}/messages?limit=${limit}${from}`);
  }

  message(channel, ts) {
    return call('GET', `${this.base}/channels/${channel}/messages/${ts}`);
  }

  replies(channel, ts) {
    return call('GET', `${this.base}/channels/${channel}/messages/${ts}/replies`);
  }

  search(words) {
    return call('GET', `${this.base}/search?q=${encodeURIComponent(words)}`);
  }

  /** Acts as the person: post, command, action, submit, … */
  act(verb, body) {
    return call('POST', `${this.base}/${verb}`, body);
  }

  upload(files, place = {}) {
    const form = new FormData();
    for (const [name, value] of Object.entries(place)) if (value) form.append(name, value);
    for (const file of files) form.append('file', file, file.name);
    return call('POST', `${this.base}/upload`, form);
  }

  fileUrl(id) {
    return `/_local/${this.base}/files/${encodeURIComponent(id)}`;
  }

  moveClock(change) {
    return call('POST', 'clock', change);
  }

  mails() {
    return call('GET', 'mail');
  }

  mail(id) {
    return call('GET', `mail/${encodeURIComponent(id)}`);
  }

  replyToMail(id, text) {
    return call('POST', `mail/${encodeURIComponent(id)}/reply`, { text });
  }

  emptyMail() {
    return call('DELETE', 'mail');
  }

  /** Anything of the control interface that is not about one person. */
  control(method, path, body) {
    return call(method, path, body);
  }

  traffic(limit = 500) {
    return call('GET', `traffic?limit=${limit}`);
  }

  emptyTraffic() {
    return call('DELETE', 'traffic');
  }
}

const PAUSES = [250, 500, 1000, 2000, 4000];

/**
 * Listens to the server and connects again whenever the line breaks.
 * `onframe(frame)` hears each frame, `onstatus(connected)` each change. Returns stop().
 */
export function live(person, { traffic = false, mail = false } = {}, onframe, onstatus = () => {}) {
  let socket = null;
  let tries = 0;
  let timer = null;
  let stopped = false;
  const extra = `${traffic ? '&traffic=1' : ''}${mail ? '&mail=1' : ''}`;
  const connect = () => {
    socket = new WebSocket(`ws://${location.host}/_local/live?person=${encodeURIComponent(person)}${extra}`);
    socket.onopen = () => {
      tries = 0;
      onstatus(true);
    };
    socket.onmessage = (event) => onframe(JSON.parse(event.data));
    socket.onclose = () => {
      if (stopped) return;
      onstatus(false);
      timer = setTimeout(connect, PAUSES[Math.min(tries++, PAUSES.length - 1)]);
    };
  };
  connect();
  return () => {
    stopped = true;
    clearTimeout(timer);
    socket.close();
  };
}
