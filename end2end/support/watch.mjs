import { EventEmitter } from 'node:events';

/** Lets tests wait for what happens in another process without asking again and again. */
export class Watch {
  #changes = new EventEmitter().setMaxListeners(0);

  /** Something happened: whoever waits looks again. */
  changed() {
    this.#changes.emit('change');
  }

  /** What `find` gives as soon as it gives something. `what` is for the message if it never does. */
  until(find, what, timeout) {
    const { stack } = new Error();
    return new Promise((resolve, reject) => {
      const look = () => {
        const found = find();
        if (found) finish(resolve, found);
      };
      const finish = (settle, value) => {
        clearTimeout(clock);
        this.#changes.off('change', look);
        settle(value);
      };
      const clock = setTimeout(() => {
        const error = new Error(`waited ${timeout} ms for ${what}`);
        error.stack = stack.replace(/^Error/, `Error: ${error.message}`);
        finish(reject, error);
      }, timeout);
      this.#changes.on('change', look);
      look();
    });
  }
}
