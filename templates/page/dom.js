/** Elements, built without markup: whatever a text holds, it stays text. */

const SAFE_LINK = /^(#|blob:)/;

/**
 * Make an element.
 *
 * `props` are attributes, where true sets one without a value and false, null or undefined leave it
 * out; `class`; `data`, for data-* attributes; `on`, listeners by event; `value` and `checked`,
 * the state of a control. A child is an element, a text, or null, which is left out.
 */
export function el(tag, props = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) setProp(node, name, value);
  node.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined));
  return node;
}

function setProp(node, name, value) {
  if (name === "on") {
    for (const [event, listener] of Object.entries(value)) node.addEventListener(event, listener);
  } else if (name === "data") {
    Object.assign(node.dataset, value);
  } else if (name === "value" || name === "checked") {
    node[name] = value;
  } else if (name === "class") {
    node.className = value;
  } else if (value === null || value === undefined || value === false) {
    return;
  } else {
    checkAttribute(name, value);
    node.setAttribute(name, value === true ? "" : value);
  }
}

/** Refuse what could run a script, should a text from elsewhere ever come to be an attribute. */
function checkAttribute(name, value) {
  const isLink = name === "href" || name === "src";
  if (/^on|^style$|^srcdoc$/i.test(name) || (isLink && !SAFE_LINK.test(value))) {
    throw new TypeError(`an attribute ${name} is not made from data`);
  }
}

/** Replace what an element holds. */
export function fill(node, ...children) {
  node.replaceChildren(...children.flat(Infinity).filter((child) => child !== null && child !== undefined));
  return node;
}

/** Return a button that submits no form. A click while its action is under way does nothing. */
export function button(text, onclick, props = {}) {
  const node = el("button", { type: "button", ...props, on: { click: () => once(node, onclick) } }, text);
  return node;
}

const underWay = new WeakSet();

/**
 * Do what a control stands for, unless it is being done already.
 *
 * The control is marked, not disabled: a disabled one would lose the focus.
 */
export async function once(control, action) {
  if (underWay.has(control) || control.ariaDisabled === "true") return;
  underWay.add(control);
  control.ariaBusy = "true";
  try {
    await action();
  } finally {
    underWay.delete(control);
    control.ariaBusy = null;
  }
}

let last = 0;

/** Return an id that no other element has. */
export function freshId(prefix) {
  last += 1;
  return `${prefix}-${last}`;
}

/** Return a label with its control below it, and what explains it. */
export function field(label, control, hint = null) {
  control.id ||= freshId("field");
  let explained = null;
  if (hint) {
    explained = el("p", { class: "hint", id: `${control.id}-hint` }, hint);
    control.setAttribute("aria-describedby", explained.id);
  }
  return el("div", { class: "field" }, el("label", { for: control.id }, label), control, explained);
}

/** Return a select; `choices` are [value, text]. */
export function choose(choices, value, props = {}) {
  const options = choices.map(([one, text]) => el("option", { value: one }, text));
  const select = el("select", props, options);
  select.value = value ?? "";
  return select;
}

/** Return the texts of a string with the matches of [start, end] in <mark>. */
export function marked(text, hits) {
  const found = [];
  let at = 0;
  for (const [start, end] of hits) {
    if (start < at || end <= start) continue;
    found.push(text.slice(at, start), el("mark", {}, text.slice(start, end)));
    at = end;
  }
  return [...found, text.slice(at)];
}

/** Tell a screen reader, and whoever looks, what has happened. */
export function announce(text, isProblem = false) {
  const said = document.getElementById("said");
  said.classList.toggle("problem", isProblem);
  said.textContent = text;
  clearTimeout(announce.timer);
  announce.timer = setTimeout(() => { said.textContent = ""; }, isProblem ? 12000 : 6000);
}
