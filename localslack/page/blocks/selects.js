// Which choices does each of Slack's select menus offer, and what value do they give?
import { h } from '../dom.js';
import { wordsOf } from '../mrkdwn.js';
import { avatar } from '../avatar.js';
import { icon } from '../icons.js';
import { Picker } from './picker.js';

/** A single or multi select of any source. */
export function select(slot) {
  const { element } = slot;
  const multi = element.type.startsWith('multi_');
  const source = SOURCES[element.type.replace(/^multi_/, '').replace(/_select$/, '')](slot);
  const start = slot.value(source.initial(multi));
  let settled = asList(start).map(source.choiceOf);
  const valueOf = (chosen) => (multi ? chosen.map(({ value }) => value) : (chosen[0]?.value ?? null));
  const picker = new Picker({
    load: source.load,
    onlyAfter: source.onlyAfter,
    wait: source.wait,
    chosen: settled,
    multi,
    max: element.max_selected_items,
    clearable: Boolean(slot.input?.optional),
    placeholder: slot.placeholder || 'Choose an option',
    attributes: slot.attributes(),
    onpick: (chosen) => {
      if (multi || !slot.dispatches) slot.note(valueOf(chosen));
    },
    ondone: async (chosen) => {
      if (await slot.choose(valueOf(chosen))) settled = chosen;
      else {
        picker.restore(settled);
        slot.note(valueOf(settled));
      }
    },
  });
  if (slot.autofocus) picker.input.setAttribute('autofocus', '');
  return picker.node;
}

function asList(value) {
  return value === null || value === undefined ? [] : [value].flat();
}

const SOURCES = {
  static: staticSource,
  external: externalSource,
  users: (slot) => directorySource(slot, 'user', peopleChoices),
  channels: (slot) => directorySource(slot, 'channel', channelChoices),
  conversations: (slot) => directorySource(slot, 'conversation', conversationChoices),
};

function staticSource({ element }) {
  const groups = element.option_groups
    ? element.option_groups.map(({ label, options }) => ({
        heading: wordsOf(label),
        choices: options.map(optionChoice),
      }))
    : [{ choices: (element.options ?? []).map(optionChoice) }];
  const all = groups.flatMap(({ choices }) => choices);
  return {
    initial: (multi) =>
      multi ? (element.initial_options ?? []).map(({ value }) => value) : (element.initial_option?.value ?? null),
    choiceOf: (value) => all.find((choice) => choice.key === value) ?? { key: value, label: value, value },
    load: async (query) => matching(groups, query),
  };
}

function optionChoice(option) {
  return {
    key: option.value,
    label: wordsOf(option.text),
    description: wordsOf(option.description),
    value: option.value,
  };
}

/** Options come from the app while one types; the whole option object is the value. */
function externalSource({ element, env, block }) {
  const choiceOf = (option) => ({ ...optionChoice(option), value: option });
  return {
    initial: (multi) => (multi ? (element.initial_options ?? []) : (element.initial_option ?? null)),
    choiceOf,
    onlyAfter: element.min_query_length ?? 3,
    wait: 250,
    load: async (query) => {
      const answer = await env.surface.suggest(block.block_id, element, query);
      const groups = answer.option_groups ?? [{ options: answer.options ?? [] }];
      return groups.map(({ label, options }) => ({ heading: wordsOf(label), choices: options.map(choiceOf) }));
    },
  };
}

function directorySource({ element, env }, noun, choices) {
  const list = () => [{ choices: choices(env, element) }];
  return {
    initial: (multi) => (multi ? (element[`initial_${noun}s`] ?? []) : (element[`initial_${noun}`] ?? null)),
    choiceOf: (id) =>
      list()[0].choices.find(({ key }) => key === id) ?? { key: id, label: env.directory.labelOf(id), value: id },
    load: async (query) => matching(list(), query),
  };
}

function matching(groups, query) {
  const wanted = query.trim().toLowerCase();
  const fits = ({ label, description, also }) =>
    `${label} ${description ?? ''} ${also ?? ''}`.toLowerCase().includes(wanted);
  return groups
    .map((group) => ({ ...group, choices: group.choices.filter(fits) }))
    .filter(({ choices }) => choices.length);
}

function peopleChoices(env) {
  return env.directory.people.filter(({ deleted }) => !deleted).map((person) => personChoice(env, person));
}

function personChoice(env, person) {
  return {
    key: person.id,
    value: person.id,
    label: env.directory.nameOf(person.id),
    description: person.title,
    also: `${person.name} ${person.handle}`,
    picture: avatar(person, 20),
  };
}

function channelChoices(env) {
  return env.directory.channels.filter(({ kind, is_archived: gone }) => kind === 'public' && !gone).map(channelChoice);
}

function channelChoice(channel) {
  return {
    key: channel.id,
    value: channel.id,
    label: channel.name,
    picture: h('span.option-icon', null, icon(channel.kind === 'private' ? 'lock' : 'hash', 16)),
  };
}

/** Channels, private ones and DMs, narrowed by the element's filter. */
function conversationChoices(env, { filter = {} }) {
  const include = filter.include ?? ['public', 'private', 'im', 'mpim'];
  const channels = env.directory.channels.filter(
    (channel) =>
      include.includes(channel.kind) &&
      !channel.is_archived &&
      !(filter.exclude_external_shared_channels && channel.is_ext_shared),
  );
  const isBot = (channel) => env.directory.person(channel.user)?.is_bot;
  return channels
    .filter((channel) => !(filter.exclude_bot_users && channel.kind === 'im' && isBot(channel)))
    .map((channel) => {
      const person = channel.kind === 'im' ? env.directory.person(channel.user) : null;
      return person
        ? { ...personChoice(env, person), key: channel.id, value: channel.id }
        : channelChoice({ ...channel, name: env.directory.channelName(channel.id) });
    });
}
