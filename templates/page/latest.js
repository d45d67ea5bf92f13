/** Reading things that change: an answer that came too late is not used. */

export class Latest {
  /**
   * Return what `ask(signal)` gives, or undefined if it was asked again, or stopped, meanwhile.
   *
   * The earlier request is aborted. Raises what `ask` raises.
   */
  async read(ask) {
    this.stop();
    const asking = (this.asking = new AbortController());
    const { signal } = asking;
    try {
      const value = await ask(signal);
      return signal.aborted ? undefined : value;
    } catch (error) {
      if (signal.aborted) return undefined;
      throw error;
    } finally {
      if (this.asking === asking) this.asking = null;
    }
  }

  /** Use no answer that is still on its way; return whether there was one. */
  stop() {
    const { asking } = this;
    this.asking = null;
    asking?.abort();
    return Boolean(asking);
  }
}

/** Does one thing after the other, in the order in which they were asked for. */
export class InTurn {
  constructor() {
    this.last = Promise.resolve();
  }

  /** Return what `action` gives, once all before it have ended. */
  run(action) {
    const result = this.last.then(action);
    this.last = result.catch(() => {});
    return result;
  }
}
