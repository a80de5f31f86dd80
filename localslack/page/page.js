// Which views are shown where, and what does the address say?
import { AppView } from './app_view.js';
import { ChannelView } from './channel.js';
import { fill, h } from './dom.js';
import { FaultsView } from './faults.js';
import { icon } from './icons.js';
import { MailView } from './mail.js';
import { messageNode } from './message.js';
import { SearchView } from './people.js';
import { readRoute, to } from './routes.js';
import { Sidebar } from './sidebar.js';
import { ThreadView } from './thread.js';
import { topbar } from './topbar.js';
import { TrafficView } from './traffic.js';

const phone = matchMedia('(max-width: 799px)');

export class Page {
  constructor(env, model) {
    Object.assign(this, { env, model, main: null, side: null });
    this.sidebar = new Sidebar(env);
    this.banner = h(
      'div.banner',
      { role: 'status', hidden: true },
      icon('alert', 16),
      h('span', null, 'The connection to the local Slack is lost. Trying again…'),
    );
    this.rail = h('nav.rail', { 'aria-label': 'Views' });
    this.mainPlace = h('main.main', { tabindex: '-1' });
    this.sidePlace = h('aside.side', { 'aria-label': 'Thread', hidden: true });
    this.newMail = false;
    model.on('mail', ({ mail }) => {
      this.newMail = Boolean(mail) && readRoute().view !== 'mail';
      this.#drawRail();
    });
    model.on('state channels people', () => this.#title());
    fill(
      document.getElementById('app'),
      topbar(env),
      this.banner,
      h('div.columns', null, this.rail, this.sidebar.node, this.mainPlace, this.sidePlace),
    );
    window.addEventListener('hashchange', () => this.show());
    phone.addEventListener('change', () => this.show());
  }

  connected(yes) {
    this.banner.hidden = yes;
  }

  #drawRail() {
    const { view } = this.route;
    const item = (name, label, href, here, mark) =>
      h(
        `a.rail-item${here ? '.here' : ''}`,
        { href, 'aria-current': here ? 'page' : null },
        h('span.rail-icon', null, icon(name, 22), mark ? h('span.rail-mark', { title: 'new' }) : null),
        h('span', null, label),
      );
    const isTalk = !['mail', 'traffic', 'faults'].includes(view);
    const home = phone.matches ? to.start() : (this.lastTalk ?? to.start());
    fill(
      this.rail,
      item('home', 'Home', home, isTalk),
      item('mail', 'Mail', to.mail(), view === 'mail', this.newMail),
      item('traffic', 'Traffic', to.traffic(), view === 'traffic'),
      item('alert', 'Faults', to.faults(), view === 'faults'),
    );
  }

  #title() {
    const count = this.env.directory.channels.reduce((sum, { mentions }) => sum + (mentions ?? 0), 0);
    const { name } = this.model.team;
    document.title = `${count ? `(${count}) ` : ''}${this.#placeName()} · ${this.model.me.display_name || this.model.me.name} · ${name}`;
  }

  #placeName() {
    const { view, channel, app } = this.route ?? {};
    if (channel) return this.env.directory.channelName(channel);
    if (app) return this.env.directory.app(app)?.name ?? 'App';
    return { mail: 'Mail', traffic: 'Traffic', faults: 'Faults', search: 'Search' }[view] ?? 'Home';
  }

  /** Shows what the address says. */
  async show() {
    const left = this.route;
    this.route = resolved(readRoute(), this.env.directory);
    const { route } = this;
    if (route.view === 'mail') this.newMail = false;
    if (['channel', 'app'].includes(route.view)) this.lastTalk = location.hash;
    document.body.dataset.view = route.thread ? 'thread' : readRoute().view === 'start' ? 'start' : 'main';
    this.sidebar.at(route);
    this.#drawRail();
    this.#title();
    try {
      await this.#showMain(route, left);
      if (this.route !== route) return; // somebody was quicker than the loading
      await this.#showSide(route);
    } catch (problem) {
      this.env.complain(problem);
    }
  }

  async #showMain(route, left) {
    const key = JSON.stringify([route.view, route.channel, route.app, route.tab, route.id, route.query]);
    if (this.mainKey === key) return this.#moveMain(route, left);
    this.main?.close();
    this.mainKey = key;
    this.main = this.#makeMain(route);
    fill(this.mainPlace, this.main?.node ?? null);
    await this.main?.open(route.thread ?? route.ts);
    const isQuiet = route.thread || route.ts || phone.matches || document.querySelector('dialog[open]');
    if (!isQuiet) this.main?.composer?.focus();
    return undefined;
  }

  /** The place is shown already: go to the message, or from a message back to the newest ones. */
  #moveMain(route, left) {
    if (route.ts && !route.thread) return this.main.open(route.ts);
    if (left?.ts && !left.thread) this.main.list?.toBottom();
    return undefined;
  }

  #makeMain(route) {
    const { env } = this;
    if (route.view === 'channel') return new ChannelView(env, route.channel);
    if (route.view === 'app') return new AppView(env, route.app, route.tab);
    if (route.view === 'mail') return new MailView(env, route.id);
    if (route.view === 'traffic') return new TrafficView(env);
    if (route.view === 'faults') return new FaultsView(env);
    if (route.view === 'search')
      return new SearchView(env, route.query, (message) =>
        messageNode(message, env, { inThread: false, compact: false, surfaces: new Map(), edit: () => {} }),
      );
    return null;
  }

  async #showSide({ channel, thread, ts }) {
    const key = thread ? `${channel}/${thread}` : null;
    if (key !== this.sideKey) {
      this.side?.close();
      this.sideKey = key;
      this.side = thread ? new ThreadView(this.env, channel, thread) : null;
      fill(this.sidePlace, this.side?.node ?? null);
      this.sidePlace.hidden = !this.side;
      await this.side?.open(ts);
      if (!ts && !phone.matches) this.side?.composer?.focus();
    } else if (ts) {
      this.side.list.reveal(ts);
    }
  }
}

/**
 * Where a route really leads. What this person cannot see, or nothing at all, becomes the first channel they are in (on
 * a phone the list of channels); a DM with an app is shown as the app.
 */
function resolved(route, directory) {
  if (route.view === 'start' && phone.matches) return route;
  const channel = directory.channel(route.channel);
  const app = channel?.kind === 'im' ? directory.appOfBot(channel.user) : null;
  if (app && !route.thread && !route.ts) return { view: 'app', app: app.id, tab: 'messages' };
  const exists = ['mail', 'traffic', 'faults', 'search'].includes(route.view) || channel || directory.app(route.app);
  return exists ? route : firstChannel(directory);
}

function firstChannel(directory) {
  const mine = directory.channels.filter(({ is_member: member, is_archived: gone }) => member && !gone);
  const named = mine.filter(({ kind }) => ['public', 'private'].includes(kind));
  const first = named.find(({ is_general: general }) => !general) ?? named[0] ?? directory.channels[0];
  return first ? { view: 'channel', channel: first.id } : { view: 'start' };
}
