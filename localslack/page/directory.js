// Who and what is behind an id, as far as this person can see?

export class Directory {
  #people = new Map();
  #channels = new Map();
  #groups = new Map();
  #apps = new Map();

  constructor(me) {
    this.myId = me;
  }

  /** Takes a whole state. */
  load({ people, bots, groups, channels, dms, apps }) {
    this.#people = byId([...people, ...bots]);
    this.#channels = byId([...channels, ...dms]);
    this.#groups = byId(groups);
    this.#apps = byId(apps);
  }

  setPerson(person) {
    this.#people.set(person.id, person);
  }

  setChannel(channel) {
    this.#channels.set(channel.id, channel);
  }

  dropChannel(id) {
    this.#channels.delete(id);
  }

  setGroups(groups) {
    this.#groups = byId(groups);
  }

  setApps(apps) {
    this.#apps = byId(apps);
  }

  get people() {
    return [...this.#people.values()];
  }

  /** Those one can be, or write to: no bots, nobody who left, and not Slackbot, which Slack counts as a person. */
  get humans() {
    return this.people.filter((person) => isHuman(person));
  }

  get channels() {
    return [...this.#channels.values()];
  }

  get groups() {
    return [...this.#groups.values()];
  }

  get apps() {
    return [...this.#apps.values()];
  }

  person(id) {
    return this.#people.get(id);
  }

  channel(id) {
    return this.#channels.get(id);
  }

  group(id) {
    return this.#groups.get(id);
  }

  app(id) {
    return this.#apps.get(id);
  }

  appOfBot(userId) {
    return this.apps.find(({ bot_user: bot }) => bot === userId);
  }

  nameOf(id) {
    const person = this.person(id);
    if (!person) return id;
    return person.is_bot ? person.name : person.display_name || person.name;
  }

  /** '#desk', 'Ben', or 'Ben, Carla' */
  channelName(id) {
    const channel = this.channel(id);
    if (!channel) return id;
    if (channel.kind === 'im')
      return channel.user === this.myId ? `${this.nameOf(channel.user)} (you)` : this.nameOf(channel.user);
    if (channel.kind === 'mpim')
      return channel.members
        .filter((member) => member !== this.myId)
        .map((member) => this.nameOf(member))
        .join(', ');
    return channel.name;
  }

  labelOf(id) {
    return this.#people.has(id) ? this.nameOf(id) : this.channelName(id);
  }
}

/** Slackbot's id is the same in every workspace. */
export function isHuman({ id, is_bot: bot, deleted }) {
  return !bot && !deleted && id !== 'USLACKBOT';
}

function byId(list) {
  return new Map((list ?? []).map((item) => [item.id, item]));
}
