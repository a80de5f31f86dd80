// Sharing a message in another channel, with a comment or without.
import { fill, h, uid } from './dom.js';
import { showDialog } from './dialogs.js';

export function shareMessage(message, env) {
  const dialog = showDialog('ask', 'Share message');
  const [to, words] = [uid('share'), uid('share')];
  const mine = env.directory.channels.filter(({ is_member: member, is_archived: gone }) => member && !gone);
  const target = h(
    'select.input',
    { id: to },
    mine.map(({ id }) => h('option', { value: id }, env.directory.channelName(id))),
  );
  const comment = h('textarea.input', { id: words, rows: 2 });
  const share = async () => {
    const body = { channel: message.channel, ts: message.ts, to: target.value, text: comment.value.trim() };
    const answer = await env.api.act('forward', body).catch(env.complain);
    if (answer) dialog.close();
  };
  fill(
    dialog,
    h('h2.dialog-title', null, 'Share message'),
    h(
      'div.dialog-body',
      null,
      h('label', { for: to }, 'Channel'),
      target,
      h('label', { for: words }, 'Comment (optional)'),
      comment,
    ),
    h(
      'div.dialog-foot',
      null,
      h('button.btn', { type: 'button', onclick: () => dialog.close() }, 'Cancel'),
      h('button.btn.primary', { type: 'button', onclick: share }, 'Share'),
    ),
  );
  target.focus();
}
