// How does something small open beside a control: menus, listboxes, cards?
import { h } from './dom.js';

const open = [];
const waiting = new Set();

/**
 * Opens `content` beside `anchor`, inside the window. One click elsewhere, Esc, or a new popover closes it.
 * Returns close(); `onclose` is told. The focus goes back to the anchor only if it was inside.
 */
export function popover(
  anchor,
  content,
  { onclose, align = 'start', matchWidth = false, within = anchor.closest('dialog') ?? document.body } = {},
) {
  const panel = h('div.popover', null, content);
  within.append(panel);
  const place = () => position(panel, anchor, align, matchWidth);
  place();
  const watch = new ResizeObserver(place);
  watch.observe(panel);

  const onpointer = (event) => {
    if (!panel.contains(event.target) && !anchor.contains(event.target)) close();
  };
  const onkey = (event) => {
    if (event.key !== 'Escape' || open.at(-1) !== close) return;
    event.preventDefault();
    event.stopPropagation();
    close();
  };
  const close = () => {
    if (!open.includes(close)) return;
    open.splice(open.indexOf(close), 1);
    const hadFocus = panel.contains(document.activeElement);
    watch.disconnect();
    panel.remove();
    document.removeEventListener('pointerdown', onpointer, true);
    document.removeEventListener('keydown', onkey, true);
    window.removeEventListener('resize', place);
    if (hadFocus) anchor.focus();
    onclose?.();
    if (!open.length) runWaiting();
  };
  document.addEventListener('pointerdown', onpointer, true);
  document.addEventListener('keydown', onkey, true);
  window.addEventListener('resize', place);
  open.push(close);
  return close;
}

/** Is some popover open? Esc then belongs to it and not to the dialog below. */
export function anyPopoverOpen() {
  return open.length > 0;
}

/** Calls `act` once no popover is open: what would redraw the page under an open list waits for the person's choice. */
export function whenPopoversClosed(act) {
  if (open.length) waiting.add(act);
  else act();
}

function runWaiting() {
  const acts = [...waiting];
  waiting.clear();
  for (const act of acts) act();
}

export function closePopovers() {
  for (const close of [...open].reverse()) close();
}

function position(panel, anchor, align, matchWidth) {
  const at = anchor.getBoundingClientRect();
  if (matchWidth) panel.style.minWidth = `${at.width}px`;
  const { width, height } = panel.getBoundingClientRect();
  const room = { below: innerHeight - at.bottom, above: at.top };
  const below = room.below >= height + 12 || room.below >= room.above;
  const left = align === 'end' ? at.right - width : at.left;
  panel.style.left = `${Math.max(8, Math.min(left, innerWidth - width - 8))}px`;
  panel.style.top = `${Math.max(8, below ? Math.min(at.bottom + 4, innerHeight - height - 8) : at.top - height - 4)}px`;
}

/**
 * A menu button's menu. Items: { label, description?, icon?, danger?, checked?, href? (new tab), to? (same tab), onpick?, aside? } or 'divider' or { heading }.
 * Arrow keys move, Home and End jump, a letter finds, Enter picks, Esc and Tab leave.
 */
export function menu(anchor, items, { label, align = 'end', onclose } = {}) {
  let close = null;
  const list = h(
    'div.menu',
    { role: 'menu', 'aria-label': label },
    items.map((item) => menuItem(item, () => close())),
  );
  anchor.setAttribute('aria-expanded', 'true');
  close = popover(anchor, list, {
    align,
    onclose: () => {
      anchor.setAttribute('aria-expanded', 'false');
      onclose?.();
    },
  });
  list.addEventListener('keydown', (event) => moveInMenu(event, list, close));
  (list.querySelector('[aria-checked="true"]') ?? list.querySelector('.menu-item'))?.focus();
  return close;
}

function menuItem(item, close) {
  if (item === 'divider') return h('hr.menu-divider');
  if (item.heading) return h('div.menu-heading', { role: 'presentation' }, item.heading);
  const isLink = Boolean(item.href || item.to);
  const main = h(
    `${isLink ? 'a' : 'button'}.menu-item${item.danger ? '.danger' : ''}`,
    {
      role: item.checked === undefined ? 'menuitem' : 'menuitemradio',
      'aria-checked': item.checked === undefined ? null : String(item.checked),
      type: isLink ? null : 'button',
      href: item.href ?? item.to,
      target: item.href ? '_blank' : null,
      rel: item.href ? 'noopener noreferrer' : null,
      tabindex: '-1',
      data: item.data,
      'aria-label': item.name,
      onclick: () => {
        close();
        item.onpick?.();
      },
    },
    item.icon,
    h(
      'span.menu-words',
      null,
      h('span', null, item.label),
      item.description ? h('small', null, item.description) : null,
    ),
    item.end,
  );
  return item.aside ? h('div.menu-row', { role: 'none' }, main, item.aside) : main;
}

function moveInMenu(event, list, close) {
  const items = [...list.querySelectorAll('.menu-item')];
  const at = items.indexOf(document.activeElement);
  const to = {
    ArrowDown: (at + 1) % items.length,
    ArrowUp: (at - 1 + items.length) % items.length,
    Home: 0,
    End: items.length - 1,
  }[event.key];
  if (to !== undefined) {
    event.preventDefault();
    items[to]?.focus();
  } else if (event.key === 'Tab') {
    close();
  } else if (/^\S$/.test(event.key)) {
    const letter = event.key.toLowerCase();
    const following = [...items.slice(at + 1), ...items.slice(0, at + 1)];
    following.find((item) => item.textContent.trim().toLowerCase().startsWith(letter))?.focus();
  }
}
