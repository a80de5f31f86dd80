// Listens with @slack/socket-mode and acknowledges everything; prints one line per thing that happened.
import { LogLevel, SocketModeClient } from "@slack/socket-mode";

const { API_URL, APP_TOKEN } = process.env;
const say = (what, more = {}) => console.log(JSON.stringify({ what, ...more }));

const client = new SocketModeClient({
  appToken: APP_TOKEN,
  logLevel: LogLevel.ERROR,
  clientOptions: { slackApiUrl: API_URL },
  clientPingTimeout: 500, // it also waits this long before it reconnects
});
client.on("connected", () => say("ready"));
client.on("slash_commands", async ({ ack, body }) => {
  await ack({ text: `Heard ${body.text}` });
  say("command", { text: body.text });
});
client.on("message", async ({ ack, event, retry_num }) => {
  await ack();
  say("message", { text: event.text, retry_num });
});
await client.start();
