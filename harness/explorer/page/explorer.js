// The explorer. Everything it shows may have been written by a stranger: it becomes text (`textContent`) and never markup, and the
// server's policy (CSP) lets no script run but this one.
const PAUSE_MS = 2_000;
const GOOD = ["delivered", "signed", "final"];
const BAD = ["parked", "rejected", "unreadable", "refused"];

/**
 * @param {string} tag
 * @param {Record<string, string>} attributes `class`, `href` or `title`, of this program's choice
 * @param {...(Node | string | number)} children
 */
function element(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...children.map((child) => (child instanceof Node ? child : String(child))));
  return made;
}

const byId = (id) => document.getElementById(id);
const hex = (text, length = 12) =>
  element(
    "span",
    { class: "hex", title: text },
    text.length > length + 7 ? `${text.slice(0, length)}…${text.slice(-4)}` : text,
  );
const full = (text) => element("code", {}, text ?? "–");
const ago = (now, at) => (at === null || at === undefined ? "–" : duration(now - at));
const status = (text) =>
  element("span", { class: GOOD.includes(text) ? "good" : BAD.includes(text) ? "bad" : "wait" }, text);

function duration(ms) {
  const seconds = Math.max(0, Math.round(ms / 1_000));
  if (seconds < 120) return `${seconds} s`;
  if (seconds < 7_200) return `${Math.round(seconds / 60)} min`;
  return seconds < 172_800 ? `${Math.round(seconds / 3_600)} h` : `${Math.round(seconds / 86_400)} d`;
}

function table(heads, rows, empty) {
  if (rows.length === 0) return element("p", { class: "soft" }, empty);
  const head = element("tr", {}, ...heads.map((text) => element("th", {}, text)));
  const body = rows.map((cells) => element("tr", {}, ...cells.map((cell) => element("td", {}, cell ?? "–"))));
  return element("table", {}, element("thead", {}, head), element("tbody", {}, ...body));
}

function definitions(pairs) {
  const items = pairs.flatMap(([name, value]) => [element("dt", {}, name), element("dd", {}, value ?? "–")]);
  return element("dl", {}, ...items);
}

async function ask(path) {
  const response = await fetch(path, { headers: { accept: "application/json" } });
  const answer = await response.json();
  if (!response.ok) throw new Error(answer.message);
  return answer;
}

function showOverview({ now, paused, chains, validators }) {
  tell(paused === null ? "" : `paused for ${ago(now, paused.since)}: ${paused.reason}`);
  const chainRows = chains.map((chain) => {
    const { name, domain, head, headAt, final, finalMovedAt, indexed, messages, problem } = chain;
    const behind = final === null || indexed === null ? "–" : Math.max(0, final - indexed);
    const state = problem === null ? ago(now, finalMovedAt) : element("span", { class: "bad" }, problem);
    return [name, domain, messages, head, ago(now, headAt), final, behind, state];
  });
  const chainHeads = ["chain", "domain", "messages", "newest block", "age", "final block", "not read", "last final"];
  byId("chains").replaceChildren(table(chainHeads, chainRows, "not looked at yet"));
  const validatorRows = validators.map(({ validator, origin, announced, latestIndex, behind, signedAt, problem }) => [
    ...[origin, hex(validator, 42), latestIndex, behind, ago(now, signedAt)],
    problem === null && announced ? status(behind === 0 ? "signed" : "behind") : status("unreadable"),
    problem ?? "",
  ]);
  const validatorHeads = ["chain", "validator", "newest index", "behind", "signed", "", ""];
  byId("validators").replaceChildren(table(validatorHeads, validatorRows, "not looked at yet"));
}

function showMessages(messages, now) {
  const rows = messages.map(({ id, origin, destination, nonce, sender, state, reason, updated_at: at }) => [
    element("a", { href: `#${id}` }, hex(id)),
    `${origin} → ${destination}`,
    nonce,
    hex(`0x${sender.slice(26)}`),
    status(state),
    reason ?? "",
    ago(now, at),
  ]);
  const heads = ["id", "route", "nonce", "sender", "state", "why", "changed"];
  byId("messages").replaceChildren(table(heads, rows, "no message is found"));
}

