// How is a piece of the page made without a single HTML string?

const PROPERTIES = new Set(['value', 'checked', 'disabled', 'hidden', 'selected', 'readOnly', 'indeterminate']);

/**
 * Makes an element: h('button.primary', { onclick, 'aria-label': 'Save' }, 'Save').
 * Text only ever becomes text nodes. null, undefined and false attributes and children are left out.
 */
export function h(spec, props, ...children) {
  const [tag, ...classes] = spec.split('.');
  const node = document.createElement(tag || 'div');
  if (classes.length) node.classList.add(...classes);
  for (const [name, value] of Object.entries(props ?? {})) assign(node, name, value);
  node.append(...present(children));
  return node;
}

function present(children) {
  return children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false);
}

function assign(node, name, value) {
  if (value === null || value === undefined || value === false) {
    if (PROPERTIES.has(name)) node[name] = value ?? (name === 'value' ? '' : false);
  } else if (name === 'data') {
    for (const [key, item] of Object.entries(value)) if (item !== undefined && item !== null) node.dataset[key] = item;
  } else if (name.startsWith('on')) {
    node.addEventListener(name.slice(2), value);
  } else if (PROPERTIES.has(name)) {
    node[name] = value;
  } else {
    node.setAttribute(name, value === true ? '' : String(value));
  }
}

/** Replaces all children of a node. */
export function fill(node, ...children) {
  node.replaceChildren(...present(children));
  return node;
}

let counter = 0;

/** An id nobody else on the page has, to tie labels and descriptions to fields. */
export function uid(stem = 'id') {
  counter += 1;
  return `${stem}-${counter}`;
}

/** Calls back once typing has paused for `wait` milliseconds. */
export function debounced(callback, wait = 200) {
  let timer = null;
  return (...args) => {
    clearTimeout(timer);
    timer = setTimeout(() => callback(...args), wait);
  };
}

const FOCUSABLE =
  'a[href], button:not([disabled]), input:not([disabled]), select:not([disabled]), textarea:not([disabled]), [contenteditable="true"], [tabindex]:not([tabindex="-1"])';

/** The visible elements inside `root` that the Tab key visits, in order. */
export function focusable(root) {
  return [...root.querySelectorAll(FOCUSABLE)].filter((node) => node.getClientRects().length > 0);
}

let announcer = null;

/** Says a sentence to screen readers without moving the focus. */
export function announce(text) {
  announcer ??= document.body.appendChild(h('div.sr-only', { role: 'status', 'aria-live': 'polite' }));
  announcer.textContent = text;
}
