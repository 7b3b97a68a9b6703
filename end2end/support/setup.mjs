// Before the first test: the PostgreSQL cluster, and one migrated and one seeded installation on each engine. Each site
// begins as a copy of one of them.

import { startCluster } from './postgres.mjs';
import { Home, Server } from './server.mjs';

/** The engines of the projects that were asked for. */
function engines() {
  const wished = process.argv.flatMap((word, i, words) => {
    if (word.startsWith('--project=')) return [word.slice('--project='.length)];
    return word === '--project' ? [words[i + 1]] : [];
  });
  return wished.length ? wished : ['sqlite', 'postgres'];
}

/** An installation that has been started once, as the demonstration or not, and has ended. */
async function template(engine, demo) {
  const home = await Home.make(engine);
  const server = await Server.start(home, { demo });
  await server.stop();
  return home;
}

/** Playwright's global setup; what it returns is the teardown. */
export default async function setUp() {
  const wanted = engines();
  const stopCluster = wanted.includes('postgres') ? await startCluster() : async () => {};
  const homes = [];
  const templates = {};
  for (const engine of wanted) {
    templates[engine] = {};
    for (const demo of [true, false]) {
      const home = await template(engine, demo);
      homes.push(home);
      templates[engine][demo ? 'demo' : 'empty'] = { folder: home.folder, database: home.database.name };
    }
  }
  // Workers inherit the environment.
  process.env.END2END_TEMPLATES = JSON.stringify(templates);
  return async () => {
    for (const home of homes) await home.remove();
    await stopCluster();
  };
}
