// What picture does a person or app have? Initials on their colour, drawn by the page.
import { h } from './dom.js';
import { emojiOf } from './emoji.js';

/** A square of `size` pixels. The colour is set through the CSS object model, which the page's policy allows. */
export function avatar(person, size = 36, { emoji = null, presence = false } = {}) {
  const character = emoji ? emojiOf(emoji.replace(/:/g, '')) : null;
  const node = h(
    `span.avatar${character ? '.emoji-avatar' : ''}`,
    { 'aria-hidden': 'true', data: { size } },
    character ?? person?.initials ?? '?',
  );
  node.style.setProperty('--size', `${size}px`);
  if (!character) node.style.setProperty('--colour', person?.colour || '#616061');
  if (presence) node.append(h(`span.presence${person?.presence === 'active' ? '.active' : ''}`));
  return node;
}
