// How does the page begin?
import { Api, cast, live } from './api.js';
import { isHuman } from './directory.js';
import { fill, h } from './dom.js';
import { makeEnv } from './env.js';
import { icon } from './icons.js';
import { Modals } from './modal.js';
import { Model } from './model.js';
import { Page } from './page.js';
import { permalinkRoute } from './routes.js';
import { quickSwitcher } from './switcher.js';
import { applyTheme } from './theme.js';

const REMEMBERED = 'localslack-person';

/** Who one is: the address says it; without, who one was last, or the first of the cast. */
async function whoAmI() {
  const wanted = new URLSearchParams(location.search).get('person');
  const { people } = await cast();
  const known = people.filter(isHuman);
  const find = (name) => known.find(({ id, handle }) => name && [id, handle].includes(name));
  const person = find(wanted) ?? find(localStorage.getItem(REMEMBERED)) ?? known[0];
  if (!person) throw new Error('There are no people in this Slack.');
  localStorage.setItem(REMEMBERED, person.handle);
  const place = permalinkRoute(location.href) ?? location.hash;
  history.replaceState(null, '', `/?person=${encodeURIComponent(person.handle)}${place}`);
  return person;
}

/** Frames that arrive while the state is being read wait for it, so that it is not put over what is newer. */
function listen(person, model, status) {
  const waiting = [];
  let readings = 0;
  const heard = new Promise((resolve) => {
    live(
      person,
      { mail: true },
      (frame) => {
        if (readings) waiting.push(frame);
        else model.apply(frame);
        resolve();
      },
      (connected) => {
        status(connected);
        resolve();
      },
    );
  });
  const read = async () => {
    readings += 1;
    try {
      await model.load();
    } finally {
      readings -= 1;
      if (!readings) for (const frame of waiting.splice(0)) model.apply(frame);
    }
  };
  return { heard, read };
}

async function begin() {
  applyTheme();
  const person = await whoAmI();
  const api = new Api(person.id);
  const model = new Model(api);
  let page = null;
  let broken = false;
  const { heard, read } = listen(person.id, model, (connected) => {
    page?.connected(connected);
    if (connected && broken) read().catch(() => {});
    broken = !connected;
  });
  await heard;
  await read();
  const env = makeEnv(api, model);
  page = new Page(env, model);
  const modals = new Modals(env, model);
  quickSwitcher(env);
  await page.show();
  modals.show();
}

begin().catch((problem) => {
  const again = h('button.btn.primary', { type: 'button', onclick: () => location.reload() }, 'Try again');
  fill(
    document.getElementById('app'),
    h(
      'div.empty.fatal',
      { role: 'alert' },
      icon('alert', 40),
      h('h1', null, 'The local Slack cannot be opened'),
      h('p', null, problem.message),
      again,
    ),
  );
});
