// What do buttons, overflow menus and other things one presses look like?
import { h } from '../dom.js';
import { icon } from '../icons.js';
import { textObject, wordsOf } from '../mrkdwn.js';
import { menu } from '../popover.js';

/** A button; with a url it opens that address and tells the app as well. */
export function button(slot) {
  const { element, env } = slot;
  const style = { primary: '.primary', danger: '.danger' }[element.style] ?? '';
  const attributes = { ...slot.attributes(), 'aria-label': element.accessibility_label ?? null };
  const press = (event) => working(event.currentTarget, () => slot.act(null));
  if (element.url) {
    return h(
      `a.btn${style}`,
      { ...attributes, href: element.url, target: '_blank', rel: 'noopener noreferrer', onclick: press },
      textObject(element.text, env),
    );
  }
  return h(`button.btn${style}`, { type: 'button', ...attributes, onclick: press }, textObject(element.text, env));
}

/** Marks a control busy until the app has answered; a second press meanwhile is not sent. */
async function working(control, act) {
  if (control.getAttribute('aria-busy') === 'true') return;
  control.setAttribute('aria-busy', 'true');
  try {
    await act();
  } finally {
    control.removeAttribute('aria-busy');
  }
}

export function overflow(slot) {
  const { element } = slot;
  const items = (element.options ?? []).map((option) => ({
    label: wordsOf(option.text),
    description: wordsOf(option.description),
    href: option.url,
    data: { value: option.value },
    onpick: () => working(trigger, () => slot.act(option.value)),
  }));
  const trigger = h(
    'button.btn.overflow',
    {
      type: 'button',
      ...slot.attributes(),
      'aria-label': element.accessibility_label || 'More actions',
      'aria-haspopup': 'menu',
      'aria-expanded': 'false',
      onclick: () => menu(trigger, items, { label: 'More actions' }),
    },
    icon('more', 18),
  );
  return trigger;
}

/** An icon button of a context_actions block. */
export function iconButton(slot) {
  const { element } = slot;
  const name = element.accessibility_label || wordsOf(element.text);
  return h(
    'button.icon-button',
    {
      type: 'button',
      ...slot.attributes(),
      'aria-label': name,
      title: name,
      onclick: (event) => working(event.currentTarget, () => slot.act(null)),
    },
    icon(element.icon === 'trash' ? 'trash' : 'more', 18),
  );
}

/** Thumbs up and down of a context_actions block. */
export function feedbackButtons(slot) {
  const { element } = slot;
  const one = (choice, mark) => {
    const name = choice.accessibility_label || wordsOf(choice.text);
    return h(
      'button.icon-button',
      {
        type: 'button',
        data: { actionId: element.action_id, value: choice.value },
        'aria-label': name,
        title: name,
        onclick: (event) => working(event.currentTarget, () => slot.act(choice.value)),
      },
      mark,
    );
  };
  return h('span.feedback', null, one(element.positive_button, '👍'), one(element.negative_button, '👎'));
}
