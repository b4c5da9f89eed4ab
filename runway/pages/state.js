// The state of the page: a scenario and the figures that were moved. Everything shown follows from a run of these.

let D, LIVE, UNIT, COUNT, FIRST; // the data of the page, whether it has formulas, its unit, months and first month
const state = {scenario: 0, moved: new Map(), period: null, open: new Set(), beside: new Set(), stale: []};
const reading = {on: false, places: new Set()}; // a served file was saved: its figures are here, those at some places changed, all else is to come
const KINDS = ["hand", "certain", "conditional", "planned"];
const has = section => D.only.includes(section);
const $ = id => document.getElementById(id);
let now = null, file = null; // the result of a run with the figures moved, and with those of the file

// A run: the rungs of a scenario under moved figures.

const bases = new Map();

function take(data) {
  D = data;
  LIVE = Boolean(D.sliders);
  UNIT = new Scale(D.unit, D.minorDigits);
  COUNT = D.months.length;
  FIRST = Number(D.months[0].slice(0, 4)) * 12 + Number(D.months[0].slice(5, 7)) - 1;
  for (const {ladder} of D.scenarios) ladder.forEach((rung, n) => { if (!rung) ladder[n] = ladder[n - 1]; });
  reading.on = false;
  reading.places.clear();
  bases.clear();
  stopsKnown.clear();
  if (LIVE) unpacked();
}

const floorOf = result => LIVE ? result.H[D.places.minimum_cash * result.months.length] : D.floor;

function programOf(scenario) { return D.programs[D.scenarios[scenario].program]; }

function numbers(scenario, moved) {
  const P = Float64Array.from(D.parameters);
  for (const [place, value] of D.scenarios[scenario].overrides) P[place] = value;
  for (const [n, stop] of moved) P[D.sliders[n].p] = stopsOf(n, scenario).x[stop];
  return P;
}

function computed(scenario, moved) {
  const program = programOf(scenario), P = numbers(scenario, moved);
  const rungs = D.rungs.map(({overrides}) => rung(program, FUNCTIONS, P, overrides));
  return {scenario, program, rungs, start: program.start, months: labels(program), H: rungs[3].H, P};
}

function labels(program) {
  if (program.start === FIRST && program.months === COUNT) return D.months;
  return Array.from({length: program.months}, (_, t) => {
    const month = program.start + t, year = Math.floor(month / 12);
    return `${year}-${String(month - 12 * year + 1).padStart(2, "0")}`;
  });
}

function asInFile(scenario) {
  if (!bases.has(scenario)) bases.set(scenario, LIVE ? computed(scenario, new Map()) : fixedResult());
  return bases.get(scenario);
}

function fixedResult() { // a page without formulas: the figures that Python computed
  const {free, months, rows} = D.fixed, H = {}, ladder = D.scenarios[0].ladder;
  for (const [place, values] of Object.entries(rows)) values.forEach((value, t) => { H[place * COUNT + t] = value; });
  const rungs = ladder.map(([zeroMonth, zeroDay, lowest, lowMonth, lowDay, closing], n) => ({
    zeroMonth, zeroDay, lowest, lowMonth, lowDay, closing, free: free[n],
    months: months[n][0], fromStart: months[n][1], gap: months[n][2],
  }));
  return {scenario: 0, program: {months: COUNT, start: FIRST}, rungs, start: FIRST, months: D.months, H, P: []};
}

// Whether the page's ladder is Python's.
function agrees(result) {
  return result.rungs.every((rung, n) => {
    const [zeroMonth, zeroDay, lowest, lowMonth, lowDay, closing] = D.scenarios[result.scenario].ladder[n];
    return rung.zeroMonth === zeroMonth && rung.zeroDay === zeroDay && rung.lowest === lowest
      && rung.lowMonth === lowMonth && rung.lowDay === lowDay && rung.closing === closing;
  });
}

// The stops of a slider under a scenario: the file's, and the scenario's own value among them.
const stopsKnown = new Map();

function stopsOf(n, scenario) {
  const key = n * 1000 + scenario;
  if (stopsKnown.has(key)) return stopsKnown.get(key);
  const slider = D.sliders[n], ownText = D.own[scenario][n];
  let stops = {x: slider.x, s: slider.s, at: slider.at};
  if (ownText === null) stops = null;
  else if (ownText !== undefined) {
    const override = D.scenarios[scenario].overrides.find(([place]) => place === slider.p);
    const value = override ? override[1] : slider.x[slider.at], place = slider.x.findIndex(x => x >= value);
    if (place >= 0 && slider.x[place] === value) stops = {...stops, at: place};
    else {
      const at = place < 0 ? slider.x.length : place;
      stops = {x: slider.x.toSpliced(at, 0, value), s: slider.s.toSpliced(at, 0, ownText), at};
    }
  }
  stopsKnown.set(key, stops);
  return stops;
}
