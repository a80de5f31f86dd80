// Who is this person, who is in this channel, and how does one write to them?
import { fill, h } from './dom.js';
import { avatar } from './avatar.js';
import { askFields } from './dialogs.js';
import { emojiOf } from './emoji.js';
import { popover } from './popover.js';

/** A card beside `anchor` with what there is to know. */
export function personCard(env, id, anchor) {
  const person = env.directory.person(id);
  if (!person) return;
  const then = (act) => () => {
    close();
    act();
  };
  const status =
    person.status_text && `${emojiOf((person.status_emoji || '').replace(/:/g, '')) ?? ''} ${person.status_text}`;
  const card = h(
    'section.person-card',
    { 'aria-label': person.name, role: 'dialog' },
    avatar(person, 64),
    h('h2', null, person.name, ' ', presenceWord(person)),
    person.title ? h('p', null, person.title) : null,
    status ? h('p', null, status) : null,
    facts(person, env),
    cardButtons(person, env, then),
  );
  const close = popover(anchor, card, { align: 'start' });
  card.querySelector('button').focus();
}

function presenceWord({ presence }) {
  const active = presence === 'active';
  return h(`span.presence-word${active ? '.active' : ''}`, null, active ? 'active' : 'away');
}

function facts(person, env) {
  const line = (term, words) => (words ? h('div', null, h('dt', null, term), h('dd', null, words)) : null);
  return h(
    'dl',
    null,
    line('Local time', `${env.calendarOf(person).time(env.model.now())} (${person.tz})`),
    line('Display name', `@${person.handle}`),
    line('E-mail', person.email),
    line('Phone', person.phone),
    line('Kind', kindOf(person)),
  );
}

function cardButtons(person, env, then) {
  const app = env.directory.appOfBot(person.id);
  const openApp = () => {
    location.hash = env.routes.app(app.id, 'messages');
  };
  const talk = then(app ? openApp : () => env.openTalk(person.id));
  return h(
    'div.button-row',
    null,
    h('button.btn.primary', { type: 'button', onclick: talk }, app ? 'Open app' : 'Message'),
    person.id === env.me.id
      ? h('button.btn', { type: 'button', onclick: then(() => editStatus(env)) }, 'Set status')
      : null,
    person.id === env.me.id
      ? h('button.btn', { type: 'button', onclick: then(() => editLanguage(env)) }, 'Language')
      : null,
  );
}

function kindOf({ is_bot: bot, is_external: external, is_guest: guest, is_owner: owner, is_admin: admin, deleted }) {
  const kinds = {
    deactivated: deleted,
    App: bot,
    'from another organisation': external,
    guest: guest,
    'workspace owner': owner,
    'workspace admin': admin,
  };
  return Object.keys(kinds).find((kind) => kinds[kind]);
}

async function editStatus(env) {
  const { status_text: text, status_emoji: emoji } = env.me;
  const answer = await askFields({
    title: 'Set a status',
    fields: [
      { name: 'status_text', label: 'What is your status?', value: text },
      { name: 'status_emoji', label: 'Emoji', value: emoji, hint: 'A name such as :palm_tree:' },
    ],
  });
  if (answer) env.api.act('profile', answer).catch(env.complain);
}

const LANGUAGES = { 'en-US': 'English (US)', 'en-GB': 'English (UK)', 'de-DE': 'Deutsch', 'fr-FR': 'Français' };

/** The language this person uses Slack in: apps are told it; the page itself stays as it is. */
async function editLanguage(env) {
  const options = Object.entries(LANGUAGES).map(([value, label]) => ({ value, label }));
  const answer = await askFields({
    title: 'Language',
    fields: [{ name: 'locale', label: 'In which language do you use Slack?', value: env.me.locale, options }],
  });
  if (answer) env.api.act('profile', answer).catch(env.complain);
}

/** Everyone in a channel. */
export function memberList(env, channel, anchor) {
  const pick = (id) => () => {
    close();
    personCard(env, id, anchor);
  };
  const list = h(
    'ul.member-list',
    { 'aria-label': 'Members' },
    channel.members
      .map((id) => env.directory.person(id))
      .filter(Boolean)
      .map((person) =>
        h(
          'li',
          null,
          h(
            'button.menu-item',
            { type: 'button', onclick: pick(person.id) },
            avatar(person, 28, { presence: true }),
            h(
              'span.menu-words',
              null,
              h('span', null, person.name),
              h('small', null, person.is_bot ? 'App' : person.title || `@${person.handle}`),
            ),
          ),
        ),
      ),
  );
  const close = popover(
    anchor,
    h(
      'section.members-card',
      { role: 'dialog', 'aria-label': 'Members' },
      h('h2', null, `${channel.members.length} members`),
      list,
    ),
    { align: 'end' },
  );
  list.querySelector('button')?.focus();
}

/** Search results, newest first, each with the way to it. */
export class SearchView {
  constructor(env, query, messageRow) {
    Object.assign(this, { env, query, messageRow });
    this.results = h('div.search-results');
    this.node = h(
      'section.pane',
      { 'aria-label': 'Search results' },
      h(
        'header.pane-head',
        null,
        h('a.icon-button.phone-only', { href: env.routes.start(), 'aria-label': 'Back to channels' }),
        h('h1', null, `Results for “${query}”`),
      ),
      h('div.message-scroll', null, this.results),
    );
  }

  close() {}

  async open() {
    const { messages } = await this.env.api.search(this.query);
    const place = (message) =>
      h('a.search-place', { href: this.env.linkTo(message) }, `#${this.env.directory.channelName(message.channel)}`);
    fill(
      this.results,
      messages.length
        ? messages.map((message) => h('div.search-hit', null, place(message), this.messageRow(message)))
        : h('div.empty', null, h('p', null, 'Nothing found.')),
    );
  }
}
