/** The browser's microphone, with all of the browser's processing off: it costs words. */

import { t } from "../i18n.js";

const RAW = { echoCancellation: false, noiseSuppression: false, autoGainControl: false };
const PATIENCE = 1000;

/** Return the microphones as [id, name]; without permission, browsers hide the names. */
export async function microphones() {
  const devices = (await navigator.mediaDevices?.enumerateDevices()) ?? [];
  return devices
    .filter((device) => device.kind === "audioinput" && device.deviceId)
    .map((device, number) => [device.deviceId, device.label || t("mic.unnamed", { n: number + 1 })]);
}

/**
 * An open microphone.
 *
 * `heard` gets each block of samples and its peak, from 0 to 1; `ended` is called if the device
 * goes away.
 */
export class Microphone {
  /** Open a device, or the default one. Raises an Error with a text for people. */
  static async open(deviceId, { heard, ended }) {
    if (!navigator.mediaDevices) throw new Error(t("mic.insecure"));
    const device = deviceId ? { deviceId: { exact: deviceId } } : {};
    let stream;
    try {
      stream = await navigator.mediaDevices.getUserMedia({ audio: { ...RAW, ...device } });
    } catch (error) {
      throw new Error(problem(error));
    }
    const microphone = new Microphone(stream, ended);
    try {
      await microphone.listen(heard);
    } catch (error) {
      await microphone.close();
      throw new Error(t("mic.failed", { reason: error.message }));
    }
    return microphone;
  }

  constructor(stream, ended) {
    this.stream = stream;
    this.context = new AudioContext();
    this.flushed = () => {};
    stream.getAudioTracks()[0].addEventListener("ended", ended);
  }

  /** Samples a second. */
  get rate() {
    return this.context.sampleRate;
  }

  async listen(heard) {
    await this.context.audioWorklet.addModule("/static/sound/worklet.js");
    this.blocks = new AudioWorkletNode(this.context, "blocks", { numberOfOutputs: 0 });
    this.blocks.port.onmessage = ({ data }) => {
      if (data.isFlushed) this.flushed();
      else heard(data.samples, data.peak);
    };
    this.context.createMediaStreamSource(this.stream).connect(this.blocks);
    await this.context.resume();
  }

  /** Hand on the sound that is still in the worklet, then let the device go. */
  async close() {
    if (this.blocks) {
      const done = new Promise((resolve) => { this.flushed = resolve; });
      this.blocks.port.postMessage("flush");
      // a sound thread that has died does not answer
      await Promise.race([done, new Promise((resolve) => { setTimeout(resolve, PATIENCE); })]);
    }
    for (const track of this.stream.getTracks()) track.stop();
    await this.context.close().catch(() => {});
  }
}

function problem(error) {
  if (error.name === "NotAllowedError") return t("mic.refused");
  if (error.name === "NotFoundError" || error.name === "OverconstrainedError") return t("mic.none");
  return t("mic.failed", { reason: error.message });
}
