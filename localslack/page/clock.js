// What time is it in the local Slack, and how is it moved?
import { fill, h } from './dom.js';
import { icon } from './icons.js';
import { popover } from './popover.js';

const STEPS = [
  ['+1 h', 3600, 'One hour forward'],
  ['+4 h', 14_400, 'Four hours forward'],
  ['+1 day', 86_400, 'One day forward'],
];

/** '+4 h', '+1 d 2 h', '−30 min', or '' */
export function offsetWords(seconds) {
  const minutes = Math.round(Math.abs(seconds) / 60);
  if (!minutes) return '';
  const parts = [
    [Math.floor(minutes / 1440), 'd'],
    [Math.floor((minutes % 1440) / 60), 'h'],
    [minutes % 60, 'min'],
  ];
  return `${seconds < 0 ? '−' : '+'}${parts
    .filter(([count]) => count)
    .map(([count, unit]) => `${count} ${unit}`)
    .join(' ')}`;
}

export function clockButton(env) {
  const { model } = env;
  const button = h('button.top-button.clock', {
    type: 'button',
    'aria-haspopup': 'dialog',
    'aria-expanded': 'false',
    onclick: () => open(),
  });
  const draw = () => {
    const offset = offsetWords(model.offset);
    const time = env.calendar.time(model.now());
    fill(
      button,
      icon('clock', 18),
      h('span.clock-time', null, time),
      offset ? h('span.clock-offset', null, offset) : null,
    );
    button.setAttribute('aria-label', `Clock of this Slack: ${time}${offset ? `, ${offset} from now` : ''}`);
  };
  const open = () => {
    button.setAttribute('aria-expanded', 'true');
    popover(button, clockPanel(env), { align: 'end', onclose: () => button.setAttribute('aria-expanded', 'false') });
  };
  model.on('state clock', draw);
  setInterval(draw, 5000);
  draw();
  return button;
}

function clockPanel(env) {
  const { model } = env;
  const shown = h('div.clock-now', { 'aria-live': 'polite' });
  const draw = () =>
    fill(
      shown,
      h('strong', null, env.calendar.timeWithSeconds(model.now())),
      h('span', null, env.calendar.longDate(model.now())),
      h('small', null, env.calendar.tz.replace(/_/g, ' ')),
      h('small', null, model.offset ? `${offsetWords(model.offset)} from the real time` : 'the real time'),
    );
  const move = (change) => env.api.moveClock(change).catch(env.complain);
  const stop = model.on('clock', draw);
  const tick = setInterval(() => {
    if (shown.isConnected) draw();
    else {
      clearInterval(tick);
      stop();
    }
  }, 1000);
  draw();
  return h(
    'section.clock-panel',
    { role: 'dialog', 'aria-label': 'Clock of this Slack' },
    shown,
    h('p.quiet', null, 'Everybody here and every app that shares this clock moves with it.'),
    h(
      'div.button-row',
      null,
      STEPS.map(([label, seconds, name]) =>
        h('button.btn', { type: 'button', 'aria-label': name, onclick: () => move({ advance: seconds }) }, label),
      ),
    ),
    customStep(move),
    h('button.btn.wide', { type: 'button', onclick: () => move({ offset: 0 }) }, 'Back to now'),
  );
}

function customStep(move) {
  const amount = h('input.input', { type: 'number', value: '30', min: '1', 'aria-label': 'How far' });
  const unit = h(
    'select.input',
    { 'aria-label': 'Unit' },
    [
      ['60', 'minutes'],
      ['3600', 'hours'],
      ['86400', 'days'],
    ].map(([value, label]) => h('option', { value }, label)),
  );
  const go = (event) => {
    event.preventDefault();
    if (Number(amount.value)) move({ advance: Number(amount.value) * Number(unit.value) });
  };
  return h('form.button-row', { onsubmit: go }, amount, unit, h('button.btn', { type: 'submit' }, 'Forward'));
}
