// The sentence that answers, and the ladder.

const lasts = (rung, result) => rung.months === null ? `${left(result)}+` : monthsText(rung.months);
const monthNumber = label => 12 * Number(label.slice(0, 4)) + Number(label.slice(5, 7));
const left = result => monthNumber(result.months[result.months.length - 1]) - monthNumber(D.asOf);
const outText = (rung, result) => rung.zeroMonth < 0 ? NONE : dayText(result.start + rung.zeroMonth, rung.zeroDay);
const lowText = (rung, result) => monthText(result.months[rung.lowMonth]);

function sameRung(a, b) {
  return a.zeroMonth === b.zeroMonth && a.zeroDay === b.zeroDay && a.lowest === b.lowest && a.lowMonth === b.lowMonth
    && a.lowDay === b.lowDay && a.closing === b.closing && a.free.every((value, t) => value === b.free[t]);
}

function lines(result) { // the rungs, those that are equal as one; without funding cash in hand alone
  const merged = [];
  result.rungs.slice(0, D.funded ? 4 : 1).forEach((rung, n) => {
    const before = merged[merged.length - 1];
    if (before && sameRung(before.rung, rung)) before.rungs.push(n);
    else merged.push({rungs: [n], rung});
  });
  return merged.map(line => ({...line, name: line.rungs.map(n => D.rungs[n].title).join(", "), kind: KINDS[line.rungs[0]]}));
}

const shortName = line => line.rungs.map(n => D.rungs[n].title.replace("+ ", "")).join(", ");

function answerText(result) {
  const rung = result.rungs[D.counting], counts = D.funded ? `Counting ${D.rungs[D.counting].says}, ` : "";
  const floor = floorOf(result) ? `below the minimum of ${UNIT.amount(floorOf(result))}` : "out";
  let text;
  if (rung.months === null) {
    const falling = stillFalls(rung, result) ? ", still falling" : "";
    text = [`${left(result)}+ months left`, `${counts}cash lasts beyond ${monthText(result.months[result.months.length - 1])}, at the lowest ${UNIT.amount(rung.lowest)}, in ${lowText(rung, result)}${falling}.`];
  } else if (rung.months <= 0) text = ["no months left", `${counts}cash is ${floor} on ${outText(rung, result)}.`];
  else text = [`${monthsText(rung.months)} months left`, `${counts}cash is ${floor} on ${outText(rung, result)}.`];
  const by = raiseBy(rung, result);
  return [text[0], text[1].replace(/^./, letter => letter.toUpperCase()) + (by ? ` Raise by ${by}.` : "")];
}

function stillFalls(rung, result) {
  const end = result.months.length, cash = place => result.H[D.places.cash * end + place];
  return LIVE && rung.lowMonth === end - 1 && cash(end - 1) < cash(end - 2);
}

function raiseBy(rung, result) { // the zero-cash day less the months that a round takes
  if (rung.zeroMonth < 0 || !LIVE) return null;
  const takes = result.H[D.places.months_to_close * result.months.length];
  return placeText(rung.zeroMonth + (rung.zeroDay - 1) / 32 - takes, result.start);
}

function tableOf(caption, heads, rows, kind = "") { // heads and cells are texts or nodes; the first names the row
  const head = heads.map((text, n) => element("th", {scope: "col", class: n ? "figure" : ""}, text));
  const body = rows.map(cells => cells instanceof Node ? cells : element("tr", {}, cells.map((cell, n) =>
    element(n ? "td" : "th", n ? {class: "figure"} : {scope: "row"}, cell))));
  return element("table", {class: kind}, element("caption", {}, caption), element("thead", {}, element("tr", {}, head)), element("tbody", {}, body));
}

const was = (text, before) => text === before ? [] : [element("small", {class: "was"}, `was ${before}`)];

function showAnswer() {
  const [figure, rest] = answerText(now), [before] = answerText(file);
  $("figure").replaceChildren(figure, ...was(figure, before));
  $("rest").textContent = rest;
  const {breach, decide, acts, raise, watch} = D.scenarios[state.scenario];
  const notes = [breach && `${breach}.`, decide && `${decide}.`, acts.length && `Actions: ${acts.join(" · ")}.`, raise.length && `${raise[0]}.`, watch.length && watch[0].replace(/^watch: /, "Watch: ")];
  const paragraphs = notes.filter(Boolean).map(text => element("p", {}, text.replace(/^./, letter => letter.toUpperCase())));
  const changed = (state.moved.size > 0 || reading.on) && paragraphs.length > 0;
  $("fromFile").classList.toggle("old", changed);
  $("fromFile").replaceChildren(...(changed ? [inFile()] : []), ...paragraphs);
}

function showLadder() {
  const more = D.scenarios[state.scenario].more.map(text => reading.on ? WAIT : text), changed = state.moved.size > 0 || reading.on;
  const rows = lines(now).map(line => {
    const old = file.rungs[line.rungs[0]], {rung} = line;
    const cells = [
      [lasts(rung, now), lasts(old, file)], [outText(rung, now), outText(old, file)],
      [UNIT.figure(rung.lowest), UNIT.figure(old.lowest)], [lowText(rung, now), lowText(old, file)],
    ].map(([text, earlier], n) => [n === 0 && LIVE
      ? element("button", {class: "plain", title: "why", onclick: () => whyRung(line)}, text) : text, ...was(text, earlier)]);
    const row = element("tr", {class: line.kind}, element("th", {scope: "row"}, line.name), cells.map((cell, n) =>
      element("td", {class: `figure${n > 1 ? " wide" : ""}`}, cell)));
    row.append(element("td", {class: `figure file${changed ? " old" : ""}`}, more[line.rungs[0]] === null ? NONE : more[line.rungs[0]]));
    return row;
  });
  const heads = ["counting", "months left", "cash out", "lowest cash", "in"].map((text, n) =>
    element("th", {scope: "col", class: `${n ? "figure" : ""}${n > 2 ? " wide" : ""}`}, text));
  heads.push(element("th", {scope: "col", class: `figure file${changed ? " old" : ""}`}, `${D.raiseFor} ${D.raiseFor === 1 ? "month" : "months"} more need`, changed ? " (in the file)" : ""));
  $("ladder").replaceChildren(element("table", {class: "ladder"}, element("caption", {class: "unseen"}, `Months of cash, ${UNIT.label}`),
    element("thead", {}, element("tr", {}, heads)), element("tbody", {}, rows)));
}
