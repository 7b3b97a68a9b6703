// Where the time of a run goes: by engine and file, and by test. `TEST_TIMES` names the folder that .ci/test reads.

import { writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';

const seconds = (ms) => (ms / 1000).toFixed(1);

export default class Times {
  #tests = [];

  onTestEnd(test, { duration }) {
    const [, engine, file, ...titles] = test.titlePath();
    this.#tests.push({ engine, file: basename(file, '.spec.mjs'), title: titles.join(' › '), duration });
  }

  onEnd() {
    const folder = process.env.TEST_TIMES;
    if (!folder) return;
    const files = new Map();
    for (const { engine, file, duration } of this.#tests) {
      const name = `${engine} ${file}`;
      files.set(name, (files.get(name) ?? 0) + duration);
    }
    const lines = [...files].sort(([, a], [, b]) => b - a).map(([name, duration]) => `${seconds(duration).padStart(6)}  ${name}\n`);
    writeFileSync(join(folder, 'journeys'), lines.join(''));
    const each = this.#tests.map(({ engine, file, title, duration }) => `${seconds(duration)}  ${engine} ${file}: ${title}\n`);
    writeFileSync(join(folder, 'each-journey'), each.join(''));
  }

  printsToStdio() {
    return false;
  }
}
