import { defineConfig } from '@playwright/test';

const chromium = {
  executablePath: process.env.CHROMIUM || '/usr/bin/chromium',
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
  globalSetup: './support/postgres.mjs',
  fullyParallel: true,
  workers: 2,
  // What passes only the second time is listed as flaky, and has to be mended; it does not stop what is ready.
  retries: 1,
  timeout: 60_000,
  forbidOnly: Boolean(process.env.CI),
  reporter: [['list']],
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
