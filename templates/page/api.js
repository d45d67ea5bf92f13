/** The service's interface: each request with the token, each failure an ApiError. */

import { t, told } from "./i18n.js";

const KEPT = "voicenote.token";

/** A request that failed: `status` is 0 where no answer came; `body` is what the answer held. */
export class ApiError extends Error {
  constructor(status, body) {
    const error = body?.error ?? {};
    super(told(error) || t(status ? "error.other" : "error.unreachable", { status }));
    this.status = status;
    this.code = error.code ?? null;
    this.body = body;
  }
}

/** Take the token out of the address, where it would be seen and kept; return whether there was one. */
export function takeToken() {
  const found = /^#token=(.+)$/.exec(location.hash);
  if (!found) return false;
  setToken(decodeURIComponent(found[1]));
  history.replaceState(null, "", location.pathname);
  return true;
}

export const token = () => sessionStorage.getItem(KEPT) ?? "";
export const setToken = (text) => sessionStorage.setItem(KEPT, text);

const authorization = () => ({ Authorization: `Bearer ${token()}` });

/** Return an answer that is a success. Raises ApiError. */
async function ask(method, path, { json, signal } = {}) {
  const headers = authorization();
  if (json !== undefined) headers["Content-Type"] = "application/json";
  let answer;
  try {
    answer = await fetch(path, {
      method, headers, signal, cache: "no-store",
      body: json === undefined ? undefined : JSON.stringify(json),
    });
  } catch (error) {
    throw unanswered(error);
  }
  if (!answer.ok) throw new ApiError(answer.status, await answer.json().catch(() => null));
  return answer;
}

/** Return the error for an answer that did not come, or broke off. */
const unanswered = (error) => (error.name === "AbortError" ? error : new ApiError(0, null));

/** Return all of an answer. Raises ApiError. */
async function whole(answer, read) {
  try {
    return await read(answer);
  } catch (error) {
    throw unanswered(error);
  }
}

async function value(method, path, options) {
  const text = await whole(await ask(method, path, options), (answer) => answer.text());
  return text ? JSON.parse(text) : null;
}

export const get = (path, options) => value("GET", path, options);
export const post = (path, json) => value("POST", path, { json });
export const put = (path, json) => value("PUT", path, { json });
export const patch = (path, json) => value("PATCH", path, { json });
export const remove = (path) => value("DELETE", path);

/** Return a path with a query; what is null or "" is left out, a list is repeated. */
export function withQuery(path, values) {
  const query = new URLSearchParams();
  for (const [name, given] of Object.entries(values)) {
    for (const one of [given].flat()) if (one !== null && one !== "") query.append(name, one);
  }
  return query.size ? `${path}?${query}` : path;
}

/** Return the address of a sound in memory; whoever asks for it revokes it. */
export async function sound(path, signal) {
  const answer = await ask("GET", path, { signal });
  return URL.createObjectURL(await whole(answer, (one) => one.blob()));
}

/** Save what a path gives as a file. */
export async function download(path, otherwise) {
  const answer = await ask("GET", path);
  const disposition = answer.headers.get("Content-Disposition") ?? "";
  const named = /filename\*=UTF-8''([^;]+)/i.exec(disposition);
  const plain = /filename="([^"]+)"/i.exec(disposition);
  save(await whole(answer, (one) => one.blob()), named ? decodeURIComponent(named[1]) : plain?.[1] ?? otherwise);
}

/** Save something in memory as a file. */
export function save(blob, name) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60000);
}

/**
 * Send a form; `progress` is told the bytes that were sent, and all there are. fetch would not tell.
 *
 * Raises ApiError, or an AbortError once `signal` says so.
 */
export function upload(path, form, { progress, signal }) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("POST", path);
    request.responseType = "json";
    request.setRequestHeader("Authorization", authorization().Authorization);
    request.upload.addEventListener("progress", (event) => {
      if (event.lengthComputable) progress(event.loaded, event.total);
    });
    request.addEventListener("load", () => {
      if (request.status < 300) resolve(request.response);
      else reject(new ApiError(request.status, request.response));
    });
    for (const event of ["error", "timeout"]) {
      request.addEventListener(event, () => reject(new ApiError(0, null)));
    }
    request.addEventListener("abort", () => reject(signal.reason));
    signal.addEventListener("abort", () => request.abort());
    request.send(form);
  });
}

/** Yield the values of server-sent events; EventSource cannot send the token. Raises ApiError. */
export async function* events(path) {
  const answer = await ask("GET", path);
  let waiting = "";
  for await (const piece of texts(answer.body)) {
    waiting += piece.replaceAll("\r", "");
    for (let end; (end = waiting.indexOf("\n\n")) >= 0; waiting = waiting.slice(end + 2)) {
      const lines = waiting.slice(0, end).split("\n").filter((line) => line.startsWith("data:"));
      if (lines.length) yield JSON.parse(lines.map((line) => line.slice(5)).join("\n"));
    }
  }
}

async function* texts(body) {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  try {
    for (let part; !(part = await whole(reader, (one) => one.read())).done;) yield part.value;
  } finally {
    reader.cancel().catch(() => {});
  }
}
