// Threads with an assistant app: what the app says it is doing, and the messages it suggests.
import { fill, h } from './dom.js';
import { icon } from './icons.js';

/** The line above a thread's composer; `send(text)` posts a suggested message. Returns { node, draw }. */
export function assistantLine(env, channel, ts, send) {
  const node = h('div.assistant', { 'aria-live': 'polite', hidden: true });
  const draw = () => {
    const thread = env.model.assistants.find((each) => each.channel === channel && each.thread_ts === ts);
    const prompts = thread?.prompts?.prompts ?? [];
    node.hidden = !thread?.status && !prompts.length;
    fill(
      node,
      prompts.length
        ? h(
            'div.assistant-prompts',
            { role: 'group', 'aria-label': thread.prompts.title || 'Suggested messages' },
            thread.prompts.title ? h('strong', null, thread.prompts.title) : null,
            prompts.map(({ title, message }) =>
              h('button.btn.small', { type: 'button', title: message, onclick: () => send(message) }, title),
            ),
          )
        : null,
      thread?.status ? h('p.assistant-status', null, statusWords(env, channel, thread)) : null,
    );
  };
  draw();
  return { node, draw };
}

function statusWords(env, channel, { status, loading_messages: loading }) {
  const app = env.directory.appOfBot(env.directory.channel(channel)?.user);
  return loading?.length ? loading[0] : `${app?.name ?? 'The app'} ${status}`;
}

/** Begins a new thread with an assistant app and goes there. */
export function newThreadButton(env, app) {
  if (!app?.has_assistant) return null;
  const begin = async () => {
    const answer = await env.api.act('open_assistant', { app_id: app.id }).catch(env.complain);
    if (answer) location.hash = env.routes.thread(answer.channel, answer.thread_ts);
  };
  return h('button.btn.small', { type: 'button', onclick: begin }, icon('plus', 16), 'New thread');
}
