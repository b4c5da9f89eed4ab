// The parts of the page in their order, and its start.

const section = (id, title, ...parts) => element("section", {id, "aria-labelledby": `${id}-title`}, element("h2", {id: `${id}-title`}, title), ...parts);
const factsOf = name => element("div", {class: "facts", "data-facts": name});

const hasFacts = name => D.scenarios.some(({blocks}) => blocks[name] && blocks[name].length);

function build() {
  document.title = D.title;
  const body = document.body;
  const top = element("div", {class: "top"},
    element("header", {class: "title"}, element("h1", {}, D.title), element("p", {class: "quiet"}, `${UNIT.label} · from ${dayAfter(D.asOf)}`, D.changes.length ? ` · with ${D.changes.join(", ")}` : "", element("span", {id: "reading", role: "status"}))),
    element("p", {id: "stale", class: "warning", role: "status", hidden: true}),
    element("p", {id: "selfCheck", class: "warning", role: "alert", hidden: true}));
  if (has("headline")) {
    top.append(
      element("p", {class: "answer", role: "status", id: "answer"}, element("strong", {id: "figure"}), " ", element("span", {id: "rest"})),
      element("p", {id: "refused", class: "warning", role: "alert", hidden: true}),
      element("div", {id: "ladder", class: "scroll"}),
      element("div", {id: "chart"}),
      element("p", {class: "under"}, element("input", {type: "range", id: "cursor", min: 0, max: COUNT, value: 0, "aria-label": "month of the chart", oninput: event => chart.move(Number(event.target.value))}),
        element("output", {id: "readout", for: "cursor"})),
      element("p", {class: "quiet legend"}, "▼ out of cash · ▲ closing · ◆ clause", D.fan ? ` · shaded: ${grouped(String(D.fan.paths))} futures, 5–95 % and 25–75 % of all cash, counting ${D.fan.counting}` : "", D.restricted ? " · restricted cash left out" : ""),
      element("details", {id: "chartTable", ontoggle: () => showChartTable()}, element("summary", {}, "The chart as a table"), element("div", {class: "scroll"})));
    if (LIVE && D.scenarios.length > 1) top.append(besideNode());
    top.append(element("div", {id: "fromFile", class: "facts", "data-quiet": ""}));
  } else top.append(element("div", {hidden: true}, ["answer", "figure", "rest", "refused", "ladder", "fromFile"].map(id => element("p", {id}))));
  top.append(element("section", {id: "changes", class: "paper", "aria-label": "what was moved"}));
  const bottom = element("div", {class: "bottom"});
  if (has("funding") && (D.closings.length || hasFacts("funding"))) {
    bottom.append(section("funding", "Funding", LIVE ? eventsNode() : null, element("div", {id: "closings", class: "scroll"}), factsOf("funding")));
  }
  if (has("ownership") && hasFacts("ownership")) bottom.append(section("ownership", "Ownership", factsOf("ownership")));
  if (has("cash")) {
    const choose = element("select", {id: "period", onchange: event => { state.period = event.target.value; showTable(); showSheets(); }},
      ["month", "quarter", "year"].map(name => element("option", {value: name}, `by ${name}`)));
    bottom.append(section("cashTable", "Cash", element("p", {}, element("label", {for: "period", class: "unseen"}, "Columns"), choose), element("div", {id: "cash", class: "scroll", tabindex: 0, role: "region", "aria-label": "cash table"})));
    state.period = state.period || (COUNT <= 12 ? "month" : COUNT <= 36 ? "quarter" : "year");
    choose.value = state.period;
  }
  if (D.statements.length) bottom.append(section("statements", "Statements", sheetsNode()));
  if (D.metrics) bottom.append(section("metrics", "Metrics", sheetNode("By financial year", metricsTables)));
  for (const name of D.leftOut) bottom.append(section(name, name[0].toUpperCase() + name.slice(1), element("p", {class: "quiet"}, `They are of so many lines that they are left out here: runway ${name} has them.`)));
  if (has("checks") && (hasFacts("covenants") || hasFacts("checks"))) bottom.append(section("checks", "Covenants and checks", factsOf("covenants"), factsOf("checks")));
  if (has("headline") && hasFacts("burn")) bottom.append(section("burn", "Burn and survival", factsOf("burn")));
  if (has("notes") && hasFacts("notes")) bottom.append(section("notes", "Notes", factsOf("notes")));
  if (has("sources") && D.sources && D.sources.length) bottom.append(section("sources", "Sources", sourcesNode()));
  const main = element("main", {class: LIVE ? "live" : ""}, top, LIVE ? asideNode() : null, bottom);
  body.append(main, element("dialog", {id: "why", "aria-labelledby": "whyTitle", onclose: () => { trail = []; }}));
}

