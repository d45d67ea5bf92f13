/**
 * A dictation: sound goes to the service and comes back as text.
 *
 * Sound is kept here until the service has it on its disk. So when the connection breaks, the
 * person goes on speaking, and the next connection goes on from the service's last sample.
 */

import { token } from "../api.js";
import { t, told } from "../i18n.js";

const PIECE_SECONDS = 0.5;
const KEPT_SECONDS = 10;
const FULL = 1 << 20;
const DELAYS = [250, 500, 1000, 2000, 4000];
/** Codes of a connection that was closed for good. */
const FINAL_CODES = new Set([1000, 1008, 1011, 4400, 4401, 4403, 4404, 4409, 4429]);

export class Dictation {
  /**
   * Connect. `on` has: state(name), with "connecting", "speaking", "lost", "finishing", "done" and
   * "failed"; partial(text, tentative); segment(segment); warning(text); final(result); failed(text).
   */
  constructor({ rate, target, language }, on) {
    this.rate = rate;
    this.target = target;
    this.language = language;
    this.on = on;
    this.id = null;
    this.total = 0;
    this.sent = 0;
    this.stored = 0;
    this.kept = [];
    this.ending = null;
    this.isOver = false;
    this.isReady = false;
    this.tries = 0;
    this.retry = () => this.connect();
    addEventListener("online", this.retry);
    this.connect();
  }

  /** Whether there is sound that the service does not have yet. */
  get isUnsent() {
    return !this.isOver && this.stored < this.total;
  }

  /** Take samples from the microphone. */
  push(samples) {
    if (this.isOver || this.ending) return;
    this.kept.push({ start: this.total, samples });
    this.total += samples.length;
    this.pump();
  }

  /** Ask for the text: all sound was pushed. */
  stop() {
    this.end({ type: "stop", samples: this.total });
  }

  /** Give up; no text is wanted. */
  cancel() {
    const isEnding = Boolean(this.ending); // the service makes the text already, and keeps it
    this.end({ type: "cancel" });
    if (isEnding || !this.isReady) this.finish("done");
  }

  end(message) {
    if (this.isOver || this.ending) return;
    this.ending = message;
    this.on.state("finishing");
    this.pump();
  }

  connect() {
    clearTimeout(this.timer);
    if (this.isOver || this.socket) return;
    if (!this.ending) this.on.state(this.id ? "lost" : "connecting");
    const socket = new WebSocket(`${location.origin.replace(/^http/, "ws")}/api/dictations`);
    this.socket = socket;
    this.isReady = false;
    socket.addEventListener("open", () => {
      const first = { token: token(), rate: this.rate, target: this.target };
      if (this.language) first.language = this.language;
      if (this.id) first.resume = this.id;
      socket.send(JSON.stringify(first));
    });
    socket.addEventListener("message", (event) => this.take(JSON.parse(event.data)));
    socket.addEventListener("close", (event) => this.closed(event.code));
  }

  take(message) {
    if (this.isOver) return;
    const actions = {
      ready: () => this.begin(message),
      received: () => this.forget(message.samples),
      partial: () => this.on.partial(message.text, message.tentative),
      segment: () => this.on.segment(message),
      warning: () => this.on.warning(told(message)),
      stopped: () => this.stopped(),
      error: () => { this.error = message.error; },
      final: () => {
        this.on.final(message);
        this.finish("done");
      },
    };
    if (Object.hasOwn(actions, message.type)) actions[message.type]();
  }

  /** The service takes no more sound: somebody stopped the dictation at their terminal. */
  stopped() {
    if (this.ending) return;
    this.ending = { type: "stop" };
    this.isEndSent = true;
    this.on.state("finishing");
  }

  begin({ id, samples }) {
    this.id = id;
    this.tries = 0;
    this.isReady = true;
    this.isEndSent = false;
    this.sent = Math.max(samples, this.kept[0]?.start ?? 0);
    if (this.sent > samples) this.on.warning(t("speak.gap"));
    this.forget(samples);
    this.on.state(this.ending ? "finishing" : "speaking");
    this.pump();
  }

  /** Drop what the service has, but for some seconds: a crash there may cost the last one. */
  forget(samples) {
    this.stored = samples;
    const needed = samples - KEPT_SECONDS * this.rate;
    while (this.kept.length && this.kept[0].start + this.kept[0].samples.length <= needed) {
      this.kept.shift();
    }
  }

  pump() {
    if (!this.isReady || this.isOver) return;
    while (this.sent < this.total) {
      if (this.socket.bufferedAmount > FULL) {
        setTimeout(() => this.pump(), 50);
        return;
      }
      this.send();
    }
    if (this.ending && !this.isEndSent) {
      this.isEndSent = true;
      this.socket.send(JSON.stringify(this.ending));
    }
  }

  send() {
    const index = this.kept.findLastIndex((block) => block.start <= this.sent);
    const { start, samples } = this.kept[index];
    const from = this.sent - start;
    const piece = samples.subarray(from, from + Math.floor(PIECE_SECONDS * this.rate));
    this.socket.send(piece);
    this.sent += piece.length;
  }

  closed(code) {
    this.socket = null;
    this.isReady = false;
    if (this.isOver) return;
    if (this.ending?.type === "cancel") {
      this.finish("done");
    } else if (FINAL_CODES.has(code)) {
      const error = this.error ?? {};
      this.on.failed(error.code || error.message ? told(error) : t("speak.closed", { code }));
      this.finish("failed");
    } else {
      if (!this.ending) this.on.state("lost");
      this.timer = setTimeout(this.retry, DELAYS[Math.min(this.tries, DELAYS.length - 1)]);
      this.tries += 1;
    }
  }

  finish(state) {
    if (this.isOver) return;
    this.isOver = true;
    this.kept = [];
    clearTimeout(this.timer);
    removeEventListener("online", this.retry);
    this.socket?.close();
    this.on.state(state);
  }
}
