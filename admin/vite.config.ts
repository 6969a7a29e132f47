// Two pages from one build: the admin at /admin/, and GraphiQL, which the server shows at /graphql.
// Both name their assets by absolute addresses below /admin/, so it does not matter where a page is.

import { defineConfig } from 'vite';

export default defineConfig({
  base: '/admin/',
  build: {
    rolldownOptions: {
      input: ['index.html', 'graphiql.html'],
      // `"use client"` in packages means nothing here.
      checks: { moduleLevelDirective: false },
    },
    // Every asset is a file of this origin; the pages' policies need not allow more.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    // With the usual target, `light-dark()` is rewritten into custom properties that break theming.
    cssTarget: ['chrome123', 'firefox120', 'safari17.5'],
    // GraphiQL brings the Monaco editor along.
    chunkSizeWarningLimit: 5000,
  },
});
