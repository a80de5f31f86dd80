// What does everything that is drawn need to know? One object, handed down.
import { h } from './dom.js';
import { Calendar } from './dates.js';
import { decode } from './mrkdwn.js';
import { icon } from './icons.js';
import { showDialog } from './dialogs.js';
import { memberList, personCard } from './people.js';
import { permalinkRoute, to } from './routes.js';

/** The reader's surroundings: who they are, whom they know, what time it is, how to act and how to complain. */
export function makeEnv(api, model) {
  // Who never chose a language reads dates as their browser writes them.
  const localeOf = ({ locale }) => (locale === 'en-US' ? undefined : locale);
  const calendarOf = (person) => new Calendar({ tz: person.tz, locale: localeOf(person), now: () => model.now() });
  const env = {
    api,
    model,
    routes: to,
    calendarOf,
    get directory() {
      return model.directory;
    },
    get me() {
      return model.me;
    },
    get calendar() {
      return calendarOf(model.me);
    },
    fileUrl: (id) => api.fileUrl(id),
    toast,
    complain: (problem) => toast(problem.message, 'bad'),
    showPerson: (id, anchor) => personCard(env, id, anchor),
    showMembers: (channel, anchor) => memberList(env, channel, anchor),
    showPicture,
    insideRoute: (address) => permalinkRoute(address, hostsOf(model)),
    permalink: (message) => permalink(message),
    linkTo: (message) =>
      message.thread_ts && message.thread_ts !== message.ts
        ? to.thread(message.channel, message.thread_ts, message.ts)
        : to.channel(message.channel, message.ts),
    typedForm: (text) => typedForm(text, model.directory),
    runShortcut: (verb, body) => runShortcut(api, verb, body),
    openTalk: async (user) => {
      const answer = await api.act('open_dm', { users: [user] }).catch(env.complain);
      if (!answer) return;
      model.apply({ type: 'channel', channel: answer.channel });
      location.hash = to.channel(answer.channel.id);
    },
  };
  return env;
}

function hostsOf(model) {
  return [location.host, URL.canParse(model.team?.url ?? '') ? new URL(model.team.url).host : location.host];
}

function permalink({ channel, ts, thread_ts: thread }) {
  const inThread = thread && thread !== ts ? `?thread_ts=${thread}&cid=${channel}` : '';
  return `${location.origin}/archives/${channel}/p${ts.replace('.', '')}${inThread}`;
}

/** Slack's stored text as one would type it: <@U1> becomes @anna. */
function typedForm(text, directory) {
  return decode(
    text
      .replace(/<@(\w+)(?:\|[^>]*)?>/g, (whole, id) =>
        directory.person(id) ? `@${directory.person(id).handle}` : whole,
      )
      .replace(/<#(\w+)(?:\|[^>]*)?>/g, (whole, id) =>
        directory.channel(id) ? `#${directory.channel(id).name}` : whole,
      )
      .replace(/<!subteam\^(\w+)(?:\|[^>]*)?>/g, (whole, id) =>
        directory.group(id) ? `@${directory.group(id).handle}` : whole,
      )
      .replace(/<!(here|channel|everyone)(?:\|[^>]*)?>/g, '@$1')
      .replace(/<((?:https?|mailto):[^|>]+)(?:\|[^>]*)?>/g, '$1'),
  );
}

async function runShortcut(api, verb, body) {
  try {
    const { outcome, message } = await api.act(verb, body);
    if (outcome !== 'ack') toast(message || 'The app did not respond.', 'bad');
  } catch (problem) {
    toast(problem.message, 'bad');
  }
}

let toasts = null;

/** A sentence that goes away by itself. */
export function toast(text, kind = 'plain') {
  toasts ??= document.body.appendChild(h('div.toasts', { role: 'status', 'aria-live': 'polite' }));
  const node = h(`div.toast.${kind}`, null, kind === 'bad' ? icon('alert', 18) : null, h('span', null, text));
  toasts.append(node);
  setTimeout(() => node.remove(), 7000);
}

function showPicture(url, name) {
  const dialog = showDialog('picture-dialog', name);
  dialog.append(
    h(
      'header',
      null,
      h('strong', null, name),
      h('button.icon-button', { type: 'button', 'aria-label': 'Close', onclick: () => dialog.close() }, icon('close')),
    ),
    h('img', { src: url, alt: name }),
  );
}
