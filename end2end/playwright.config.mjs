import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { defineConfig } from '@playwright/test';

/** Chromium on this machine, by whichever of its names. Its build without windows takes half the time. */
function installed() {
  const folders = process.env.PATH.split(delimiter);
  const names = ['chromium', 'google-chrome'];
  if (!process.argv.includes('--headed')) names.unshift('chromium-headless-shell');
  return names.flatMap((name) => folders.map((folder) => join(folder, name))).find(existsSync);
}

const chromium = {
  executablePath: process.env.CHROMIUM || installed(),
  // The browser speaks to nobody but the site under test.
  args: [
    '--no-sandbox',
    '--disable-gpu',
    '--disable-quic',
    '--no-first-run',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
  ],
};

export default defineConfig({
  testDir: './journeys',
  outputDir: './test-results',
  globalSetup: './support/setup.mjs',
  fullyParallel: true,
  // One more than the machines that this is made for have cores: a journey waits now and then.
  workers: 3,
  // By hand nothing is tried twice. In CI, what passes only the second time is listed as flaky, and has to be mended.
  retries: process.env.CI ? 1 : 0,
  timeout: 60_000,
  forbidOnly: Boolean(process.env.CI),
  reporter: [['list'], ['./support/times.mjs']],
  use: {
    launchOptions: chromium,
    locale: 'en-GB',
    viewport: { width: 1280, height: 800 },
    // Colours and places are looked at as they end up, not on their way.
    contextOptions: { reducedMotion: 'reduce' },
  },
  projects: [
    { name: 'sqlite', use: { database: 'sqlite' } },
    // What pages look like does not depend on the database.
    { name: 'postgres', use: { database: 'postgres' }, testIgnore: '**/looks*.spec.mjs' },
  ],
});