function dayAfter(text) {
  const day = new Date(Date.parse(text) + 864e5);
  return dayText(day.getUTCFullYear() * 12 + day.getUTCMonth(), day.getUTCDate());
}

function besideNode() {
  const boxes = D.scenarios.map(({name, title}, n) => element("label", {title}, element("input", {type: "checkbox", checked: state.beside.has(n), onchange: event => {
    if (event.target.checked) state.beside.add(n); else state.beside.delete(n);
    showChart();
    showChartTable();
  }}), ` ${name}`));
  return element("details", {id: "beside"}, element("summary", {}, "Other scenarios in the chart"), element("div", {class: "boxes"}, boxes));
}

function eventsNode() {
  const sliders = D.sliders.map((slider, n) => slider.group === "event" ? sliderNode(n) : null).filter(Boolean);
  return sliders.length ? element("div", {class: "events"}, element("p", {class: "quiet"}, "What funding hangs on: move a day and see which closing comes."), sliders) : null;
}

function groupNode(title, members, open = false) {
  if (!members.length) return null;
  const holder = element("div", {}), fill = () => {
    if (!holder.children.length) holder.append(...members.map(sliderNode));
    for (const node of holder.children) place(node);
    wantSparks();
  };
  if (open) holder.append(...members.map(sliderNode));
  return open ? holder : element("details", {class: "group", ontoggle: event => { if (event.target.open) fill(); }}, element("summary", {}, `${title} (${members.length})`), holder);
}

function asideNode() {
  const of = group => D.sliders.map((slider, n) => slider.group === group ? n : -1).filter(n => n >= 0);
  const figures = of("figure"), most = 12;
  const choose = element("select", {id: "scenario", onchange: event => {
    state.scenario = Number(event.target.value);
    for (const [n, stop] of [...state.moved]) {
      const stops = stopsOf(n, state.scenario);
      if (!stops || stop >= stops.x.length || stop === stops.at) state.moved.delete(n);
    }
    everything();
  }}, D.scenarios.map(({name, title}, n) => element("option", {value: n}, title ? `${name} · ${title}` : name)));
  const field = (id, label, rows) => element("div", {class: "copy"}, element("label", {for: id}, label),
    element("textarea", {id, rows, readonly: "", spellcheck: "false"}),
    element("button", {onclick: event => copy(id, event.target)}, "Copy"));
  return element("aside", {"aria-label": "Figures to move"},
    element("div", {class: "controls"},
      D.scenarios.length > 1 ? [element("label", {for: "scenario"}, "Scenario "), choose] : null,
      element("p", {}, element("button", {id: "reset", onclick: () => { state.moved.clear(); state.scenario = D.selected; if ($("scenario")) $("scenario").value = D.selected; everything(); }}, "Reset"), " ", element("span", {id: "count", class: "quiet"}))),
    element("details", {class: "back", id: "back"}, element("summary", {}, "Copy back into the file"),
      field("command", "As a command", 3), field("scenarioText", "As a scenario, to stand in the file", 5), field("link", "As a link to this page", 2),
      element("p", {id: "together", class: "quiet", hidden: true}, "The file takes each of these values alone; the command says if it refuses them together.")),
    groupNode("", figures.slice(0, most), true),
    groupNode("More figures", figures.slice(most)),
    groupNode("Dates", of("date")),
    groupNode("All spending, all revenue, all funding", of("lever")),
    groupNode("Figures that do not move the cash", of("still")),
    D.still > 3 ? element("p", {class: "quiet"}, `${D.still} figures more move the cash less or not at all: --set moves any.`) : null);
}

function sourcesNode() {
  return element("ol", {class: "sources"}, D.sources.map(([name, title, publisher, url, asOf, note], n) => {
    const rests = Object.values(D.figures).filter(figure => figure[2] === n).length;
    const about = [publisher, asOf && `as of ${asOf}`, url, `${rests} figure${rests === 1 ? "" : "s"}`, note].filter(Boolean).join(" · ");
    return element("li", {}, element("strong", {}, title || name), ` ${about}`);
  }));
}

function addressesOf(text) { // one that begins with a point is of the line of the one before it
  let line = "";
  return text.split("|").map(address => {
    if (address.startsWith(".")) return line + address;
    [line] = address.split(".");
    return address;
  });
}

function stopsFrom(x, s, count, never) { // of numbers and texts; or of the first month, the day and the count of months
  if (typeof s === "string") return {x, s: s.split("|")};
  const stops = {x: [], s: []}, two = n => String(n).padStart(2, "0");
  for (let n = x; n < x + count; n++) {
    const month = FIRST + n, day = Math.min(s, monthDays(month)), year = Math.floor(month / 12);
    stops.x.push(n + (day - 1) / 32);
    stops.s.push(`${year}-${two(month - 12 * year + 1)}-${two(day)}`);
  }
  if (never) { stops.x.push(NEVER); stops.s.push("never"); }
  return stops;
}