/** What happened to a message, in order. */
function lifecycle(message, signatures) {
  const steps = [
    element(
      "li",
      {},
      "dispatched in block ",
      message.dispatched_block,
      " by transaction ",
      full(message.dispatched_tx),
    ),
    element("li", {}, "seen by the relayer ", new Date(message.recorded_at).toISOString()),
  ];
  const signed = signatures.validators.filter((one) => one.status === "signed").length;
  steps.push(element("li", {}, `signed by ${signed} of ${signatures.validators.length} validators`));
  for (const { hash, purpose, state, nonce, block, gasUsed, success } of message.transactions) {
    const where = block === null ? "" : ` in block ${block}, ${gasUsed} gas${success === 0 ? ", reverted" : ""}`;
    steps.push(
      element("li", {}, `transaction to ${purpose} it, nonce ${nonce}: `, status(state), where, " ", full(hash)),
    );
  }
  if (message.state === "delivered") {
    steps.push(element("li", {}, status("delivered"), ` in block ${message.delivered_block}`));
  } else if (message.state === "pending" || message.state === "waiting") {
    steps.push(element("li", {}, "next attempt ", new Date(message.next_attempt_at).toISOString()));
  }
  return element("ol", {}, ...steps);
}

function showMessage(message, signatures) {
  const { body, reason } = message;
  const rows = signatures.validators.map((one) => [full(one.validator), status(one.status), one.reason ?? ""]);
  if (signatures.more > 0) rows.push([`and ${signatures.more} more`, "", ""]);
  byId("message").replaceChildren(
    element("h2", {}, "Message"),
    definitions([
      ["id", full(message.id)],
      ["state", status(message.state)],
      ["why", reason === null ? "" : element("strong", {}, reason)],
      ["failed attempts", message.attempts],
      ["from", `${message.origin}, nonce ${message.nonce}`],
      ["sender", full(message.sender)],
      ["to", message.destination],
      ["recipient", full(message.recipient)],
      ["paid", `${message.paid.wei} wei, for ${message.paid.gas} gas`],
      ["spent", `${message.spentWei} wei`],
      [`body, ${body.bytes} bytes`, full(body.hex)],
      ["as text", body.text ?? ""],
    ]),
    element("h2", {}, "Lifecycle"),
    lifecycle(message, signatures),
    element("h2", {}, "Signatures"),
    signatures.problem === undefined
      ? element("p", { class: "soft" }, "asked by module ", full(signatures.module))
      : element("p", { class: "bad" }, signatures.problem),
    table(["validator", "", ""], rows, "no validators are asked for this message"),
  );
}

function tell(text) {
  const notice = byId("notice");
  notice.textContent = text;
  notice.hidden = text === "";
}

async function refresh() {
  const overview = await ask("/api/overview");
  showOverview(overview);
  const question = new URLSearchParams({ q: byId("query").value, state: byId("state").value });
  showMessages(await ask(`/api/messages?${question}`), overview.now);
  const id = location.hash.slice(1);
  byId("message").hidden = !/^0x[0-9a-fA-F]{64}$/.test(id);
  if (byId("message").hidden) return;
  const [message, signatures] = await Promise.all([
    ask(`/api/messages/${id}`),
    ask(`/api/messages/${id}/signatures`).catch((error) => ({ validators: [], more: 0, problem: error.message })),
  ]);
  showMessage(message, signatures);
}

let turn = 0;
async function loop() {
  turn += 1;
  const mine = turn; // whoever asked last goes on
  try {
    if (!document.hidden) await refresh();
  } catch (error) {
    tell(error instanceof TypeError ? "the relayer does not answer" : error.message);
  }
  if (mine === turn) setTimeout(() => mine === turn && loop(), PAUSE_MS);
}

byId("search").addEventListener("submit", (event) => {
  event.preventDefault();
  const query = byId("query").value.trim();
  history.replaceState(null, "", "#");
  byId("query").value = query;
  loop();
});
byId("state").addEventListener("change", loop);
addEventListener("hashchange", loop);
document.addEventListener("visibilitychange", loop);
loop();
