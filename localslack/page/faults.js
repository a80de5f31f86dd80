// The panel of faults: what shall go wrong with the coming calls and payloads, with tokens, sockets and limits.
import { fill, h, uid } from './dom.js';
import { icon } from './icons.js';

const METHODS = [
  '*',
  'chat.*',
  'chat.postMessage',
  'chat.update',
  'views.*',
  'conversations.replies',
  'users.info',
  'usergroups.users.list',
  'upload',
  'download',
  'response_url',
  'socket',
  'event:*',
  'event:message',
  'slash_command',
  'block_actions',
  'view_submission',
];
const FAULTS = [
  ['slow', 'Slow answer (seconds)'],
  ['hang', 'Hang (seconds, 0: until taken back)'],
  ['reset', 'Connection reset'],
  ['ratelimited', '429 with Retry-After'],
  ['http_500', 'HTTP 500'],
  ['http_503', 'HTTP 503'],
  ['truncated', 'Half a body'],
  ['garbage', 'HTML instead of JSON'],
  ['internal_error', 'internal_error'],
  ['not_in_channel', 'not_in_channel'],
  ['is_archived', 'is_archived'],
  ['thread_not_found', 'thread_not_found'],
  ['no_such_subteam', 'no_such_subteam'],
  ['dropped', 'Payload dropped'],
  ['doubled', 'Payload doubled'],
  ['late', 'Payload late (seconds)'],
];
const TOKENS = ['invalid_auth', 'token_revoked', 'token_expired', 'account_inactive'];
const SOCKETS = [
  ['warning', 'Warn'],
  ['refresh_requested', 'Refresh'],
  ['silent', 'Fall silent'],
  ['abrupt', 'Cut'],
];
const MAIL_FAULTS = [
  ['smtp_down', 'SMTP down'],
  ['login_refused', 'SMTP login refused'],
  ['greylisted', 'Greylisting (seconds until it is taken)'],
  ['recipient_refused', 'Recipient refused'],
  ['refused', 'Refused after DATA'],
  ['break_before', 'Break after DATA, not kept'],
  ['break_after', 'Break after DATA, kept'],
  ['slow', 'Slow answer (seconds)'],
  ['imap_down', 'IMAP down'],
  ['imap_login_refused', 'IMAP login refused'],
  ['imap_break', 'IMAP break within a mail'],
];
const SWITCHES = [
  ['rate_limits', 'Slack’s rate limits'],
  ['history_limited', 'History at one call a minute, 15 messages a page'],
];
const EVERY = 1500; // milliseconds between two looks at what is left

const labelled = (label, id, ...control) => h('div.fault-field', null, h('label', { for: id }, label), ...control);
const field = (name, label, value, type = 'number') => {
  const id = uid('fault');
  return labelled(label, id, h('input.input', { id, name, value, type, min: 0, step: 'any' }));
};
const select = (name, label, options) => {
  const id = uid('fault');
  const choices = options.map(([value, text]) => h('option', { value }, text));
  return labelled(label, id, h('select.input', { id, name }, choices));
};

export class FaultsView {
  constructor(env) {
    this.env = env;
    this.list = h('ul.fault-list', { 'aria-label': 'Faults under way' });
    this.switches = h('div.fault-row');
    this.node = h(
      'section.pane.faults-pane',
      { 'aria-label': 'Faults' },
      h(
        'header.pane-head',
        null,
        h('a.icon-button.phone-only', { href: env.routes.start(), 'aria-label': 'Back to channels' }, icon('back')),
        icon('alert'),
        h('h1', null, 'Faults'),
        h('span.topic', null, 'What shall go wrong'),
        h('span.spring'),
        this.#button('Everything works again', () => this.env.api.control('DELETE', 'faults')),
      ),
      h(
        'div.faults-scroll',
        { tabindex: '-1' },
        this.#part('Order a fault', this.#form()),
        this.#part('Under way', this.list),
        this.#part('Mail servers', this.#mailForm()),
        this.#part('Limits', this.switches),
        ...env.directory.apps.map((app) => this.#part(app.name, this.#appRow(app))),
        this.#part('Profile changes', this.#storm()),
      ),
    );
  }

  async open() {
    await this.#look();
    this.timer = setInterval(() => this.#look().catch(() => {}), EVERY);
  }

  close() {
    clearInterval(this.timer);
  }

  #part(title, ...children) {
    return h('section.fault-part', { 'aria-label': title }, h('h2', null, title), ...children);
  }

  #button(label, act) {
    return h('button.btn.small', { type: 'button', onclick: () => this.#do(act) }, label);
  }

  /** Does something, says why it was refused, and looks again. */
  async #do(act) {
    await Promise.resolve(act()).catch(this.env.complain);
    await this.#look().catch(this.env.complain);
  }

  #form() {
    const method = uid('fault');
    const form = h(
      'form.fault-form',
      { onsubmit: (event) => this.#order(event, form) },
      labelled(
        'Method or payload',
        method,
        h('input.input', { id: method, name: 'method', value: 'chat.*', list: 'fault-methods', required: true }),
        h('datalist', { id: 'fault-methods' }, METHODS.map((value) => h('option', { value }))),
      ),
      select('fault', 'Fault', FAULTS),
      select('when', 'When', [['before', 'before the effect'], ['after', 'after the effect']]),
      field('channel', 'Channel (any)', '', 'text'),
      field('probability', 'Percent', 100),
      field('times', 'Times (0: until taken back)', 1),
      field('seconds', 'Seconds', 2),
      field('retry_after', 'Retry-After', 5),
      h('button.btn.primary', { type: 'submit' }, 'Order'),
    );
    return form;
  }

  #order(event, form) {
    event.preventDefault();
    const given = Object.fromEntries(new FormData(form));
    const { fault } = given;
    const wish = { method: given.method, fault, channel: given.channel.trim(), probability: given.probability / 100 };
    wish.times = Number(given.times) || null;
    if (['slow', 'hang', 'late'].includes(fault)) wish.seconds = Number(given.seconds);
    if (fault === 'ratelimited') wish.retry_after = Math.ceil(Number(given.retry_after));
    else wish.when = given.when;
    return this.#do(() => this.env.api.control('POST', 'faults', wish));
  }