function unpacked() { // what scenarios have in common stands in the pool, sliders as lists, addresses in one text
  for (const program of D.programs) {
    for (const key of ["order", "posted", "needed", "openings", "layout"]) program[key] = D.pool[program[key]];
    if (typeof program.order === "number") program.order = Array.from({length: program.order}, (_, n) => n);
    program.posted = [...program.posted].map(Number);
  }
  D.names = addressesOf(D.names);
  D.addresses = addressesOf(D.addresses);
  D.sliders = D.sliders.map(([p, title, control, group, at, ...stops]) => ({p, title, control, group, at, ...stopsFrom(...stops)}));
  const plain = new Set(D.plain), [{size, later}] = D.programs;
  D.money = D.programs.flatMap(({order, posted}) => order.filter((_, n) => posted[n] === 1));
  for (let place = size; later && place < later.size; place++) if (!plain.has(place)) D.money.push(place);
}

function begin() {
  build();
  if (LIVE) {
    readLink();
    if ($("scenario")) $("scenario").value = state.scenario;
  }
  let right = true;
  try {
    const base = asInFile(0);
    right = !LIVE || (agrees(base) && (state.scenario === 0 || agrees(asInFile(state.scenario))));
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    right = false;
  }
  document.documentElement.dataset.check = String(right);
  if (!right) {
    $("selfCheck").hidden = false;
    $("selfCheck").textContent = "This browser computes other figures than runway did: do not rely on what moves. runway's own figures are in the sections below.";
  }
  file = asInFile(state.scenario);
  everything();
}

function start() {
  take(JSON.parse($("data").textContent));
  begin();
  addEventListener("hashchange", () => { readLink(); if ($("scenario")) $("scenario").value = state.scenario; everything(); });
  addEventListener("beforeprint", () => { if (has("headline")) showChart(680); if (has("cash")) { state.screen = state.period; state.period = COUNT <= 12 ? "month" : COUNT <= 36 ? "quarter" : "year"; showTable(); } });
  addEventListener("afterprint", () => { if (has("headline")) showChart(); if (has("cash")) { state.period = state.screen; showTable(); } });
  if (D.events) listen();
}

function listen() { // a file was saved: its figures come first, then the page; what was moved stands in the address
  const source = new EventSource(D.events);
  source.addEventListener("figures", event => hurry(JSON.parse(event.data)));
  source.addEventListener("changed", event => renew(JSON.parse(event.data)));
  source.addEventListener("broken", event => {
    $("selfCheck").hidden = false;
    $("selfCheck").replaceChildren(element("pre", {}, JSON.parse(event.data)));
  });
  source.addEventListener("sound", () => { $("selfCheck").hidden = true; });
}

function hurry({of, parameters}) { // the figures of the file for the formulas that are here; of another scenario more must be known
  if (of !== D.events) return;
  $("selfCheck").hidden = true;
  $("reading").textContent = " · the file was saved: what is grey is being read";
  if ($("scenario")) $("scenario").disabled = true;
  document.documentElement.dataset.reading = state.scenario ? "all" : "some";
  if (state.scenario) return;
  parameters.forEach((value, place) => { if (value !== D.parameters[place]) reading.places.add(place); });
  reading.on = true;
  D.parameters = parameters;
  bases.clear();
  stopsKnown.clear();
  try { everything(); } catch (error) { if (!(error instanceof Refusal)) throw error; } // it is shown once runway has run it
}

const nameOf = details => details.id || details.firstChild.textContent.replace(/ \(\d+\)$/, "");

function renew(data) { // the page of the saved file in place of this one, opened and scrolled as this one is
  writeLink();
  if (data.script !== D.script) { location.reload(); return; }
  const open = new Set([...document.querySelectorAll("details[open]")].map(nameOf)), down = scrollY, {id} = document.activeElement;
  const beside = [...state.beside].map(n => D.scenarios[n].name);
  const explained = $("why").open && trail.length ? trail[trail.length - 1] : null, row = explained && D.names[explained[0]];
  document.querySelector("main").remove();
  $("why").remove();
  chart = null;
  waiting.clear();
  delete document.documentElement.dataset.reading;
  take(data);
  state.beside = new Set(beside.map(name => D.scenarios.findIndex(scenario => scenario.name === name)).filter(n => n >= 0));
  begin();
  for (const details of document.querySelectorAll("details")) if (open.has(nameOf(details))) details.open = true;
  scrollTo(0, down);
  if (id && $(id)) $(id).focus({preventScroll: true});
  trail = [];
  if (explained && D.names.includes(row)) why(D.names.indexOf(row), explained[1]);
}

start();
