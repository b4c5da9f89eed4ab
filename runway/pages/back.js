// Back into the file: a command, a scenario, a link.

const changesNow = () => [...state.moved].map(([n, stop]) => [D.addresses[D.sliders[n].p], stopsOf(n, state.scenario).s[stop]]);
const shell = text => /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\"'\"'")}'`;

function commandText() {
  const {name} = D.scenarios[state.scenario], parts = [D.command];
  if (name !== "base") parts.push(`--scenario ${shell(name)}`);
  parts.push(...D.given, ...changesNow().map(([address, text]) => `--set ${shell(`${address}=${text}`)}`));
  return parts.join(" ");
}

function tomlKey(address) { return /^[\w-]+$/.test(address) ? address : `"${address}"`; }

function tomlText(text) { return text === "true" || text === "false" ? text : `"${text.replaceAll("\\", "\\\\").replaceAll('"', '\\"')}"`; }

function scenarioText() { // the scenario's own changes, then those of this page
  const {set} = D.scenarios[state.scenario], all = new Map([...set, ...D.givenSet]);
  for (const [address, text] of changesNow()) {
    all.delete(tomlKey(address));
    all.set(tomlKey(address), tomlText(text));
  }
  const names = new Set(D.scenarios.map(scenario => scenario.name));
  let name = "from_page";
  for (let n = 2; names.has(name); n++) name = `from_page_${n}`;
  const rows = [...all].map(([key, value]) => `${key} = ${value}\n`).join("");
  return `[scenarios.${name}.set]\n${rows}`;
}

function hashText() {
  const parts = [];
  if (state.scenario !== D.selected) parts.push(`scenario=${encodeURIComponent(D.scenarios[state.scenario].name)}`);
  for (const [address, text] of changesNow()) parts.push(`set=${encodeURIComponent(`${address}=${text}`)}`);
  return parts.length ? `#${parts.join("&")}` : "";
}

function writeLink() {
  const hash = hashText();
  if (location.hash === hash || (!hash && !location.hash)) return;
  try { history.replaceState(null, "", hash || location.pathname + location.search); } catch { location.replace(hash || "#"); }
}

function readLink() {
  state.moved.clear();
  state.stale = [];
  state.scenario = D.selected;
  const parts = location.hash.slice(1).split("&").filter(Boolean).map(part => {
    const at = part.indexOf("=");
    try { return [part.slice(0, at), decodeURIComponent(part.slice(at + 1))]; } catch { return ["", part]; }
  });
  for (const [key, text] of parts) {
    if (key !== "scenario") continue;
    const n = D.scenarios.findIndex(({name}) => name === text);
    if (n < 0) state.stale.push(`scenario ${text}`);
    else state.scenario = n;
  }
  for (const [key, text] of parts) {
    if (key === "scenario") continue;
    const at = text.indexOf("="), address = text.slice(0, at), value = text.slice(at + 1);
    const n = key === "set" ? D.sliders.findIndex(({p}) => D.addresses[p] === address) : -1;
    const stops = n < 0 ? null : stopsOf(n, state.scenario), stop = stops ? stops.s.indexOf(value) : -1;
    if (stop < 0) state.stale.push(text);
    else if (stop !== stops.at) state.moved.set(n, stop);
  }
  const total = parts.length, gone = state.stale.length;
  $("stale").hidden = !gone;
  $("stale").textContent = gone ? `${gone} of ${total} change${total === 1 ? "" : "s"} in the link no longer appl${gone === 1 ? "ies" : "y"} to this page: ${state.stale.join(", ")}.` : "";
}

function showBack() {
  if (!LIVE) return;
  $("command").value = commandText();
  $("scenarioText").value = scenarioText();
  $("link").value = location.href.split("#")[0] + hashText();
  $("together").hidden = state.moved.size < 2;
  $("count").textContent = state.moved.size ? `${state.moved.size} figure${state.moved.size === 1 ? "" : "s"} moved` : "as in the file";
  $("reset").disabled = !state.moved.size && state.scenario === D.selected;
}

function showChanges() { // for paper
  const rows = [...state.moved].map(([n, stop]) => {
    const stops = stopsOf(n, state.scenario);
    return [D.sliders[n].title, D.addresses[D.sliders[n].p], stops.s[stops.at], stops.s[stop]];
  });
  const {name, title} = D.scenarios[state.scenario];
  $("changes").replaceChildren(element("p", {}, `Scenario: ${name}${title ? ` · ${title}` : ""}`),
    rows.length ? tableOf("What was moved", ["figure", "address", "in the file", "here"], rows) : element("p", {}, "No figure was moved."));
}

async function copy(id, button) {
  const field = $(id);
  field.select();
  let copied = false;
  try { await navigator.clipboard.writeText(field.value); copied = true; } catch { copied = document.execCommand && document.execCommand("copy"); }
  button.textContent = copied ? "Copied" : "Selected";
  setTimeout(() => { button.textContent = "Copy"; }, 1500);
}
