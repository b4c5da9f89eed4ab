// Moving: the answer, ladder and chart in the next frame, the rest once the hand is still.

let frame = 0, rest = 0;

function move(n, stop) {
  const stops = stopsOf(n, state.scenario);
  if (stop === stops.at) state.moved.delete(n);
  else state.moved.set(n, stop);
  for (const node of document.querySelectorAll(".slider")) if (node.n === n) place(node);
  soon();
}

function soon() {
  if (!frame) frame = requestAnimationFrame(() => { frame = 0; update(); });
  clearTimeout(rest);
  rest = setTimeout(settle, 100);
}

function update() {
  try {
    now = state.moved.size ? computed(state.scenario, state.moved) : asInFile(state.scenario);
    $("refused").hidden = true;
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    $("refused").hidden = false;
    $("refused").textContent = refusalText(error);
    return;
  }
  showAnswer();
  showLadder();
  if (has("headline")) showChart();
}

function refusalText({kind, row, month}) {
  const place = D.shown[row] === undefined ? row : D.shown[row], label = labels(programOf(state.scenario))[month];
  const says = {
    "division-by-zero": "divides by zero", "not-a-number": "has no value: a logarithm of 0 or less, a root of a negative number, or what does not exist",
    "overflow": "grows beyond every bound", "balance-too-large": "is too large to be kept to the minor unit",
  }[kind];
  return `In ${label}, ${D.names[place]} ${says}: runway refuses these figures. What is shown is what they came to before.`;
}

function settle() {
  if (frame) { rest = setTimeout(settle, 50); return; }
  showFunding();
  showTable();
  showSheets();
  showFacts();
  showBack();
  showChanges();
  if (has("headline")) showChartTable();
  if (LIVE) { writeLink(); wantSparks(); }
}

function everything() {
  for (const node of document.querySelectorAll(".slider")) place(node);
  file = asInFile(state.scenario);
  update();
  settle();
}
