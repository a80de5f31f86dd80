// Is something being pressed now? A button that is replaced between press and release is never clicked: redraws wait.

const PRESSABLE = 'a, button, input, label, summary, [role="option"], [role="menuitem"]';

const pressed = new Set();
const waiting = [];

/** Redraws now, or after the release while a pointer or the space bar holds a control down; in the order of the calls. */
export function whenReleased(redraw) {
  if (pressed.size || waiting.length) waiting.push(redraw);
  else redraw();
}

function press(name, control) {
  if (control?.closest?.(PRESSABLE)) pressed.add(name);
}

/** The click comes with the release, before this timer. */
function release(name) {
  if (pressed.delete(name)) setTimeout(redrawWaiting);
}

function redrawWaiting() {
  while (!pressed.size && waiting.length) waiting.shift()();
}

function releaseAll() {
  for (const name of [...pressed]) release(name);
}

const on = (type, listener) => window.addEventListener(type, listener, { capture: true });
on('pointerdown', (event) => event.button === 0 && press(event.pointerId, event.target));
for (const type of ['pointerup', 'pointercancel']) on(type, (event) => release(event.pointerId));
on('keydown', (event) => event.key === ' ' && press('space', event.target));
on('keyup', (event) => event.key === ' ' && release('space'));
// a release may come where the page does not hear of it
on('contextmenu', releaseAll);
window.addEventListener('blur', releaseAll);
