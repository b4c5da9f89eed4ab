// Sliders, each where its figure stands, with a small chart of the answer at its stops.

const textOf = n => stopsOf(n, state.scenario).s[state.moved.get(n)];

function sliderNode(n) {
  const slider = D.sliders[n], id = `s${n}`;
  const [, where = "", source = null, noted = null] = D.figures[slider.p] || [];
  const confidence = noted === null ? "" : D.pool[noted][1];
  const rests = [whereText(where), source === null ? "" : D.sources[source][1] || D.sources[source][0], confidence && `${confidence} confidence`].filter(Boolean);
  const input = slider.control === "switch" ? element("input", {type: "checkbox", id, onchange: () => move(n, Number(input.checked))})
    : slider.control === "choice" ? element("select", {id, onchange: () => move(n, Number(input.value))})
    : element("input", {type: "range", id, min: 0, step: 1, oninput: () => move(n, Number(input.value))});
  const node = element("div", {class: `slider ${slider.control}`},
    element("label", {for: id, title: D.addresses[slider.p]}, slider.title),
    element("output", {for: id}),
    input,
    element("div", {class: "small"}),
    element("p", {class: "quiet"}, rests.join(" · "), " ",
      element("button", {class: "plain", onclick: () => whyFigure(n), "aria-label": `about ${slider.title}`}, "about")));
  node.input = input;
  node.n = n;
  return node;
}

function whyFigure(n) {
  const slider = D.sliders[n], stops = stopsOf(n, state.scenario);
  trail = [];
  const readers = D.rows.map((row, place) => row && readBy(place).figures.includes(slider.p) ? place : -1).filter(place => place >= 0);
  const table = stops && !reading.places.has(slider.p) && swings(n).map((rung, stop) => [
    stops.s[stop], rung ? lasts(rung, now) : "refused", rung ? UNIT.figure(rung.lowest) : ""]);
  openWhy(slider.title,
    tableOf("The figure", ["figure", "written", "now", "where, and what it rests on"], [figureRow(slider.p)], "figures"),
    readers.length ? element("p", {}, "Read by ", ...readers.flatMap((place, k) => [k ? ", " : "", element("button", {class: "plain", onclick: () => why(place, 0)}, D.names[place])])) : null,
    table ? tableOf(`At each stop, counting ${D.rungs[rungOf(n)].title.replace("+ ", "")}`, [D.addresses[slider.p], "months left", `lowest cash, ${UNIT.label}`], table) : null);
}

// The rung that an event decides of, or else the counted one, at each stop of a slider, all else as it stands now.
const rungOf = n => D.sliders[n].group === "event" ? Math.max(2, D.counting) : D.counting;

function swings(n) {
  const program = programOf(state.scenario), stops = stopsOf(n, state.scenario);
  return stops.x.map(x => {
    const P = numbers(state.scenario, state.moved);
    P[D.sliders[n].p] = x;
    try { return rung(program, FUNCTIONS, P, D.rungs[rungOf(n)].overrides); } catch (error) {
      if (error instanceof Refusal) return null;
      throw error;
    }
  });
}

function place(node) { // puts a slider where its figure stands
  const {n, input} = node, stops = stopsOf(n, state.scenario), moved = state.moved.has(n);
  const waits = reading.places.has(D.sliders[n].p);
  input.disabled = !stops || waits;
  node.classList.toggle("changed", moved);
  if (!stops || waits) {
    node.querySelector("output").textContent = waits ? "being read" : "not in this scenario";
    return;
  }
  const at = moved ? state.moved.get(n) : stops.at, text = stops.s[at].replace(/^=/, "");
  if (input.type === "range") input.max = stops.x.length - 1;
  if (D.sliders[n].control === "choice" && input.children.length !== stops.s.length) {
    input.replaceChildren(...stops.s.map((text, k) => element("option", {value: k}, text)));
  }
  if (input.type === "checkbox") input.checked = at === 1;
  else input.value = at;
  input.setAttribute("aria-valuetext", text);
  node.querySelector("output").replaceChildren(text, ...(moved ? [element("small", {class: "was"}, `was ${stops.s[stops.at].replace(/^=/, "")}`)] : []));
}

const waiting = new Set();

function sparks() { // small charts, a few at a time while nothing else is to be done
  const [node] = waiting;
  if (!node) return;
  waiting.delete(node);
  if (node.isConnected && !node.input.disabled && stopsOf(node.n, state.scenario) && D.sliders[node.n].control === "range" && D.sliders[node.n].x.length < 80) {
    const rungs = swings(node.n), stops = stopsOf(node.n, state.scenario);
    if (rungs.every(Boolean)) {
      const ends = rungs.every(rung => rung.months !== null);
      const at = state.moved.has(node.n) ? state.moved.get(node.n) : stops.at;
      const values = rungs.map(rung => ends ? rung.months : rung.lowest);
      const [low, high] = [Math.min(...values), Math.max(...values)].map(value => ends ? monthsText(value) : UNIT.amount(value));
      const caption = ends ? `${low} to ${high} months` : `lowest cash ${low} to ${high}`;
      const level = low === high ? values.map(() => values[0]) : values; // values that differ in digits not shown are level
      node.querySelector(".small").replaceChildren(spark(level, at, stops.at), element("small", {}, caption));
    }
  }
  idle(sparks);
}

const idle = work => window.requestIdleCallback ? window.requestIdleCallback(work, {timeout: 2000}) : setTimeout(work, 30);

function wantSparks() {
  for (const node of document.querySelectorAll(".slider")) if (node.offsetParent) waiting.add(node);
  idle(sparks);
}
