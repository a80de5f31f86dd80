// What mail did the apps send? A mailbox to read it as its receiver would, and as a developer would.
import { fill, h } from './dom.js';
import { ask } from './dialogs.js';
import { sizeWords } from './files.js';
import { icon } from './icons.js';
import { outsideLink } from './mentions.js';
import { mailFrame } from './mail_frame.js';

export class MailView {
  constructor(env, id) {
    Object.assign(this, { env, id, mails: [] });
    this.list = h('ul.mail-list');
    this.reader = h('article.mail-reader', { 'aria-label': 'Mail' });
    const empty = h('button.btn.small', { type: 'button', onclick: () => this.#empty() }, icon('trash', 16), 'Empty');
    this.node = h(
      `section.pane.mail-pane${id ? '.reading' : ''}`,
      { 'aria-label': 'Mail' },
      h(
        'header.pane-head',
        null,
        h(
          'a.icon-button.phone-only',
          { href: id ? env.routes.mail() : env.routes.start(), 'aria-label': 'Back' },
          icon('back'),
        ),
        icon('mail'),
        h('h1', null, 'Mail'),
        h('span.topic', null, 'Everything apps sent to the local mailbox'),
        h('span.spring'),
        empty,
      ),
      h('div.mail-columns', null, this.list, this.reader),
    );
    this.stop = env.model.on('mail', ({ mail }) => {
      this.mails = mail ? [mail, ...this.mails] : [];
      this.#draw();
    });
  }

  close() {
    this.stop();
  }

  async open() {
    ({ mails: this.mails } = await this.env.api.mails());
    this.#draw();
    if (this.id) this.#read((await this.env.api.mail(this.id)).mail);
    else
      fill(
        this.reader,
        h(
          'div.empty',
          null,
          icon('mail', 40),
          h(
            'p',
            null,
            this.mails.length ? 'Choose a mail to read it.' : 'No mail yet. What an app sends appears here at once.',
          ),
        ),
      );
  }

  #draw() {
    const row = (mail) =>
      h(
        `a.mail-row${mail.id === this.id ? '.here' : ''}`,
        {
          href: this.env.routes.mail(mail.id),
          'aria-current': mail.id === this.id ? 'true' : null,
          data: { mail: mail.id },
        },
        h('span.mail-line', null, h('strong', null, nameOf(mail.from)), h('time', null, this.#when(mail))),
        h('span.mail-subject', null, mail.subject || '(no subject)'),
        h('small', null, `to ${mail.to.map(nameOf).join(', ')} · ${mail.snippet ?? ''}`),
      );
    fill(
      this.list,
      this.mails.length
        ? this.mails.map((mail) => h('li', null, row(mail)))
        : h('li.quiet.pad', null, 'The mailbox is empty.'),
    );
  }

  #when({ date }) {
    const { calendar } = this.env;
    return calendar.day(date * 1000) === calendar.day(calendar.now())
      ? calendar.time(date * 1000)
      : calendar.shortDate(date * 1000);
  }

  #read(mail) {
    const forms = [
      ['Text', mail.text, () => h('pre.mail-text', null, linked(mail.text, this.env))],
      ['HTML', mail.html, () => mailFrame(mail.html)],
      ['Headers', true, () => headers(mail.headers)],
      ['Raw', true, () => h('pre.mail-raw', { tabindex: '0' }, mail.raw)],
    ].filter(([, there]) => there);
    const panel = h('div.mail-panel', { role: 'tabpanel' });
    const tabs = h(
      'div.tabs',
      { role: 'tablist', 'aria-label': 'Form of the mail' },
      forms.map(([label, , make]) =>
        h(
          'button.tab',
          {
            type: 'button',
            role: 'tab',
            'aria-selected': 'false',
            onclick: (event) => show(event.currentTarget, make),
          },
          label,
        ),
      ),
    );
    const show = (tab, make) => {
      for (const each of tabs.children) each.setAttribute('aria-selected', String(each === tab));
      fill(panel, make());
    };
    fill(
      this.reader,
      h('h2.mail-title', null, mail.subject || '(no subject)'),
      this.#envelope(mail),
      this.#reply(mail),
      tabs,
      panel,
    );
    show(tabs.firstChild, forms[0][2]);
  }

  /** Answers as the person the mail went to; the answer is quoted like a mail program does it. */
  #reply(mail) {
    const text = h('textarea', { rows: '4', 'aria-label': 'Your answer', hidden: true });
    const button = h('button.btn.small', { type: 'button' }, 'Reply');
    button.addEventListener('click', async () => {
      if (text.hidden) {
        text.hidden = false;
        text.focus();
      } else if (text.value.trim()) {
        await this.env.api.replyToMail(mail.id, text.value).then(() => {
          text.value = '';
          text.hidden = true;
        }, this.env.complain);
      }
    });
    return h('div.mail-reply', null, text, button);
  }

  #envelope(mail) {
    const line = (term, words) => (words ? h('div', null, h('dt', null, term), h('dd', null, words)) : null);
    const attached = (mail.attachments ?? []).map(({ name, type, size }) =>
      h('span.mail-attachment', null, icon('file', 16), `${name} · ${type} · ${sizeWords(size)}`),
    );
    return h(
      'dl.mail-envelope',
      null,
      line('From', mail.from),
      line('To', mail.to.join(', ')),
      line('Date', this.env.calendar.full(mail.date * 1000)),
      attached.length ? line('Attached', attached) : null,
    );
  }

  async #empty() {
    if (
      await ask({ title: 'Empty the mailbox', body: 'All mail is removed for everybody.', yes: 'Empty', danger: true })
    )
      this.env.api.emptyMail().catch(this.env.complain);
  }
}

function nameOf(address) {
  return /^"?([^"<]+?)"?\s*</.exec(address)?.[1] ?? address;
}

function headers(list) {
  return h(
    'table.mail-headers',
    null,
    h(
      'tbody',
      null,
      (list ?? []).map(([name, value]) => h('tr', null, h('th', { scope: 'row' }, name), h('td', null, value))),
    ),
  );
}

function linked(text, env) {
  return text
    .split(/(https?:\/\/[^\s<>"]*[^\s<>".,;:!?)])/)
    .map((piece, index) => (index % 2 ? outsideLink(piece, piece, env) : piece));
}
