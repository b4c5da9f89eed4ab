// The picture of cash: lines named at their end, the floor, closings and clauses, what was, other scenarios, the fan.

const SVG = "http://www.w3.org/2000/svg";

function element(name, attributes = {}, ...children) {
  const node = document.createElement(name);
  return filled(node, attributes, children);
}

function svgElement(name, attributes = {}, ...children) {
  return filled(document.createElementNS(SVG, name), attributes, children);
}

function filled(node, attributes, children) {
  for (const [key, value] of Object.entries(attributes)) {
    if (key.startsWith("on")) node.addEventListener(key.slice(2), value);
    else if (key === "value" || key === "checked" || key === "disabled" || key === "hidden" || key === "open") node[key] = value;
    else if (value !== null && value !== undefined) node.setAttribute(key, value);
  }
  node.append(...children.flat().filter(child => child !== null && child !== undefined));
  return node;
}

function ticks(low, high, most) { // round numbers that span two values
  const rough = (high - low || 1) / most, power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].find(n => n * power >= rough) * power, values = [];
  for (let n = Math.floor(low / step); n <= Math.ceil(high / step); n++) values.push(n * step);
  return values;
}

// Labels one under another, as near to their places as a gap allows.
function spread(labels, gap, low, high) {
  labels.sort((a, b) => a.y - b.y);
  for (let round = 0; round < 60; round++) {
    for (let n = 1; n < labels.length; n++) {
      const short = gap - (labels[n].y - labels[n - 1].y);
      if (short > 0) { labels[n].y += short / 2; labels[n - 1].y -= short / 2; }
    }
    for (const label of labels) label.y = Math.min(high, Math.max(low, label.y));
  }
}

// A picture has `lines` of {name, kind, values, zero}, where values begin before the first month and zero is where
// cash is out; `faint` lines without a name; `marks` of {at, name, event}; `fan` as five shares by month.
class CashChart {
  constructor(holder, months, scale, tell) {
    Object.assign(this, {holder, months, scale, tell, cursor: null});
    this.height = 300;
    holder.addEventListener("pointermove", event => this.point(event));
    holder.addEventListener("pointerleave", () => this.move(null));
    new ResizeObserver(() => this.picture && this.draw(this.picture)).observe(holder);
  }

  point(event) {
    const {left, width} = this.holder.getBoundingClientRect(), inside = event.clientX - left - this.left;
    const n = Math.round(inside / (width - this.left - this.right) * this.months.length);
    this.move(Math.min(this.months.length, Math.max(0, n)));
  }

  move(n) { // shows the figures of a month's end
    this.cursor = n;
    if (!this.line) return;
    this.line.setAttribute("visibility", n === null ? "hidden" : "visible");
    if (n !== null) for (const end of ["x1", "x2"]) this.line.setAttribute(end, this.x(n));
    this.tell(n);
  }

