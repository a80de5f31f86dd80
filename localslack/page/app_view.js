// What does an app look like: its Home and its messages?
import { fill, h } from './dom.js';
import { avatar } from './avatar.js';
import { newThreadButton } from './assistant.js';
import { ChannelView } from './channel.js';
import { focusAgain, focusedIn } from './focus.js';
import { icon } from './icons.js';
import { renderBlocks } from './blocks/render.js';
import { Surface } from './surface.js';

export class AppView {
  constructor(env, appId, tab) {
    Object.assign(this, { env, id: appId, tab });
    this.tabs = h('div.tabs', { role: 'tablist', 'aria-label': 'App' });
    this.body = h('div.app-body', { role: 'tabpanel', tabindex: '-1' });
    this.node = h(
      'section.pane.app-pane',
      { 'aria-label': this.app?.name ?? 'App', data: { app: appId } },
      h(
        'header.pane-head',
        null,
        h('a.icon-button.phone-only', { href: env.routes.start(), 'aria-label': 'Back to channels' }, icon('back')),
        avatar(this.app, 28),
        h('h1', null, this.app?.name),
        h('span.spring'),
        this.#state(),
        newThreadButton(env, this.app),
      ),
      this.tabs,
      this.body,
    );
    this.stop = env.model.on('home state', ({ app }) => {
      if ((!app || app === appId) && this.tab === 'home') this.#home();
    });
  }

  get app() {
    return this.env.directory.app(this.id);
  }

  #state() {
    return this.app?.connected === false ? h('span.offline', null, 'not connected') : null;
  }

  close() {
    this.stop();
    this.talk?.close();
  }

  /** Tells the app that its Home (or its messages) was opened, and shows it. */
  async open() {
    this.#drawTabs();
    if (this.tab === 'home') this.#home();
    const isNewest = this.env.model.unchangedSince('home');
    const answer = await this.env.api.act('open_home', { app_id: this.id, tab: this.tab });
    if (answer.view && isNewest()) this.env.model.apply({ type: 'home', app_id: this.id, view: answer.view });
    if (this.tab === 'messages') await this.#messages(answer.channel);
  }

  #drawTabs() {
    const tabs = [
      ['home', 'Home', this.app?.has_home],
      ['messages', 'Messages', this.app?.has_messages],
    ];
    fill(
      this.tabs,
      tabs
        .filter(([, , has]) => has !== false)
        .map(([tab, label]) =>
          h(
            'a.tab',
            { role: 'tab', href: this.env.routes.app(this.id, tab), 'aria-selected': String(tab === this.tab) },
            label,
          ),
        ),
    );
  }

  #home() {
    const view = this.env.model.homes[this.id];
    if (!view) {
      fill(
        this.body,
        h(
          'div.empty',
          null,
          avatar(this.app, 56),
          h('h2', null, this.app?.name),
          h('p', null, 'This app has not published its Home yet.'),
        ),
      );
      return;
    }
    if (this.shown === view) return;
    const focused = focusedIn(this.body);
    const { scrollTop } = this.body;
    if (this.surface?.container.view_id !== view.id)
      this.surface = new Surface(this.env.api, { type: 'view', view_id: view.id });
    const warning = h('p.message-warning', { role: 'alert', hidden: true });
    this.surface.warn = (text) => {
      warning.textContent = text;
      warning.hidden = !text;
    };
    this.shown = view;
    fill(
      this.body,
      h(
        'div.home',
        { data: { viewId: view.id } },
        warning,
        renderBlocks(view.blocks, { ...this.env, surface: this.surface }),
      ),
    );
    this.body.scrollTop = scrollTop;
    focusAgain(this.body, focused);
  }

  async #messages(channel) {
    this.talk = new ChannelView(this.env, channel, { bare: true });
    fill(this.body, this.talk.node);
    await this.talk.open();
  }
}
