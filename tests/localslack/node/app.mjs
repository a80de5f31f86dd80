// A small Bolt for JavaScript app: a command opens a modal, its submission posts a message with a button, a click updates it.
// Configured by the environment; prints "ready" once it listens, then one line per thing that happened.

import { App, LogLevel } from "@slack/bolt";

const { API_URL, BOT_TOKEN, APP_TOKEN, SIGNING_SECRET, CHANNEL, PORT } = process.env;
const overSocket = APP_TOKEN !== undefined;

const say = (what, more = {}) => console.log(JSON.stringify({ what, ...more }));

const app = new App({
  token: BOT_TOKEN,
  logLevel: LogLevel.ERROR,
  clientOptions: { slackApiUrl: API_URL },
  ...(overSocket ? { socketMode: true, appToken: APP_TOKEN } : { signingSecret: SIGNING_SECRET }),
});

const words = (text) => ({ type: "plain_text", text });

app.command("/raise", async ({ command, ack, client }) => {
  await ack();
  await client.views.open({
    trigger_id: command.trigger_id,
    view: {
      type: "modal",
      callback_id: "raise",
      title: words("Raise"),
      submit: words("Save"),
      blocks: [
        {
          type: "input",
          block_id: "title",
          label: words("Title"),
          element: { type: "plain_text_input", action_id: "text", initial_value: command.text },
        },
        {
          type: "input",
          block_id: "fruit",
          label: words("Fruit"),
          optional: true,
          element: { type: "external_select", action_id: "pick", min_query_length: 0 },
        },
      ],
    },
  });
  say("command", { text: command.text });
});

app.options("pick", async ({ options, ack }) => {
  const all = ["apple", "banana", "cherry"].filter((fruit) => fruit.includes(options.value));
  await ack({ options: all.map((fruit) => ({ text: words(fruit), value: fruit })) });
});

app.view("raise", async ({ ack, body, view, client }) => {
  const title = view.state.values.title.text.value;
  if (title.length < 3) return ack({ response_action: "errors", errors: { title: "Too short" } });
  await ack();
  await client.chat.postMessage({
    channel: CHANNEL,
    text: `${title} by <@${body.user.id}>`,
    blocks: [
      { type: "section", text: words(title) },
      { type: "actions", block_id: "do", elements: [{ type: "button", action_id: "done", text: words("Done"), value: title }] },
    ],
  });
  say("submitted", { title, fruit: view.state.values.fruit.pick.selected_option?.value });
});

app.action("done", async ({ action, ack, respond }) => {
  await ack();
  await respond({ replace_original: true, text: `${action.value}: done` });
  say("clicked", { value: action.value });
});

app.shortcut("note", async ({ shortcut, ack, say: reply }) => {
  await ack();
  await reply({ text: `noted: ${shortcut.message.text}`, thread_ts: shortcut.message.ts });
  say("noted");
});

app.event("app_mention", async ({ event, say: reply }) => {
  await reply({ text: `You said: ${event.text}`, thread_ts: event.ts });
  say("mentioned", { user: event.user });
});

app.event("app_home_opened", async ({ event, client }) => {
  await client.views.publish({ user_id: event.user, view: { type: "home", blocks: [{ type: "section", text: words("At home") }] } });
  say("home");
});

app.message("ping", async ({ say: reply }) => {
  await reply("pong");
});

app.error(async (error) => say("error", { message: String(error), data: error.original?.data ?? error.data }));

await app.start(overSocket ? undefined : { port: Number(PORT), host: "127.0.0.1" });
say("ready");
