// How does the focus stay where it is while a control is drawn anew?

/** The control of a surface that has the focus, by names that outlast a redraw: of its message, block and action. */
export function focusedIn(root) {
  const active = document.activeElement;
  const control = root.contains(active) ? active.closest('[data-action-id]') : null;
  return {
    node: active,
    message: control?.closest('article')?.dataset.ts,
    block: control?.closest('[data-block-id]')?.dataset.blockId,
    action: control?.dataset.actionId,
    from: active?.selectionStart,
    to: active?.selectionEnd,
  };
}

/** Gives the focus to the control that has replaced the one that had it. */
export function focusAgain(root, { node, message, block, action, from, to }) {
  if (!action || node.isConnected) return;
  const names = [named('ts', message), named('block-id', block), named('action-id', action)];
  const control = root.querySelector(names.filter(Boolean).join(' '));
  if (!control) return;
  control.focus({ preventScroll: true });
  if (Number.isInteger(from)) control.setSelectionRange?.(from, to);
}

function named(kind, name) {
  return name === undefined ? '' : `[data-${kind}="${CSS.escape(name)}"]`;
}
