// Runs a list of Web API calls through @slack/web-api, each by the client's own method, and prints the answers.
// In (stdin): {api_url, token, calls: [{method, args, keep}], known, retries?}. Out (stdout): one JSON array of answers.
import { text } from "node:stream/consumers";
import { LogLevel, WebClient } from "@slack/web-api";

const at = (answer, path) => path.split(".").reduce((part, step) => (part === undefined || part === null ? part : part[step]), answer);

const filled = (value, known) => {
  if (typeof value === "string" && value.startsWith("$")) return known[value.slice(1)];
  if (Array.isArray(value)) return value.map((part) => filled(part, known));
  if (value !== null && typeof value === "object")
    return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, filled(part, known)]));
  return value;
};

const call = async (client, method, args) => {
  const steps = method.split(".");
  const name = steps.pop();
  const home = steps.reduce((part, step) => part[step], client);
  try {
    return await home[name](args);
  } catch (error) {
    if (error.code === "slack_webapi_platform_error") return error.data;
    return { ok: false, error: `client failed: ${error.message}` };
  }
};

const given = JSON.parse(await text(process.stdin));
const client = new WebClient(given.token, { logLevel: LogLevel.ERROR, slackApiUrl: given.api_url, retryConfig: { retries: given.retries ?? 0 } });
const known = { ...given.known };
const answers = [];
for (const { method, args, keep } of given.calls) {
  const answer = await call(client, method, filled(args, known));
  for (const [name, path] of Object.entries(keep)) known[name] = at(answer, path);
  answers.push(answer);
}
process.stdout.write(JSON.stringify(answers));