  draw(picture, paperWidth) {
    this.picture = picture;
    const width = paperWidth || this.holder.clientWidth;
    if (!width) return;
    const {lines, faint, marks, floor, fan} = picture, {height} = this, count = this.months.length;
    const all = [...lines, ...faint].flatMap(line => line.values).concat(floor, 0, fan ? fan.flatMap(five => [five[0], five[4]]) : []);
    let low = Math.min(...all), high = Math.max(...all);
    const steps = ticks(low, high, 5);
    low = steps[0]; high = steps[steps.length - 1];
    const places = Math.max(0, -Math.floor(Math.log10((steps[1] - steps[0]) / this.scale.unit * 1.0001)));
    const text = steps.map(value => {
      const size = figureText(Math.abs(value) / this.scale.unit, places);
      return value < 0 ? `(${size})` : size;
    });
    this.left = 12 + 7 * Math.max(...text.map(label => label.length));
    const names = new Map(lines.map(line => [line, width < 560 ? line.name.split(", ") : [line.name]]));
    const longest = Math.max(4, ...[...names.values()].flat().map(name => Math.min(22, name.length)));
    this.right = 14 + 7 * longest;
    const top = 12, bottom = height - 40;
    this.x = n => this.left + (width - this.left - this.right) * n / count;
    const x = this.x, y = value => bottom - (bottom - top) * (value - low) / (high - low || 1);
    const path = values => values.map((value, n) => `${n ? "L" : "M"}${x(n).toFixed(1)} ${y(value).toFixed(1)}`).join("");
    const parts = [];
    steps.forEach((value, n) => {
      parts.push(svgElement("line", {class: "grid", x1: this.left, x2: width - this.right, y1: y(value), y2: y(value)}));
      parts.push(svgElement("text", {class: "tick", x: this.left - 6, y: y(value) + 4, "text-anchor": "end"}, text[n]));
    });
    const every = [1, 2, 3, 6, 12, 24, 36, 60].find(n => (x(n) - x(0)) >= 62) || 120;
    for (let n = 0; n < count; n += every) {
      parts.push(svgElement("line", {class: "grid", x1: x(n), x2: x(n), y1: bottom, y2: bottom + 4}));
      if (x(n) < width - this.right - 20) parts.push(svgElement("text", {class: "tick", x: x(n), y: bottom + 17}, monthText(this.months[n])));
    }
    if (fan) {
      parts.push(svgElement("path", {class: "fan", d: area(fan, 0, 4, x, y)}), svgElement("path", {class: "fan", d: area(fan, 1, 3, x, y)}));
      parts.push(svgElement("path", {class: "median", d: area(fan, 2, null, x, y)}));
    }
    parts.push(svgElement("line", {class: "floor", x1: this.left, x2: width - this.right, y1: y(floor), y2: y(floor)}));
    if (floor > low) parts.push(svgElement("text", {class: "tick", x: this.left + 4, y: y(floor) - 4}, floor ? "minimum cash" : ""));
    for (const line of faint) parts.push(svgElement("path", {class: `line faint ${line.kind || ""}`, d: path(line.values)}));
    for (const line of lines) parts.push(svgElement("path", {class: `line ${line.kind}`, d: path(line.values)}));
    const ends = lines.map(line => ({line, y: y(line.values[count]) + 4}));
    spread(ends, width < 560 && lines.some(line => names.get(line).length > 1) ? 28 : 15, top + 4, bottom);
    for (const {line, y: at} of ends) {
      const words = names.get(line).map(name => name.length > longest ? name.slice(0, longest - 1) + "…" : name);
      const label = svgElement("text", {class: `name ${line.kind}`, y: at}, words.map((word, n) =>
        svgElement("tspan", {x: width - this.right + 6, dy: n ? 13 : 0}, word)));
      label.append(svgElement("title", {}, line.name));
      parts.push(label);
    }
    for (const line of lines) {
      if (line.zero === null) continue;
      const [at, down] = [x(line.zero), y(floor)];
      parts.push(svgElement("path", {class: `out ${line.kind}`, d: `M${at - 5} ${down - 9}h10l-5 9z`}, svgElement("title", {}, `${line.name}: ${line.out}`)));
    }
    let last = -Infinity;
    for (const mark of [...marks].sort((a, b) => a.at - b.at)) {
      const at = x(mark.at), shape = mark.event === "clause" ? `M${at} ${bottom - 9}l5 5l-5 5l-5 -5z` : `M${at - 5} ${bottom}h10l-5 -9z`;
      parts.push(svgElement("path", {class: `mark ${mark.event}`, d: shape}, svgElement("title", {}, mark.name)));
      const start = at - 3;
      if (start > last && start + 6.2 * mark.short.length < width - 4) {
        parts.push(svgElement("text", {class: "tick", x: start, y: bottom + 33}, mark.short));
        last = start + 6.2 * mark.short.length + 10;
      }
    }
    this.line = svgElement("line", {class: "cursor", y1: top, y2: bottom, x1: 0, x2: 0, visibility: "hidden"});
    const svg = svgElement("svg", {viewBox: `0 0 ${width} ${height}`, width, height, role: "img", "aria-label": picture.label}, ...parts, this.line);
    this.holder.replaceChildren(svg);
    if (this.cursor !== null) this.move(this.cursor);
  }
}

function area(fan, a, b, x, y) { // between two shares of the paths, or along one; from the end of the first month
  const along = fan.map((five, n) => `${x(n + 1).toFixed(1)} ${y(five[a]).toFixed(1)}`);
  if (b === null) return `M${along.join("L")}`;
  const back = fan.map((five, n) => `${x(n + 1).toFixed(1)} ${y(five[b]).toFixed(1)}`).reverse();
  return `M${along.join("L")}L${back.join("L")}Z`;
}

// A small chart of an answer against the stops of a figure.
function spark(values, at, ownStop) {
  const low = Math.min(...values), high = Math.max(...values), last = values.length - 1;
  const x = n => 4 + 112 * n / (last || 1), y = value => 20 - 16 * (value - low) / (high - low || 1);
  return svgElement("svg", {class: "spark", viewBox: "0 0 120 24", width: 120, height: 24, "aria-hidden": "true"},
    svgElement("path", {class: "line", d: values.map((value, n) => `${n ? "L" : "M"}${x(n).toFixed(1)} ${y(value).toFixed(1)}`).join("")}),
    svgElement("path", {class: "own", d: `M${x(ownStop)} 2v20`}),
    svgElement("circle", {class: "here", cx: x(at), cy: y(values[at]), r: 3}));
}
