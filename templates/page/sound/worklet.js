/** In the browser's sound thread: blocks of 16-bit samples, at the rate that the device has. */

const SCALE = 32767;

class Blocks extends AudioWorkletProcessor {
  constructor() {
    super();
    this.size = Math.round(sampleRate / 20);
    this.begin();
    this.port.onmessage = () => {
      this.send();
      this.port.postMessage({ isFlushed: true });
    };
  }

  begin() {
    this.samples = new Int16Array(this.size);
    this.count = 0;
    this.peak = 0;
  }

  /** Take 128 samples of each channel; more than one are averaged. */
  process([channels]) {
    const length = channels.length ? channels[0].length : 0;
    for (let i = 0; i < length; i += 1) {
      let sum = 0;
      for (const channel of channels) sum += channel[i];
      const sample = Math.max(-1, Math.min(1, sum / channels.length));
      this.peak = Math.max(this.peak, Math.abs(sample));
      this.samples[this.count] = Math.round(sample * SCALE);
      this.count += 1;
      if (this.count === this.size) this.send();
    }
    return true;
  }

  send() {
    const samples = this.samples.slice(0, this.count);
    if (samples.length) this.port.postMessage({ samples, peak: this.peak }, [samples.buffer]);
    this.begin();
  }
}

registerProcessor("blocks", Blocks);
