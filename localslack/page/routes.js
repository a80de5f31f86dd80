// Which address shows what? Everything one can look at has one, so that it can be linked, reloaded and gone back to.

/** The place an address names: { view, channel?, ts?, thread?, app?, tab?, id?, query? }. */
export function readRoute(hash = location.hash) {
  const [path, search = ''] = hash.replace(/^#\/?/, '').split('?');
  const [view = '', ...rest] = path.split('/').map(decodeURIComponent);
  const query = Object.fromEntries(new URLSearchParams(search));
  if (view === 'channel')
    return rest[1] === 'thread'
      ? { view, channel: rest[0], thread: rest[2], ts: rest[3] }
      : { view, channel: rest[0], ts: rest[1] };
  if (view === 'app')
    return { view, app: rest[0], tab: rest[1] ?? 'home', thread: rest[2] === 'thread' ? rest[3] : undefined };
  if (view === 'mail') return { view, id: rest[0] };
  if (view === 'traffic' || view === 'faults') return { view };
  if (view === 'search') return { view, query: query.q ?? '' };
  return { view: 'start' };
}

export const to = {
  start: () => '#/',
  channel: (channel, ts) => `#/channel/${channel}${ts ? `/${ts}` : ''}`,
  thread: (channel, thread, ts) => `#/channel/${channel}/thread/${thread}${ts ? `/${ts}` : ''}`,
  app: (app, tab = 'home') => `#/app/${app}/${tab}`,
  mail: (id) => `#/mail${id ? `/${id}` : ''}`,
  traffic: () => '#/traffic',
  faults: () => '#/faults',
  search: (words) => `#/search?q=${encodeURIComponent(words)}`,
};

/** The route of a Slack permalink (…/archives/C…/p1700000000000100?thread_ts=…), or null for any other address. */
export function permalinkRoute(address, hosts = [location.host]) {
  if (!URL.canParse(address, location.href)) return null;
  const url = new URL(address, location.href);
  const parts = /^\/archives\/([A-Z0-9]+)(?:\/p(\d{10})(\d{6}))?\/?$/.exec(url.pathname);
  if (!parts || !hosts.includes(url.host)) return null;
  const [, channel, seconds, micros] = parts;
  if (!seconds) return to.channel(channel);
  const ts = `${seconds}.${micros}`;
  const thread = url.searchParams.get('thread_ts');
  return thread ? to.thread(channel, thread, ts) : to.channel(channel, ts);
}

/** Where this page is opened as somebody else; a place only the one can see falls back to the other's first channel. */
export function asPerson(handle, hash = location.hash) {
  return `/?person=${encodeURIComponent(handle)}${hash}`;
}
