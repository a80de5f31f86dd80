// What is always in sight: who one is, what time it is, search, and dark or light?
import { fill, h } from './dom.js';
import { avatar } from './avatar.js';
import { clockButton } from './clock.js';
import { icon } from './icons.js';
import { menu } from './popover.js';
import { asPerson, to } from './routes.js';
import { isDark, toggleTheme } from './theme.js';

export function topbar(env) {
  const search = h('input', {
    type: 'search',
    placeholder: `Search ${env.model.team.name}`,
    'aria-label': 'Search messages',
    onkeydown: (event) => {
      if (event.key === 'Enter' && search.value.trim()) location.hash = to.search(search.value.trim());
    },
  });
  const who = h('div.who');
  const draw = () => fill(who, personSwitch(env));
  env.model.on('state people', draw);
  draw();
  return h(
    'header.topbar',
    null,
    h('label.search', null, icon('search', 16), search),
    h('span.spring'),
    clockButton(env),
    themeButton(),
    who,
  );
}

function themeButton() {
  const button = h('button.top-button', {
    type: 'button',
    onclick: () => {
      toggleTheme();
      show();
    },
  });
  const show = () => {
    const label = isDark() ? 'Use light colours' : 'Use dark colours';
    button.setAttribute('aria-label', label);
    button.title = label;
    fill(button, icon(isDark() ? 'sun' : 'moon'));
  };
  show();
  return button;
}

/** Everyone a visitor can be. A plain link each, so that another person can be opened in another tab. */
function personSwitch(env) {
  const { me } = env.model;
  const button = h(
    'button.person-switch',
    {
      type: 'button',
      'aria-haspopup': 'menu',
      'aria-expanded': 'false',
      'aria-label': `You are ${me.name}. Switch person`,
      onclick: () => menu(button, items(env), { label: 'Switch person' }),
    },
    avatar(me, 28, { presence: true }),
    h(
      'span.person-words',
      null,
      h('strong', null, me.display_name || me.name),
      me.title ? h('small', null, me.title) : null,
    ),
    icon('chevron', 16),
  );
  return button;
}

function items(env) {
  const { me } = env.model;
  const people = env.directory.humans;
  const rows = people.map((person) => ({
    label: person.name,
    description: [person.title, kindOf(person)].filter(Boolean).join(' · '),
    name: `Be ${person.name}`,
    icon: avatar(person, 32, { presence: true }),
    checked: person.id === me.id,
    data: { person: person.handle },
    to: asPerson(person.handle),
    end: person.id === me.id ? icon('check', 18) : null,
    aside: person.id === me.id ? null : newTab(person),
  }));
  return [{ heading: 'Be somebody else' }, ...rows];
}

function kindOf({ is_admin: admin, is_guest: guest, is_external: external }) {
  if (external) return 'another organisation';
  return guest ? 'guest' : admin ? 'admin' : '';
}

function newTab(person) {
  return h(
    'a.menu-aside',
    {
      role: 'menuitem',
      href: asPerson(person.handle),
      target: '_blank',
      title: `Open as ${person.name} in a new tab`,
      'aria-label': `Open as ${person.name} in a new tab`,
      tabindex: '-1',
    },
    icon('external', 16),
  );
}
