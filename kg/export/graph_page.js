// Explores the drawing: search, kinds, zoom, neighbours. Plain DOM, no library.
const data = JSON.parse(document.getElementById("data").textContent);
const stage = document.getElementById("stage");
const svg = stage.querySelector("svg");
const about = document.getElementById("about");
const find = document.getElementById("find");
const shapes = data.nodes.map((_, n) => svg.querySelectorAll(`[data-n="${n}"]`));
const ties = data.nodes.map(() => []);
for (const [from, to, label, polarity] of data.edges) {
  ties[from].push([to, label, polarity, true]);
  ties[to].push([from, label, polarity, false]);
}
const hiddenKinds = new Set();
let chosen = null;

function show() {
  const near = chosen === null ? null : new Set([chosen, ...ties[chosen].map((tie) => tie[0])]);
  data.nodes.forEach((node, n) => {
    const away = hiddenKinds.has(node.kind);
    for (const shape of shapes[n]) {
      shape.style.display = away ? "none" : "";
      shape.classList.toggle("faint", near !== null && !near.has(n));
    }
  });
  for (const line of svg.querySelectorAll("[data-edges]")) {
    line.classList.toggle("faint", near !== null || hiddenKinds.size > 0);
  }
  drawTies();
  tell();
}

// The edges of the chosen node, or of the kinds that are left, drawn anew over the faint ones.
const overlay = document.createElementNS("http://www.w3.org/2000/svg", "g");
svg.querySelector("[data-edges]")?.after(overlay);
const colors = { positive: "#2C7FB8", negative: "#C0392B", neutral: "#7B8794" };

function drawTies() {
  overlay.replaceChildren();
  if (chosen === null && hiddenKinds.size === 0) return;
  for (const [from, to, , polarity] of data.edges) {
    if (chosen !== null && from !== chosen && to !== chosen) continue;
    if (hiddenKinds.has(data.nodes[from].kind) || hiddenKinds.has(data.nodes[to].kind)) continue;
    const [a, b] = [shapes[from][0], shapes[to][0]];
    if (!a || !b) continue;
    const line = document.createElementNS("http://www.w3.org/2000/svg", "line");
    line.setAttribute("x1", a.dataset.x);
    line.setAttribute("y1", a.dataset.y);
    line.setAttribute("x2", b.dataset.x);
    line.setAttribute("y2", b.dataset.y);
    line.setAttribute("stroke", colors[polarity] ?? colors.neutral);
    line.setAttribute("stroke-width", chosen === null ? "0.8" : "1.6");
    if (polarity === "negative") line.setAttribute("stroke-dasharray", "5 3");
    overlay.append(line);
  }
}

function tell() {
  about.replaceChildren();
  if (chosen === null) return;
  const node = data.nodes[chosen];
  const head = document.createElement("h2");
  head.textContent = [node.code, node.label].filter(Boolean).join(" ");
  about.append(head);
  for (const key of ["kind", "year", "status", "description", "id"]) {
    if (node[key] === undefined) continue;
    const line = document.createElement("p");
    line.textContent = key === "id" || key === "description" ? node[key] : `${key}: ${node[key]}`;
    about.append(line);
  }
  const list = document.createElement("ul");
  for (const [other, label, , outward] of ties[chosen]) {
    const item = document.createElement("li");
    const button = document.createElement("button");
    button.type = "button";
    button.className = "link";
    button.textContent = data.nodes[other].label;
    button.addEventListener("click", () => choose(other));
    if (!data.directed) item.append(button, ` – ${label}`);
    else item.append(outward ? `${label} ` : "", button, outward ? "" : ` ${label} this`);
    list.append(item);
  }
  about.append(list);
}

function choose(n) {
  chosen = n;
  if (n !== null) hiddenKinds.delete(data.nodes[n].kind);
  for (const box of document.querySelectorAll("#kinds input")) {
    box.checked = !hiddenKinds.has(box.value);
  }
  show();
}

const names = document.getElementById("names");
const byName = new Map();
data.nodes.forEach((node, n) => {
  const name = [node.code, node.label].filter(Boolean).join(" ");
  if (!byName.has(name.toLowerCase())) byName.set(name.toLowerCase(), n);
  const option = document.createElement("option");
  option.value = name;
  names.append(option);
});
find.addEventListener("input", () => {
  const text = find.value.trim().toLowerCase();
  if (!text) return choose(null);
  let n = byName.get(text);
  if (n === undefined) n = data.nodes.findIndex((node) => node.label.toLowerCase().includes(text));
  choose(n === undefined || n < 0 ? null : n);
});

const kinds = document.getElementById("kinds");
for (const kind of [...new Set(data.nodes.map((node) => node.kind))]) {
  const label = document.createElement("label");
  const box = document.createElement("input");
  box.type = "checkbox";
  box.checked = true;
  box.value = kind;
  box.addEventListener("change", () => {
    if (box.checked) hiddenKinds.delete(kind);
    else hiddenKinds.add(kind);
    show();
  });
  label.append(box, ` ${kind}`);
  kinds.append(label);
}

const whole = svg.viewBox.baseVal;
const start = { x: whole.x, y: whole.y, width: whole.width, height: whole.height };
const view = { ...start };

function look() {
  svg.setAttribute("viewBox", `${view.x} ${view.y} ${view.width} ${view.height}`);
}

function zoom(factor, x = 0.5, y = 0.5) {
  const width = Math.min(start.width * 2, Math.max(start.width / 20, view.width * factor));
  const ratio = width / view.width;
  view.x += view.width * (1 - ratio) * x;
  view.y += view.height * (1 - ratio) * y;
  view.width = width;
  view.height *= ratio;
  look();
}

stage.addEventListener("wheel", (event) => {
  event.preventDefault();
  const box = svg.getBoundingClientRect();
  const x = (event.clientX - box.left) / box.width;
  zoom(event.deltaY > 0 ? 1.15 : 0.87, x, (event.clientY - box.top) / box.height);
}, { passive: false });

let drag = null;
stage.addEventListener("pointerdown", (event) => {
  drag = { x: event.clientX, y: event.clientY, moved: false, left: view.x, top: view.y };
});
stage.addEventListener("pointermove", (event) => {
  if (!drag || event.buttons === 0) return;
  const box = svg.getBoundingClientRect();
  const scale = Math.max(view.width / box.width, view.height / box.height);
  const [dx, dy] = [event.clientX - drag.x, event.clientY - drag.y];
  if (Math.abs(dx) + Math.abs(dy) > 4) drag.moved = true;
  if (!drag.moved) return;
  view.x = drag.left - dx * scale;
  view.y = drag.top - dy * scale;
  look();
});
stage.addEventListener("click", (event) => {
  if (drag?.moved) return;
  const shape = event.target.closest("[data-n]");
  choose(shape ? Number(shape.dataset.n) : null);
});

const steps = { ArrowLeft: [-0.1, 0], ArrowRight: [0.1, 0], ArrowUp: [0, -0.1], ArrowDown: [0, 0.1] };
stage.addEventListener("keydown", (event) => {
  if (event.key in steps) {
    view.x += steps[event.key][0] * view.width;
    view.y += steps[event.key][1] * view.height;
    look();
  } else if (event.key === "+" || event.key === "=") zoom(0.8);
  else if (event.key === "-") zoom(1.25);
  else if (event.key === "Escape") choose(null);
  else return;
  event.preventDefault();
});

document.getElementById("reset").addEventListener("click", () => {
  hiddenKinds.clear();
  find.value = "";
  Object.assign(view, start);
  look();
  choose(null);
});
document.getElementById("tools").hidden = false;
stage.classList.add("live");
