// The facts from Python: of the file, and grey once a figure is moved.

const WAIT = "…"; // in place of a figure that is being read
const inFile = () => element("p", {class: "label"}, reading.on ? "before the file was saved; being read again" : "in the file, before anything was moved");

function block(number) {
  const part = D.pool[number];
  if (part.p !== undefined) return element("p", {}, part.p);
  if (part.h !== undefined) return element("h3", {}, part.h, part.note ? element("small", {}, ` ${part.note}`) : null);
  if (part.dl) return element("dl", {}, part.dl.map(pair => D.pool[pair]).flatMap(([label, text]) => [element("dt", {}, label), element("dd", {}, text)]));
  const rows = part.rows.map(place => {
    const row = D.pool[place];
    if (typeof row === "string") return element("tr", {class: "below"}, element("td", {colspan: part.heads.length}, row));
    const [bold, depth, cells] = row;
    return element("tr", {class: `${bold ? "total" : ""}${depth ? " inner" : ""}`}, cells.map((text, n) =>
      element(n ? "td" : "th", n ? {class: part.right[n] ? "figure" : ""} : {scope: "row"}, text)));
  });
  const head = part.heads.map((text, n) => element("th", {scope: "col", class: part.right[n] ? "figure" : ""}, text));
  const plain = part.title.toLowerCase() === part.heads[0] || document.getElementById(part.title.toLowerCase());
  const table = element("table", {}, element("caption", {class: plain ? "unseen" : ""}, part.title), element("thead", {}, element("tr", {}, head)), element("tbody", {}, rows));
  return element("div", {class: "scroll"}, table, part.after.map(text => element("p", {class: "quiet"}, text)));
}

function showFacts() {
  const changed = state.moved.size > 0 || reading.on, {blocks} = D.scenarios[state.scenario];
  for (const holder of document.querySelectorAll("[data-facts]")) {
    const numbers = blocks[holder.dataset.facts] || [];
    holder.hidden = !numbers.length;
    holder.classList.toggle("old", changed);
    holder.replaceChildren(...(changed && numbers.length ? [inFile()] : []), ...numbers.map(block));
  }
}
