// How does a person choose an emoji?
import { fill, h } from './dom.js';
import { allEmoji, findEmoji } from './emoji.js';
import { popover } from './popover.js';

/** Opens the picker beside `anchor`; `onpick(name)` hears of the choice. */
export function emojiPicker(anchor, onpick) {
  const grid = h('div.emoji-grid', { role: 'listbox', 'aria-label': 'Emoji' });
  const search = h('input.input', {
    type: 'search',
    placeholder: 'Search all emoji',
    'aria-label': 'Search emoji',
    oninput: () => draw(),
  });
  anchor.setAttribute('aria-expanded', 'true');
  const close = popover(anchor, h('div.emoji-picker', null, search, grid), {
    align: 'end',
    onclose: () => anchor.setAttribute('aria-expanded', 'false'),
  });
  const pick = (name) => {
    close();
    onpick(name);
  };
  const draw = () => {
    const found = search.value ? findEmoji(search.value, 60) : allEmoji();
    fill(
      grid,
      found.map(([name, character]) =>
        h(
          'button.emoji-choice',
          { type: 'button', role: 'option', 'aria-label': name, title: `:${name}:`, onclick: () => pick(name) },
          character,
        ),
      ),
    );
  };
  search.addEventListener('keydown', (event) => {
    if (event.key === 'Enter') grid.querySelector('button')?.click();
    if (event.key === 'ArrowDown') grid.querySelector('button')?.focus();
  });
  grid.addEventListener('keydown', (event) => moveInGrid(event, grid, 8));
  draw();
  search.focus();
}

function moveInGrid(event, grid, columns) {
  const step = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: columns, ArrowUp: -columns }[event.key];
  if (!step) return;
  event.preventDefault();
  const all = [...grid.children];
  all[all.indexOf(document.activeElement) + step]?.focus();
}