  #mailForm() {
    const form = h(
      'form.fault-form',
      { onsubmit: (event) => this.#orderMail(event, form) },
      select('fault', 'Fault of mail', MAIL_FAULTS),
      field('times', 'Mails (0: until taken back)', 0),
      field('address', 'Recipient (any)', '', 'text'),
      field('seconds', 'Seconds of mail', 2),
      h('button.btn.primary', { type: 'submit' }, 'Let mail fail'),
    );
    return form;
  }

  #orderMail(event, form) {
    event.preventDefault();
    const given = Object.fromEntries(new FormData(form));
    const wish = { fault: given.fault, times: Math.ceil(Number(given.times)) || null, address: given.address.trim() };
    if (['slow', 'greylisted'].includes(given.fault)) wish.seconds = Number(given.seconds);
    return this.#do(() => this.env.api.control('POST', 'mail/faults', wish));
  }

  #appRow(app) {
    const to = (path, body) => () => this.env.api.control('POST', `apps/${app.id}/${path}`, body);
    return h(
      'div.fault-row',
      null,
      ...SOCKETS.map(([reason, label]) => this.#button(`Sockets: ${label}`, to('disconnect', { reason }))),
      ...TOKENS.map((error) => this.#button(`Tokens: ${error}`, to('token', { error }))),
      this.#button('Tokens work', to('token', {})),
    );
  }

  #storm() {
    const storm = (changes, seconds) => () =>
      this.env.api.control('POST', 'storm', { changes, seconds, seed: changes, wait: false });
    return h(
      'div.fault-row',
      null,
      this.#button('150 in 4 seconds', storm(150, 4)),
      this.#button('5,000 in 5 minutes', storm(5000, 300)),
    );
  }

  async #look() {
    const [{ faults, tokens }, { faults: mail }, switches] = await Promise.all([
      this.env.api.control('GET', 'faults'),
      this.env.api.control('GET', 'mail/faults'),
      this.env.api.control('GET', 'switches'),
    ]);
    const drawn = JSON.stringify([faults, tokens, mail, switches]);
    if (drawn === this.drawn) return;
    this.drawn = drawn;
    fill(
      this.list,
      ...faults.map((fault) => this.#fault(fault)),
      ...mail.map((fault) => this.#mailFault(fault)),
      ...tokens.map((token) => this.#token(token)),
    );
    if (!faults.length && !mail.length && !tokens.length) fill(this.list, h('li.quiet', null, 'Nothing: everything works.'));
    fill(
      this.switches,
      ...SWITCHES.map(([name, label]) =>
        h(
          'label.check-label',
          null,
          h('input', {
            type: 'checkbox',
            checked: switches[name],
            onchange: ({ target }) =>
              this.#do(() => this.env.api.control('POST', 'switches', { [name]: target.checked })),
          }),
          label,
        ),
      ),
    );
  }

  #fault(fault) {
    const { id, method, fault: name, when, channel, times, hits, probability, seconds } = fault;
    const facts = [
      ['reset', 'hang'].includes(name) || name.startsWith('http') ? `${when} the effect` : '',
      channel ? `in ${channel}` : '',
      probability < 1 ? `${Math.round(probability * 100)} %` : '',
      seconds ? `${seconds} s` : '',
      `${hits} of ${times ?? '∞'} times`,
    ];
    return this.#item(method, name, facts, `faults/${id}`);
  }

  #mailFault({ id, fault: name, times, hits, address, seconds }) {
    const facts = [address, seconds ? `${seconds} s` : '', `${hits} of ${times ?? '∞'} times`];
    return this.#item('mail', name, facts, `mail/faults/${id}`);
  }

  #item(what, name, facts, path) {
    return h(
      'li.fault-item',
      { data: { fault: path } },
      h('code', null, what),
      h('strong', null, name),
      h('span.quiet', null, facts.filter(Boolean).join(' · ')),
      h(
        'button.btn.small',
        {
          type: 'button',
          'aria-label': `Take back: ${name} of ${what}`,
          onclick: () => this.#do(() => this.env.api.control('DELETE', path)),
        },
        'Take back',
      ),
    );
  }

  #token({ app_id: app, error, which }) {
    const name = this.env.directory.app(app)?.name ?? app;
    return h('li.fault-item', null, h('code', null, name), h('strong', null, error), h('span.quiet', null, `${which} tokens`));
  }
}
